//! The rows of organizations and postings.

use chrono::DateTime;
use sea_orm::{ActiveEnum as _, DbErr, Value};
use serde_json::json;
use uuid::Uuid;

use super::{Job, Organization};
use crate::{
    entity::{
        hiring_stage,
        job::{SalaryPeriod, Workplace},
        organization_member::Role,
    },
    seed::{
        Community,
        sheet::{Kind, Sheet, Target},
    },
};

const ORGANIZATION: Sheet = Sheet {
    table: "organization",
    columns: &[
        ("id", Kind::Uuid),
        ("slug", Kind::Text),
        ("name", Kind::Text),
        ("name_key", Kind::Text),
        ("about_source", Kind::Text),
        ("about_html", Kind::Text),
        ("website", Kind::MaybeText),
        ("location", Kind::MaybeText),
        ("country", Kind::MaybeText),
        ("size", Kind::MaybeText),
        ("industry", Kind::MaybeText),
        ("founded_year", Kind::MaybeInt),
        ("open_job_count", Kind::Int),
    ],
};

const MEMBER: Sheet = Sheet {
    table: "organization_member",
    columns: &[
        ("organization_id", Kind::Uuid),
        ("profile_id", Kind::Uuid),
        ("role", Kind::Text),
        ("since", Kind::Time),
    ],
};

const JOB: Sheet = Sheet {
    table: "job",
    columns: &[
        ("id", Kind::Uuid),
        ("organization_id", Kind::Uuid),
        ("posted_by_id", Kind::Uuid),
        ("slug", Kind::Text),
        ("title", Kind::Text),
        ("state", Kind::Text),
        ("description_source", Kind::Text),
        ("description_html", Kind::Text),
        ("benefits", Kind::Text),
        ("employment", Kind::Int),
        ("seniority", Kind::MaybeText),
        ("workplace", Kind::Text),
        ("locations", Kind::Text),
        ("remote_from", Kind::Text),
        ("salary_min", Kind::MaybeLong),
        ("salary_max", Kind::MaybeLong),
        ("salary_currency", Kind::MaybeText),
        ("salary_period", Kind::MaybeText),
        ("salary_yearly", Kind::MaybeLong),
        ("salary_yearly_top", Kind::MaybeLong),
        ("language", Kind::MaybeText),
        ("openings", Kind::Int),
        ("published_at", Kind::MaybeTime),
        ("closes_at", Kind::MaybeTime),
        ("updated_at", Kind::Time),
    ],
};

const COUNTRY: Sheet =
    Sheet { table: "job_country", columns: &[("job_id", Kind::Uuid), ("country", Kind::Text)] };

const SKILL: Sheet = Sheet {
    table: "job_tag",
    columns: &[("job_id", Kind::Uuid), ("tag_id", Kind::Uuid), ("position", Kind::Int)],
};

const STAGE: Sheet = Sheet {
    table: "hiring_stage",
    columns: &[
        ("id", Kind::Uuid),
        ("job_id", Kind::Uuid),
        ("name", Kind::Text),
        ("position", Kind::Int),
        ("kind", Kind::Text),
    ],
};

/// The steps that every new posting begins with.
const STAGES: [(&str, hiring_stage::Kind); 6] = [
    ("New", hiring_stage::Kind::New),
    ("In review", hiring_stage::Kind::Review),
    ("Interview", hiring_stage::Kind::Interview),
    ("Offer", hiring_stage::Kind::Offer),
    ("Hired", hiring_stage::Kind::Hired),
    ("Rejected", hiring_stage::Kind::Rejected),
];

