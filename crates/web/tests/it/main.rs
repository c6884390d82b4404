//! The program seen from outside, and the project seen as a whole. Files mirror addresses.

mod mail;
mod program;
mod tidy;
