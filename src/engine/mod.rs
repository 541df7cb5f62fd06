//! Runs operations: what HTTP, sockets, commands and tests have in common. The guard, the budget and
//! the deadline stand here, so that no way in goes around them.

mod answer;
mod ask;
pub mod live;

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Request, Response, Variables, parser::types::OperationType};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use self::live::{SAME_FOR_ALL, hub::Hub};
pub use self::{
    answer::{Answer, Refused},
    ask::Ask,
};
use crate::{
    Actor,
    accounts::RefreshCookie,
    app::App,
    config::Introspection,
    contact::SentFrom,
    graph::{
        Execution, Fault, RequestErrorCode, SentFiles,
        documents::{Documents, Operation, Prepared, Refusal},
    },
    infra::{budget::Budget, reader::Reader},
    schema::{self, Guildhall},
};

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As whom.
    pub actor: Actor,
    /// From where.
    pub address: IpAddr,
    /// With what program (its `User-Agent`).
    pub device: String,
}

/// Runs operations.
pub struct Engine {
    /// The running server.
    pub app: Arc<App>,
    /// The schema, which checks every document against itself.
    pub schema: Guildhall,
    /// The documents known.
    pub documents: Documents,
    /// What callers may spend.
    pub budget: Budget,
    /// The schema for documents that the other has found to fit.
    for_valid: Guildhall,
    /// What is followed.
    hub: Hub,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("app", &self.app).finish_non_exhaustive()
    }
}

/// An operation that may run.
struct Admitted {
    document: Arc<Prepared>,
    variables: Variables,
    name: Option<String>,
    changes: bool,
    /// Whether all is read as of one moment.
    in_snapshot: bool,
    refresh_cookie: Option<RefreshCookie>,
    /// The page that it was sent from.
    from: Option<SentFrom>,
    /// What came along.
    files: SentFiles,
    /// Whether the schema's checks can't find anything that an earlier run did not.
    checked: bool,
    /// Whether a run without errors shows that the document fits whatever the variables.
    shows_valid: bool,
}

impl Engine {
    /// Builds the schema and reads the operator's trusted documents.
    pub fn new(app: Arc<App>) -> anyhow::Result<Self> {
        let schema = schema::build();
        let documents = Documents::new(&app.config, &schema::sdl(&schema), SAME_FOR_ALL)?;
        let budget = Budget::new(&app.config);
        let (for_valid, hub) = (schema::build_for_valid(), Hub::new());
        Ok(Self { app, schema, documents, budget, for_valid, hub })
    }

    /// Runs an operation, or says why not. Never fails and never panics: what goes wrong is in the
    /// answer.
    pub async fn execute(&self, caller: Caller, ask: Ask) -> Answer {
        let mut answer = Answer::new(ask.request_id.clone(), &self.app.clock);
        // What resolvers log is found by the name that the caller heard.
        let span = tracing::error_span!("operation", request = %answer.request_id);
        // Boxed once, or every layer from here to the connection would move five kilobytes.
        let run = Box::pin(self.run(caller, ask, &mut answer)).instrument(span);
        let run = AssertUnwindSafe(run).catch_unwind().await;
        if run.is_err() {
            tracing::error!(request = %answer.request_id, "an operation panicked");
            answer.refuse(Refused::Failed, RequestErrorCode::Internal, "internal error");
        }
        answer.finish(self.app.config.limits.errors);
        answer
    }

    async fn run(&self, caller: Caller, ask: Ask, answer: &mut Answer) {
        let Some(mut admitted) = self.enter(&caller, ask, answer, false) else { return };
        let deadline = self.app.config.operation_timeout;
        match tokio::time::timeout(deadline, self.resolve(caller, &mut admitted)).await {
            Err(_) => {
                let message = "the operation took too long and was ended";
                answer.refuse(Refused::Timeout, RequestErrorCode::Timeout, message);
            }
            Ok(response) => {
                let ran = answer.take(response);
                if ran && admitted.shows_valid {
                    admitted.document.set_valid();
                }
            }
        }
        answer.document = Some(admitted.document);
    }

    /// What may run, once it was paid for; what stands in its way is written into the answer. `live` is
    /// whether subscriptions may.
    fn enter(
        &self,
        caller: &Caller,
        ask: Ask,
        answer: &mut Answer,
        live: bool,
    ) -> Option<Admitted> {
        let admitted = self.admit(caller, ask, answer, live);
        if let Err(wait) = self.budget.spend(caller.actor.id(), caller.address, answer.cost.max(1))
        {
            let message = "too much was asked for in a short time: try again later";
            answer.refuse(Refused::RateLimited(wait), RequestErrorCode::RateLimited, message);
            return None;
        }
        match admitted {
            Ok(admitted) => Some(admitted),
            Err((refused, refusal)) => {
                answer.refuse_document(refused, refusal);
                None
            }
        }
    }

