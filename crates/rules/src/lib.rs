//! The rules of the product, and nothing else: no I/O, no clock, no randomness, no SQL, no wire format.
//!
//! Time and chance come in as arguments, so that every rule is a function that a table can test. A map:
//!
//! * [`time`]: instants, zones, and the five-minute quantum that coach time is owned by.
//! * [`ids`]: one type per kind of thing, shown as a prefixed, fixed-width string.
//! * [`money`]: amounts in minor units of a currency.

pub mod ids;
pub mod money;
pub mod time;
