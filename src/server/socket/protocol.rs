//! The messages of graphql-transport-ws, read and written.

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Utf8Bytes};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{engine::Answer, graph::RequestErrorCode};

/// The name of the protocol in the handshake.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";

/// Bytes of the reason for which a socket is closed.
const REASON: usize = 123;

/// Bytes of the name that a client gives an operation.
const ID: usize = 255;

/// Why a socket is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Close {
    pub(super) const GONE: u16 = 1001;
    pub(super) const BROKEN: u16 = 1002;
    pub(super) const NOT_TEXT: u16 = 1007;
    pub(super) const TOO_LARGE: u16 = 1009;
    /// Clients of the protocol come back after this one, after a while.
    pub(super) const LATER: u16 = 1013;
    pub(super) const MALFORMED: u16 = 4400;
    pub(super) const UNAUTHORIZED: u16 = 4401;
    pub(super) const FORBIDDEN: u16 = 4403;
    pub(super) const SUBPROTOCOL: u16 = 4406;
    pub(super) const INIT_TIMEOUT: u16 = 4408;
    pub(super) const SUBSCRIBER_EXISTS: u16 = 4409;
    pub(super) const TOO_MANY_INITS: u16 = 4429;
    pub(super) const INTERNAL: u16 = 4500;

    pub(super) fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code, reason: reason.into() }
    }

    pub(super) fn malformed(reason: &str) -> Self {
        Self::new(Self::MALFORMED, reason.to_owned())
    }

    /// What is sent: no longer than the protocol allows.
    pub(super) fn frame(&self) -> CloseFrame {
        let end = (0..=REASON.min(self.reason.len()))
            .rev()
            .find(|end| self.reason.is_char_boundary(*end))
            .unwrap_or_default();
        let reason = self.reason.get(..end).unwrap_or_default();
        CloseFrame { code: self.code, reason: reason.into() }
    }
}

