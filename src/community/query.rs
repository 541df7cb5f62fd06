use async_graphql::Object;

use super::Server;

/// The community's part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "CommunityQuery")]
impl Query {
    /// This community: its name, its ways in, its limits.
    async fn server(&self) -> Server {
        Server
    }
}
