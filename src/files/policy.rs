use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};

use crate::{
    Actor, Error, Result,
    config::Config,
    cx::Member,
    entity::{
        account::Role,
        block,
        file::{self, Column, Kind, Visibility},
        file_use::Place,
    },
    error::{ErrorCode, Problem},
    scope::Scope,
};

/// Storing, changing and deleting files: one's own.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteFiles)?;
    Ok(member)
}

/// Changing or deleting a file: its owner.
pub fn edit(actor: &Actor, file: &file::Model) -> Result<()> {
    let member = write(actor)?;
    if member.id == file.owner_id { Ok(()) } else { Err(Error::not_found("file")) }
}

/// The files that `actor` may see for themselves, whatever they hang on: one's own, what is for members, what is for
/// everybody. Of those who blocked each other neither sees the other's.
pub fn visible_to(actor: &Actor) -> Condition {
    let of = |visibility: Visibility| Column::Visibility.eq(visibility);
    let mut any = Condition::any().add(of(Visibility::Public));
    if actor.reader().is_some() {
        any = any.add(of(Visibility::Members));
    }
    let others = Condition::all().add(any).add(not_blocked(actor));
    match (actor, read_own(actor)) {
        (Actor::Audience, _) => Condition::all(),
        (_, Ok(me)) => Condition::any().add(others).add(Column::OwnerId.eq(me.id)),
        (_, Err(_)) => others,
    }
}

/// Staff, and guests, are shown everything.
fn not_blocked(actor: &Actor) -> Condition {
    let all = Condition::all();
    match actor {
        Actor::Member(member) if member.role < Role::Moderator => {
            let rows = |column| block::Entity::find().select_only().column(column);
            let by_me = rows(block::Column::BlockedId).filter(block::Column::BlockerId.eq(member.id));
            let of_me = rows(block::Column::BlockerId).filter(block::Column::BlockedId.eq(member.id));
            all.add(Column::OwnerId.not_in_subquery(by_me.into_query()))
                .add(Column::OwnerId.not_in_subquery(of_me.into_query()))
        }
        _ => all,
    }
}

/// Reading what is one's own: the list of files, how much is stored, uploads.
pub fn read_own(actor: &Actor) -> Result<Member> {
    actor.allows(Scope::ReadPrivate)?;
    actor.member()
}

/// What kinds of files may stand in a place.
pub fn fits(place: Place, kind: Kind) -> Result<(), &'static str> {
    match place {
        Place::Attachment => Ok(()),
        Place::Avatar | Place::Banner | Place::Cover if kind == Kind::Image => Ok(()),
        Place::Gallery if matches!(kind, Kind::Image | Kind::Video) => Ok(()),
        Place::Gallery => Err("a gallery shows pictures and films"),
        Place::Avatar | Place::Banner | Place::Cover => Err("this has to be a picture"),
    }
}

/// How many files may stand in a place.
pub fn most(place: Place) -> usize {
    match place {
        Place::Avatar | Place::Banner | Place::Cover => 1,
        Place::Attachment => 10,
        Place::Gallery => 30,
    }
}

/// A file that may not stand where it was put.
pub fn misplaced(path: Vec<std::borrow::Cow<'static, str>>, why: &str) -> Problem {
    Problem::at(ErrorCode::FileTypeRejected, path, why)
}

/// Bytes that a file may have that is sent within a request for the graph.
pub const INLINE: u64 = 8 * 1024 * 1024;

/// Bytes that such a file may have here, where the operator may take less.
pub fn inline_bytes(config: &Config) -> u64 {
    INLINE.min(config.file_bytes)
}
