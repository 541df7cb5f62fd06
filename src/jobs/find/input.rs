use async_graphql::{Enum, ID, InputObject};

use super::{Field, Filter, Floor, Order};
use crate::{
    Error, Result, check,
    entity::job::{Employment, SalaryPeriod, Seniority, State, Workplace},
    graph::{CountryCode, CurrencyCode, DateTimeRange, Decimal, Locale, OrderDirection, decode},
};

/// Narrows jobs; all conditions hold, a list means any of.
#[derive(Clone, Debug, Default, InputObject)]
pub struct JobFilter {
    /// With all of these words, up to 10 in up to 200 characters; the last may go on.
    pub text: Option<String>,
    /// That ask one of these skills: names of tags; at most 50.
    pub skills: Option<Vec<String>>,
    /// With one of these ways of being employed.
    pub employment: Option<Vec<Employment>>,
    /// That ask so much experience.
    pub seniority: Option<Vec<Seniority>>,
    /// Where the work happens.
    pub workplace: Option<Vec<Workplace>>,
    /// Done in, or from, one of these countries; at most 50.
    pub countries: Option<Vec<CountryCode>>,
    /// Of this organization: its id.
    pub organization: Option<ID>,
    /// In these states; left out or empty, only `OPEN`. Drafts are found by who hires for the organization.
    pub states: Option<Vec<State>>,
    /// That pay at least so much at the upper end of what is offered.
    pub salary_at_least: Option<SalaryFloor>,
    /// That help with a visa (true), or say that they don't (false).
    pub visa_sponsorship: Option<bool>,
    /// Written in this language, wherever it is spoken: `de` is `de-AT` too.
    pub language: Option<Locale>,
    /// When it was first open.
    pub published: Option<DateTimeRange>,
}

/// Compared after conversion to one currency and a year of work; a currency that the server has no rate for finds
/// nothing, nor does `PROJECT`.
#[derive(Clone, Debug, InputObject)]
pub struct SalaryFloor {
    /// How much.
    pub amount: Decimal,
    /// Of which currency.
    pub currency: CurrencyCode,
    /// Per what.
    #[graphql(default_with = "SalaryPeriod::Year")]
    pub per: SalaryPeriod,
}

/// How to order jobs.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct JobOrder {
    /// By what; jobs without it come last in both directions.
    pub field: JobOrderField,
    /// Which end comes first.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

/// What jobs can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum JobOrderField {
    /// How well they fit the words; without words it is `PUBLISHED`. Where more than 1,000 fit, at least the newest of
    /// them are ranked; others may come after those, the newest first.
    Relevance,
    /// When they were first open.
    Published,
    /// When they close.
    Closes,
    /// What they pay, in the middle of what is offered.
    Salary,
}

impl From<JobOrder> for Order {
    fn from(order: JobOrder) -> Self {
        let field = match order.field {
            JobOrderField::Relevance => Field::Relevance,
            JobOrderField::Published => Field::Published,
            JobOrderField::Closes => Field::Closes,
            JobOrderField::Salary => Field::Salary,
        };
        Self { field, ascending: order.direction == OrderDirection::Asc }
    }
}

impl JobFilter {
    /// What it asks; a country, language or currency that is none is refused.
    pub fn read(self) -> Result<Filter> {
        let bad = |message: &'static str| Error::BadRequest(message.into());
        let countries = self.countries.unwrap_or_default().into_iter();
        let country = |code: CountryCode| check::country(&code.0);
        let countries: Option<Vec<String>> = countries.map(country).collect();
        let language = self.language.map(|tag| {
            check::language(&tag.0).ok_or_else(|| bad("write a language as BCP 47 does: de, pt-BR"))
        });
        let floor = self.salary_at_least.map(|floor| {
            let currency = floor.currency.0.trim().to_ascii_uppercase();
            let is_one = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
            let floor = Floor { amount: floor.amount.0, currency, per: floor.per };
            is_one.then_some(floor).ok_or_else(|| bad("write a currency as ISO 4217 does: EUR"))
        });
        let published = self.published.unwrap_or_default();
        Ok(Filter {
            text: self.text,
            skills: self.skills.unwrap_or_default(),
            employment: self.employment.unwrap_or_default(),
            seniority: self.seniority.unwrap_or_default(),
            workplace: self.workplace.unwrap_or_default(),
            countries: countries.ok_or_else(|| bad("write a country as ISO 3166-1 does: DE"))?,
            // An id that names no organization is one that looks for nobody.
            organization: self
                .organization
                .map(|id| decode("organization", &id).unwrap_or_default()),
            states: self.states.unwrap_or_default(),
            salary_at_least: floor.transpose()?,
            visa_sponsorship: self.visa_sponsorship,
            language: language.transpose()?,
            from: published.from.map(|at| at.0),
            to: published.to.map(|at| at.0),
        })
    }
}
