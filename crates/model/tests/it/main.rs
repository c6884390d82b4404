//! The store, on both engines.

mod agenda;
mod availability;
mod basics;
mod booking;
mod booking_crash;
mod booking_model;
mod booking_races;
mod child;
mod clock;
mod conflicts;
mod demo;
mod domain;
mod durability;
mod free;
mod groups;
mod lease;
mod limits;
mod mail;
mod messages;
mod migrations;
mod practice;
mod programs;
mod rights;
mod schema;
mod support;
mod tls;
