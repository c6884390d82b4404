//! The program.

pub mod config;
pub mod network;
