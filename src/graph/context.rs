use std::{net::IpAddr, sync::Arc};

use async_graphql::{Context, Request};

use super::Loaders;
use crate::{Actor, Cx, app::App, infra::reader::Reader};

/// One execution: who asks, from where, and where to read.
#[derive(Clone, Debug)]
pub struct Execution {
    /// The running server.
    pub app: Arc<App>,
    /// Who is asking.
    pub actor: Actor,
    /// The address that the request came from.
    pub address: IpAddr,
    /// What the client's program says it is (its `User-Agent`).
    pub device: String,
    /// Where to read.
    pub db: Reader,
}

impl Execution {
    /// An execution that reads from replicas too, or (`changes`) sees at once what it wrote.
    pub fn new(
        app: Arc<App>,
        actor: Actor,
        address: IpAddr,
        device: String,
        changes: bool,
    ) -> Self {
        let db = Reader::Pool(if changes { app.db.fresh() } else { &app.db.read }.clone());
        Self { app, actor, address, device, db }
    }

    /// What services are given.
    pub fn cx(&self) -> Cx<'_> {
        Cx { app: &self.app, actor: &self.actor, address: self.address, db: &self.db }
    }

    /// Hands the execution, with loaders of its own, to a request.
    pub fn attach(self, request: Request) -> Request {
        let execution = Arc::new(self);
        request.data(Loaders::new(execution.clone())).data(execution)
    }
}

/// What resolvers take from their context.
pub trait ContextExt<'a> {
    /// This execution.
    fn execution(&self) -> &'a Arc<Execution>;
    /// What services are given.
    fn cx(&self) -> Cx<'a>;
    /// The loaders of this execution.
    fn loaders(&self) -> &'a Loaders;
    /// How deep in the answer the field stands. What is asked for at several depths has loaders for each, so that the
    /// number of statements never hangs on which depth was read first.
    fn depth(&self) -> usize;
}

impl<'a> ContextExt<'a> for Context<'a> {
    fn execution(&self) -> &'a Arc<Execution> {
        self.data_unchecked()
    }

    fn cx(&self) -> Cx<'a> {
        self.execution().cx()
    }

    fn loaders(&self) -> &'a Loaders {
        self.data_unchecked()
    }

    fn depth(&self) -> usize {
        self.path_node.map_or(0, |node| node.parents().count())
    }
}
