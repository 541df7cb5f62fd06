use crate::{
    Actor, Result,
    cx::Member,
    entity::{notification::Kind, watch::Level},
    scope::Scope,
};

/// Reading one's own notifications and settings.
pub fn read(actor: &Actor) -> Result<Member> {
    actor.allows(Scope::ReadPrivate)?;
    actor.member()
}

/// Marking one's own notifications as read, changing what one hears of.
pub fn write(actor: &Actor) -> Result<Member> {
    let member = actor.member()?;
    actor.allows(Scope::WriteSocial)?;
    Ok(member)
}

/// Whether somebody who said this about a thing hears news of this kind about it. `None` said nothing: whom such news
/// is for by itself was found out before.
pub fn wants(level: Option<Level>, kind: Kind) -> bool {
    match level {
        None | Some(Level::All) => true,
        Some(Level::Participating) => {
            matches!(kind, Kind::Mention | Kind::Reply | Kind::Reaction | Kind::Collaboration)
        }
        Some(Level::Mentions) => matches!(kind, Kind::Mention | Kind::Collaboration),
        Some(Level::Nothing) => false,
    }
}

/// Whether a kind can't be switched off: who is to be credited is asked, and can't be asked elsewhere.
pub fn is_locked(kind: Kind) -> bool {
    kind == Kind::Collaboration
}
