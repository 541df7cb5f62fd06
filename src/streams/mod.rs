//! What happened, in order: events are written in the transaction of their change, numbered without gaps
//! within their stream, and read again after a cursor. The database is the truth; the bus only tells that a
//! stream has reached a number.

mod append;
mod cursor;
mod read;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

pub use append::NewEvent;
pub use cursor::Cursor;
pub use read::{Event, Found, after, changes_access_after, last_seq, prune, reached};

use crate::{
    Result,
    app::App,
    cx::Cx,
    infra::{
        bus::{Note, Passing},
        presence,
    },
};

/// What a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    /// What kind of thing: `conversation`, `post`, `viewer`.
    pub kind: &'static str,
    /// Its key.
    pub id: Uuid,
}

impl Stream {
    /// What happens in a conversation.
    pub fn conversation(id: Uuid) -> Self {
        Self { kind: "conversation", id }
    }

    /// What happens to something that people discuss, and under it.
    pub fn discussion(subject: Uuid) -> Self {
        Self { kind: "discussion", id: subject }
    }

    /// What concerns one member.
    pub fn viewer(profile: Uuid) -> Self {
        Self { kind: "viewer", id: profile }
    }

    /// That one member comes and leaves: it is only passed, never written.
    pub fn presence(profile: Uuid) -> Self {
        Self { kind: "presence", id: presence::channel(profile) }
    }

    /// What a member watches others by: nothing is ever written to it.
    pub fn watching(member: Uuid) -> Self {
        // Streams are known by their keys alone.
        Self { kind: "watching", id: Uuid::from_u128(!member.as_u128()) }
    }

    /// What happens on a board.
    pub fn board(id: Uuid) -> Self {
        Self { kind: "board", id }
    }

    /// What comes of an upload.
    pub fn upload(id: Uuid) -> Self {
        Self { kind: "upload", id }
    }

    /// What happens above the community's feed.
    pub fn feed() -> Self {
        Self { kind: "feed", id: Uuid::from_u128(1) }
    }
}

/// The events of one transaction: written in it, told after it.
///
/// Streams are locked from the first event written to them until the commit: write events last, and those
/// of several streams in the order of their keys where two changes could meet.
#[derive(Debug, Default)]
#[must_use = "events are told by `commit`"]
pub struct Events(Vec<Note>);

impl Events {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes an event; answers its number in the stream.
    pub async fn append(
        &mut self,
        cx: Cx<'_>,
        tx: &DatabaseTransaction,
        stream: Stream,
        event: NewEvent,
    ) -> Result<i64> {
        let news = event.news;
        let seq = append::append(cx, tx, stream, event).await?;
        self.0.push(Note::Reached { stream: stream.id, seq, news });
        Ok(seq)
    }

    /// Writes several events to one stream, in a few statements whatever their number.
    pub async fn append_all(
        &mut self,
        cx: Cx<'_>,
        tx: &DatabaseTransaction,
        stream: Stream,
        events: Vec<NewEvent>,
    ) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let news = events.iter().any(|event| event.news);
        let seq = append::append_all(cx, tx, stream, events).await?;
        self.0.push(Note::Reached { stream: stream.id, seq, news });
        Ok(())
    }

    /// Writes an event to the viewer's stream of each of these members, about what stands beside them, in as many
    /// statements as for one. Name each member once.
    pub async fn append_to_viewers(
        &mut self,
        cx: Cx<'_>,
        tx: &DatabaseTransaction,
        kind: &'static str,
        about: &[(Uuid, Uuid)],
    ) -> Result<()> {
        for (stream, seq) in append::append_to_viewers(cx, tx, kind, about).await? {
            self.0.push(Note::Reached { stream, seq, news: false });
        }
        Ok(())
    }

    /// Commits the change, then tells everybody who follows the streams.
    pub async fn commit(self, cx: Cx<'_>, tx: DatabaseTransaction) -> Result<()> {
        tx.commit().await?;
        self.tell(cx.app);
        Ok(())
    }

    fn tell(self, app: &App) {
        for note in self.0 {
            app.bus.publish(note);
        }
    }
}

/// Writes what happened to one thing, last in its transaction, then commits and tells it.
pub async fn tell(
    cx: Cx<'_>,
    tx: DatabaseTransaction,
    stream: Stream,
    happened: impl IntoIterator<Item = NewEvent> + Send,
) -> Result<()> {
    let mut events = Events::new();
    for event in happened {
        events.append(cx, &tx, stream, event).await?;
    }
    events.commit(cx, tx).await
}

/// Tells something that nobody needs to hear later: it is not kept, has no cursor and may be lost.
pub fn pass(app: &App, stream: Stream, passing: Passing) {
    app.bus.publish(Note::Passing { stream: stream.id, passing });
}
