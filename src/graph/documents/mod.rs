//! The guard in front of every document, and the memory of those that passed it. A document is
//! refused before a parser or a validator can be made to work on it for long; one that passed is
//! kept, parsed, so that the next request with it is not parsed again.

mod cost;
mod prepared;
mod shape;
mod shared;
mod sizes;
mod tokens;
mod trusted;
mod uses;
mod variables;

use std::{fmt::Display, sync::Arc};

use async_graphql::{
    Pos, Variables,
    parser::{self, parse_query},
};
use foldhash::quality::RandomState;
use moka::sync::Cache;

pub use self::{
    prepared::{Operation, Prepared},
    shared::SameForAll,
};
use self::{shape::Shape, trusted::Trusted};
use super::RequestErrorCode;
use crate::{
    config::{Config, Limits},
    infra::secrets::sha256_hex,
};

/// Bytes that the kept documents may take, roughly.
const KEPT: u64 = 32 * 1024 * 1024;

/// How a request names its document.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// By its text.
    Text(&'a str),
    /// By its id: `sha256:` and the SHA-256 of a trusted document, or of one seen before.
    Id(&'a str),
    /// By its SHA-256 (hexadecimal), and by its text when the server did not know it.
    Persisted {
        /// The hash.
        hash: &'a str,
        /// The text.
        text: Option<&'a str>,
    },
}

/// Why a document, or a request for one, was refused before anything ran.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// For programs.
    pub code: RequestErrorCode,
    /// For people.
    pub message: String,
    /// Where in the document.
    pub at: Vec<Pos>,
}

impl Refusal {
    /// A refusal of the document as a whole.
    pub fn new(code: RequestErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), at: Vec::new() }
    }

    fn at(self, at: Pos) -> Self {
        Self { at: vec![at], ..self }
    }

    fn too_many(what: &str, most: impl Display) -> Self {
        let message = format!("too many {what} in a document: {most} is the most");
        Self::new(RequestErrorCode::TooComplex, message)
    }
}

impl From<parser::Error> for Refusal {
    fn from(error: parser::Error) -> Self {
        let at = error.positions().next().into_iter().collect();
        let message = match error {
            // The parser draws the line at fault below what it expected; only the latter is told.
            parser::Error::Syntax { message, .. } => {
                let expected =
                    message.lines().rev().find_map(|line| line.trim().strip_prefix("= "));
                format!("the document is not GraphQL: {}", expected.unwrap_or("unexpected text"))
            }
            other => format!("the document is not GraphQL: {other}"),
        };
        Self { code: RequestErrorCode::ParseFailed, message, at }
    }
}

/// The guard, and the documents that passed it.
#[derive(Debug)]
pub struct Documents {
    shape: Shape,
    same: SameForAll,
    limits: Limits,
    trusted: Trusted,
    trusted_only: bool,
    /// By text, and by `sha256:` and hash; no text begins like that, for it would not be GraphQL.
    kept: Cache<Arc<str>, Arc<Prepared>, RandomState>,
}

impl Documents {
    /// A guard for the schema with this text. Fails when the operator's file of trusted documents
    /// can't be read, holds a wrong hash or a document that the guard refuses.
    pub fn new(config: &Config, sdl: &str, same: SameForAll) -> anyhow::Result<Self> {
        let trusted = config.documents.as_deref().map(Trusted::read).transpose()?;
        let kept = Cache::builder()
            .max_capacity(KEPT)
            .weigher(|key: &Arc<str>, document: &Arc<Prepared>| {
                // A parsed document takes about twenty times its text.
                let bytes = key.len().saturating_mul(20).saturating_add(document.weight());
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .build_with_hasher(RandomState::default());
        Ok(Self {
            shape: Shape::read(sdl)?,
            same,
            limits: config.limits,
            trusted: trusted.unwrap_or_default(),
            trusted_only: config.documents_only,
            kept,
        })
    }

    /// The document of a request, and whether it was known.
    pub fn prepare(&self, source: Source<'_>) -> Result<(Arc<Prepared>, bool), Refusal> {
        match source {
            Source::Text(text) if self.trusted_only && !self.trusted.has(text) => {
                let message = "only documents that this server trusts run here: send `documentId`";
                Err(Refusal::new(RequestErrorCode::DocumentNotAllowed, message))
            }
            Source::Text(text) => self.by_text(text),
            Source::Id(id) => self.by_hash(id.strip_prefix("sha256:")).unwrap_or_else(|| {
                let message = "no document is known by this id";
                Err(Refusal::new(RequestErrorCode::DocumentNotFound, message))
            }),
            Source::Persisted { hash, text: None } => {
                self.by_hash(Some(hash)).unwrap_or_else(|| {
                    let message = "PersistedQueryNotFound";
                    Err(Refusal::new(RequestErrorCode::PersistedQueryNotFound, message))
                })
            }
            Source::Persisted { hash, text: Some(text) } => {
                // The hash first: what is kept under it is what everybody gets who sends it.
                if sha256_hex(text) != hash.to_ascii_lowercase() {
                    let message = "the hash is not the SHA-256 of the document";
                    return Err(Refusal::new(RequestErrorCode::BadRequest, message));
                }
                let (document, known) = self.prepare(Source::Text(text))?;
                self.kept.insert(key_of(hash), document.clone());
                Ok((document, known))
            }
        }
    }

    /// What an operation costs with these variables; refused when they do not fit their types, or
    /// the cost is over the limit.
    pub fn cost(&self, operation: &Operation, variables: &Variables) -> Result<u64, Refusal> {
        let cost = operation.check(&self.shape, variables)?;
        if cost > self.limits.cost {
            let message = format!(
                "the operation costs {cost} points, {} is the most: ask for smaller pages, or less \
                 in each thing on them",
                self.limits.cost
            );
            return Err(Refusal::new(RequestErrorCode::TooComplex, message));
        }
        Ok(cost)
    }

    fn by_text(&self, text: &str) -> Result<(Arc<Prepared>, bool), Refusal> {
        if let Some(document) = self.kept.get(text) {
            return Ok((document, true));
        }
        let document = Arc::new(self.parse(text)?);
        self.kept.insert(text.into(), document.clone());
        Ok((document, false))
    }

    fn by_hash(&self, hash: Option<&str>) -> Option<Result<(Arc<Prepared>, bool), Refusal>> {
        let hash = hash.filter(|hash| hash.len() == 64)?;
        if let Some(text) = self.trusted.by_hash(hash) {
            return Some(self.by_text(text));
        }
        if self.trusted_only {
            return None;
        }
        Some(Ok((self.kept.get(&key_of(hash))?, true)))
    }

    fn parse(&self, text: &str) -> Result<Prepared, Refusal> {
        if text.len() > self.limits.document_bytes {
            return Err(Refusal::too_many("bytes", self.limits.document_bytes));
        }
        if tokens::count(text, self.limits.tokens).is_none() {
            return Err(Refusal::too_many("tokens", self.limits.tokens));
        }
        Prepared::new(parse_query(text)?, &self.shape, self.same, &self.limits)
    }
}

fn key_of(hash: &str) -> Arc<str> {
    format!("sha256:{}", hash.to_ascii_lowercase()).into()
}

#[cfg(test)]
mod tests;
