//! Subscriptions as a test follows them.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use async_graphql::Variables;
use guildhall::{
    Actor,
    engine::{
        Ask, Caller,
        live::{Begun, Inbox, Next, Sent, Subscription, outbox},
    },
    infra::bus::Note,
};
use serde_json::Value;

use super::TestApp;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a test listens before it believes that nothing comes.
const QUIET: Duration = Duration::from_millis(200);

/// A subscription that stands.
pub struct Follower {
    #[expect(dead_code, reason = "ends the subscription when it is dropped")]
    handle: Subscription,
    pub inbox: Inbox,
}

impl TestApp {
    /// Makes every listener of the bus miss something.
    pub fn lose_notes(&self) {
        for _ in 0..20_000 {
            self.app.bus.publish_local(Note::Session { session: uuid::Uuid::nil() });
        }
    }

    /// Follows something; panics when it is refused.
    pub async fn follow(&self, actor: &Actor, query: &str, variables: Value) -> Follower {
        self.try_to_follow(actor, query, variables)
            .await
            .unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Follows something, or answers the whole response that refuses it.
    pub async fn try_to_follow(
        &self,
        actor: &Actor,
        query: &str,
        variables: Value,
    ) -> Result<Follower, Value> {
        self.follow_with(actor, query, variables, 256).await
    }

    /// Follows something with room for so many results.
    pub async fn follow_with(
        &self,
        actor: &Actor,
        query: &str,
        variables: Value,
        room: usize,
    ) -> Result<Follower, Value> {
        let ask = Ask {
            query: Some(query.to_owned()),
            variables: Variables::from_json(variables),
            ..Ask::default()
        };
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let caller = Caller { actor: *actor, address, device: "tests".to_owned() };
        let (outbox, inbox) = outbox(room);
        match self.engine.begin(caller, ask, None, &outbox, 1).await {
            Begun::Subscription(handle) => Ok(Follower { handle, inbox }),
            Begun::Answer(answer) => Err(serde_json::from_slice(&answer.json()).unwrap()),
        }
    }
}

impl Follower {
    /// The next event: the only field of the next result's data.
    #[track_caller]
    pub fn next(&mut self) -> impl Future<Output = Value> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            match self.sent().await {
                Some(Sent::Next { told, .. }) => {
                    let result: Value = serde_json::from_slice(&told.payload).unwrap();
                    assert!(result.get("errors").is_none(), "{caller}: {result:#}");
                    result["data"].as_object().unwrap().values().next().unwrap().clone()
                }
                other => panic!("{caller}: {other:?}"),
            }
        }
    }

    /// The next events.
    pub async fn take(&mut self, number: usize) -> Vec<Value> {
        let mut events = Vec::new();
        while events.len() < number {
            events.push(self.next().await);
        }
        events
    }

    /// What comes next, if anything does.
    async fn sent(&mut self) -> Option<Sent> {
        match tokio::time::timeout(PATIENCE, self.inbox.next()).await {
            Ok(Next::Send(sent)) => Some(sent),
            Ok(Next::Slow) | Err(_) => None,
        }
    }

    /// Expects that the stream ends.
    #[track_caller]
    pub fn ends(&mut self) -> impl Future<Output = ()> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let sent = self.sent().await;
            assert!(matches!(sent, Some(Sent::Complete { .. })), "{caller}: {sent:?}");
        }
    }

    /// Expects that nothing comes.
    #[track_caller]
    pub fn hears_nothing(&mut self) -> impl Future<Output = ()> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            if let Ok(next) = tokio::time::timeout(QUIET, self.inbox.next()).await {
                panic!("{caller}: {next:?}");
            }
        }
    }

    /// Expects that the stream stands; answers the cursor.
    #[track_caller]
    pub fn ready(&mut self) -> impl Future<Output = String> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let event = self.next().await;
            assert_eq!(event["__typename"], "StreamReady", "{caller}: {event:#}");
            event["cursor"].as_str().unwrap_or_default().to_owned()
        }
    }
}
