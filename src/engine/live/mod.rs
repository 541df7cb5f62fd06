//! Runs subscriptions: one tail per stream and process reads each event once; those who asked alike are a group,
//! for which it is resolved and written once; each subscriber is told what it missed, then what happens.

mod group;
pub(super) mod hub;
mod join;
mod member;
mod outbox;
mod run;
mod same;
mod tail;

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::parser::types::OperationType;
use futures_util::FutureExt as _;

pub use outbox::{Inbox, Next, Outbox, Sent, Told, outbox};
pub(super) use same::SAME_FOR_ALL;

use self::{
    join::{Start, join},
    member::Member,
    run::Run,
};
use super::{Admitted, Answer, Ask, Caller, Engine, Refused};
use crate::{
    graph::{Live, Opened, Opening, RequestErrorCode},
    infra::bus::Passing,
};

/// What came of beginning an operation over a connection that can carry subscriptions.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart as soon as it is made")]
pub enum Begun {
    /// A query, a mutation, or anything refused: this is all.
    Answer(Answer),
    /// A subscription: its results come through the outbox, until it is dropped or [`Sent::Complete`] comes.
    Subscription(Subscription),
}

/// A subscription that stands; dropping it ends it.
pub struct Subscription(Arc<Member>);

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl Subscription {
    /// Tells something on this subscription alone (a session that is about to end); what its stream does not
    /// know is passed over.
    pub fn pass(&self, passing: Passing) {
        self.0.pass(passing);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Engine {
    /// Runs an operation of any kind. `resume_after` is a cursor that stands for the subscription's `after`
    /// (`Last-Event-ID`); `operation` names its results in the outbox.
    pub async fn begin(
        self: &Arc<Self>,
        caller: Caller,
        ask: Ask,
        resume_after: Option<String>,
        outbox: &Outbox,
        operation: u64,
    ) -> Begun {
        if !self.is_subscription(&ask) {
            return Begun::Answer(self.execute(caller, ask).await);
        }
        self.hub.listen(self);
        let mut answer = Answer::new(ask.request_id.clone(), &self.app.clock);
        let member = |run| Member::new(run, outbox.clone(), operation);
        let opened = Box::pin(self.open(caller, ask, &mut answer, member)).await;
        let Some((member, Opened { topic, after })) = opened else {
            answer.finish(self.app.config.limits.errors);
            return Begun::Answer(answer);
        };
        let start = resume_after.or(after).map_or(Start::Now, Start::After);
        tokio::spawn(join(member.clone(), topic, start));
        Begun::Subscription(Subscription(member))
    }

    fn is_subscription(&self, ask: &Ask) -> bool {
        let Ok((document, _)) = ask.source().and_then(|source| self.documents.prepare(source))
        else {
            return false;
        };
        document
            .operation(ask.operation_name.as_deref())
            .is_ok_and(|operation| operation.kind == OperationType::Subscription)
    }

    /// Finds out what a subscription follows; what stands in its way is written into the answer.
    async fn open(
        self: &Arc<Self>,
        caller: Caller,
        ask: Ask,
        answer: &mut Answer,
        member: impl FnOnce(Run) -> Arc<Member>,
    ) -> Option<(Arc<Member>, Opened)> {
        let Admitted { document, variables, name, checked, shows_valid, .. } =
            self.enter(&caller, ask, answer, true)?;
        let variables = serde_json::to_string(&variables).unwrap_or_default().into();
        let run = Run { engine: self.clone(), caller, document, name, variables, checked };
        let member = member(Run { checked: true, ..run.clone() });
        // From before anything is looked up: what changes after that is looked at once more.
        self.hub.note(&member);
        let opening = Arc::<Opening>::default();
        let once = AssertUnwindSafe(run.once(Live::Opening(opening.clone()))).catch_unwind();
        match tokio::time::timeout(self.app.config.operation_timeout, once).await {
            Err(_) => {
                let message = "the operation took too long and was ended";
                answer.refuse(Refused::Timeout, RequestErrorCode::Timeout, message);
                return None;
            }
            Ok(Err(_)) => {
                tracing::error!(request = %answer.request_id, "a subscription panicked");
                answer.refuse(Refused::Failed, RequestErrorCode::Internal, "internal error");
                return None;
            }
            Ok(Ok(Some(response))) => {
                answer.take(response);
                return None;
            }
            Ok(Ok(None)) => {}
        }
        let Some(opened) = opening.take() else {
            let message = "nothing is subscribed to: the field at the root was skipped";
            answer.refuse(Refused::Request, RequestErrorCode::BadRequest, message);
            return None;
        };
        if shows_valid {
            run.document.set_valid();
        }
        Some((member, opened))
    }
}
