//! The store, on both engines.

mod basics;
mod domain;
mod programs;
