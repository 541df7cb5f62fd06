use super::write;
use crate::{Actor, Error, Result, chat::service::Standing, cx::Member, entity::message};

/// Changing a message: its author, while it stands.
pub fn edit(actor: &Actor, standing: &Standing, message: &message::Model) -> Result<Member> {
    let member = write(actor)?;
    let stands = message.deleted_at.is_none() && message.kind == message::Kind::Text;
    if stands && standing.member.is_some() && member.id == message.author_id {
        return Ok(member);
    }
    Err(Error::not_yours("only its author may change a message"))
}
