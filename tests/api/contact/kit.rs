//! Forms of a test's own.

use guildhall::{
    Actor,
    entity::{account::Role, form, submission},
    infra::secrets,
};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::kit::{Run, TestApp, key};

pub const SAVE: &str = "mutation($id: ID, $input: FormInput!, $version: Int) {
    formSave(id: $id, input: $input, expectedVersion: $version) {
        form { id slug version formState } userErrors { code message path } } }";
pub const SUBMIT: &str = "mutation($input: FormSubmitInput!) { formSubmit(input: $input) {
    receipt { number token submissionState submittedAt redirectUrl thread { id } }
    userErrors { code message path } } }";

/// An open form that asks for a name, an address and a message, with something more said of it.
pub fn hello(slug: &str, more: Value) -> Value {
    let mut form = json!({
        "slug": slug, "title": "Say hello", "state": "OPEN",
        "fields": [
            { "key": "name", "label": "Your name", "type": "TEXT" },
            { "key": "email", "label": "Your address", "type": "EMAIL", "required": true },
            { "key": "message", "label": "Message", "type": "LONG_TEXT", "required": true, "maxLength": 200 },
        ],
    });
    for (key, value) in more.as_object().unwrap() {
        form[key] = value.clone();
    }
    form
}

/// The answers of Ada to that form.
pub fn words() -> Value {
    json!([
        { "field": "name", "text": "Ada" },
        { "field": "email", "text": "ada@example.com" },
        { "field": "message", "text": "Hello from far away" },
    ])
}

impl TestApp {
    pub async fn staff(&self) -> Actor {
        self.with_role("mod", Role::Moderator).await
    }

    /// Makes a form, and answers its id.
    pub async fn form(&self, staff: &Actor, input: Value) -> String {
        let run = self.run_with(staff, SAVE, json!({ "input": input })).await.ok();
        assert_eq!(run.at("formSave.userErrors"), &json!([]));
        run.text("formSave.form.id").to_owned()
    }

    /// Sends a form by its name in addresses, with something more in the input.
    pub async fn send(&self, actor: &Actor, slug: &str, values: Value, more: Value) -> Run {
        let mut input = json!({ "form": { "slug": slug }, "values": values });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        self.run_with(actor, SUBMIT, json!({ "input": input })).await.ok()
    }

    pub async fn submissions(&self) -> Vec<submission::Model> {
        submission::Entity::find().all(&self.app.db.write).await.unwrap()
    }

    pub async fn form_row(&self, id: &str) -> form::Model {
        let row = form::Entity::find_by_id(key("form", id)).one(&self.app.db.write).await;
        row.unwrap().unwrap()
    }

    /// A solved challenge, by trying all numbers.
    pub async fn solve(&self, actor: &Actor) -> String {
        let query =
            "{ server { challenge(purpose: CONTACT) { token algorithm salt target maxNumber } } }";
        let run = self.run(actor, query).await.ok();
        let challenge = run.at("server.challenge");
        assert_eq!(challenge["algorithm"], "SHA-256");
        let (salt, target) =
            (challenge["salt"].as_str().unwrap(), challenge["target"].as_str().unwrap());
        let most = challenge["maxNumber"].as_i64().unwrap();
        let found = (0..=most).find(|n| secrets::sha256_hex(&format!("{salt}{n}")) == target);
        format!("{}:{}", challenge["token"].as_str().unwrap(), found.unwrap())
    }
}

/// Codes and paths of what was refused.
pub fn refused(run: &Run, field: &str) -> Vec<String> {
    let errors = run.at(&format!("{field}.userErrors")).as_array().unwrap().clone();
    let path = |error: &Value| -> String {
        let parts = error["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap());
        parts.collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|e| format!("{} {}", e["code"].as_str().unwrap(), path(e))).collect()
}
