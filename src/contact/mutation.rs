use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::{
    Form, FormBy, SubmissionReceipt,
    service::{self, Changes, NewSubmission, Receipt, SentFrom},
};
use crate::{
    entity::form::State,
    fields::{Choice, Field, FieldType, Given, MOST_FILES},
    files::service::Sent,
    graph::{
        ContextExt, Date, DateTime, Duration, EmailAddress, Locale, Markdown, Result, Upload, Url,
        decode, maybe, payload,
    },
};

/// A form, new or changed: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct FormInput {
    /// Its name in addresses: 1 to 80 of a to z, digits, and - between them; a new form needs one.
    slug: Option<String>,
    /// 1 to 200 characters; a new form needs one.
    title: Option<String>,
    /// Markdown above the questions; at most 10,000 characters.
    intro: MaybeUndefined<Markdown>,
    /// Where it stands; a new form is a DRAFT. An open one asks something.
    state: Option<State>,
    /// All questions, in their order; at most 50.
    fields: Option<Vec<FormFieldInput>>,
    /// What stands on the button; at most 100 characters.
    submit_label: MaybeUndefined<String>,
    /// What whoever sends it has to agree to; at most 2,000 characters. It is kept with each submission.
    consent_text: MaybeUndefined<String>,
    /// Whether every submission wants a solved challenge.
    needs_challenge: Option<bool>,
    /// It takes nothing before this.
    opens_at: MaybeUndefined<DateTime>,
    /// It takes nothing from then on.
    closes_at: MaybeUndefined<DateTime>,
    /// How many it takes in all.
    submission_limit: MaybeUndefined<i32>,
    /// Who reads what comes in, beside staff: ids of profiles, all of them; at most 50.
    team: Option<Vec<ID>>,
    /// Addresses that hear of each submission, all of them; at most 20.
    notify_emails: Option<Vec<EmailAddress>>,
    /// The mail that answers at once: the id of a template.
    auto_reply: MaybeUndefined<ID>,
    /// Where to send the browser afterwards; https.
    redirect_url: MaybeUndefined<Url>,
    /// How long submissions are kept: whole days, 1 to 3,650, in seconds. It counts from now on, not for what is there.
    retention: MaybeUndefined<Duration>,
    /// Origins of other sites whose pages may send it: `https://example.org`; all of them, at most 20.
    allowed_origins: Option<Vec<String>>,
}

/// A question to ask.
#[derive(Debug, InputObject)]
pub struct FormFieldInput {
    /// What an answer calls it: `a` to `z`, digits and `_`, a letter first; at most 40. The text field `name` is what the
    /// sender is called.
    key: String,
    /// What people read; 1 to 200 characters.
    label: String,
    /// What stands beside it, and is said when the pattern does not fit; at most 500 characters.
    help: Option<String>,
    /// What stands in it before anything is typed; at most 200 characters.
    placeholder: Option<String>,
    /// What an answer looks like.
    #[graphql(name = "type")]
    kind: FieldType,
    /// Whether it has to be answered.
    #[graphql(default = false)]
    required: bool,
    /// What can be chosen; at most 100.
    options: Option<Vec<FieldOptionInput>>,
    /// The least characters of a text, or options to choose.
    min_length: Option<i32>,
    /// The most characters of a text, or options to choose; at most 10,000.
    max_length: Option<i32>,
    /// The least number.
    min: Option<f64>,
    /// The greatest number; of a rating 2 to 10.
    max: Option<f64>,
    /// A regular expression that the whole text has to match, as the Rust crate `regex` reads it; at most 200 characters.
    pattern: Option<String>,
    /// The most files, 1 to 10; 1 when nothing is said.
    max_files: Option<i32>,
    /// The media types that files may have: `image/*`, `application/pdf`; at most 20.
    file_types: Option<Vec<String>>,
}

impl From<FormFieldInput> for Field {
    fn from(input: FormFieldInput) -> Self {
        Self {
            key: input.key,
            label: input.label,
            help: input.help,
            placeholder: input.placeholder,
            kind: input.kind,
            required: input.required,
            options: input.options.into_iter().flatten().map(Into::into).collect(),
            min_length: input.min_length,
            max_length: input.max_length,
            min: input.min,
            max: input.max,
            pattern: input.pattern,
            max_files: input.max_files,
            file_types: input.file_types.unwrap_or_default(),
        }
    }
}

/// One choice to offer.
#[derive(Debug, InputObject)]
pub struct FieldOptionInput {
    /// What an answer calls it; 1 to 100 characters.
    value: String,
    /// What people read; 1 to 200 characters.
    label: String,
    /// A colour to draw it in: `#2f6f4e`.
    color: Option<String>,
}

impl From<FieldOptionInput> for Choice {
    fn from(FieldOptionInput { value, label, color }: FieldOptionInput) -> Self {
        Self { value, label, color }
    }
}

