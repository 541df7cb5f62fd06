use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use async_graphql::{Context, QueryPathSegment};

/// Where a field stands in the answer, the same for every row of a list: things that are asked for in several
/// places have a loader for each, so that the number of statements never hangs on which was read first.
pub fn lane(ctx: &Context<'_>) -> u64 {
    let mut hasher = foldhash::quality::FixedState::default().build_hasher();
    let mut node = ctx.path_node.as_ref();
    while let Some(here) = node {
        if let QueryPathSegment::Name(name) = here.segment {
            name.hash(&mut hasher);
        }
        node = here.parent;
    }
    hasher.finish()
}