/// What a client says.
#[derive(Debug)]
pub(super) enum Message<'a> {
    Init(Option<&'a RawValue>),
    Ping(Option<&'a RawValue>),
    Pong,
    Subscribe { id: Cow<'a, str>, payload: &'a RawValue },
    Complete { id: Cow<'a, str> },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

/// Reads a message, or says what is wrong with it.
pub(super) fn read(text: &str) -> Result<Message<'_>, Close> {
    let Ok(Envelope { kind, id, payload }) = serde_json::from_str(text) else {
        return Err(Close::malformed(why(text)));
    };
    let payload = payload.filter(|payload| payload.get() != "null");
    let object = || match payload {
        Some(payload) if !payload.get().starts_with('{') => {
            Err(Close::malformed("`payload` must be a JSON object"))
        }
        payload => Ok(payload),
    };
    let named = || match id {
        None => Err(Close::malformed("`id` is missing: name the operation")),
        Some(id) if id.is_empty() => Err(Close::malformed("`id` must not be empty")),
        Some(id) if id.len() > ID => Err(Close::malformed("`id` is at most 255 bytes")),
        Some(id) => Ok(id),
    };
    match &*kind {
        "connection_init" => Ok(Message::Init(object()?)),
        "ping" => Ok(Message::Ping(object()?)),
        "pong" => object().map(|_| Message::Pong),
        "subscribe" => {
            let payload = object()?;
            let missing = || Close::malformed("`payload` is missing: send the operation in it");
            Ok(Message::Subscribe { id: named()?, payload: payload.ok_or_else(missing)? })
        }
        "complete" => Ok(Message::Complete { id: named()? }),
        "connection_ack" | "next" | "error" => {
            Err(Close::malformed("only the server sends messages of this type"))
        }
        _ => Err(Close::malformed(
            "unknown message type: send connection_init, subscribe, complete, ping or pong",
        )),
    }
}

/// Why a text is no message, without repeating any of it.
fn why(text: &str) -> &'static str {
    match serde_json::from_str::<Value>(text) {
        Err(_) => "the message is not JSON",
        Ok(Value::Object(fields)) if !fields.get("type").is_some_and(Value::is_string) => {
            "`type` is missing, or no string"
        }
        Ok(Value::Object(fields)) if fields.get("id").is_some_and(|id| !id.is_string()) => {
            "`id` must be a string"
        }
        Ok(Value::Object(_)) => "the message can't be read: is a field given twice?",
        Ok(_) => "the message must be a JSON object",
    }
}

/// The credential in the first message's payload, if there is one. It may stand there as a header would, or
/// bare.
pub(super) fn credential(payload: &RawValue) -> Result<Option<String>, Close> {
    let Ok(Value::Object(fields)) = serde_json::from_str(payload.get()) else {
        return Err(Close::malformed("`payload` must be a JSON object"));
    };
    let named = |name: &str| {
        let mut fields = fields.iter();
        fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let refused = |reason| Err(Close::new(Close::FORBIDDEN, reason));
    match (named("authorization"), named("token")) {
        (None | Some(Value::Null), None | Some(Value::Null)) => Ok(None),
        (Some(Value::String(header)), _) => match header.split_at_checked(7) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => {
                Ok(Some(token.trim().to_owned()))
            }
            _ => refused("write `authorization` as `Bearer` and the token"),
        },
        (None | Some(Value::Null), Some(Value::String(token))) => Ok(Some(token.clone())),
        _ => refused("the token must be a string"),
    }
}

pub(super) const ACK: Utf8Bytes = Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#);

/// What the messages about one operation begin with: its name, written as JSON.
pub(super) fn head(id: &str) -> Box<str> {
    format!("{{\"id\":{},\"type\":", Value::from(id)).into()
}

pub(super) fn pong(payload: Option<&RawValue>) -> Utf8Bytes {
    match payload {
        None => Utf8Bytes::from_static(r#"{"type":"pong"}"#),
        Some(payload) => format!(r#"{{"type":"pong","payload":{}}}"#, payload.get()).into(),
    }
}

/// A result; its payload is JSON already, and is not looked at again.
pub(super) fn next(head: &str, payload: &[u8]) -> Utf8Bytes {
    let mut text = Vec::with_capacity(head.len() + payload.len() + 20);
    text.extend_from_slice(head.as_bytes());
    text.extend_from_slice(br#""next","payload":"#);
    text.extend_from_slice(payload);
    text.push(b'}');
    Utf8Bytes::try_from(Bytes::from(text)).unwrap_or_else(|error| {
        tracing::error!(%error, "a result is no text");
        format!(r#"{head}"complete"}}"#).into()
    })
}

pub(super) fn complete(head: &str) -> Utf8Bytes {
    format!(r#"{head}"complete"}}"#).into()
}

/// Why an operation did not run.
pub(super) fn refused(head: &str, answer: &Answer) -> Utf8Bytes {
    let errors = serde_json::to_string(&answer.response.errors).unwrap_or_else(|error| {
        tracing::error!(%error, request = %answer.request_id, "errors can't be written");
        r#"[{"message":"internal error"}]"#.to_owned()
    });
    format!(r#"{head}"error","payload":{errors}}}"#).into()
}

/// Why an operation did not get as far as the engine.
pub(super) fn error(head: &str, code: RequestErrorCode, message: &str) -> Utf8Bytes {
    let errors = serde_json::json!([{ "message": message, "extensions": { "code": code.name() } }]);
    format!(r#"{head}"error","payload":{errors}}}"#).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_cut_to_what_a_frame_holds() {
        let close = Close::new(4400, "é".repeat(100));
        assert_eq!(close.frame().reason.as_str(), "é".repeat(61));
        assert_eq!(Close::malformed("short").frame().reason.as_str(), "short");
    }

    #[test]
    fn a_credential_stands_where_clients_put_it() {
        for (payload, credential) in [
            (r#"{"authorization":"Bearer abc"}"#, Ok(Some("abc"))),
            (r#"{"Authorization":"bearer  abc "}"#, Ok(Some("abc"))),
            (r#"{"token":"abc"}"#, Ok(Some("abc"))),
            (r#"{"authorization":null,"lang":"de"}"#, Ok(None)),
            (r#"{}"#, Ok(None)),
            (r#"{"authorization":"Basic abc"}"#, Err(4403)),
            (r#"{"authorization":"é"}"#, Err(4403)),
            (r#"{"token":7}"#, Err(4403)),
        ] {
            let read = serde_json::from_str(payload).map(super::credential).unwrap();
            let read = read.as_ref().map(Option::as_deref).map_err(|close| close.code);
            assert_eq!(read, credential, "{payload}");
        }
    }

    #[test]
    fn names_of_operations_are_written_as_json() {
        let text = next(&head("a\"\u{e9}\n"), br#"{"data":null}"#);
        let expected = r#"{"id":"a\"é\n","type":"next","payload":{"data":null}}"#;
        assert_eq!(text.as_str(), expected);
    }
}
