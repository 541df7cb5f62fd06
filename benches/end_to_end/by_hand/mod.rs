//! The limit: handlers written by hand that answer the same JSON, each by one SQL statement that makes
//! it. No GraphQL, no guard, no metrics, no pages of another shape. What Guildhall works out of keys
//! (public ids, times) and keeps in a short form (reactions) stands ready in columns of its own here.

mod columns;
mod postgres;
mod sqlite;

use std::{collections::HashMap, path::Path as FilePath, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt as _,
};
use chrono::SecondsFormat;
use guildhall::{clock, graph};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use uuid::Uuid;

pub(crate) use columns::add as add_columns;

/// The tables, as this side knows them.
#[derive(Clone, Debug)]
pub(crate) enum Tables {
    Sqlite(sqlite::Tables),
    Postgres(postgres::Tables),
}

/// Who stands behind a token.
pub(crate) type Tokens = HashMap<String, Uuid>;

/// What is sent to comment.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewComment {
    pub(crate) post: Uuid,
    pub(crate) body: String,
}

#[derive(Clone)]
struct Hand {
    tables: Tables,
    tokens: Arc<Tokens>,
}

/// Calls the same function on either database.
macro_rules! on {
    ($tables:expr, $call:ident ( $($argument:expr),* )) => {
        match &$tables {
            Tables::Sqlite(tables) => tables.$call($($argument),*).await,
            Tables::Postgres(tables) => tables.$call($($argument),*).await,
        }
    };
}

impl Tables {
    pub(crate) async fn open(file: &FilePath, connections: u32) -> anyhow::Result<Self> {
        Ok(Self::Sqlite(sqlite::Tables::open(file, connections).await?))
    }

    pub(crate) async fn connect(url: &str, connections: u32) -> anyhow::Result<Self> {
        Ok(Self::Postgres(postgres::Tables::connect(url, connections).await?))
    }
}

/// Serves the pages.
pub(crate) async fn serve(
    tables: Tables,
    tokens: Tokens,
    listener: TcpListener,
) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/feed/{before}", get(feed))
        .route("/posts/{id}", get(one_post))
        .route("/profiles/{id}", get(profile))
        .route("/members/{before}", get(members))
        .route("/comments", post(comment))
        .with_state(Hand { tables, tokens: Arc::new(tokens) });
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, routes).await
}

async fn feed(State(hand): State<Hand>, Path(before): Path<Uuid>, head: HeaderMap) -> Response {
    match hand.member(&head) {
        Ok(me) => answer(on!(hand.tables, feed(me, before))),
        Err(refused) => refused.into_response(),
    }
}

async fn one_post(State(hand): State<Hand>, Path(id): Path<Uuid>) -> Response {
    answer(on!(hand.tables, post(id)))
}

async fn profile(State(hand): State<Hand>, Path(id): Path<Uuid>) -> Response {
    answer(on!(hand.tables, profile(id)))
}

async fn members(State(hand): State<Hand>, Path(before): Path<Uuid>) -> Response {
    answer(on!(hand.tables, members(before)))
}

async fn comment(
    State(hand): State<Hand>,
    head: HeaderMap,
    Json(new): Json<NewComment>,
) -> Response {
    match hand.member(&head) {
        Ok(Some(me)) => answer(on!(hand.tables, comment(me, &new))),
        Ok(None) | Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}

impl Hand {
    /// Who asks; nobody is a guest, and a token that is not known is refused.
    fn member(&self, head: &HeaderMap) -> Result<Option<Uuid>, StatusCode> {
        let Some(value) = head.get(header::AUTHORIZATION) else { return Ok(None) };
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
        let member = token.and_then(|token| self.tokens.get(token).copied());
        member.map(Some).ok_or(StatusCode::UNAUTHORIZED)
    }
}

fn answer(json: sqlx::Result<String>) -> Response {
    match json {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A key as clients see it.
fn public_id(kind: &str, key: Uuid) -> String {
    graph::encode(kind, key).0
}

/// When a key was made, as clients see it.
fn made_at(key: Uuid) -> String {
    clock::made_at(key).to_rfc3339_opts(SecondsFormat::Millis, true)
}
