use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Value,
};
use uuid::Uuid;

use super::quick;
use crate::{
    Cx, Error, Result,
    entity::{
        job::{Column, Employment, SalaryPeriod, Seniority, State, Workplace},
        job_country, job_tag, tag,
    },
    index::{Kind, Look},
    jobs::{policy, service},
    sql, tags,
};

/// Values of one list that a filter names at most.
const MOST_VALUES: usize = 50;
/// The languages in which the words of a text are sought when the filter names none.
const LANGUAGES: [&str; 4] = ["de", "en", "es", "fr"];

/// Which postings; all conditions hold, a list means any of, and an empty list all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// With all of these words; the last may go on.
    pub text: Option<String>,
    /// That ask one of these skills: names of tags.
    pub skills: Vec<String>,
    /// With one of these ways of being employed.
    pub employment: Vec<Employment>,
    /// That ask so much experience.
    pub seniority: Vec<Seniority>,
    /// Where the work happens.
    pub workplace: Vec<Workplace>,
    /// In, or from, one of these countries: ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// Of this organization.
    pub organization: Option<Uuid>,
    /// In one of these states; in none is [`State::Open`].
    pub states: Vec<State>,
    /// That pay so much.
    pub salary_at_least: Option<Floor>,
    /// That help with a visa, or say that they don't.
    pub visa_sponsorship: Option<bool>,
    /// In this language, wherever it is spoken: BCP 47.
    pub language: Option<String>,
    /// First open at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// First open before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// What is to be paid at least, at the upper end of what is offered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Floor {
    /// In hundredths of the currency.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// Per what.
    pub per: SalaryPeriod,
}

/// What a filter asks of rows.
pub(super) struct Asked {
    /// What always holds: what the actor may see, and everything that no facet chooses.
    pub base: Condition,
    /// The words that are looked for.
    pub look: Option<Look>,
    /// The chosen countries, in capitals.
    pub countries: Vec<String>,
    /// What is chosen of each facet, in the order of [`super::facets::Facet::ALL`].
    pub chosen: [Option<Condition>; 6],
}

impl Asked {
    /// All of it.
    pub(super) fn condition(&self) -> Condition {
        self.chosen_and(self.unchosen())
    }

    /// What is chosen, and something else.
    pub(super) fn chosen_and(&self, all: Condition) -> Condition {
        self.chosen.iter().flatten().fold(all, |all, chosen| all.add(chosen.clone()))
    }

    /// What holds whatever is chosen of the facets.
    pub(super) fn unchosen(&self) -> Condition {
        match &self.look {
            Some(look) => self.base.clone().add(found(look)),
            None => self.base.clone(),
        }
    }
}

fn found(look: &Look) -> sea_orm::sea_query::SimpleExpr {
    match look.backend() {
        backend if quick::is_on(backend) => quick::among_found(look),
        _ => look.found_in(Kind::Job, "\"job\".\"id\""),
    }
}

impl Filter {
    /// The words that it looks for: `None` when it looks for none, `Some(None)` when what it looks for has no words.
    pub(super) fn look(&self, backend: DbBackend) -> Result<Option<Option<Look>>> {
        let Some(text) = self.text.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let look = match &self.language {
            Some(language) => Look::of(backend, text, &[language]),
            None => Look::of(backend, text, &LANGUAGES),
        };
        look.map(Some)
    }

    /// The words of the text, to mark them; in small letters, the last of which may go on.
    pub(super) fn words(&self) -> Option<&str> {
        self.text.as_deref().filter(|text| !text.trim().is_empty())
    }

    /// What it asks of rows; `None` when nothing can fit.
    pub(super) fn asked(&self, cx: Cx<'_>) -> Result<Option<Asked>> {
        self.check()?;
        let backend = cx.backend();
        let look = match self.look(backend)? {
            Some(None) => return Ok(None),
            Some(look) => look,
            None => None,
        };
        let states = match self.states.as_slice() {
            [] => &[State::Open],
            states => states,
        };
        let mut base = policy::visible_in(cx.actor, states);
        if let Some(floor) = &self.salary_at_least {
            let yearly = service::yearly(&cx.app.config, floor.amount, &floor.currency, floor.per);
            let Some(yearly) = yearly else { return Ok(None) };
            base = base.add(Column::SalaryYearlyTop.gte(yearly));
        }
        if let Some(helps) = self.visa_sponsorship {
            base = base.add(Column::VisaSponsorship.eq(i32::from(helps)));
        }
        if let Some(language) = &self.language {
            let text = "(\"job\".\"language\" = $1 OR substr(\"job\".\"language\", 1, $3) = $2)";
            let below = format!("{language}-");
            let length = i32::try_from(below.len()).unwrap_or(i32::MAX);
            let values: [Value; 3] = [language.clone().into(), below.into(), length.into()];
            base = base.add(sql::custom(backend, text, &values));
        }
        if let Some(from) = self.from {
            base = base.add(Column::PublishedAt.gte(from));
        }
        if let Some(to) = self.to {
            base = base.add(Column::PublishedAt.lt(to));
        }
        let countries = self.countries.clone();
        Ok(Some(Asked { base, look, countries, chosen: self.chosen(backend) }))
    }

    /// Whether it can be asked at all.
    pub fn is_good(&self, cx: Cx<'_>) -> Result<()> {
        self.asked(cx).map(|_| ())
    }

    fn check(&self) -> Result<()> {
        let lengths = [self.skills.len(), self.countries.len()];
        if lengths.iter().any(|length| *length > MOST_VALUES) {
            let message = format!("name at most {MOST_VALUES} skills, and as many countries");
            return Err(Error::BadRequest(message.into()));
        }
        Ok(())
    }

    fn chosen(&self, backend: DbBackend) -> [Option<Condition>; 6] {
        let employment = (!self.employment.is_empty()).then(|| {
            let set = self.employment.iter().fold(0, |set, kind| set | kind.bit());
            let text = "(\"job\".\"employment\" & $1) <> 0";
            Condition::all().add(sql::custom(backend, text, &[set.into()]))
        });
        let seniority = (!self.seniority.is_empty())
            .then(|| Condition::all().add(Column::Seniority.is_in(self.seniority.iter().copied())));
        let workplace = (!self.workplace.is_empty())
            .then(|| Condition::all().add(Column::Workplace.is_in(self.workplace.iter().copied())));
        let country = (!self.countries.is_empty()).then(|| {
            let there = job_country::Entity::find()
                .select_only()
                .column(job_country::Column::JobId)
                .filter(job_country::Column::Country.is_in(&self.countries));
            Condition::all().add(Column::Id.in_subquery(there.into_query()))
        });
        let skill = (!self.skills.is_empty()).then(|| {
            let names = self.skills.iter().filter_map(|text| tags::service::name(text));
            let these = tag::Entity::find()
                .select_only()
                .column(tag::Column::Id)
                .filter(tag::Column::Name.is_in(names.map(|name| name.name)));
            let ask = job_tag::Entity::find()
                .select_only()
                .column(job_tag::Column::JobId)
                .filter(job_tag::Column::TagId.in_subquery(these.into_query()));
            Condition::all().add(Column::Id.in_subquery(ask.into_query()))
        });
        let organization =
            self.organization.map(|id| Condition::all().add(Column::OrganizationId.eq(id)));
        [employment, seniority, workplace, country, skill, organization]
    }
}
