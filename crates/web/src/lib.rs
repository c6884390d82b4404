//! The program.

pub mod assets;
pub mod cairn;
pub mod config;
pub mod mail;
pub mod network;
pub mod shell;
pub mod status;
pub mod texts;
pub mod views;
