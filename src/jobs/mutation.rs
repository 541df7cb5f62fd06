use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{
    Job,
    service::{self, Changes, Location, Salary, Step},
};
use crate::{
    Error,
    contact::FormFieldInput,
    entity::{
        hiring_stage::Kind,
        job::{Employment, SalaryPeriod, Seniority, State, Workplace},
    },
    error::ErrorCode,
    graph::{
        ContextExt, CountryCode, CurrencyCode, Date, DateTime, Decimal, DeletePayload, Duration,
        EmailAddress, Locale, Markdown, Result, Url, decode, encode, maybe, payload,
    },
};

/// A posting, new or changed: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct JobInput {
    /// Who hires; a new posting needs it, and stays with it.
    organization: Option<ID>,
    /// What is looked for: 1 to 200 characters; a new posting needs it.
    title: Option<String>,
    /// About the work: Markdown; at most 50,000 characters. What is open needs it.
    description: Option<Markdown>,
    /// What there is to do: Markdown; at most 20,000 characters.
    responsibilities: MaybeUndefined<Markdown>,
    /// What is asked: Markdown; at most 20,000 characters.
    requirements: MaybeUndefined<Markdown>,
    /// What is offered beside pay, all of it; at most 30 lines of 200 characters.
    benefits: Option<Vec<String>>,
    /// What one should know: names of tags, all of them, the most important first; at most 20.
    skills: Option<Vec<String>>,
    /// How one is employed; any of these.
    employment: Option<Vec<Employment>>,
    /// How much experience is asked.
    seniority: MaybeUndefined<Seniority>,
    /// Where the work happens; ON_SITE for a new posting.
    workplace: Option<Workplace>,
    /// The places of work, all of them; at most 20. What is open needs one unless it is REMOTE.
    locations: Option<Vec<JobLocationInput>>,
    /// The countries that one may work from, all of them.
    remote_from: Option<Vec<CountryCode>>,
    /// The hours in which one works, in words; at most 100 characters.
    time_zones: MaybeUndefined<String>,
    /// What is paid.
    salary: MaybeUndefined<SalaryInput>,
    /// Whether the organization helps with a visa.
    visa_sponsorship: MaybeUndefined<bool>,
    /// The language that it is written in.
    language: MaybeUndefined<Locale>,
    /// When it closes by itself; in the future.
    closes_at: MaybeUndefined<DateTime>,
    /// When work begins.
    starts_on: MaybeUndefined<Date>,
    /// How many are looked for, 1 to 1,000; 1 for a new posting.
    openings: Option<i32>,
    /// To apply there and not here.
    apply_url: MaybeUndefined<Url>,
    /// To apply by mail and not here.
    apply_email: MaybeUndefined<EmailAddress>,
    /// What applicants are asked, all of it, in order; at most 50.
    questions: Option<Vec<FormFieldInput>>,
    /// What applicants have to agree to; at most 2,000 characters. It is kept with each application.
    consent_text: MaybeUndefined<String>,
    /// How long applications are kept after the end: whole days, 1 to 3,650, in seconds.
    retention: MaybeUndefined<Duration>,
    /// Your name for the call that begins a posting: the same one within 24 hours answers the first posting again.
    client_key: Option<String>,
}

/// A place of work.
#[derive(Debug, InputObject)]
pub struct JobLocationInput {
    /// What people read; 1 to 100 characters.
    label: String,
    /// The country.
    country: Option<CountryCode>,
    /// State or province; at most 100 characters.
    region: Option<String>,
    /// Town; at most 100 characters.
    city: Option<String>,
}

/// What is paid: at least one end.
#[derive(Debug, InputObject)]
pub struct SalaryInput {
    /// The lower end.
    min: Option<Decimal>,
    /// The upper end; not below the lower one.
    max: Option<Decimal>,
    /// Of which currency.
    currency: CurrencyCode,
    /// Per what.
    per: SalaryPeriod,
    /// What else is to say; at most 200 characters.
    note: Option<String>,
}

/// A step of the process; an id keeps the step.
#[derive(Debug, InputObject)]
pub struct HiringStageInput {
    /// The step that stays; without it a new one is made.
    id: Option<ID>,
    /// What the team calls it; 1 to 50 characters.
    name: String,
    /// What it means to applicants.
    kind: Kind,
}

