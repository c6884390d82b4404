//! The program seen from outside, and the project seen as a whole. Files mirror addresses.

mod addresses;
mod api;
mod app;
mod audit;
mod board;
mod booking;
mod booking_api;
mod calendar;
mod handover;
mod home;
mod life;
mod life_api;
mod mail;
mod messages;
mod money;
mod notices;
mod openapi;
mod people;
mod practice;
mod program;
mod programs_api;
mod sessions;
mod sign_in;
mod tidy;
mod waiting;
mod walk;