impl From<FormInput> for Changes {
    fn from(input: FormInput) -> Self {
        Self {
            slug: input.slug,
            title: input.title,
            intro: maybe(input.intro).map(|intro| intro.map(|intro| intro.0)),
            state: input.state,
            fields: input.fields.map(|fields| fields.into_iter().map(Into::into).collect()),
            submit_label: maybe(input.submit_label),
            consent_text: maybe(input.consent_text),
            needs_challenge: input.needs_challenge,
            opens_at: maybe(input.opens_at).map(|at| at.map(|at| at.0)),
            closes_at: maybe(input.closes_at).map(|at| at.map(|at| at.0)),
            submission_limit: maybe(input.submission_limit),
            team: input.team.map(|team| team.iter().map(|id| decode("profile", id)).collect()),
            notify_emails: input.notify_emails.map(|all| all.into_iter().map(|e| e.0).collect()),
            auto_reply: maybe(input.auto_reply)
                .map(|id| id.map(|id| decode("email_template", &id))),
            redirect_url: maybe(input.redirect_url).map(|url| url.map(|url| url.0)),
            retention: maybe(input.retention).map(|length| length.map(Duration::seconds)),
            allowed_origins: input.allowed_origins,
        }
    }
}

/// An answer; fill the member that fits the field.
#[derive(Debug, InputObject)]
pub struct FieldValueInput {
    /// The key of the field.
    field: String,
    /// A text, an address or a number to call; `true` or `false` for a box.
    text: Option<String>,
    /// A number or a rating.
    number: Option<f64>,
    /// The values of what is chosen; of a single choice one.
    values: Option<Vec<String>>,
    /// A day.
    date: Option<Date>,
    /// Files of yours, if you are signed in.
    files: Option<Vec<ID>>,
    /// Files within this request; at most 8 MB each, and 10 in all answers.
    uploads: Option<Vec<Upload>>,
}

impl FieldValueInput {
    /// What is answered, with its files; more of them within the request than may come are not opened.
    pub(crate) fn list(ctx: &Context<'_>, values: Vec<Self>) -> crate::Result<Vec<Sent>> {
        let uploads = values.iter().flat_map(|value| &value.uploads).map(Vec::len);
        // One file may be named thousands of times, and each that is opened takes a handle of the process: more
        // than may come are refused by their number alone.
        let opens = uploads.sum::<usize>() <= MOST_FILES;
        values.into_iter().map(|value| value.sent(ctx, opens)).collect()
    }

    fn sent(self, ctx: &Context<'_>, opens: bool) -> crate::Result<Sent> {
        let given = Given {
            field: self.field,
            text: self.text,
            number: self.number,
            values: self.values,
            date: self.date.map(|date| date.0),
            files: self.files.as_ref().map(Vec::len),
            uploads: self.uploads.as_ref().map(Vec::len),
        };
        let files = self.files.iter().flatten().map(|id| decode("file", id)).collect();
        let uploads = self.uploads.filter(|_| opens).into_iter().flatten();
        let uploads = uploads.map(|upload| upload.open(ctx));
        Ok(Sent { given, files, uploads: uploads.collect::<crate::Result<_>>()? })
    }
}

/// What somebody filled in.
#[derive(Debug, InputObject)]
pub struct FormSubmitInput {
    /// Which form.
    form: FormBy,
    /// The answers, one for each field that is answered. If you are signed in, your name and address are filled in
    /// where you leave them out.
    values: Vec<FieldValueInput>,
    /// Whether they agree to the form's `consentText`.
    #[graphql(default = false)]
    consent: bool,
    /// The language in which they read.
    locale: Option<Locale>,
    /// The page that holds the form. Where a browser tells its origin, that counts.
    origin: Option<Url>,
    /// A field that no person sees: leave it empty.
    honeypot: Option<String>,
    /// A solved challenge: `token:n`. Wanted where the form says so, and while many come.
    challenge: Option<String>,
    /// Your name for this call: the same one with the same answers within 24 hours answers the first receipt again.
    client_key: Option<String>,
}

payload!(
    /// Answer about a form.
    FormPayload {
        /// The form as it is now; null when nothing was done.
        form: Form
    }
);

payload!(
    /// Answer to what was sent through a form.
    FormSubmitPayload {
        /// What the sender keeps; null when nothing was done.
        receipt: SubmissionReceipt
    }
);

/// The forms' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "ContactMutation")]
impl Mutation {
    /// Make a form, or change one. For moderators and admins; a token needs WRITE_CONTACT.
    async fn form_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one; without it a new form is made.")] id: Option<ID>,
        #[graphql(desc = "What to write.")] input: FormInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<FormPayload> {
        let id = id.map(|id| decode("form", &id));
        let form = Box::pin(service::save(ctx.cx(), id, input.into(), expected_version)).await;
        FormPayload::settle(ctx, form.map(|row| Form(row.into()))).await
    }

    /// Send a form. Anybody may; `honeypot` must stay empty.
    async fn form_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was filled in.")] input: FormSubmitInput,
    ) -> Result<FormSubmitPayload> {
        let submitted = async {
            let new = NewSubmission {
                form: input.form.into(),
                values: FieldValueInput::list(ctx, input.values)?,
                consent: input.consent,
                locale: input.locale.map(|locale| locale.0),
                origin: input.origin.map(|url| url.0),
                from: ctx.data_opt::<SentFrom>().cloned(),
                honeypot: input.honeypot,
                challenge: input.challenge,
                client_key: input.client_key,
            };
            Box::pin(service::submit(ctx.cx(), new)).await
        };
        let receipt = submitted.await.map(|Receipt { row, token, redirect_url }| {
            SubmissionReceipt { row: row.into(), token, redirect_url }
        });
        FormSubmitPayload::settle(ctx, receipt).await
    }
}
