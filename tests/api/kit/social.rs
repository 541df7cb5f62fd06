//! What the tests of members and posts do again and again.

use guildhall::{Actor, graph::encode};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::{Run, TestApp};

impl Run {
    /// What the only mutation of an operation was refused for: `"TOO_LONG input.links.1.label"`.
    #[track_caller]
    pub fn refusals(&self) -> Vec<String> {
        assert!(self.errors.is_empty(), "{:#?}", self.errors);
        let payload = self.data.as_object().unwrap().values().next().unwrap();
        let words = |error: &Value| {
            let path = error["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap());
            format!("{} {}", error["code"].as_str().unwrap(), path.collect::<Vec<_>>().join("."))
        };
        payload["userErrors"].as_array().unwrap().iter().map(words).collect()
    }

    /// The same run, of a mutation that was refused for nothing.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.refusals(), [""; 0]);
        self
    }

    /// The texts at `field` of every thing of the list at `path`.
    #[track_caller]
    pub fn list(&self, path: &str, field: &str) -> Vec<String> {
        let pointer = format!("/{}", field.replace('.', "/"));
        let list = self.at(path).as_array().unwrap_or_else(|| panic!("no list: {self:#?}"));
        let text = |row: &Value| row.pointer(&pointer).and_then(Value::as_str).unwrap().to_owned();
        list.iter().map(text).collect()
    }
}

impl TestApp {
    /// Runs a mutation that must change nothing, and answers what it said.
    #[track_caller]
    pub fn refuses<'a>(
        &'a self,
        actor: &'a Actor,
        query: &'a str,
        variables: Value,
    ) -> impl Future<Output = Run> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.contents().await;
            let run = self.run_with(actor, query, variables).await;
            assert!(before == self.contents().await, "something was written: {caller} {run:#?}");
            run
        }
    }

    /// Runs a mutation of one thing (`postDelete`), by its id.
    pub async fn act(&self, actor: &Actor, field: &str, id: &str) -> Run {
        self.run_with(actor, &by_id(field), json!({ "id": id })).await
    }

    /// Tries a mutation of one thing that must change nothing, and answers why not.
    pub async fn refuses_act(&self, actor: &Actor, field: &str, id: &str) -> Vec<String> {
        self.refuses(actor, &by_id(field), json!({ "id": id })).await.refusals()
    }

    /// Reacts, and answers the counts that came back, as `👍 2`.
    pub async fn react(&self, actor: &Actor, id: &str, emoji: &str) -> Vec<String> {
        let query = "mutation($id: ID!, $emoji: Emoji!) { reactionAdd(id: $id, emoji: $emoji) {
            reactions { emoji count } userErrors { code path } } }";
        let run = self.run_with(actor, query, json!({ "id": id, "emoji": emoji })).await.done();
        let group = |g: &Value| format!("{} {}", g["emoji"].as_str().unwrap(), g["count"]);
        run.at("reactionAdd.reactions").as_array().unwrap().iter().map(group).collect()
    }

    /// Answers a comment, and tells the answer's id.
    pub async fn reply_to(&self, actor: &Actor, post: &str, parent: &str, body: &str) -> String {
        let query = "mutation($input: CommentCreateInput!) { commentCreate(input: $input)
            { comment { id } userErrors { code path } } }";
        let input = json!({ "subject": post, "parent": parent, "body": body });
        let run = self.run_with(actor, query, json!({ "input": input })).await.done();
        run.text("commentCreate.comment.id").to_owned()
    }

    /// Publishes what `input` says and answers its id.
    pub async fn publish(&self, author: &Actor, input: Value) -> String {
        let run = self.run_with(author, CREATE, json!({ "input": input })).await.done();
        run.text("postCreate.post.id").to_owned()
    }

    /// All rows of all tables, as text.
    pub async fn contents(&self) -> String {
        self.contents_without(&[]).await
    }

    /// The same without what has happened, which stays known when all else of a thing is gone; and without how SQLite's
    /// index of words lies in its pages, which is another after words came and went.
    pub async fn contents_without_events(&self) -> String {
        let pages = ["search_words_data", "search_words_idx"];
        self.contents_without(&["event", "stream", pages[0], pages[1]]).await
    }

    async fn contents_without(&self, left_out: &[&str]) -> String {
        let db = &self.app.db.write;
        let texts = async |text: String| {
            let rows = db.query_all_raw(Statement::from_string(self.app.db.backend(), text)).await;
            let texts = rows.unwrap().into_iter().map(|row| row.try_get_by_index::<String>(0));
            texts.collect::<Result<Vec<_>, _>>().unwrap()
        };
        let tables = match self.is_postgres() {
            true => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
            false => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1",
        };
        let mut all = String::new();
        for table in texts(tables.to_owned()).await {
            if left_out.contains(&table.as_str()) {
                continue;
            }
            let rows = if self.is_postgres() {
                format!("SELECT t::text FROM \"{table}\" t ORDER BY 1")
            } else {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let quoted = texts(columns).await.into_iter().map(|name| format!("quote({name})"));
                let quoted = quoted.collect::<Vec<_>>().join(" || ',' || ");
                format!("SELECT {quoted} FROM {table} ORDER BY 1")
            };
            all.push_str(&format!("{table}: {:#?}\n", texts(rows).await));
        }
        all
    }
}

/// Publishes what `$input` says.
pub const CREATE: &str = "mutation($input: PostCreateInput!) { postCreate(input: $input) {
    post { id } userErrors { code path message
        ... on LimitError { min max actual } } } }";

/// The mutation of one thing.
pub fn by_id(field: &str) -> String {
    format!("mutation($id: ID!) {{ {field}(id: $id) {{ userErrors {{ code path message }} }} }}")
}

/// The id of a member's profile.
pub fn profile_id(actor: &Actor) -> String {
    encode("profile", actor.id().unwrap()).to_string()
}

/// One member follows another.
pub async fn follow(app: &TestApp, who: &Actor, whom: &Actor) {
    app.act(who, "profileFollow", &profile_id(whom)).await.done();
}

/// One member blocks another.
pub async fn block(app: &TestApp, who: &Actor, whom: &Actor) {
    app.act(who, "profileBlock", &profile_id(whom)).await.done();
}

/// One member mutes another for good.
pub async fn mute(app: &TestApp, who: &Actor, whom: &Actor) {
    app.act(who, "profileMute", &profile_id(whom)).await.done();
}
