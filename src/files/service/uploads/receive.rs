use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};
use uuid::Uuid;

use super::{drop_parts, fail, ticket, told};
use crate::{
    Error, Result,
    app::App,
    clock::made_at,
    cx::Hand,
    entity::{
        upload::{self, Column, State},
        upload_part,
    },
    files::service::{keep, source::length},
    infra::{
        secrets::{HashKind, Hasher},
        sniff,
        store::{Place, emptied},
    },
};

/// Bytes of a part: as much is held of what comes, and as much is lost if the server is killed.
pub const PART: usize = 5 * 1024 * 1024;

/// Why nothing more is taken.
#[derive(Debug)]
pub enum Halt {
    /// The upload stands elsewhere: ask where, and go on from there.
    Offset,
    /// More came than was announced.
    TooLong,
    /// What came is not what its sender hashed.
    Checksum,
    /// The upload is over, or was thrown away.
    Gone,
    /// The upload was refused, in these words.
    Failed(String),
    /// Something else.
    Error(Error),
}

impl<E: Into<Error>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// A hash that what comes in one go has to have.
#[derive(Clone, Debug)]
pub struct Checksum {
    /// Which.
    pub kind: HashKind,
    /// Its value.
    pub value: Vec<u8>,
}

/// What came in one go and does not count yet is dropped after this time, long before the sweep would.
const UNCOUNTED: TimeDelta = TimeDelta::hours(12);

/// Takes bytes of an upload as they come. What was put and counted is safe: a cut connection, or a killed server, takes
/// less than [`PART`] bytes away. With a checksum nothing counts until it was found right.
pub struct Receiving {
    app: Arc<App>,
    hand: Hand,
    upload: Uuid,
    /// Bytes of the whole upload.
    size: u64,
    /// Where what is in hand begins.
    offset: u64,
    in_hand: BytesMut,
    checked: Option<(Hasher, Vec<u8>)>,
    /// Parts that were put and do not count yet.
    put: Vec<Put>,
}

#[derive(Clone, Copy)]
struct Put {
    id: Uuid,
    start: u64,
    size: u64,
}

impl std::fmt::Debug for Receiving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiving").field("upload", &self.upload).finish_non_exhaustive()
    }
}

impl Receiving {
    /// Begins to take bytes that stand at `offset`.
    pub fn open(
        app: Arc<App>,
        upload: &upload::Model,
        offset: u64,
        checksum: Option<Checksum>,
    ) -> Result<Self, Halt> {
        still_open(&app, upload)?;
        let unsigned = |bytes: i64| u64::try_from(bytes).map_err(Error::internal);
        if upload.state != State::Receiving || unsigned(upload.received)? != offset {
            return Err(Halt::Offset);
        }
        Ok(Self {
            hand: Hand::of(&app, upload.owner_id),
            app,
            upload: upload.id,
            size: unsigned(upload.size)?,
            offset,
            in_hand: BytesMut::new(),
            checked: checksum.map(|sum| (Hasher::new(sum.kind), sum.value)),
            put: Vec::new(),
        })
    }

    /// Bytes that are still to come after what came.
    pub fn wanted(&self) -> u64 {
        self.size.saturating_sub(self.offset).saturating_sub(length(&self.in_hand))
    }

