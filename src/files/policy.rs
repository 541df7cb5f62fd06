use crate::{
    Actor, Error, Result,
    config::Config,
    cx::Member,
    entity::file::{self, Kind},
    entity::file_use::Place,
    error::{ErrorCode, Problem},
    files::service::SMALL,
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

/// Reading what is one's own: the list of files, how much is stored, uploads.
pub fn read_own(actor: &Actor) -> Result<Member> {
    actor.allows(Scope::ReadPrivate)?;
    actor.member()
}

/// What kinds of files may stand in a place.
pub fn fits(place: Place, kind: Kind) -> Result<(), &'static str> {
    match place {
        Place::Attachment | Place::Answer => Ok(()),
        Place::Avatar | Place::Banner | Place::Cover | Place::Logo if kind == Kind::Image => Ok(()),
        Place::Gallery if matches!(kind, Kind::Image | Kind::Video) => Ok(()),
        Place::Gallery => Err("a gallery shows pictures and films"),
        Place::Resume if kind == Kind::Document => Ok(()),
        Place::Resume => Err("this has to be a document"),
        Place::Avatar | Place::Banner | Place::Cover | Place::Logo => {
            Err("this has to be a picture")
        }
    }
}

/// How many files may stand in a place.
pub fn most(place: Place) -> usize {
    match place {
        Place::Avatar | Place::Banner | Place::Cover | Place::Logo | Place::Resume => 1,
        Place::Attachment | Place::Answer => 10,
        Place::Gallery => 30,
    }
}

/// A file that may not stand where it was put.
pub fn misplaced(path: Vec<std::borrow::Cow<'static, str>>, why: &str) -> Problem {
    Problem::at(ErrorCode::FileTypeRejected, path, why)
}

/// Bytes that a file may have that is sent within a request for the graph.
pub fn inline_bytes(config: &Config) -> u64 {
    SMALL.min(config.file_bytes)
}
