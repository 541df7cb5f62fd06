use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use url::Url;
use uuid::Uuid;

use super::locked;
use crate::{
    Cx, Error, Result,
    check::{Check, each_once},
    contact::policy,
    entity::{
        email_template,
        form::{self, State},
        form_member, profile,
    },
    error::{Detail, ErrorCode, Problem},
    fields::{self, Field},
    markdown, sql,
};

/// Characters of a name in addresses.
const SLUG: usize = 80;
/// Members of a team.
const TEAM: usize = 50;
/// Addresses that hear of each submission.
const NOTIFIED: usize = 20;
/// Origins of other sites.
const ORIGINS: usize = 20;
/// Days that a submission may be kept for, where that is limited.
const DAYS: i64 = 3_650;

/// A form, new or changed: `None` stays, `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Its name in addresses.
    pub slug: Option<String>,
    /// Its heading.
    pub title: Option<String>,
    /// Markdown above the questions.
    pub intro: Option<Option<String>>,
    /// Where it stands.
    pub state: Option<State>,
    /// All questions.
    pub fields: Option<Vec<Field>>,
    /// What stands on the button.
    pub submit_label: Option<Option<String>>,
    /// What whoever sends it agrees to.
    pub consent_text: Option<Option<String>>,
    /// Whether every submission wants a proof of work.
    pub needs_challenge: Option<bool>,
    /// Takes nothing before this.
    pub opens_at: Option<Option<DateTime<Utc>>>,
    /// Takes nothing from then on.
    pub closes_at: Option<Option<DateTime<Utc>>>,
    /// How many it takes in all.
    pub submission_limit: Option<Option<i32>>,
    /// Its team; `None` within is an id that names nobody.
    pub team: Option<Vec<Option<Uuid>>>,
    /// Addresses that hear of each submission.
    pub notify_emails: Option<Vec<String>>,
    /// The template that answers at once; `Some(Some(None))` is an id that names none.
    pub auto_reply: Option<Option<Option<Uuid>>>,
    /// Where the browser goes afterwards.
    pub redirect_url: Option<Option<String>>,
    /// Seconds after which a submission is erased.
    pub retention: Option<Option<u64>>,
    /// Origins of other sites whose pages may send it.
    pub allowed_origins: Option<Vec<String>>,
}

