//! Files that we write, as calendar readers of other people understand them.

mod files;
mod zones;
