use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::template_check::{self, NewTemplate};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{email_template, email_translation},
    error::{Detail, ErrorCode, Problem},
    mail::{
        policy,
        words::{Template, Variable, Words, system},
    },
    sql,
};

/// The most templates that a community writes itself.
const MOST: usize = 200;

type Row = email_template::Model;

/// The templates with these keys: the community's words where it has some, the server's elsewhere.
pub(super) async fn by_keys(
    db: &impl ConnectionTrait,
    keys: &[String],
) -> Result<HashMap<String, Template>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = email_template::Entity::find();
    let own = sql::text_in(db.get_database_backend(), email_template::Column::Key, keys);
    let of_server = keys.iter().filter_map(|key| system::named(key)).map(Template::of_server);
    let mut found: HashMap<String, Template> =
        of_server.map(|template| (template.key.clone(), template)).collect();
    let own = with_words(db, rows.filter(own).all(db).await?).await?;
    found.extend(own.into_iter().map(|template| (template.key.clone(), template)));
    Ok(found)
}

/// The templates with these ids, those of the server's among them.
pub async fn by_ids(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Template>> {
    let rows = email_template::Entity::find();
    let own = sql::key_in(db.get_database_backend(), email_template::Column::Id, ids);
    let mut found = with_words(db, rows.filter(own).all(db).await?).await?;
    let of_server = Template::all_of_server().filter(|template| ids.contains(&template.id));
    let of_server: Vec<Template> =
        of_server.filter(|one| found.iter().all(|own| own.id != one.id)).collect();
    found.extend(of_server);
    Ok(found)
}

async fn with_words(db: &impl ConnectionTrait, rows: Vec<Row>) -> Result<Vec<Template>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let own = sql::key_in(db.get_database_backend(), email_translation::Column::TemplateId, &ids);
    let mut words: HashMap<Uuid, Vec<email_translation::Model>> = HashMap::new();
    for word in email_translation::Entity::find().filter(own).all(db).await? {
        words.entry(word.template_id).or_default().push(word);
    }
    let of = |row: Row| {
        let words = words.remove(&row.id).unwrap_or_default();
        Template::of(row, words)
    };
    Ok(rows.into_iter().map(of).collect())
}

/// All templates, by their keys, for staff. Two statements.
pub async fn templates(cx: Cx<'_>) -> Result<Vec<Template>> {
    policy::read_outbox(cx.actor)?;
    let mut all = with_words(cx.db, email_template::Entity::find().all(cx.db).await?).await?;
    let of_server: Vec<Template> =
        Template::all_of_server().filter(|one| all.iter().all(|own| own.key != one.key)).collect();
    all.extend(of_server);
    all.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(all)
}

/// Renders a template without sending it, with its examples where `values` says nothing at all. What does not fit is
/// refused at `variables`.
pub fn preview(
    cx: Cx<'_>,
    template: &Template,
    locale: &str,
    values: Option<Value>,
) -> Result<Words> {
    let values = match values {
        None | Some(Value::Null) => template.examples(),
        Some(Value::Object(values)) => {
            let unfit = template.unfit(&values).into_iter();
            let problems = unfit.map(|(name, why)| {
                Problem::at(ErrorCode::Invalid, ["variables".to_owned(), name], why)
            });
            let problems: Vec<Problem> = problems.collect();
            if !problems.is_empty() {
                return Err(Error::Refused(problems));
            }
            values
        }
        Some(_) => {
            let message = "write an object with a value for each blank";
            return Err(Error::refused(ErrorCode::Invalid, ["variables"], message));
        }
    };
    let words = template.render(&cx.app.config, locale, Some("Ada"), &values, None);
    words.map_err(|fault| Error::refused(ErrorCode::Invalid, ["variables"], fault.to_string()))
}