/// Makes a form (`id` is left out), or changes one. With `expected_version` a change is refused when somebody was faster.
pub async fn save(
    cx: Cx<'_>,
    id: Option<Option<Uuid>>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<form::Model> {
    let me = policy::manage(cx.actor)?.id;
    let tx = cx.begin().await?;
    let old = match id {
        None => None,
        Some(id) => {
            let missing = || Error::not_found("form");
            let old = locked(&tx, id.ok_or_else(missing)?).await?.ok_or_else(missing)?;
            if expected_version.is_some_and(|expected| expected != old.version) {
                let message = "this form was changed since you read it";
                let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
                return Err(stale.with(Detail::Stale { current: old.version }).into());
            }
            Some(old)
        }
    };
    let mut row = old.clone().unwrap_or_else(|| empty(cx.key(), me));
    let mut check = Check::new();
    apply(&mut check, &mut row, &changes)?;
    let team = match &changes.team {
        Some(team) => Some(members(&mut check, cx, &tx, team).await?),
        None => None,
    };
    if let Some(auto_reply) = changes.auto_reply {
        row.auto_reply_id = template(&mut check, &tx, auto_reply).await?;
    }
    if changes.slug.is_some() || old.is_none() {
        let taken = form::Entity::find()
            .filter(form::Column::Slug.eq(row.slug.clone()))
            .filter(form::Column::Id.ne(row.id));
        if !row.slug.is_empty() && taken.one(&tx).await?.is_some() {
            check.problem(ErrorCode::Taken, &["slug"], "another form has this name");
        }
    }
    check.done()?;
    let key = row.id;
    let row = match &old {
        None => {
            form::Entity::insert(row.clone().into_active_model())
                .exec_without_returning(&tx)
                .await?;
            row
        }
        Some(old) if *old == row && team.is_none() => row,
        Some(old) => {
            row.version = old.version + 1;
            row.into_active_model().reset_all().update(&tx).await?
        }
    };
    if let Some(team) = team {
        form_member::Entity::delete_many()
            .filter(form_member::Column::FormId.eq(key))
            .exec(&tx)
            .await?;
        let rows = team.into_iter().map(|profile_id| form_member::ActiveModel {
            form_id: Set(key),
            profile_id: Set(profile_id),
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            form_member::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        }
    }
    tx.commit().await?;
    cx.app.origins.forget();
    Ok(row)
}

fn empty(id: Uuid, owner: Uuid) -> form::Model {
    form::Model {
        id,
        owner_id: owner,
        slug: String::new(),
        title: String::new(),
        intro_source: String::new(),
        intro_html: String::new(),
        state: State::Draft,
        fields: "[]".to_owned(),
        submit_label: None,
        consent_text: None,
        needs_challenge: 0,
        opens_at: None,
        closes_at: None,
        submission_limit: None,
        notify_emails: "[]".to_owned(),
        auto_reply_id: None,
        redirect_url: None,
        retention_days: None,
        allowed_origins: "[]".to_owned(),
        last_number: 0,
        submission_count: 0,
        open_count: 0,
        version: 1,
    }
}

/// Everything that needs no look at the database.
fn apply(check: &mut Check, row: &mut form::Model, changes: &Changes) -> Result<()> {
    let json = |list: &[String]| serde_json::to_string(list).map_err(Error::internal);
    if changes.title.is_some() || row.title.is_empty() {
        let title = changes.title.as_deref().unwrap_or_default();
        row.title = check.line(&["title"], title, 1..=200);
    }
    if changes.slug.is_some() || row.slug.is_empty() {
        row.slug = slug(check, changes.slug.as_deref().unwrap_or_default());
    }
    if let Some(intro) = &changes.intro {
        let source = check.text(&["intro"], intro.as_deref().unwrap_or_default(), 0..=10_000);
        row.intro_html = markdown::render(&source).html;
        row.intro_source = source;
    }
    if let Some(fields) = &changes.fields {
        let fields = fields::define(check, &["fields"], fields.clone());
        row.fields = serde_json::to_string(&fields).map_err(Error::internal)?;
    }
    row.state = changes.state.unwrap_or(row.state);
    if row.state == State::Open && row.fields == "[]" {
        check.problem(ErrorCode::Required, &["fields"], "an open form asks something");
    }
    let line = |check: &mut Check, name: &str, text: &Option<String>, max| {
        text.as_deref().and_then(|text| check.optional_line(&[name], text, max))
    };
    if let Some(label) = &changes.submit_label {
        row.submit_label = line(check, "submitLabel", label, 100);
    }
    if let Some(text) = &changes.consent_text {
        let text = text.as_deref().map(|text| check.text(&["consentText"], text, 0..=2_000));
        row.consent_text = text.filter(|text| !text.is_empty());
    }
    if let Some(needs) = changes.needs_challenge {
        row.needs_challenge = i32::from(needs);
    }
    row.opens_at = changes.opens_at.unwrap_or(row.opens_at);
    row.closes_at = changes.closes_at.unwrap_or(row.closes_at);
    if row.opens_at.zip(row.closes_at).is_some_and(|(opens, closes)| opens >= closes) {
        check.problem(ErrorCode::OutOfRange, &["closesAt"], "it closes before it opens");
    }
    if let Some(limit) = changes.submission_limit {
        if limit.is_some_and(|limit| limit < 1) {
            let message = "take one at least, or as many as come";
            check.problem(ErrorCode::OutOfRange, &["submissionLimit"], message);
        }
        row.submission_limit = limit;
    }
    if let Some(emails) = &changes.notify_emails {
        check.list(&["notifyEmails"], emails, NOTIFIED);
        let each = emails.iter().enumerate().take(NOTIFIED);
        let emails = each.map(|(at, email)| check.email(&["notifyEmails", &at.to_string()], email));
        row.notify_emails = json(&each_once(emails.collect()))?;
    }
    if let Some(url) = &changes.redirect_url {
        row.redirect_url = url.as_deref().map(|url| {
            let url = check.url(&["redirectUrl"], url);
            if !url.is_empty() && !url.starts_with("https://") {
                check.problem(ErrorCode::Invalid, &["redirectUrl"], "begin with https://");
            }
            url
        });
    }
    if let Some(retention) = changes.retention {
        row.retention_days = retention.and_then(|seconds| days(check, seconds));
    }
    if let Some(origins) = &changes.allowed_origins {
        check.list(&["allowedOrigins"], origins, ORIGINS);
        let each = origins.iter().enumerate().take(ORIGINS);
        let origins = each.map(|(at, text)| {
            let origin = origin(text);
            if origin.is_none() {
                let message = "write an origin: https://example.org";
                check.problem(ErrorCode::Invalid, &["allowedOrigins", &at.to_string()], message);
            }
            origin.unwrap_or_default()
        });
        row.allowed_origins = json(&each_once(origins.collect()))?;
    }
    Ok(())
}

fn days(check: &mut Check, seconds: u64) -> Option<i32> {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let days = seconds / 86_400;
    if seconds % 86_400 != 0 || !(1..=DAYS).contains(&days) {
        let message = format!("write whole days, 1 to {DAYS}, in seconds: PT2592000S is 30");
        check.problem(ErrorCode::OutOfRange, &["retention"], message);
    }
    i32::try_from(days).ok()
}

fn slug(check: &mut Check, text: &str) -> String {
    let slug = check.line(&["slug"], text, 1..=SLUG).to_lowercase();
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !slug.is_empty() && !slug.split('-').all(plain) {
        let message = "use a to z, digits, and - between them";
        check.problem(ErrorCode::Invalid, &["slug"], message);
    }
    slug
}

/// An origin as browsers write it, if it is one that can be allowed.
pub(super) fn origin(text: &str) -> Option<String> {
    let url =
        Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let origin = url.origin().ascii_serialization();
    let bare = text.trim().trim_end_matches('/').to_ascii_lowercase();
    (text.len() <= 200 && url.path() == "/" && url.query().is_none() && url.fragment().is_none())
        .then_some(origin)
        .filter(|origin| *origin == bare || url.port().is_none() && bare.starts_with(origin))
}

async fn members(
    check: &mut Check,
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    team: &[Option<Uuid>],
) -> Result<Vec<Uuid>> {
    check.list(&["team"], team, TEAM);
    let keys: Vec<Uuid> = team.iter().flatten().copied().take(TEAM).collect();
    let found: Vec<Uuid> = profile::Entity::find()
        .select_only()
        .column(profile::Column::Id)
        .filter(sql::key_in(cx.backend(), profile::Column::Id, &keys))
        .into_tuple()
        .all(tx)
        .await?;
    for (at, key) in team.iter().enumerate().take(TEAM) {
        if !key.is_some_and(|key| found.contains(&key)) {
            let at = at.to_string();
            check.problem(ErrorCode::NotFound, &["team", &at], "there is no such member");
        }
    }
    Ok(each_once(keys))
}

async fn template(
    check: &mut Check,
    tx: &impl ConnectionTrait,
    id: Option<Option<Uuid>>,
) -> Result<Option<Uuid>> {
    let Some(id) = id else { return Ok(None) };
    let found = match id {
        Some(id) => email_template::Entity::find_by_id(id).one(tx).await?,
        None => None,
    };
    if found.is_none() {
        check.problem(ErrorCode::NotFound, &["autoReply"], "there is no such template");
    }
    Ok(id)
}
