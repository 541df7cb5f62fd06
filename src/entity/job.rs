//! A posting.

use sea_orm::entity::prelude::*;

/// A posting.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// UUIDv7: when it was begun.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who hires.
    pub organization_id: Uuid,
    /// Who wrote it.
    pub posted_by_id: Option<Uuid>,
    /// Its name in addresses.
    #[sea_orm(unique)]
    pub slug: String,
    /// What is looked for.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// About the work: Markdown as it was typed.
    pub description_source: String,
    /// The same, sanitized.
    pub description_html: String,
    /// What there is to do: Markdown.
    pub responsibilities_source: Option<String>,
    /// The same, sanitized.
    pub responsibilities_html: Option<String>,
    /// What is asked: Markdown.
    pub requirements_source: Option<String>,
    /// The same, sanitized.
    pub requirements_html: Option<String>,
    /// What is offered beside pay: a JSON list of lines.
    pub benefits: String,
    /// How one is employed: a set, with a bit for each place of `Employment::ALL`.
    pub employment: i32,
    /// How much experience is asked.
    pub seniority: Option<Seniority>,
    /// Where the work happens.
    pub workplace: Workplace,
    /// Places of work: a JSON list.
    pub locations: String,
    /// Countries to work from: a JSON list of ISO 3166-1 alpha-2 codes.
    pub remote_from: String,
    /// Working hours, in words: "UTC-1 to UTC+3".
    pub time_zones: Option<String>,
    /// The lower end, in hundredths of the currency.
    pub salary_min: Option<i64>,
    /// The upper end.
    pub salary_max: Option<i64>,
    /// ISO 4217; set whenever one end is.
    pub salary_currency: Option<String>,
    /// Per what; set whenever one end is.
    pub salary_period: Option<SalaryPeriod>,
    /// What else is to say about pay.
    pub salary_note: Option<String>,
    /// To sort by: the middle, per year, in hundredths of the server's currency.
    pub salary_yearly: Option<i64>,
    /// To filter by: the upper end, likewise.
    pub salary_yearly_top: Option<i64>,
    /// 1: helps with a visa; 0: does not.
    pub visa_sponsorship: Option<i32>,
    /// BCP 47: the language of the posting.
    pub language: Option<String>,
    /// How many are looked for.
    pub openings: i32,
    /// When work begins.
    pub starts_on: Option<Date>,
    /// Apply there; without this and an address one applies here.
    pub apply_url: Option<String>,
    /// Apply by mail to.
    pub apply_email: Option<String>,
    /// What applicants are asked: a JSON list, as of a form.
    pub questions: String,
    /// What applicants agree to.
    pub consent_text: Option<String>,
    /// Days after its end at which applications are erased.
    pub retention_days: Option<i32>,
    /// When it was first open.
    pub published_at: Option<DateTimeUtc>,
    /// When it closes by itself.
    pub closes_at: Option<DateTimeUtc>,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
    /// Applications that were not withdrawn; kept by their writes.
    pub application_count: i32,
    /// Grows by one with each change.
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a posting stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "JobState")]
pub enum State {
    /// Only its team sees it.
    Draft,
    /// Takes applications.
    Open,
    /// Takes none for now.
    Paused,
    /// Takes none any more.
    Closed,
    /// Somebody was found.
    Filled,
    /// Its closing date has come.
    Expired,
}

/// How much experience is asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "Seniority")]
pub enum Seniority {
    /// None.
    Entry,
    /// Some.
    Junior,
    /// A few years.
    Mid,
    /// Many years.
    Senior,
    /// Leads others.
    Lead,
    /// Leads the organization.
    Executive,
}

/// Where the work happens.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "Workplace")]
pub enum Workplace {
    /// At a place.
    OnSite,
    /// Partly at a place.
    Hybrid,
    /// Anywhere.
    Remote,
}

/// Per what is paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[graphql(name = "SalaryPeriod")]
pub enum SalaryPeriod {
    /// An hour.
    Hour,
    /// A day of 8 hours.
    Day,
    /// A week of 40 hours.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
    /// The whole; it is not compared with others.
    Project,
}

/// How one is employed, as in schema.org's employmentType.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum)]
#[graphql(name = "EmploymentKind")]
pub enum Employment {
    /// Full time.
    FullTime,
    /// Part time.
    PartTime,
    /// On a contract.
    Contract,
    /// For a while.
    Temporary,
    /// To learn.
    Internship,
    /// To learn a trade.
    Apprenticeship,
    /// Unpaid.
    Volunteer,
    /// As one who founds it.
    CoFounder,
}

impl Employment {
    /// All of them: the place of each is its bit in `employment`, and never changes.
    pub const ALL: [Self; 8] = [
        Self::FullTime,
        Self::PartTime,
        Self::Contract,
        Self::Temporary,
        Self::Internship,
        Self::Apprenticeship,
        Self::Volunteer,
        Self::CoFounder,
    ];

    /// Its bit.
    pub fn bit(self) -> i32 {
        Self::ALL.iter().position(|kind| *kind == self).map_or(0, |at| 1 << at)
    }

    /// Those in a set, in order.
    pub fn of(set: i32) -> Vec<Self> {
        Self::ALL.into_iter().filter(|kind| set & kind.bit() != 0).collect()
    }
}
