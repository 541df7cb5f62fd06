//! Subscriptions a step at a time: what opening one finds, and what it makes of an event.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use async_graphql::{Request, Variables};
use futures_util::StreamExt as _;
use guildhall::{
    Actor,
    graph::{Execution, Happening, Live, Opened, Opening, What},
    streams::{self, Cursor, Event, Found, Stream},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::TestApp;

impl TestApp {
    /// Opens a subscription; the code of the error if that was refused.
    pub async fn open(
        &self,
        actor: &Actor,
        document: &str,
        variables: Value,
    ) -> Result<Opened, String> {
        let opening = Arc::<Opening>::default();
        let told = self.live(actor, document, variables, Live::Opening(opening.clone())).await;
        match told.first() {
            None => Ok(opening.take().unwrap()),
            Some(refused) => {
                assert!(opening.take().is_none(), "{refused}");
                Err(refused["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
            }
        }
    }

    /// What a subscription makes of something that happened, for this actor.
    pub async fn tell(
        &self,
        actor: &Actor,
        document: &str,
        variables: Value,
        happening: Happening,
    ) -> Option<Value> {
        let live = Live::Telling(Arc::new(happening));
        let told = self.live(actor, document, variables, live).await;
        assert!(told.len() <= 1, "{told:#?}");
        let told = told.into_iter().next()?;
        assert!(told["errors"].is_null(), "{told:#?}");
        Some(told["data"].as_object().unwrap().values().next().unwrap().clone())
    }

    /// What a subscription tells this actor of a stream from its beginning until it stands; the document has `$after`.
    pub async fn tell_all(
        &self,
        actor: &Actor,
        document: &str,
        mut variables: Value,
        stream: Stream,
    ) -> Vec<Value> {
        variables["after"] = json!(Cursor { seq: 0 }.encode(stream));
        let mut follower = self.follow(actor, document, variables).await;
        let mut told = Vec::new();
        loop {
            let event = follower.next().await;
            if event["kind"] == "StreamReady" {
                return told;
            }
            told.push(event);
        }
    }

    async fn live(
        &self,
        actor: &Actor,
        document: &str,
        variables: Value,
        live: Live,
    ) -> Vec<Value> {
        let request = Request::new(document).variables(Variables::from_json(variables)).data(live);
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let app = self.app.clone();
        let execution = Execution::new(app, *actor, address, "tests".to_owned(), false);
        let told = self.engine.schema.execute_stream(execution.attach(request));
        told.map(|told| {
            json!({ "data": told.data, "errors": match told.errors.as_slice() {
            [] => Value::Null,
            errors => json!(errors),
        } })
        })
        .collect()
        .await
    }

    /// The first events of a stream.
    pub async fn events(&self, stream: Uuid) -> Vec<Event> {
        match streams::after(&self.app.db.read, stream, 0).await.unwrap() {
            Found::Events(events) => events,
            other => panic!("{other:?}"),
        }
    }

    /// The kinds of a stream's events, in order.
    pub async fn kinds(&self, stream: Stream) -> Vec<String> {
        self.events(stream.id).await.into_iter().map(|event| event.kind).collect()
    }
}

/// An event as it is told.
pub fn happening(stream: Stream, event: Event) -> Happening {
    let (cursor, at) = (Some(Cursor { seq: event.seq }), event.at);
    Happening { stream, cursor, at, what: What::Event(Arc::new(event)) }
}