    /// What may run. What is found out on the way is written into the answer.
    fn admit(
        &self,
        caller: &Caller,
        ask: Ask,
        answer: &mut Answer,
        live: bool,
    ) -> Result<Admitted, (Refused, Refusal)> {
        let request = |refusal| (Refused::Request, refusal);
        let source = ask.source().map_err(request)?;
        let (document, known) = self.documents.prepare(source).map_err(request)?;
        answer.known = known;
        let operation = document.operation(ask.operation_name.as_deref()).map_err(request)?;
        answer.operation.clone_from(&operation.name);
        answer.kind = Some(operation.kind);
        let refuse = |refused, code, message| Err((refused, Refusal::new(code, message)));
        if ask.read_only && operation.kind == OperationType::Mutation {
            let message = "only queries run by GET: use POST";
            return refuse(Refused::Method, RequestErrorCode::BadRequest, message);
        }
        if operation.kind == OperationType::Subscription && !live {
            let message = "subscriptions run over WebSocket and server-sent events: ask for \
                           text/event-stream, or connect with graphql-transport-ws";
            return refuse(Refused::Request, RequestErrorCode::BadRequest, message);
        }
        self.may_introspect(&caller.actor, operation).map_err(request)?;
        let variables = ask.variables;
        answer.cost = self.documents.cost(operation, &variables).map_err(request)?;
        let changes = operation.kind == OperationType::Mutation;
        let checked = document.is_valid(operation, &variables);
        let shows_valid = document.would_show_valid(operation, &variables);
        let name = ask.operation_name;
        let refresh_cookie = match ask.by_socket {
            true => Some(RefreshCookie::OutOfReach),
            false => ask.refresh_cookie.map(RefreshCookie::Sent),
        };
        let in_snapshot = operation.reads_cursor;
        Ok(Admitted {
            variables,
            name,
            changes,
            in_snapshot,
            refresh_cookie,
            from: ask.from,
            files: ask.files,
            checked,
            shows_valid,
            document,
        })
    }

    fn may_introspect(&self, actor: &Actor, operation: &Operation) -> Result<(), Refusal> {
        if !operation.introspects {
            return Ok(());
        }
        match (self.app.config.introspection, actor) {
            (Introspection::Everyone, _) | (Introspection::Members, Actor::Member(_)) => Ok(()),
            (Introspection::Members, Actor::Guest | Actor::Audience) => Err(Refusal::new(
                RequestErrorCode::Unauthenticated,
                "sign in to read the schema from the server",
            )),
            (Introspection::Off, _) => Err(Refusal::new(
                RequestErrorCode::Forbidden,
                "this server does not answer questions about its schema",
            )),
        }
    }

    async fn resolve(&self, caller: Caller, admitted: &mut Admitted) -> Response {
        let mut request = Request::new("").variables(std::mem::take(&mut admitted.variables));
        request.operation_name = admitted.name.take();
        if let Some(cookie) = admitted.refresh_cookie.take() {
            request = request.data(cookie);
        }
        if let Some(from) = admitted.from.take() {
            request = request.data(from);
        }
        request = std::mem::take(&mut admitted.files).attach(request);
        request.set_parsed_query(admitted.document.document());
        let Caller { actor, address, device } = caller;
        let app = self.app.clone();
        let mut execution = Execution::new(app, actor, address, device, admitted.changes);
        if admitted.in_snapshot {
            match Reader::snapshot(&self.app.db.read).await {
                Ok(snapshot) => execution.db = snapshot,
                Err(error) => return Response::from_errors(vec![fault(error)]),
            }
        }
        let schema = if admitted.checked { &self.for_valid } else { &self.schema };
        // Without tokio's budget of 128 steps a turn: it would send the keys of a large page to their loaders
        // in parts, and each part would be a statement.
        tokio::task::coop::unconstrained(schema.execute(execution.attach(request))).await
    }
}

/// The error of an operation that could not begin to read.
fn fault(error: sea_orm::DbErr) -> async_graphql::ServerError {
    let error: async_graphql::Error = Fault::from(error).into();
    error.into_server_error(async_graphql::Pos::default())
}
