//! Every test of the graph, in one binary: through GraphQL, against a real database.

#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod community;
mod connections;
mod door;
mod engine;
mod feeds;
mod guard;
mod http;
mod kit;
mod schema;
mod tables;
mod tidy;