    /// Takes the next bytes.
    pub async fn take(&mut self, mut piece: Bytes) -> Result<(), Halt> {
        if length(&piece) > self.wanted() {
            self.forget().await;
            return Err(Halt::TooLong);
        }
        if let Some((hasher, _)) = &mut self.checked {
            hasher.take(&piece);
        }
        while !piece.is_empty() {
            if self.in_hand.is_empty() {
                let room = usize::try_from(self.wanted()).unwrap_or(PART);
                self.in_hand.reserve(room.min(PART));
            }
            let room = PART.saturating_sub(self.in_hand.len()).min(piece.len());
            self.in_hand.extend_from_slice(&piece.split_to(room));
            if self.in_hand.len() == PART {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Ends with all that was to come in one go; answers how many bytes of the upload are safe.
    pub async fn end(mut self) -> Result<u64, Halt> {
        self.flush().await?;
        if let Some((hasher, value)) = self.checked.take() {
            if hasher.finish() != value {
                self.forget().await;
                return Err(Halt::Checksum);
            }
            let oldest = self.put.first().map(|put| made_at(put.id));
            if oldest.is_some_and(|oldest| oldest < self.app.clock.now() - UNCOUNTED) {
                self.forget().await;
                return Err(Halt::Offset);
            }
            let put = std::mem::take(&mut self.put);
            self.count(&put).await?;
        }
        Ok(self.offset)
    }

    /// Ends in the middle, because nothing more comes: what is in hand is kept, unless a checksum of more was promised.
    pub async fn cut(mut self) -> Result<(), Halt> {
        match self.checked {
            Some(_) => self.forget().await,
            None => self.flush().await?,
        }
        Ok(())
    }

    /// Puts what is in hand. Without a checksum it counts at once.
    async fn flush(&mut self) -> Result<(), Halt> {
        if self.in_hand.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.in_hand).freeze();
        self.look_early(&bytes).await?;
        let put = Put { id: self.app.clock.key(), start: self.offset, size: length(&bytes) };
        self.app.store.put(&Place::Part(put.id), bytes.clone()).await?;
        self.in_hand = emptied(bytes).await;
        self.offset += put.size;
        if self.checked.is_some() {
            self.put.push(put);
            return Ok(());
        }
        self.count(&[put]).await
    }

    /// What is refused by its first bytes need not be sent to the end.
    async fn look_early(&self, bytes: &[u8]) -> Result<(), Halt> {
        let tells = bytes.len() >= sniff::HEAD || length(bytes) == self.size;
        if self.offset > 0 || !tells || self.checked.is_some() {
            return Ok(());
        }
        let Err(Error::Refused(problems)) = keep::accepted(bytes, self.size, &[]) else {
            return Ok(());
        };
        let words = problems.into_iter().next().map(|problem| problem.message).unwrap_or_default();
        fail(self.hand.cx(&self.app), self.upload, &words).await?;
        Err(Halt::Failed(words))
    }

    /// Counts parts that were put, all or none: of two that send the same bytes one is told that it came too late.
    async fn count(&self, put: &[Put]) -> Result<(), Halt> {
        let (Some(first), Some(last)) = (put.first(), put.last()) else { return Ok(()) };
        let cx = self.hand.cx(&self.app);
        let (start, end) = (keep::bytes(first.start)?, last.start + last.size);
        let state = if end == self.size { State::Processing } else { State::Receiving };
        let tx = cx.begin().await?;
        let moved = upload::Entity::update_many()
            .col_expr(Column::Received, Expr::value(keep::bytes(end)?))
            .col_expr(Column::State, Expr::value(state))
            .col_expr(Column::ExpiresAt, Expr::value(ticket::next_end(&self.app, self.upload)))
            .filter(Column::Id.eq(self.upload))
            .filter(Column::Received.eq(start))
            .filter(Column::State.eq(State::Receiving))
            .exec(&tx)
            .await?;
        if moved.rows_affected == 0 {
            tx.rollback().await?;
            drop_parts(&self.app, put.iter().map(|put| put.id).collect()).await;
            return Err(self.elsewhere().await);
        }
        let rows: Result<Vec<_>> = put.iter().map(|put| part(self.upload, *put)).collect();
        upload_part::Entity::insert_many(rows?).exec_without_returning(&tx).await?;
        told::changed(cx, tx, self.upload).await?;
        Ok(())
    }

    /// Why the upload did not stand where it should.
    async fn elsewhere(&self) -> Halt {
        match upload::Entity::find_by_id(self.upload).one(self.app.db.fresh()).await {
            Err(error) => error.into(),
            Ok(None) => Halt::Gone,
            Ok(Some(upload)) => still_open(&self.app, &upload).err().unwrap_or(Halt::Offset),
        }
    }

    /// Drops what was put and does not count.
    async fn forget(&mut self) {
        self.in_hand.clear();
        let put = std::mem::take(&mut self.put);
        drop_parts(&self.app, put.iter().map(|put| put.id).collect()).await;
    }
}

/// Whether an upload may still be asked about: it was not refused, and is not over.
pub fn still_open(app: &App, upload: &upload::Model) -> Result<(), Halt> {
    if upload.state == State::Failed {
        return Err(Halt::Failed(upload.failure.clone().unwrap_or_default()));
    }
    if upload.expires_at <= app.clock.now() { Err(Halt::Gone) } else { Ok(()) }
}

fn part(upload: Uuid, put: Put) -> Result<upload_part::ActiveModel> {
    Ok(upload_part::ActiveModel {
        id: Set(put.id),
        upload_id: Set(upload),
        start: Set(keep::bytes(put.start)?),
        size: Set(keep::bytes(put.size)?),
    })
}
