//! What the tests of chat do again and again.

use std::net::{IpAddr, Ipv4Addr};

use guildhall::{
    Actor, Cx,
    chat::service::{self, Line},
    entity::{conversation, conversation_member, message, message_mention, profile},
    graph::encode,
    infra::reader::Reader,
    streams::Events,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, sea_query::Expr,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Run, TestApp, key, profile_id};

/// Opens the talk of `who` with `others`.
pub const OPEN: &str = "mutation($with: [ID!]!, $title: String) { conversationOpen(with: $with, title: $title) {
    conversation { id conversationKind title memberCount viewer { title role } } userErrors { code path message } } }";

/// Sets members of a conversation.
pub const SET: &str = "mutation($id: ID!, $profiles: [ID!]!, $role: ConversationRole) {
    conversationMemberSet(id: $id, profiles: $profiles, role: $role) {
        conversation { id memberCount } userErrors { code path message } } }";

/// Changes a conversation.
pub const CHANGE: &str = "mutation($id: ID!, $input: ConversationUpdateInput!) {
    conversationUpdate(id: $id, input: $input) {
        conversation { title topic channel visibility archivedAt } userErrors { code path message } } }";

/// Opens a channel and answers its id.
pub async fn open_channel(app: &TestApp, owner: &Actor, slug: &str, visibility: &str) -> String {
    let query = format!(
        "mutation {{ channelCreate(input: {{ slug: {slug:?}, title: \"The {slug}\", visibility: {visibility} }}) \
         {{ conversation {{ id }} userErrors {{ code message path }} }} }}"
    );
    app.run(owner, &query).await.done().text("channelCreate.conversation.id").to_owned()
}

/// The ids of these profiles.
pub fn ids(actors: &[&Actor]) -> Vec<String> {
    actors.iter().map(|actor| profile_id(actor)).collect()
}

impl TestApp {
    /// Opens a talk and answers its id.
    pub async fn open_talk(&self, who: &Actor, with: &[&Actor]) -> String {
        let run = self.run_with(who, OPEN, json!({ "with": ids(with) })).await.done();
        run.text("conversationOpen.conversation.id").to_owned()
    }

    /// Adds people to a conversation, changes what they are there, or (null) removes them.
    pub async fn set(&self, who: &Actor, id: &str, people: &[&Actor], role: Value) -> Run {
        let variables = json!({ "id": id, "profiles": ids(people), "role": role });
        self.run_with(who, SET, variables).await
    }

    /// What `set` says that must change nothing.
    pub async fn refuses_set(
        &self,
        who: &Actor,
        id: &str,
        people: &[&Actor],
        role: Value,
    ) -> Vec<String> {
        let variables = json!({ "id": id, "profiles": ids(people), "role": role });
        self.refuses(who, SET, variables).await.refusals()
    }

    /// Writes a message as the writes of messages do, naming `named`; answers its id.
    pub async fn say(&self, who: &Actor, id: &str, text: &str, named: &[&Actor]) -> String {
        let db = Reader::Pool(self.app.db.fresh().clone());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let cx = Cx { app: &self.app, actor: who, address, db: &db };
        let tx = cx.begin().await.unwrap();
        let standing = service::locked(cx, &tx, Some(key("conversation", id))).await.unwrap();
        let mut conversation = standing.unwrap().conversation;
        let line = Line {
            id: cx.key(),
            kind: message::Kind::Text,
            author: who.id().unwrap(),
            root: None,
            reply_to: None,
            source: text.to_owned(),
            html: format!("<p>{text}</p>"),
            mentions: None,
            client_key: None,
        };
        let mut events = Events::new();
        let said =
            service::write_line(cx, &tx, &mut events, &mut conversation, line).await.unwrap();
        for other in named {
            let row = message_mention::ActiveModel {
                message_id: Set(said.id),
                profile_id: Set(other.id().unwrap()),
                conversation_id: Set(conversation.id),
                position: Set(said.position),
            };
            message_mention::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
            let count = conversation_member::Column::MentionCount;
            conversation_member::Entity::update_many()
                .col_expr(count, Expr::col(count).add(1))
                .filter(conversation_member::Column::ConversationId.eq(conversation.id))
                .filter(conversation_member::Column::ProfileId.eq(other.id().unwrap()))
                .exec(&tx)
                .await
                .unwrap();
        }
        events.commit(cx, tx).await.unwrap();
        encode("message", said.id).to_string()
    }

    /// What the system wrote into a conversation, as `MemberJoined ada`.
    pub async fn lines(&self, id: &str) -> Vec<String> {
        let rows = message::Entity::find()
            .filter(message::Column::ConversationId.eq(key("conversation", id)))
            .filter(message::Column::Kind.ne(message::Kind::Text))
            .order_by_asc(message::Column::Position)
            .all(&self.app.db.write)
            .await
            .unwrap();
        let mut lines = Vec::new();
        for row in rows {
            let by = profile::Entity::find_by_id(row.author_id).one(&self.app.db.write).await;
            let handle = by.unwrap().unwrap().handle;
            lines.push(format!("{:?} {handle} {}", row.kind, row.body_html).trim().to_owned());
        }
        lines
    }

    /// The conversation's row.
    pub async fn room(&self, id: &str) -> conversation::Model {
        let row = conversation::Entity::find_by_id(key("conversation", id));
        row.one(&self.app.db.write).await.unwrap().unwrap()
    }

    /// What was told on a stream: each event's kind and whether access may have changed.
    pub async fn told(&self, stream: Uuid) -> Vec<String> {
        use guildhall::streams::{Found, after};
        match after(&self.app.db.write, stream, 0).await.unwrap() {
            Found::Events(events) => {
                let word = |e: &guildhall::streams::Event| {
                    format!("{}{}", e.kind, if e.access { "!" } else { "" })
                };
                events.iter().map(word).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}
