use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::salary::compared;
use crate::{
    Cx, Error, Result,
    check::{self, Check},
    entity::job::{self, Employment, SalaryPeriod, Seniority, Workplace},
    error::ErrorCode,
    fields::{self, Field},
    markdown,
    tags::{self, service::Name},
};

/// A place of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// What people read.
    pub label: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Town.
    pub city: Option<String>,
}

/// What is paid; amounts in hundredths.
#[derive(Clone, Debug)]
pub struct Salary {
    /// The lower end.
    pub min: Option<i64>,
    /// The upper end.
    pub max: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// Per what.
    pub period: SalaryPeriod,
    /// What else is to say.
    pub note: Option<String>,
}

/// A posting, new or changed: `None` stays, `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Who hires; `Some(None)` is an id that names nobody.
    pub organization: Option<Option<Uuid>>,
    /// What is looked for.
    pub title: Option<String>,
    /// About the work: Markdown.
    pub description: Option<String>,
    /// What there is to do: Markdown.
    pub responsibilities: Option<Option<String>>,
    /// What is asked: Markdown.
    pub requirements: Option<Option<String>>,
    /// What is offered beside pay.
    pub benefits: Option<Vec<String>>,
    /// Names of tags.
    pub skills: Option<Vec<String>>,
    /// How one is employed.
    pub employment: Option<Vec<Employment>>,
    /// How much experience is asked.
    pub seniority: Option<Option<Seniority>>,
    /// Where the work happens.
    pub workplace: Option<Workplace>,
    /// Places of work.
    pub locations: Option<Vec<Location>>,
    /// Countries to work from.
    pub remote_from: Option<Vec<String>>,
    /// Working hours, in words.
    pub time_zones: Option<Option<String>>,
    /// What is paid.
    pub salary: Option<Option<Salary>>,
    /// Whether it helps with a visa.
    pub visa_sponsorship: Option<Option<bool>>,
    /// BCP 47.
    pub language: Option<Option<String>>,
    /// When it closes by itself.
    pub closes_at: Option<Option<DateTime<Utc>>>,
    /// When work begins.
    pub starts_on: Option<Option<NaiveDate>>,
    /// How many are looked for.
    pub openings: Option<i32>,
    /// Apply there.
    pub apply_url: Option<Option<String>>,
    /// Apply by mail to.
    pub apply_email: Option<Option<String>>,
    /// What applicants are asked.
    pub questions: Option<Vec<Field>>,
    /// What applicants agree to.
    pub consent_text: Option<Option<String>>,
    /// Seconds for which applications are kept after its end.
    pub retention: Option<Option<u64>>,
}

/// Sets in the row what is to be changed; answers the skills, if they are.
pub(super) fn apply(
    cx: Cx<'_>,
    check: &mut Check,
    row: &mut job::Model,
    new: &Changes,
) -> Result<Option<Vec<Name>>> {
    if new.title.is_some() || row.title.is_empty() {
        row.title = check.line(&["title"], new.title.as_deref().unwrap_or_default(), 1..=200);
    }
    if let Some(text) = &new.description {
        row.description_source = check.text(&["description"], text, 0..=50_000);
        row.description_html = markdown::render(&row.description_source).html;
    }
    let mut markdown = |name: &str, text: &Option<String>| {
        let text = text.as_deref().map(|text| check.text(&[name], text, 0..=20_000));
        let source = text.filter(|text| !text.is_empty());
        let html = source.as_deref().map(|text| markdown::render(text).html);
        (source, html)
    };
    if let Some(text) = &new.responsibilities {
        (row.responsibilities_source, row.responsibilities_html) =
            markdown("responsibilities", text);
    }
    if let Some(text) = &new.requirements {
        (row.requirements_source, row.requirements_html) = markdown("requirements", text);
    }
    if let Some(lines) = &new.benefits {
        row.benefits = json(&lines_of(check, lines))?;
    }
    if let Some(kinds) = &new.employment {
        row.employment = kinds.iter().fold(0, |set, kind| set | kind.bit());
    }
    row.seniority = new.seniority.unwrap_or(row.seniority);
    row.workplace = new.workplace.unwrap_or(row.workplace);
    if let Some(places) = &new.locations {
        row.locations = json(&locations(check, places))?;
    }
    if let Some(codes) = &new.remote_from {
        check.list(&["remoteFrom"], codes, 250);
        let codes = codes.iter().take(250).enumerate();
        let codes =
            codes.filter_map(|(at, code)| country(check, &["remoteFrom", &at.to_string()], code));
        row.remote_from = json(&check::each_once(codes.collect()))?;
    }
    let line = |check: &mut Check, name: &str, text: &Option<String>, max| {
        text.as_deref().and_then(|text| check.optional_line(&[name], text, max))
    };
    if let Some(text) = &new.time_zones {
        row.time_zones = line(check, "timeZones", text, 100);
    }
    if let Some(salary) = &new.salary {
        pay(cx, check, row, salary.as_ref());
    }
    if let Some(helps) = new.visa_sponsorship {
        row.visa_sponsorship = helps.map(i32::from);
    }
    if let Some(language) = &new.language {
        row.language = language.as_deref().and_then(check::language);
        if language.is_some() && row.language.is_none() {
            check.problem(ErrorCode::Invalid, &["language"], "write a tag of BCP 47: de");
        }
    }
    if let Some(at) = new.closes_at {
        if at != row.closes_at && at.is_some_and(|at| at <= cx.now()) {
            check.problem(ErrorCode::OutOfRange, &["closesAt"], "this time is over");
        }
        row.closes_at = at;
    }
    row.starts_on = new.starts_on.unwrap_or(row.starts_on);
    row.openings = new.openings.unwrap_or(row.openings);
    if !(1..=1_000).contains(&row.openings) {
        check.problem(ErrorCode::OutOfRange, &["openings"], "look for 1 to 1,000");
    }
    if let Some(url) = &new.apply_url {
        row.apply_url = url.as_deref().map(|url| check.url(&["applyUrl"], url));
    }
    if let Some(email) = &new.apply_email {
        row.apply_email = email.as_deref().map(|email| check.email(&["applyEmail"], email));
    }
    if let Some(questions) = &new.questions {
        row.questions = json(&fields::define(check, &["questions"], questions.clone()))?;
    }
    if let Some(text) = &new.consent_text {
        let text = text.as_deref().map(|text| check.text(&["consentText"], text, 0..=2_000));
        row.consent_text = text.filter(|text| !text.is_empty());
    }
    if let Some(length) = new.retention {
        row.retention_days = length.and_then(|seconds| days(check, seconds));
    }
    Ok(new.skills.as_ref().map(|skills| names(check, skills)))
}

