//! Guildhall: the self-hosted, headless backend for a professional community. `ARCHITECTURE.md` is the
//! map; the modules stand here in reading order, each knowing only those above it.

pub mod entity;

pub mod check;
pub mod clock;
pub mod config;
pub mod error;
pub mod fields;
pub mod markdown;
pub mod page;
pub mod shape;
pub mod slug;
pub mod sql;
pub mod typeid;
pub mod words;

pub mod infra;

pub mod app;
pub mod cx;
pub mod scope;

pub mod client_key;
pub mod index;
pub mod notice;
pub mod queue;
pub mod streams;

pub mod graph;

pub mod accounts;
pub mod applications;
pub mod boards;
pub mod bookmarks;
pub mod chat;
pub mod comments;
pub mod community;
pub mod contact;
pub mod files;
pub mod jobs;
pub mod mail;
pub mod members;
pub mod notifications;
pub mod operations;
pub mod organizations;
pub mod portfolio;
pub mod posts;
pub mod presence;
pub mod reactions;
pub mod resumes;
pub mod search;
pub mod tags;
pub mod tasks;

pub mod admin;
pub mod node;
pub mod stream_event;
pub mod viewer;

pub mod schema;

pub mod engine;
pub mod work;

pub mod server;

pub mod seed;
pub mod telemetry;

pub mod cli;

pub use cx::{Actor, Cx};
pub use error::{Error, Result};
