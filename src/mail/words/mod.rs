//! What mails say: templates filled with values, in HTML and in plain text.

mod layout;
pub mod system;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::{
    Cx, Error, Result,
    config::Config,
    error::ErrorCode,
    mail::service::{NewMail, Written},
    markdown,
};

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The whole HTML page.
    pub html: String,
}

/// What a mail says to its reader.
pub async fn render(cx: Cx<'_>, _tx: &impl ConnectionTrait, new: &NewMail) -> Result<Words> {
    let config = &cx.app.config;
    let (subject, body) = match &new.written {
        Written::Own { subject, markdown } => {
            (subject.clone(), (markdown.clone(), markdown.clone()))
        }
        Written::Template(key, variables) => {
            let text = system::text(key, &new.to.locale)
                .ok_or_else(|| Error::bug(format!("there is no template {key}")))?;
            let variables = with_usual(variables, config, new);
            let subject = fill(text.subject, &variables, false)?;
            let plain = fill(text.markdown, &variables, false)?;
            let marked = fill(text.markdown, &variables, true)?;
            (subject, (marked, plain))
        }
    };
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let html = markdown::render(&body.0).html;
    let html = layout::page(config, &subject, &html, &new.to.locale);
    Ok(Words { subject, text: body.1, html })
}

/// Who mails are from.
pub fn sender(config: &Config) -> String {
    config.mail_from.clone().unwrap_or_else(|| {
        let name: String = config.name.chars().filter(|c| !"\"\\<>".contains(*c)).collect();
        format!("\"{name}\" <guildhall@{}>", domain(config))
    })
}

/// The domain that Message-IDs end in.
pub fn domain(config: &Config) -> String {
    let url = url::Url::parse(&config.public_url()).ok();
    let host = url.as_ref().and_then(|url| url.domain()).unwrap_or("localhost");
    host.to_owned()
}

/// The blanks that every template may use, beside its own.
fn with_usual(variables: &Value, config: &Config, new: &NewMail) -> Value {
    let mut all = serde_json::json!({
        "community": config.name,
        "url": config.public_url(),
        "name": new.to.name.clone().unwrap_or_default(),
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut all, variables) {
        all.extend(own.clone());
    }
    all
}

/// Fills the blanks; for Markdown, so that what was filled in is words and nothing else.
fn fill(text: &str, variables: &Value, marked: bool) -> Result<String> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(move |_| {
        if marked { AutoEscape::Custom("markdown".into()) } else { AutoEscape::None }
    });
    env.set_formatter(|out, state, value| {
        if matches!(state.auto_escape(), AutoEscape::Custom(_)) && !value.is_safe() {
            for c in value.to_string().chars() {
                if c.is_ascii_punctuation() {
                    out.write_str("\\")?;
                }
                out.write_str(c.encode_utf8(&mut [0; 4]))?;
            }
            return Ok(());
        }
        write!(out, "{value}").map_err(Into::into)
    });
    env.set_fuel(Some(50_000));
    let filled = env.render_str(text, minijinja::value::Serde(variables));
    filled.map_err(|error| {
        Error::refused(ErrorCode::Invalid, ["input", "variables"], error.to_string())
    })
}
