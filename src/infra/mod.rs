//! What stands around the domain: the database, secrets, passwords, limits. An enum or a struct each,
//! no trait objects; knows no slice.

pub mod budget;
pub mod bus;
pub mod db;
pub mod mailer;
pub mod migrations;
pub mod passes;
pub mod passwords;
pub mod pictures;
pub mod presence;
pub mod reader;
pub mod secrets;
pub mod sniff;
pub mod store;
pub mod throttle;
pub mod tokens;
pub mod windows;