impl From<JobInput> for Changes {
    fn from(input: JobInput) -> Self {
        let text = |text: MaybeUndefined<Markdown>| maybe(text).map(|text| text.map(|text| text.0));
        let place = |place: JobLocationInput| Location {
            label: place.label,
            country: place.country.map(|country| country.0),
            region: place.region,
            city: place.city,
        };
        let salary = |salary: SalaryInput| Salary {
            min: salary.min.map(|min| min.0),
            max: salary.max.map(|max| max.0),
            currency: salary.currency.0,
            period: salary.per,
            note: salary.note,
        };
        Self {
            organization: input.organization.map(|id| decode("organization", &id)),
            title: input.title,
            description: input.description.map(|text| text.0),
            responsibilities: text(input.responsibilities),
            requirements: text(input.requirements),
            benefits: input.benefits,
            skills: input.skills,
            employment: input.employment,
            seniority: maybe(input.seniority),
            workplace: input.workplace,
            locations: input.locations.map(|places| places.into_iter().map(place).collect()),
            remote_from: input.remote_from.map(|all| all.into_iter().map(|one| one.0).collect()),
            time_zones: maybe(input.time_zones),
            salary: maybe(input.salary).map(|pay| pay.map(salary)),
            visa_sponsorship: maybe(input.visa_sponsorship),
            language: maybe(input.language).map(|language| language.map(|language| language.0)),
            closes_at: maybe(input.closes_at).map(|at| at.map(|at| at.0)),
            starts_on: maybe(input.starts_on).map(|day| day.map(|day| day.0)),
            openings: input.openings,
            apply_url: maybe(input.apply_url).map(|url| url.map(|url| url.0)),
            apply_email: maybe(input.apply_email).map(|email| email.map(|email| email.0)),
            questions: input.questions.map(|all| all.into_iter().map(Into::into).collect()),
            consent_text: maybe(input.consent_text),
            retention: maybe(input.retention).map(|length| length.map(Duration::seconds)),
        }
    }
}

payload!(
    /// Answer about a posting.
    JobPayload {
        /// The posting as it is now; null when nothing was done.
        job: Job
    }
);

/// The postings' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "JobMutation")]
impl Mutation {
    /// Begin a posting, as a draft with the usual steps of hiring. For those who hire for the organization; a token
    /// needs WRITE_JOBS.
    async fn job_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to begin with.")] input: JobInput,
    ) -> Result<JobPayload> {
        let client_key = input.client_key.clone();
        let row = Box::pin(service::create(ctx.cx(), input.into(), client_key.as_deref())).await;
        JobPayload::settle(ctx, row.map(Into::into)).await
    }

    /// Change a posting. What is open or paused stays complete.
    async fn job_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: JobInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<JobPayload> {
        let id = decode("job", &id);
        let row = match input.client_key {
            None => Box::pin(service::update(ctx.cx(), id, input.into(), expected_version)).await,
            Some(_) => {
                let message = "only a call that begins a posting is named";
                Err(Error::refused(ErrorCode::Invalid, ["input", "clientKey"], message))
            }
        };
        JobPayload::settle(ctx, row.map(Into::into)).await
    }

    /// Open a posting, pause it, close it or say that somebody was found. What was closed can be opened again; only
    /// time makes one EXPIRED, and none becomes a DRAFT again.
    async fn job_state_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "Where it is to stand.")] state: State,
    ) -> Result<JobPayload> {
        let row = service::set_state(ctx.cx(), decode("job", &id), state).await;
        JobPayload::settle(ctx, row.map(Into::into)).await
    }

    /// Delete a posting for which nobody applied; close it otherwise.
    async fn job_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::delete(ctx.cx(), decode("job", &id)).await;
        DeletePayload::settle(ctx, gone.map(|row| vec![encode("job", row.id)])).await
    }

    /// Set the steps of hiring, all of them, in order. A step where applications stand keeps its meaning and can't
    /// go: move them first.
    async fn hiring_stages_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which posting.")] job: ID,
        #[graphql(desc = "All steps, in order; 1 to 20, of which one is NEW.")] stages: Vec<
            HiringStageInput,
        >,
    ) -> Result<JobPayload> {
        let step = |stage: HiringStageInput| Step {
            id: stage.id.map(|id| decode("hiring_stage", &id)),
            name: stage.name,
            kind: stage.kind,
        };
        let steps: Vec<_> = stages.into_iter().map(step).collect();
        let row = service::set_stages(ctx.cx(), decode("job", &job), &steps).await;
        JobPayload::settle(ctx, row.map(Into::into)).await
    }
}
