//! The store, on both engines.

mod basics;
mod child;
mod clock;
mod conflicts;
mod domain;
mod programs;
mod durability;
mod groups;
mod limits;
mod migrations;
mod schema;
mod support;
mod lease;
mod mail;
