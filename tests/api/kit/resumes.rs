//! What the tests of skills and resumes do again and again.

use guildhall::Actor;
use serde_json::{Value, json};

use super::{Run, TestApp};

/// Reads a JSON Resume.
pub const IMPORT: &str = "mutation($doc: JSON!, $dry: Boolean!) {
    resumeImport(jsonResume: $doc, dryRun: $dry) {
        created updated unchanged rows { path kind title action message }
        resume { updatedAt } userErrors { code message path ... on LimitError { max actual } } } }";

impl TestApp {
    /// Claims these skills and no others, and answers the ids of their tags.
    pub async fn claim(&self, actor: &Actor, skills: &[&str]) -> Vec<String> {
        let query = "mutation($skills: [SkillInput!]!) { skillsSet(skills: $skills) {
            profile { skills { tag { id } } } userErrors { code path } } }";
        let skills: Vec<_> = skills.iter().map(|skill| json!({ "skill": skill })).collect();
        let run = self.run_with(actor, query, json!({ "skills": skills })).await.done();
        run.list("skillsSet.profile.skills", "tag.id")
    }

    /// Adds an entry to a resume and answers its id.
    pub async fn add_entry(&self, actor: &Actor, input: Value) -> String {
        let run = self.save_entry(actor, None, input).await.done();
        run.text("resumeEntrySave.entry.id").to_owned()
    }

    /// Adds or changes an entry of a resume.
    pub async fn save_entry(&self, actor: &Actor, id: Option<&str>, input: Value) -> Run {
        self.run_with(actor, SAVE_ENTRY, json!({ "id": id, "input": input })).await
    }

    /// Reads a JSON Resume into the actor's resume.
    pub async fn import(&self, actor: &Actor, document: &Value) -> Run {
        self.run_with(actor, IMPORT, json!({ "doc": document, "dry": false })).await
    }

    /// The JSON Resume that the actor sees of themselves.
    pub async fn exported(&self, actor: &Actor) -> Value {
        let query = "{ viewer { profile { resume { viewer { jsonResume } } } } }";
        let run = self.run(actor, query).await.ok();
        run.at("viewer.profile.resume.viewer.jsonResume").clone()
    }
}

/// Adds or changes an entry.
pub const SAVE_ENTRY: &str = "mutation($id: ID, $input: ResumeEntryInput!) {
    resumeEntrySave(id: $id, input: $input) {
        entry { id kind title organization location url startsOn endsOn isCurrent summary { source html }
            highlights grade credential }
        userErrors { code message path ... on LimitError { max actual } } } }";
