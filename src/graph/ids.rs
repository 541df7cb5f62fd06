use async_graphql::ID;
use uuid::Uuid;

use crate::typeid;

/// The TypeID (<https://github.com/jetify-com/typeid>, version 0.3) of a thing: `post_01jcz…`.
pub fn encode(kind: &str, key: Uuid) -> ID {
    ID(typeid::encode(kind, key))
}
