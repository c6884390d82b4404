//! The program `cairn`: pages, the JSON interface, letters and jobs around the model. A map:
//!
//! * [`cli`]: the commands. [`serve`]: a running instance, from start to graceful stop. [`doctor`]: is all in order?
//! * [`config`], [`network`]: settings. [`app`]: what every handler can reach. [`files`], [`photo`]: pictures.
//! * [`turns`], [`passwords`]: work that keeps a core busy.
//! * [`routes`]: every address, one line each. [`guards`], [`limits`]: what stands before all of them. [`http`]: connections.
//! * [`visitor`], [`cookies`]: who is asking. [`forms`]: what they send. [`error`]: every "no" in words.
//! * [`mail`]: letters, from words to a message that a server takes. [`invites`]: a meeting for calendars. [`schedule`], [`jobs`], [`imports`]: what is done by itself.
//! * [`api`]: the JSON interface, and its description of itself.
//! * [`pages`]: one file per resource; [`views`], [`shell`]: the typed templates; [`texts`], [`words`]: all words.

pub mod api;
pub mod app;
pub mod assets;
pub mod cairn;
pub mod cli;
pub mod config;
pub mod cookies;
pub mod doctor;
pub mod error;
pub mod files;
pub mod forms;
pub mod guards;
pub mod http;
pub mod imports;
pub mod invites;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod meeting;
pub mod network;
pub mod node;
pub mod pages;
pub mod passwords;
pub mod photo;
pub mod routes;
pub mod schedule;
pub mod serve;
pub mod shell;
pub mod status;
pub mod texts;
pub mod time_of_day;
pub mod turns;
pub mod views;
pub mod visitor;
pub mod words;
