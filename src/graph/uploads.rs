//! Files that come with a request.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom},
    sync::Arc,
};

use async_graphql::{
    Context, InputValueError, InputValueResult, Request, Scalar, ScalarType, Value,
};

use crate::{Error, Result};

/// How a file is sent, for who did it otherwise.
pub(super) const HOW: &str = "send the file as a part of a multipart request, with null in its place: \
    https://github.com/jaydenseric/graphql-multipart-request-spec";

/// A file that came with a request: nobody finds it by a name, and it is gone when nobody reads it any more.
#[derive(Debug)]
pub struct Sent {
    /// What the client calls it.
    pub name: Option<String>,
    /// Its bytes.
    pub content: File,
}

/// The files that came with a request, in their order.
#[derive(Clone, Debug, Default)]
pub struct SentFiles(Option<Arc<[Sent]>>);

impl From<Vec<Sent>> for SentFiles {
    fn from(files: Vec<Sent>) -> Self {
        Self(Some(files.into()))
    }
}

/// A file part of a multipart request. Needs the header `GraphQL-Require-Preflight`; prefer `uploadStart`
/// above 8 MB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload(usize);

impl SentFiles {
    /// Hands the files, if there are any, to a request.
    pub fn attach(self, request: Request) -> Request {
        if self.0.is_some() { request.data(self) } else { request }
    }
}

impl Upload {
    /// What stands in the variables for the file of this number: a value that no text of a client's, JSON or
    /// document, can hold.
    pub fn stand_in(number: usize) -> Value {
        Value::Binary(bytes::Bytes::copy_from_slice(&number.to_be_bytes()))
    }

    /// What the client calls the file, and its bytes, to be read from the beginning. Who reads it twice reads it
    /// one after the other: all readers share one place.
    pub fn open(self, ctx: &Context<'_>) -> Result<(Option<String>, File)> {
        let sent = ctx.data_opt::<SentFiles>().and_then(|sent| sent.0.as_deref()?.get(self.0));
        let sent = sent.ok_or_else(|| Error::bug("a file stands for nothing that was sent"))?;
        let mut content = sent.content.try_clone().map_err(Error::internal)?;
        content.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
        Ok((sent.name.clone(), content))
    }
}

/// A file part of a multipart request. Needs the header `GraphQL-Require-Preflight`; prefer `uploadStart`
/// above 8 MB.
#[Scalar(specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match value {
            Value::Binary(bytes) => bytes.as_ref().try_into().ok().map(usize::from_be_bytes),
            _ => None,
        };
        number.map(Self).ok_or_else(|| InputValueError::custom(HOW))
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}
