//! One operation of a subscription, as it runs for each thing to tell.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Request, Response};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};

use crate::{
    engine::{Answer, Caller, Engine, Refused, answer::code},
    graph::{Execution, Happening, Live, RequestErrorCode, What, documents::Prepared},
};

/// How often something is told anew when it failed for a reason that may pass.
const TRIES: u32 = 6;
/// How long to wait before the second try; twice as long before each further one, but no longer than this.
const BREATH: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// An operation of a subscription: what is asked for, and as whom.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) engine: Arc<Engine>,
    pub(super) caller: Caller,
    pub(super) document: Arc<Prepared>,
    pub(super) name: Option<String>,
    /// The variables as JSON, which takes a tenth of the room.
    pub(super) variables: Arc<str>,
    /// Whether the schema's checks can't find anything that an earlier run did not.
    pub(super) checked: bool,
}

impl Run {
    /// The first thing that the operation answers, if it answers anything.
    pub(super) async fn once(&self, live: Live) -> Option<Response> {
        let engine = &self.engine;
        let variables = serde_json::from_str(&self.variables).unwrap_or_default();
        let mut request = Request::new("").variables(variables);
        request.operation_name.clone_from(&self.name);
        request.set_parsed_query(self.document.document());
        let Caller { actor, address, device } = self.caller.clone();
        // What is told was committed just now: it is read where it was written.
        let execution = Execution::new(engine.app.clone(), actor, address, device, true);
        let request = execution.attach(request).data(live);
        let schema = if self.checked { &engine.for_valid } else { &engine.schema };
        let mut answers = schema.execute_stream(request);
        // As in `Engine::resolve`: batches stay whole.
        tokio::task::coop::unconstrained(answers.next()).await
    }

    /// The JSON that tells what happened; `None` when it is not for the caller.
    pub(super) async fn tell(&self, happening: Happening) -> Option<Bytes> {
        let happening = Arc::new(happening);
        let mut wait = BREATH;
        for tries in 1_u32.. {
            let mut answer = self.try_to_tell(&happening).await?;
            // While nothing can be read nothing can be told: an event waits, or it would be lost.
            let waits = matches!(happening.what, What::Event(_)) && is_away(&answer.response);
            if waits || (tries < TRIES && is_passing(&answer.response)) {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST);
                continue;
            }
            answer.finish(self.engine.app.config.limits.errors);
            return Some(Bytes::from(answer.json()));
        }
        None
    }

    async fn try_to_tell(&self, happening: &Arc<Happening>) -> Option<Answer> {
        let mut answer = Answer::new(String::new(), &self.engine.app.clock);
        answer.document = Some(self.document.clone());
        let once = AssertUnwindSafe(self.once(Live::Telling(happening.clone()))).catch_unwind();
        match tokio::time::timeout(self.engine.app.config.operation_timeout, once).await {
            Ok(Ok(response)) => {
                answer.take(response?);
            }
            Ok(Err(_)) => {
                tracing::error!(request = %answer.request_id, "telling an event panicked");
                answer.refuse(Refused::Failed, RequestErrorCode::Internal, "internal error");
            }
            Err(_) => {
                let message = "the operation took too long and was ended";
                answer.refuse(Refused::Timeout, RequestErrorCode::Timeout, message);
            }
        }
        Some(answer)
    }
}

/// Whether something went wrong that may go well a moment later.
pub(super) fn is_passing(response: &Response) -> bool {
    let codes = [RequestErrorCode::Timeout, RequestErrorCode::Internal];
    is_away(response) || codes.into_iter().any(|known| has_code(response, known))
}

/// Whether the database is away.
fn is_away(response: &Response) -> bool {
    has_code(response, RequestErrorCode::Unavailable)
}

fn has_code(response: &Response, wanted: RequestErrorCode) -> bool {
    code(response).is_some_and(|code| code == wanted.name())
}
