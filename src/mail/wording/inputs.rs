use async_graphql::{ID, InputObject};

use crate::{
    entity::email::Priority,
    graph::{DateTime, EmailAddress, Json, Locale, Markdown, decode, keys},
    mail::{
        service::{NewEmails, NewTemplate, Recipient},
        words::{Variable, Wording},
    },
};

/// A template, new or changed; what is left out stays.
#[derive(Debug, InputObject)]
pub struct EmailTemplateInput {
    /// What programs call it: 2 to 50 of `a` to `z`, `0` to `9` and `_`, a letter first. It stays as it was made.
    key: Option<String>,
    /// What people call it; at most 100 characters.
    name: Option<String>,
    /// When it is sent; at most 500 characters.
    purpose: Option<String>,
    /// Its blanks, all of them; at most 50.
    variables: Option<Vec<TemplateVariableInput>>,
    /// Its languages, all that the community writes; at most 50. An empty list puts the server's own words back, where
    /// it has some.
    translations: Option<Vec<EmailTranslationInput>>,
}

/// A blank to fill.
#[derive(Debug, InputObject)]
pub struct TemplateVariableInput {
    /// What the template calls it: letters, digits and `_`.
    name: String,
    /// Whether every translation has to use it, and whoever sends has to fill it.
    #[graphql(default = true)]
    required: bool,
    /// What a preview shows.
    example: Option<Json>,
    /// What it stands for.
    description: Option<String>,
}

/// A template in one language.
#[derive(Debug, InputObject)]
pub struct EmailTranslationInput {
    /// The language.
    locale: Locale,
    /// The subject, with blanks; at most 200 characters.
    subject: String,
    /// The text, with blanks; at most 50,000 characters.
    markdown: Markdown,
    /// What mailboxes show beside the subject; at most 200 characters.
    preheader: Option<String>,
}

impl From<EmailTemplateInput> for NewTemplate {
    fn from(input: EmailTemplateInput) -> Self {
        let EmailTemplateInput { key, name, purpose, variables, translations } = input;
        let variable = |one: TemplateVariableInput| Variable {
            name: one.name,
            required: one.required,
            example: one.example.map(|example| example.0),
            description: one.description,
        };
        let wording = |one: EmailTranslationInput| Wording {
            locale: one.locale.0,
            subject: one.subject,
            markdown: one.markdown.0,
            preheader: one.preheader,
        };
        Self {
            key,
            name,
            purpose,
            variables: variables.map(|list| list.into_iter().map(variable).collect()),
            translations: translations.map(|list| list.into_iter().map(wording).collect()),
        }
    }
}

/// Whether to get a topic.
#[derive(Debug, InputObject)]
pub struct TopicChoiceInput {
    /// The topic.
    pub(super) topic: ID,
    /// Whether mail about it is wanted.
    pub(super) subscribed: bool,
}

/// Mail to send: a template, or subject and text.
#[derive(Debug, InputObject)]
pub struct EmailSendInput {
    /// To whom, one mail each; at most 100, and at most 20 without a topic.
    to: Vec<EmailRecipientInput>,
    /// The template, in place of subject and text.
    template: Option<ID>,
    /// The subject; at most 200 characters.
    subject: Option<String>,
    /// The text; at most 50,000 characters.
    markdown: Option<Markdown>,
    /// What it is about, so that people can leave it. BULK mail needs one, and so does mail to more than 20 recipients,
    /// whatever its priority.
    topic: Option<ID>,
    /// Where answers go, if not to the community.
    reply_to: Option<EmailAddress>,
    /// Files of yours to go with it; at most 10.
    attachments: Option<Vec<ID>>,
    /// Words to find the mails by; at most 10 of 50 characters.
    tags: Option<Vec<String>>,
    /// Not before this; at most a year ahead.
    send_at: Option<DateTime>,
    /// Which queue it waits in.
    #[graphql(default_with = "Priority::Transactional")]
    priority: Priority,
    /// Names the call: the same one within 24 hours answers the same mails, and sends nothing.
    client_key: String,
}

/// Who gets it: an address or a member.
#[derive(Debug, InputObject)]
pub struct EmailRecipientInput {
    /// The address.
    email: Option<EmailAddress>,
    /// The member.
    profile: Option<ID>,
    /// Their language; without one a member's own, and English for an address.
    locale: Option<Locale>,
    /// What fills the blanks of the template: an object.
    variables: Option<Json>,
}

impl From<EmailSendInput> for NewEmails {
    fn from(input: EmailSendInput) -> Self {
        let recipient = |one: EmailRecipientInput| Recipient {
            email: one.email.map(|email| email.0),
            profile: one.profile.map(|id| decode("profile", &id)),
            locale: one.locale.map(|locale| locale.0),
            variables: one.variables.map(|values| values.0),
        };
        Self {
            to: input.to.into_iter().map(recipient).collect(),
            template: input.template.map(|id| decode("email_template", &id)),
            subject: input.subject,
            markdown: input.markdown.map(|text| text.0),
            topic: input.topic.map(|id| decode("email_topic", &id)),
            reply_to: input.reply_to.map(|email| email.0),
            attachments: keys("file", input.attachments.unwrap_or_default()),
            tags: input.tags.unwrap_or_default(),
            send_at: input.send_at.map(|at| at.0),
            priority: input.priority,
            client_key: input.client_key,
        }
    }
}
