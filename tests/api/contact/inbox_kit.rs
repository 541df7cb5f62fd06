//! Forms with a team, and what came in through them.

use guildhall::{
    Actor,
    contact::{service::inbox::receipt_token, work::RECEIVED},
    cx::Hand,
    entity::{
        account::Role,
        email, form, form_member,
        submission::{self, State},
    },
    graph::encode,
    infra::secrets,
    queue::{self, NewItem},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Run, TestApp};

/// A community with a form, whose team is Tess.
pub struct Office {
    pub app: TestApp,
    pub admin: Actor,
    pub moderator: Actor,
    pub tess: Actor,
    pub stranger: Actor,
    pub form: Uuid,
}

/// What came in.
#[derive(Clone, Debug)]
pub struct Came {
    pub key: Uuid,
    pub id: String,
    pub token: String,
}

/// What comes in.
#[derive(Clone, Debug)]
pub struct Sent {
    pub text: &'static str,
    pub name: Option<&'static str>,
    pub email: Option<&'static str>,
    pub sender: Option<Uuid>,
    pub state: State,
    pub locale: Option<&'static str>,
}

impl Default for Sent {
    fn default() -> Self {
        let (name, email) = (Some("Olga"), Some("olga@example.net"));
        Self { text: "hello", name, email, sender: None, state: State::New, locale: None }
    }
}

pub async fn office() -> Office {
    let app = TestApp::new().await;
    let admin = app.with_role("root", Role::Admin).await;
    let moderator = app.with_role("mona", Role::Moderator).await;
    let (tess, stranger) = (app.member("tess").await, app.member("stan").await);
    let form = new_form(&app, &admin, &[&tess], &["desk@example.org"]).await;
    Office { app, admin, moderator, tess, stranger, form }
}

pub async fn new_form(app: &TestApp, owner: &Actor, team: &[&Actor], notify: &[&str]) -> Uuid {
    let id = app.app.clock.key();
    let row = form::Model {
        id,
        owner_id: owner.id().unwrap(),
        slug: format!("form-{}", id.simple()),
        title: "Say *hello*".to_owned(),
        intro_source: String::new(),
        intro_html: String::new(),
        state: form::State::Open,
        fields: "[]".to_owned(),
        submit_label: None,
        consent_text: None,
        needs_challenge: 0,
        opens_at: None,
        closes_at: None,
        submission_limit: None,
        notify_emails: json!(notify).to_string(),
        auto_reply_id: None,
        redirect_url: Some("https://example.org/thanks".to_owned()),
        retention_days: None,
        allowed_origins: "[]".to_owned(),
        last_number: 0,
        submission_count: 0,
        open_count: 0,
        version: 1,
    };
    form::Entity::insert(row.into_active_model()).exec(&app.app.db.write).await.unwrap();
    for member in team {
        let profile_id = member.id().unwrap();
        let row = form_member::Model { form_id: id, profile_id }.into_active_model();
        form_member::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    }
    id
}

/// Lets something come in, with the work that it leaves.
pub async fn come(app: &TestApp, form: Uuid, sent: Sent) -> Came {
    let db = &app.app.db.write;
    let key = app.app.clock.key();
    let row = form::Entity::find_by_id(form).one(db).await.unwrap().unwrap();
    let open = i32::from(!matches!(sent.state, State::Done | State::Spam));
    let (number, open_count) = (row.last_number + 1, row.open_count + open);
    let count = row.submission_count + 1;
    let mut row: form::ActiveModel = row.into();
    (row.last_number, row.open_count) = (Set(number), Set(open_count));
    row.submission_count = Set(count);
    row.update(db).await.unwrap();
    let token = receipt_token(&app.app, key);
    let answers = json!([{ "field": "text", "label": "Your message", "kind": "LONG_TEXT", "text": sent.text }]);
    let row = submission::Model {
        id: key,
        form_id: form,
        number,
        state: sent.state,
        answers: answers.to_string(),
        search_text: sent.text.to_owned(),
        sender_id: sent.sender,
        sender_name: sent.name.map(str::to_owned),
        sender_email: sent.email.map(str::to_owned),
        locale: sent.locale.map(str::to_owned),
        origin: None,
        consent_text: None,
        consented_at: None,
        assignee_id: None,
        spam_score: 0,
        spam_reasons: r#"["links"]"#.to_owned(),
        receipt: secrets::hash(&token),
        guest_key: None,
        erase_at: None,
        first_reply_at: None,
        version: 1,
    };
    submission::Entity::insert(row.into_active_model()).exec(db).await.unwrap();
    let hand = Hand::of_server(&app.app);
    let cx = hand.cx(&app.app);
    queue::add(cx, db, NewItem::new(&RECEIVED, &key).unwrap()).await.unwrap();
    Came { key, id: encode("submission", key).to_string(), token }
}

