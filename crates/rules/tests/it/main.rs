//! The life of a meeting, from outside: every boundary, every transition, and random histories beside a small model.

mod boundaries;
mod group_histories;
mod histories;
mod support;
mod transitions;
