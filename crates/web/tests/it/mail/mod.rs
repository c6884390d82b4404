//! How letters become messages and leave: with a real mail server, one that also fails and returns.

mod bookings;
mod co_coaches;
mod delivery;
mod endings;
mod handover;
mod letters;
mod life;
mod message;
mod server;
mod transport;
