//! The rules of the product, and nothing else: no I/O, no clock, no randomness, no SQL, no wire format.
//!
//! Time and chance come in as arguments, so that every rule is a function that a table can test. A map:
//!
//! * [`time`]: instants, zones, and the five-minute quantum that coach time is owned by.
//! * [`ids`]: one type per kind of thing, shown as a prefixed, fixed-width string.
//! * [`money`]: amounts in minor units of a currency, and shares of them.
//! * [`permission`]: who may do what, and how far that goes: the one table.
//! * [`refusal`]: every "no" that a person can meet, with its data.
//! * [`scope`]: what a token of the API is good for.
//! * [`person`]: names, mail addresses, languages, checked at the door.
//! * [`text`]: lines, prose and words for addresses. [`spoken`]: the languages that people speak.
//! * [`password`]: which passwords are taken.
//! * [`session`]: what is true of one meeting.
//! * [`attendance`]: what is true of one client's part in it, and the status that follows.
//! * [`meeting`]: both through their life, as one value that transitions consume. [`moving`], [`cancelling`],
//!   [`marking`]: those transitions. [`menu`]: what somebody is offered. [`reminding`]: when people are reminded.
//! * [`disclosure`]: what a paying company sees of its people. [`pathway`]: in which order the steps of a pathway open.
//!   [`pods`]: what a member of a pod does by themselves.
//! * [`completion`]: when a journey may be said to be complete. [`survey`]: what is asked then. [`inactivity`]: who has gone
//!   quiet in a cohort, and who does not answer.
//! * [`ledger`]: what is owed, and what follows from a status.
//! * [`engagement`]: how a participant does on their way, and why.
//! * [`terms`]: the bands of notice, and what is kept of a price in each.
//! * [`availability`]: when a coach is open, and the instants that wall-clock hours mean.
//! * [`offering`]: when an offering can be booked, given that.
//! * [`slots`]: the starts that can be booked: hours less what is taken and busy.
//! * [`free`]: who of many coaches is free when, in memory.
//! * [`series`]: the dates of sessions booked together.
//! * [`letters`]: who gets which letter when something happens. [`tidings`]: who hears of what becomes of a meeting.
//! * [`notices`]: what a letter is besides a mail, and whether its mail may be refused.
//! * [`triggers`]: mail by rule: what has to be so for how long, and who is written to.
//! * [`words`]: closed sets of words, as the database and the API write them.

pub mod attendance;
pub mod availability;
pub mod cancelling;
pub mod completion;
pub mod disclosure;
pub mod engagement;
pub mod free;
pub mod ids;
pub mod importing;
pub mod inactivity;
pub mod ledger;
pub mod letters;
pub mod marking;
pub mod meeting;
pub mod menu;
pub mod money;
pub mod moving;
pub mod notices;
pub mod offering;
pub mod password;
pub mod pathway;
pub mod permission;
pub mod person;
pub mod pods;
pub mod refusal;
pub mod reminding;
pub mod scope;
pub mod series;
pub mod session;
pub mod slots;
pub mod spoken;
pub mod survey;
pub mod taking_over;
pub mod terms;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod tidings;
pub mod time;
pub mod triggers;
mod wall;
pub mod words;
