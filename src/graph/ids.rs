use async_graphql::ID;
use uuid::Uuid;

use crate::typeid;

/// The TypeID (<https://github.com/jetify-com/typeid>, version 0.3) of a thing: `post_01jcz…`.
pub fn encode(kind: &str, key: Uuid) -> ID {
    ID(typeid::encode(kind, key))
}

/// The keys of a list of ids, in their order; `None` is an id of something else.
pub fn keys(kind: &str, ids: Vec<ID>) -> Vec<Option<Uuid>> {
    ids.iter().map(|id| typeid::decode(kind, id)).collect()
}
