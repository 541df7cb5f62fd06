use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::{
    Error,
    entity::email_topic,
    graph::{
        ByteSize, ContextExt, DateTime, EmailAddress, Html, Json, Locale, Markdown, Result,
        UserError, encode,
    },
    mail::{
        service::{self, Choices, Subscription},
        words::{Template, Variable, Wording},
    },
};

/// Words for one purpose, in several languages.
#[derive(Clone, Debug)]
pub struct EmailTemplate(pub Arc<Template>);

/// Words for one purpose, in several languages.
#[Object]
impl EmailTemplate {
    /// The id; of the server's own the same in every community.
    pub(crate) async fn id(&self) -> ID {
        encode("email_template", self.0.id)
    }

    /// What programs call it.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When it is sent.
    async fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// Whether the server sends it: then its words can be changed, and nothing else.
    async fn is_system(&self) -> bool {
        self.0.is_system
    }

    /// The blanks it fills, beside `community`, `url` and `name`, which every template has.
    async fn variables(&self) -> Vec<TemplateVariable> {
        self.0.variables.iter().cloned().map(TemplateVariable::from).collect()
    }

    /// Its languages, by their tags. Readers get their very language, else its main form, else English, else the first.
    async fn translations(&self) -> Vec<EmailTranslation> {
        let shown = |wording: &Wording| EmailTranslation {
            locale: Locale(wording.locale.clone()),
            subject: wording.subject.clone(),
            markdown: Markdown(wording.markdown.clone()),
            preheader: wording.preheader.clone(),
            is_complete: self.0.is_complete(wording),
        };
        self.0.wordings.iter().map(shown).collect()
    }

    /// When the community changed it last; null while the server's own words stand.
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.updated_at.map(DateTime)
    }

    /// Grows by one with each change; 0 while the server's own words stand.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Renders it without sending it; blanks that are unknown or missing come back as errors.
    async fn preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; English without one.")] locale: Option<Locale>,
        #[graphql(desc = "A value for each blank; without it each shows its example.")]
        variables: Option<Json>,
    ) -> Result<EmailPreview> {
        let locale = locale.map_or_else(|| "en".to_owned(), |locale| locale.0);
        let values = variables.map(|values| values.0);
        match service::preview(ctx.cx(), &self.0, &locale, values) {
            Ok(words) => Ok(EmailPreview {
                size: ByteSize(
                    u64::try_from(words.html.len() + words.text.len()).unwrap_or_default(),
                ),
                subject: words.subject,
                html: Html(words.html),
                text: words.text,
                user_errors: Vec::new(),
            }),
            Err(Error::Refused(problems)) => Ok(EmailPreview {
                subject: String::new(),
                html: Html(String::new()),
                text: String::new(),
                size: ByteSize(0),
                user_errors: problems.into_iter().map(UserError::from).collect(),
            }),
            Err(other) => Err(other.into()),
        }
    }
}

/// A blank that a template fills.
#[derive(Clone, Debug, SimpleObject)]
pub struct TemplateVariable {
    /// What the template calls it.
    name: String,
    /// Whether every translation has to use it, and whoever sends has to fill it.
    required: bool,
    /// What a preview shows.
    example: Option<Json>,
    /// What it stands for.
    description: Option<String>,
}

impl From<Variable> for TemplateVariable {
    fn from(variable: Variable) -> Self {
        let Variable { name, required, example, description } = variable;
        Self { name, required, example: example.map(Json), description }
    }
}

/// A template in one language.
#[derive(Clone, Debug, SimpleObject)]
pub struct EmailTranslation {
    /// The language.
    locale: Locale,
    /// The subject, with blanks.
    subject: String,
    /// The text, with blanks such as `{{ name }}`, `{% if note %}…{% endif %}` and `{% for … %}`.
    markdown: Markdown,
    /// What mailboxes show beside the subject; without one, how the text begins.
    preheader: Option<String>,
    /// Whether it uses every blank that it has to.
    is_complete: bool,
}

/// A template, rendered.
#[derive(Debug, SimpleObject)]
pub struct EmailPreview {
    /// The subject; empty when something is wrong.
    subject: String,
    /// The whole page. Show it in a sandboxed frame.
    html: Html,
    /// The plain text.
    text: String,
    /// HTML and text together.
    size: ByteSize,
    /// What does not fit.
    user_errors: Vec<UserError>,
}

/// A kind of mail that people can leave without leaving the others.
#[derive(Clone, Debug)]
pub struct EmailTopic(pub email_topic::Model);

/// A kind of mail that people can leave without leaving the others.
#[Object]
impl EmailTopic {
    /// The id.
    pub(crate) async fn id(&self) -> ID {
        encode("email_topic", self.0.id)
    }

    /// What programs call it.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What comes under it.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Whether whoever said nothing gets it.
    async fn default_on(&self) -> bool {
        self.0.default_on != 0
    }
}

/// Whether an address wants a topic.
#[derive(Clone, Debug, SimpleObject)]
pub struct TopicSubscription {
    /// The topic.
    topic: EmailTopic,
    /// Whether it does. While all is stopped nothing comes, whatever stands here.
    subscribed: bool,
    /// Since when; null while nobody said anything.
    since: Option<DateTime>,
}

impl From<Subscription> for TopicSubscription {
    fn from(one: Subscription) -> Self {
        let Subscription { topic, subscribed, since } = one;
        Self { topic: EmailTopic(topic), subscribed, since: since.map(DateTime) }
    }
}

/// What the reader of a mail wants. Whoever has the link at its foot needs no sign-in.
#[derive(Debug, SimpleObject)]
pub struct EmailChoices {
    /// The address, in lower case.
    email: EmailAddress,
    /// Every topic.
    topics: Vec<TopicSubscription>,
    /// Whether nothing comes but what its reader asks for themselves, as a new password.
    all_stopped: bool,
}

impl From<Choices> for EmailChoices {
    fn from(choices: Choices) -> Self {
        let Choices { email, all_stopped, topics } = choices;
        let topics = topics.into_iter().map(TopicSubscription::from).collect();
        Self { email: EmailAddress(email), topics, all_stopped }
    }
}