fn days(check: &mut Check, seconds: u64) -> Option<i32> {
    let days = i32::try_from(seconds / 86_400).ok().filter(|days| (1..=3_650).contains(days));
    if days.is_none() || !seconds.is_multiple_of(86_400) {
        let message = "write whole days, 1 to 3,650, in seconds";
        check.problem(ErrorCode::OutOfRange, &["retention"], message);
    }
    days
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn country(check: &mut Check, path: &[&str], text: &str) -> Option<String> {
    let code = check::country(text);
    if code.is_none() {
        check.problem(ErrorCode::Invalid, path, "write an ISO 3166-1 code: DE");
    }
    code
}

fn lines_of(check: &mut Check, lines: &[String]) -> Vec<String> {
    check.list(&["benefits"], lines, 30);
    let each = lines.iter().enumerate().take(30);
    each.map(|(at, text)| check.line(&["benefits", &at.to_string()], text, 1..=200)).collect()
}

fn locations(check: &mut Check, places: &[Location]) -> Vec<Location> {
    check.list(&["locations"], places, 20);
    let mut kept = Vec::new();
    for (at, place) in places.iter().enumerate().take(20) {
        let at = at.to_string();
        let label = check.line(&["locations", &at, "label"], &place.label, 1..=100);
        let code = place.country.as_deref();
        let code = code.and_then(|code| country(check, &["locations", &at, "country"], code));
        let mut line = |name: &str, text: &Option<String>| {
            let text = text.as_deref()?;
            check.optional_line(&["locations", &at, name], text, 100)
        };
        let (region, city) = (line("region", &place.region), line("city", &place.city));
        kept.push(Location { label, country: code, region, city });
    }
    kept
}

fn names(check: &mut Check, skills: &[String]) -> Vec<Name> {
    check.list(&["skills"], skills, 20);
    let mut names: Vec<Name> = Vec::new();
    for (at, text) in skills.iter().enumerate().take(20) {
        match tags::service::name(text) {
            Some(name) if names.iter().any(|other| other.name == name.name) => {}
            Some(name) => names.push(name),
            None => {
                let message = "write 1 to 50 letters, digits or _ - + # .";
                check.problem(ErrorCode::Invalid, &["skills", &at.to_string()], message);
            }
        }
    }
    names
}

fn pay(cx: Cx<'_>, check: &mut Check, row: &mut job::Model, salary: Option<&Salary>) {
    row.salary_min = salary.and_then(|salary| salary.min);
    row.salary_max = salary.and_then(|salary| salary.max);
    row.salary_currency = salary.map(|salary| salary.currency.clone());
    row.salary_period = salary.map(|salary| salary.period);
    row.salary_note = None;
    (row.salary_yearly, row.salary_yearly_top) = (None, None);
    let Some(Salary { min, max, currency, period: _, note }) = salary else { return };
    let note = note.as_deref();
    row.salary_note = note.and_then(|note| check.optional_line(&["salary", "note"], note, 200));
    if currency.len() != 3 || !currency.bytes().all(|c| c.is_ascii_uppercase()) {
        let message = "write an ISO 4217 code: EUR";
        check.problem(ErrorCode::Invalid, &["salary", "currency"], message);
    }
    let Some((low, high)) = min.or(*max).zip(max.or(*min)) else {
        check.problem(
            ErrorCode::Required,
            &["salary", "min"],
            "say what is paid at least, or most",
        );
        return;
    };
    if low > high {
        let message = "this is less than the least";
        check.problem(ErrorCode::OutOfRange, &["salary", "max"], message);
    }
    let micros = |currency: &str| cx.app.config.currency_micros(currency);
    (row.salary_yearly, row.salary_yearly_top) = compared(row, micros);
}
