//! Every test of the graph, in one binary: through GraphQL, against a real database.

#![expect(unreachable_pub, reason = "a test binary has no outside")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that is surprised ends; Clippy lets only the test functions themselves"
)]

mod access;
mod accounts;
mod applications;
mod attachments;
mod boards;
mod bookmarks;
mod bus;
mod chaos;
mod chat;
mod cli;
mod comments;
mod community;
mod config;
mod config_currency;
mod config_store;
mod connections;
mod contact;
mod directory;
mod discussion;
mod door;
mod endorsements;
mod engine;
mod examples;
mod feed_events;
mod feeds;
mod files;
mod guard;
mod http;
mod jobs;
mod jobs_find;
mod kit;
mod large_pages;
mod live;
mod mail;
mod members;
mod node;
mod notifications;
mod on_items;
mod organizations;
mod pages;
mod portfolio;
mod portfolio_migration;
mod posts;
mod presence;
mod reactions;
mod relations;
mod resumes;
mod rich_text;
mod schema;
mod search;
mod seed;
mod seed_boards;
mod seed_story;
mod serve;
mod sockets;
mod statements;
mod store;
mod streams;
mod tables;
mod tags;
mod tasks;
mod tasks_find;
mod tasks_seams;
mod tidy;
mod tus;
mod typing;
mod uploads;
mod work;