/// Writes the organizations and postings of a community.
pub(in crate::seed) async fn fill(
    target: &Target<'_>,
    of: &Community,
    on_rows: &(dyn Fn(usize) + Sync),
) -> Result<(), DbErr> {
    let organizations = || of.hiring.organizations.iter();
    ORGANIZATION
        .fill(target, organizations().map(|one| organization_row(of, one)), on_rows)
        .await?;
    let people = organizations().flat_map(|one| {
        let [owner, hires] = one.people;
        let hires = (hires != owner).then_some((hires, Role::Moderator));
        let people = std::iter::once((owner, Role::Owner)).chain(hires);
        people.map(|(who, role)| {
            vec![one.id.into(), profile(of, who).into(), role.to_value().into(), time(one.at)]
        })
    });
    MEMBER.fill(target, people, on_rows).await?;
    let mut jobs: Vec<&Job> = of.hiring.jobs.iter().collect();
    jobs.sort_unstable_by_key(|job| job.id);
    JOB.fill(target, jobs.iter().filter_map(|job| job_row(of, job)), on_rows).await?;
    let countries = jobs.iter().map(|job| vec![job.id.into(), job.place.1.to_owned().into()]);
    COUNTRY.fill(target, countries, on_rows).await?;
    let skills = jobs.iter().flat_map(|job| {
        (0i32..).zip(&job.skills).filter_map(|(position, tag)| {
            Some(vec![job.id.into(), of.tags.get(*tag)?.id.into(), position.into()])
        })
    });
    SKILL.fill(target, skills, on_rows).await?;
    let stages = jobs.iter().flat_map(|job| {
        (0i32..).zip(job.stages).zip(STAGES).map(|((position, id), (name, kind))| {
            vec![
                id.into(),
                job.id.into(),
                name.to_owned().into(),
                position.into(),
                kind.to_value().into(),
            ]
        })
    });
    STAGE.fill(target, stages, on_rows).await
}

fn organization_row(of: &Community, one: &Organization) -> Vec<Value> {
    let [source, html] = words(of, one.about);
    let (location, country) = one.location;
    vec![
        one.id.into(),
        one.slug.clone().into(),
        one.name.clone().into(),
        one.name.to_lowercase().into(),
        source,
        html,
        Some(format!("https://{}.example", one.slug)).into(),
        Some(location.to_owned()).into(),
        Some(country.to_owned()).into(),
        Some(one.size.to_value()).into(),
        Some(one.industry.to_owned()).into(),
        Some(one.founded).into(),
        one.open.into(),
    ]
}

fn job_row(of: &Community, job: &Job) -> Option<Vec<Value>> {
    let organization = of.hiring.organizations.get(job.organization)?;
    let [source, html] = words(of, job.description);
    let (label, country) = job.place;
    let is_remote = job.workplace == Workplace::Remote;
    let locations = match is_remote {
        true => json!([]),
        false => json!([{ "label": label, "country": country }]),
    };
    let remote_from = if is_remote { json!([country]) } else { json!([]) };
    let (low, high) = job.salary.unzip();
    let middle = low.zip(high).map(|(low, high)| (low + high) / 2);
    let paid = low.map(|_| "EUR".to_owned());
    Some(vec![
        job.id.into(),
        organization.id.into(),
        profile(of, organization.people[1]).into(),
        job.slug.clone().into(),
        job.title.clone().into(),
        job.state.to_value().into(),
        source,
        html,
        json!(job.benefits).to_string().into(),
        job.employment.into(),
        Some(job.seniority.to_value()).into(),
        job.workplace.to_value().into(),
        locations.to_string().into(),
        remote_from.to_string().into(),
        low.into(),
        high.into(),
        paid.clone().into(),
        paid.map(|_| SalaryPeriod::Year.to_value()).into(),
        middle.into(),
        high.into(),
        Some(job.language.to_owned()).into(),
        job.openings.into(),
        job.published.and_then(DateTime::from_timestamp_millis).into(),
        job.closes.and_then(DateTime::from_timestamp_millis).into(),
        time(job.published.unwrap_or(job.at)),
    ])
}

/// The source and the HTML of a wording.
fn words(of: &Community, place: usize) -> [Value; 2] {
    let text = of.texts.get(place);
    let source = text.map(|words| words.source.clone()).unwrap_or_default();
    [source.into(), text.map(|words| words.html.clone()).unwrap_or_default().into()]
}

fn time(at: i64) -> Value {
    DateTime::from_timestamp_millis(at).unwrap_or_default().into()
}

fn profile(of: &Community, place: usize) -> Uuid {
    of.members.get(place).map(|member| member.id).unwrap_or_default()
}
