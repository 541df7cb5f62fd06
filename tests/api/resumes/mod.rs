//! Resumes: what is written by hand, what is read from a JSON Resume, and what is written as one.

mod entries;
mod hostile;
mod import;
mod json;
mod round_trips;
mod samples;
mod statements;
mod update;
