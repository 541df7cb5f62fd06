//! The one graph: the roots, joined from every slice. The one file to touch when a slice is added.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, ValidationMode};

use crate::{
    accounts, applications, boards, bookmarks, chat, comments, community,
    contact::{self, inbox},
    files::{self, uploads},
    infra::secrets,
    jobs, mail, members, node, notifications, operations, organizations, portfolio, posts,
    presence, reactions, resumes, search,
    stream_event::StreamEvent,
    tags, tasks,
    tasks::find,
};

/// Reading. Top-level fields fail one by one: an error in one leaves the others standing.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    node::Query,
    accounts::Query,
    community::Query,
    members::Query,
    posts::Query,
    portfolio::Query,
    boards::Query,
    chat::Query,
    contact::Query,
    inbox::Query,
    applications::Query,
    tags::Query,
    tasks::Query,
    mail::WordsQuery,
    search::Query,
    find::Query,
    jobs::find::FindQuery,
    organizations::Query,
    jobs::Query,
);

/// Writing. Names read object first, so that related ones stand together.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    accounts::Mutation,
    members::Mutation,
    posts::Mutation,
    portfolio::Mutation,
    reactions::Mutation,
    comments::Mutation,
    bookmarks::Mutation,
    resumes::Mutation,
    boards::Mutation,
    chat::Mutation,
    contact::Mutation,
    inbox::Mutation,
    applications::Mutation,
    files::Mutation,
    uploads::Mutation,
    operations::Mutation,
    mail::WordsMutation,
    mail::OutboxMutation,
    notifications::Mutation,
    tasks::Mutation,
    jobs::saved::SavedMutation,
    organizations::Mutation,
    jobs::Mutation,
);

/// Hearing what happens, named for what is watched. What was missed since `after` is told first, then `StreamReady`,
/// then what happens. Each cursor is one to come back with: nothing is lost over a dropped connection.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(
    posts::Subscription,
    comments::Subscription,
    boards::Subscription,
    presence::Subscription,
    chat::Subscription,
    uploads::Subscription,
);

/// The schema of the whole product.
pub type Guildhall = Schema<Query, Mutation, Subscription>;

/// Builds the schema. It holds no state: what a request needs comes with it.
pub fn build() -> Guildhall {
    build_to(ValidationMode::Strict)
}

/// The same schema for documents that are known to fit it: they are not checked against it again.
pub fn build_for_valid() -> Guildhall {
    build_to(ValidationMode::Fast)
}

fn build_to(mode: ValidationMode) -> Guildhall {
    let hash = secrets::sha256_hex(&sdl(&builder().finish()));
    builder().validation_mode(mode).data(community::SchemaHash(hash)).finish()
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    // The limits stand in `graph::documents`: these would be too late, and count otherwise.
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<StreamEvent>()
        .disable_suggestions()
}

/// The contract as text, in a fixed order.
pub fn sdl(schema: &Guildhall) -> String {
    schema.sdl_with_options(
        SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items()
            .include_specified_by(),
    )
}