/// Makes a template, or (`id`) changes one. What is left out stays; `translations` takes the place of all that the
/// community wrote, and an empty list puts the server's own words back. With `expected` the change is refused when
/// somebody was faster. The inner `None` of `id` names none.
pub async fn save(
    cx: Cx<'_>,
    id: Option<Option<Uuid>>,
    new: NewTemplate,
    expected: Option<i32>,
) -> Result<Template> {
    policy::manage_words(cx.actor)?;
    let missing = || Error::not_found("template");
    let tx = cx.begin().await?;
    let (mut row, is_new) = match id {
        None => (create(cx, &tx, &new).await?, true),
        Some(id) => {
            let id = id.ok_or_else(missing)?;
            (open(cx, &tx, id).await?.ok_or_else(missing)?, false)
        }
    };
    if expected.is_some_and(|expected| expected != row.version) {
        let message = "somebody changed this template since you read it";
        let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
        return Err(stale.with(Detail::Stale { current: row.version }).into());
    }
    let is_system = system::named(&row.key).is_some();
    let mut check = Check::new();
    if !is_new && new.key.as_ref().is_some_and(|key| *key != row.key) {
        let message = "a template keeps its key: programs know it by it";
        check.problem(ErrorCode::StateNotAllowed, &["key"], message);
    }
    if is_system {
        let fixed = [
            ("name", new.name.is_some()),
            ("purpose", new.purpose.is_some()),
            ("variables", new.variables.is_some()),
        ];
        for (field, _) in fixed.iter().filter(|(_, is_set)| *is_set) {
            let message = "the server sends this template: only its words can be changed";
            check.problem(ErrorCode::Forbidden, &[field], message);
        }
    }
    if let Some(name) = &new.name {
        row.name = check.line(&["name"], name, 1..=100);
    }
    if let Some(purpose) = &new.purpose {
        row.purpose = check.text(&["purpose"], purpose, 0..=500);
    }
    if let Some(variables) = &new.variables {
        let variables = template_check::variables(&mut check, variables);
        row.variables = serde_json::to_string(&variables).map_err(Error::internal)?;
    }
    let blanks = blanks_of(&row);
    if let Some(translations) = &new.translations {
        let own = template_check::translations(&mut check, translations, &blanks);
        if own.is_empty() && !is_system {
            check.problem(ErrorCode::Required, &["translations"], "write it in one language");
        }
        check.done()?;
        let old = email_translation::Entity::delete_many();
        old.filter(email_translation::Column::TemplateId.eq(row.id)).exec(&tx).await?;
        let rows = own.into_iter().map(|own| email_translation::ActiveModel {
            template_id: Set(row.id),
            locale: Set(own.locale),
            subject: Set(own.subject),
            markdown: Set(own.markdown),
            preheader: Set(own.preheader),
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            email_translation::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        }
    } else {
        if new.variables.is_some() && !is_new {
            let standing = with_words(&tx, vec![row.clone()]).await?;
            template_check::still_fit(&mut check, &standing, &blanks);
        }
        check.done()?;
    }
    row.version += 1;
    row.updated_at = cx.now();
    let change: email_template::ActiveModel = row.clone().into();
    email_template::Entity::update(change.reset_all()).exec(&tx).await?;
    let saved = with_words(&tx, vec![row]).await?.into_iter().next();
    tx.commit().await?;
    saved.ok_or_else(|| Error::bug("a template was not saved"))
}

/// The blanks of a template, as its row has them after the change.
fn blanks_of(row: &Row) -> Vec<Variable> {
    Template::of(row.clone(), Vec::new()).variables
}

async fn create(cx: Cx<'_>, tx: &impl ConnectionTrait, new: &NewTemplate) -> Result<Row> {
    let mut check = Check::new();
    let key = check.line(&["key"], new.key.as_deref().unwrap_or_default(), 2..=50);
    if !key.is_empty() && !super::topics::is_key(&key) {
        let message = "use the letters a to z, digits and _, a letter first";
        check.problem(ErrorCode::Invalid, &["key"], message);
    }
    if new.name.is_none() {
        check.problem(ErrorCode::Required, &["name"], "write what people call it");
    }
    if new.translations.is_none() {
        check.problem(ErrorCode::Required, &["translations"], "write it in one language");
    }
    check.done()?;
    let all = email_template::Entity::find().select_only().column(email_template::Column::Id);
    if all.into_tuple::<Uuid>().all(tx).await?.len() >= MOST {
        let message = format!("a community has at most {MOST} templates");
        return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
    }
    let row = blank(cx, cx.key(), key);
    let insert: email_template::ActiveModel = row.clone().into();
    let is_system = system::named(&row.key).is_some();
    if is_system || !sql::insert_new(tx, insert.reset_all()).await? {
        let message = "there is a template of this key: change that one";
        return Err(Error::refused(ErrorCode::Taken, ["input", "key"], message));
    }
    Ok(row)
}

/// The row of a template, locked; one of the server's that has none yet gets it.
async fn open(cx: Cx<'_>, tx: &impl ConnectionTrait, id: Uuid) -> Result<Option<Row>> {
    let of_server = Template::all_of_server().find(|template| template.id == id);
    if let Some(Template { key, name, purpose, .. }) = of_server {
        let row = Row { name, purpose, ..blank(cx, id, key) };
        let insert: email_template::ActiveModel = row.into();
        sql::insert_new(tx, insert.reset_all()).await?;
    }
    Ok(email_template::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

fn blank(cx: Cx<'_>, id: Uuid, key: String) -> Row {
    Row {
        id,
        key,
        name: String::new(),
        purpose: String::new(),
        variables: "[]".to_owned(),
        version: 0,
        updated_at: cx.now(),
    }
}

/// The values that a recipient gets, as an object; `None` is something else.
pub(super) fn object(values: Option<&Value>) -> Option<Map<String, Value>> {
    match values {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(values)) => Some(values.clone()),
        Some(_) => None,
    }
}
