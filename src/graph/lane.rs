use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use async_graphql::{Context, QueryPathNode, QueryPathSegment};

/// Where a field stands in the answer, the same for every row of a list: things that are asked for in several
/// places have a loader for each, so that the number of statements never hangs on which was read first.
pub fn lane(ctx: &Context<'_>) -> u64 {
    hash(ctx.path_node.as_ref())
}

/// Where the thing stands whose field it is: what several of its fields ask for is asked for once.
pub fn lane_above(ctx: &Context<'_>) -> u64 {
    hash(ctx.path_node.as_ref().and_then(|node| node.parent))
}

fn hash(node: Option<&QueryPathNode<'_>>) -> u64 {
    let mut hasher = foldhash::quality::FixedState::default().build_hasher();
    let mut node = node;
    while let Some(here) = node {
        if let QueryPathSegment::Name(name) = here.segment {
            name.hash(&mut hasher);
        }
        node = here.parent;
    }
    hasher.finish()
}
