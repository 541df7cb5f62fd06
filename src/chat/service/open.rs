use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{
    people::{approachable, fits_circle, insert, tell_each},
    visible,
};
use crate::{
    Cx, Error, Result,
    chat::policy,
    check::Check,
    client_key,
    entity::{
        conversation::{self, Column, Kind, Visibility},
        conversation_member::Role,
    },
    error::ErrorCode,
    sql,
    streams::Events,
};

/// Characters of a title.
pub(super) const TITLE: usize = 80;
/// Characters of a topic.
pub(super) const TOPIC: usize = 500;

/// What is kept of who is in a direct talk or a new circle, to find it again: the sorted keys in hex.
pub fn people_key(people: &[Uuid]) -> String {
    let mut keys: Vec<_> = people.iter().map(|key| key.simple().to_string()).collect();
    keys.sort_unstable();
    keys.concat()
}

/// Finds the direct talk (one other) or the circle of exactly these people, or makes it; two who do so at once
/// get the same one. `title` is for a circle that is made; one that is found keeps its own.
pub async fn open(
    cx: Cx<'_>,
    with: &[Option<Uuid>],
    title: Option<&str>,
) -> Result<conversation::Model> {
    let me = policy::write(cx.actor)?.id;
    let mut named: Vec<(usize, Option<Uuid>)> = Vec::new();
    for (at, key) in with.iter().enumerate() {
        if *key != Some(me) && !(key.is_some() && named.iter().any(|(_, other)| other == key)) {
            named.push((at, *key));
        }
    }
    if named.is_empty() {
        let message = "name somebody else to talk with";
        return Err(Error::refused(ErrorCode::Required, ["with"], message));
    }
    fits_circle(named.len() + 1, "with")?;
    let mut check = Check::new();
    let title = title.and_then(|title| check.optional_line(&["title"], title, TITLE));
    let kind = if named.len() == 1 { Kind::Direct } else { Kind::Circle };
    if kind == Kind::Direct && title.is_some() {
        check.problem(ErrorCode::Invalid, &["title"], "a direct talk has no title");
    }
    check.done().map_err(Error::outside_input)?;
    let mut people = vec![me];
    people.extend(approachable(cx, cx.db, &named, "with").await?);
    let key = people_key(&people);
    let of_these = || visible(cx).filter(Column::People.eq(key.as_str()));
    if let Some(found) = of_these().one(cx.db).await? {
        return Ok(found);
    }
    let new = conversation::ActiveModel {
        kind: Set(kind),
        slug: Set(None),
        title: Set(title),
        topic: Set(None),
        visibility: Set(Visibility::Private),
        people: Set(Some(key.clone())),
        ..Default::default()
    };
    let people: Vec<_> = people.into_iter().map(|profile| (profile, Role::Member)).collect();
    let tx = cx.begin().await?;
    match make(cx, &tx, cx.key(), new, &people).await? {
        Some((made, events)) => {
            events.commit(cx, tx).await?;
            Ok(made)
        }
        // The other one was faster.
        None => {
            of_these().one(&tx).await?.ok_or_else(|| Error::bug("a talk is hidden from its people"))
        }
    }
}

/// A channel to open.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// A line on what it is for.
    pub topic: Option<String>,
    /// Who may find and read it.
    pub visibility: Visibility,
    /// What the client calls this call.
    pub client_key: Option<String>,
}

/// Opens a channel, which the actor owns. The same `client_key` answers the first channel again.
pub async fn create_channel(cx: Cx<'_>, new: NewChannel) -> Result<conversation::Model> {
    let me = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let slug = slug(&mut check, &new.slug);
    let title = check.line(&["title"], &new.title, 1..=TITLE);
    let topic = new.topic.and_then(|topic| check.optional_line(&["topic"], &topic, TOPIC));
    check.done()?;
    let tx = cx.begin().await?;
    let id = cx.key();
    let first = client_key::claim(cx, &tx, new.client_key.as_deref(), "conversation", id).await?;
    if let Some(first) = first {
        tx.rollback().await?;
        let first = visible(cx).filter(Column::Id.eq(first)).one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("channel"));
    }
    let new = conversation::ActiveModel {
        kind: Set(Kind::Channel),
        slug: Set(Some(slug)),
        title: Set(Some(title)),
        topic: Set(topic),
        visibility: Set(new.visibility),
        people: Set(None),
        ..Default::default()
    };
    let made = make(cx, &tx, id, new, &[(me, Role::Owner)]).await?;
    let (made, events) = made.ok_or_else(taken)?;
    events.commit(cx, tx).await?;
    Ok(made)
}

/// Writes a conversation with its people, of whom the first opened it; `None` when one of that name, or of these
/// people, stands there.
async fn make(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    id: Uuid,
    new: conversation::ActiveModel,
    people: &[(Uuid, Role)],
) -> Result<Option<(conversation::Model, Events)>> {
    let row = conversation::ActiveModel {
        id: Set(id),
        member_count: Set(i32::try_from(people.len()).map_err(Error::internal)?),
        last_position: Set(0),
        last_number: Set(0),
        latest: Set(id),
        archived_at: Set(None),
        ..new
    };
    if !sql::insert_new(tx, row).await? {
        return Ok(None);
    }
    let made = conversation::Entity::find_by_id(id).one(tx).await?;
    let made = made.ok_or_else(|| Error::bug("a conversation was not written"))?;
    insert(cx, tx, &made, people, None).await?;
    let mut events = Events::new();
    let told = people.iter().map(|(profile, _)| (*profile, "conversation_joined")).collect();
    tell_each(cx, tx, &mut events, id, told).await?;
    Ok(Some((made, events)))
}

/// A channel's name: 2 to 50 of `a` to `z`, `0` to `9` and `-`, kept in lower case.
pub(super) fn slug(check: &mut Check, text: &str) -> String {
    let slug = text.trim().trim_start_matches('#').to_ascii_lowercase();
    let length = slug.chars().count();
    let plain = slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let problem = match () {
        () if length < 2 => Some((ErrorCode::TooShort, "write at least 2 characters")),
        () if length > 50 => Some((ErrorCode::TooLong, "write at most 50 characters")),
        () if !plain => Some((ErrorCode::Invalid, "use the letters a to z, digits and - only")),
        () => None,
    };
    if let Some((code, message)) = problem {
        check.problem(code, &["slug"], message);
    }
    slug
}

/// The refusal of a name that another channel has.
pub(super) fn taken() -> Error {
    Error::refused(ErrorCode::Taken, ["input", "slug"], "another channel has this name")
}
