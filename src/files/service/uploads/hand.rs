use std::net::{IpAddr, Ipv4Addr};

use uuid::Uuid;

use crate::{
    Actor, Cx,
    app::App,
    cx::{Means, Member},
    entity::account::Role,
    infra::reader::Reader,
    scope::Scopes,
};

/// The owner of an upload, as whom the server goes on with it though nobody asks at the moment. May do nothing else.
pub(super) struct Hand {
    actor: Actor,
    db: Reader,
}

impl Hand {
    pub(super) fn of(app: &App, owner: Uuid) -> Self {
        let means = Means::Token(Scopes::default());
        let actor = Actor::Member(Member { id: owner, role: Role::Member, means });
        Self { actor, db: Reader::Pool(app.db.fresh().clone()) }
    }

    pub(super) fn cx<'a>(&'a self, app: &'a App) -> Cx<'a> {
        let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Cx { app, actor: &self.actor, address, db: &self.db }
    }
}