impl Office {
    pub async fn come(&self, text: &'static str) -> Came {
        come(&self.app, self.form, Sent { text, ..Sent::default() }).await
    }

    pub async fn come_as(&self, sent: Sent) -> Came {
        come(&self.app, self.form, sent).await
    }

    /// A member's submission.
    pub async fn come_from(&self, sender: &Actor, text: &'static str) -> Came {
        let sent = Sent { text, sender: sender.id(), ..Sent::default() };
        come(&self.app, self.form, sent).await
    }

    pub async fn row(&self, came: &Came) -> submission::Model {
        let row = submission::Entity::find_by_id(came.key).one(&self.app.app.db.write).await;
        row.unwrap().unwrap()
    }

    /// How many submissions of the form are open, as the form counts and as they are.
    pub async fn open(&self) -> i32 {
        let db = &self.app.app.db.write;
        let form = form::Entity::find_by_id(self.form).one(db).await.unwrap().unwrap();
        let rows = submission::Entity::find().filter(submission::Column::FormId.eq(self.form));
        let rows = rows.all(db).await.unwrap();
        let open = rows.iter().filter(|row| !matches!(row.state, State::Done | State::Spam));
        assert_eq!(i32::try_from(open.count()).unwrap(), form.open_count);
        form.open_count
    }

    /// The mails to an address, the oldest first.
    pub async fn mails(&self, to: &str) -> Vec<email::Model> {
        let rows = email::Entity::find().filter(email::Column::ToKey.eq(to));
        rows.order_by_asc(email::Column::Id).all(&self.app.app.db.write).await.unwrap()
    }

    pub async fn update(&self, actor: &Actor, ids: &[&Came], input: Value) -> Run {
        let ids: Vec<_> = ids.iter().map(|came| came.id.clone()).collect();
        self.app.run_with(actor, UPDATE, json!({ "ids": ids, "input": input })).await
    }

    pub async fn reply(&self, actor: &Actor, to: &Came, body: &str) -> Run {
        self.app.run_with(actor, REPLY, json!({ "id": to.id, "body": body })).await
    }
}

pub const UPDATE: &str = "mutation($ids: [ID!]!, $input: SubmissionUpdateInput!) {
    submissionsUpdate(ids: $ids, input: $input) {
        submissions { id submissionState assignee { handle } labelNames version }
        userErrors { code path message } } }";
pub const REPLY: &str = "mutation($id: ID!, $body: Markdown!, $files: [ID!], $close: Boolean = false) {
    submissionReply(id: $id, body: $body, files: $files, close: $close) {
        submissions { submissionState thread { fromTeam body { source } author { handle } emailState files { name } } }
        userErrors { code path message } } }";
pub const NOTE: &str = "mutation($id: ID!, $text: String!) { noteAdd(id: $id, text: $text) {
    note { text author { handle } createdAt } subject { id } userErrors { code path message } } }";
pub const FOLLOW_UP: &str = "mutation($token: String!, $body: Markdown!) {
    submissionFollowUp(token: $token, body: $body) {
        receipt { number submissionState token thread { fromTeam body { source } } }
        userErrors { code path message ... on RateLimitError { retryAfter } } } }";
