use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};

use crate::{
    entity::{
        hiring_stage::{self, Kind},
        job::{self, SalaryPeriod},
    },
    graph::{CountryCode, CurrencyCode, Decimal, EmailAddress, Url, encode},
    jobs::service::Location,
};

/// A place of work.
#[derive(Clone, Debug, SimpleObject)]
pub struct JobLocation {
    /// What people read.
    label: String,
    /// The country.
    country: Option<CountryCode>,
    /// State or province.
    region: Option<String>,
    /// Town.
    city: Option<String>,
}

impl From<Location> for JobLocation {
    fn from(Location { label, country, region, city }: Location) -> Self {
        Self { label, country: country.map(CountryCode), region, city }
    }
}

/// What is paid; either end may be open.
#[derive(Clone, Debug, SimpleObject)]
pub struct SalaryRange {
    /// The lower end.
    min: Option<Decimal>,
    /// The upper end.
    max: Option<Decimal>,
    /// Of which currency.
    currency: CurrencyCode,
    /// Per what.
    per: SalaryPeriod,
    /// What else is to say.
    note: Option<String>,
    /// For sorting: the middle, per year, in the server's currency; null when it can't be compared.
    yearly_mid: Option<Decimal>,
}

impl SalaryRange {
    pub(super) fn of(row: &job::Model) -> Option<Self> {
        Some(Self {
            min: row.salary_min.map(Decimal),
            max: row.salary_max.map(Decimal),
            currency: CurrencyCode(row.salary_currency.clone()?),
            per: row.salary_period?,
            note: row.salary_note.clone(),
            yearly_mid: row.salary_yearly.map(Decimal),
        })
    }
}

/// Here, or elsewhere.
#[derive(Clone, Debug, SimpleObject)]
pub struct JobApplyMethod {
    /// Whether one applies here.
    direct: bool,
    /// Otherwise there …
    url: Option<Url>,
    /// … or by mail to.
    email: Option<EmailAddress>,
}

impl JobApplyMethod {
    pub(super) fn of(row: &job::Model) -> Self {
        Self {
            direct: row.apply_url.is_none() && row.apply_email.is_none(),
            url: row.apply_url.clone().map(Url),
            email: row.apply_email.clone().map(EmailAddress),
        }
    }
}

/// A step of the team's own process.
#[derive(Clone, Debug)]
pub struct HiringStage(pub Arc<hiring_stage::Model>);

/// A step of the team's own process.
#[Object]
impl HiringStage {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("hiring_stage", self.0.id)
    }

    /// What the team calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its place, from 0.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// What it means to applicants.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// How many applications stand there.
    async fn count(&self) -> i32 {
        self.0.application_count
    }
}
