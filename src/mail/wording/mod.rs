//! What mails say and who wants them, in the graph.

mod inputs;
mod loaders;
mod mutation;
mod query;
mod types;

pub use inputs::{
    EmailRecipientInput, EmailSendInput, EmailTemplateInput, EmailTranslationInput,
    TemplateVariableInput, TopicChoiceInput,
};
pub use loaders::WordsLoaders;
pub use mutation::{EmailChoicesPayload, EmailTemplatePayload, EmailTopicPayload, WordsMutation};
pub use query::{WordsDesk, WordsQuery};
pub use types::{
    EmailChoices, EmailPreview, EmailTemplate, EmailTopic, EmailTranslation, TemplateVariable,
    TopicSubscription,
};
