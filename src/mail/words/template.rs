//! A template: the server's words, with the community's in their place where it has some.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Words,
    body::body,
    fill::{Fault, Form, MOST, blanks, fill, one_line},
    layout::{self, Leave},
    phrases::{LANGUAGES, language},
    system::{self, SYSTEM, System},
};
use crate::{
    config::Config,
    entity::{email_template, email_translation},
    markdown,
};

/// The blanks that every template may use, beside its own.
pub const USUAL: [&str; 3] = ["community", "url", "name"];

/// A blank that a template fills.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// What the template calls it.
    pub name: String,
    /// Whether every wording has to use it, and whoever sends has to fill it.
    pub required: bool,
    /// What a preview shows.
    #[serde(default)]
    pub example: Option<Value>,
    /// What it stands for.
    #[serde(default)]
    pub description: Option<String>,
}

/// A template in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The language, as a BCP 47 tag.
    pub locale: String,
    /// The subject, with blanks.
    pub subject: String,
    /// The text, with blanks.
    pub markdown: String,
    /// What mailboxes show beside the subject; without one, how the text begins.
    pub preheader: Option<String>,
}

/// Words for one purpose, in several languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Its key in the database, where it has a row.
    pub id: Uuid,
    /// What programs call it.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// When it is sent.
    pub purpose: String,
    /// Whether the server sends it.
    pub is_system: bool,
    /// Its blanks.
    pub variables: Vec<Variable>,
    /// Its languages, by their tags.
    pub wordings: Vec<Wording>,
    /// Grows by one with each change; 0 while the server's words stand.
    pub version: i32,
    /// When it was changed last.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Template {
    /// The server's template as it comes.
    pub fn of_server(system: &System) -> Self {
        let variables = system.variables.iter().map(|(name, example)| Variable {
            name: (*name).to_owned(),
            required: example.starts_with("http"),
            example: Some(serde_json::from_str(example).unwrap_or_else(|_| json!(example))),
            description: None,
        });
        let wordings = system.texts.iter().filter_map(|(locale, _)| {
            let text = system.text(locale)?;
            Some(Wording {
                locale: (*locale).to_owned(),
                subject: text.subject.to_owned(),
                markdown: text.markdown.to_owned(),
                preheader: None,
            })
        });
        Self {
            id: system::id(system.key),
            key: system.key.to_owned(),
            name: system.name.to_owned(),
            purpose: system.purpose.to_owned(),
            is_system: true,
            variables: variables.collect(),
            wordings: wordings.collect(),
            version: 0,
            updated_at: None,
        }
        .in_order()
    }

    /// What the community has written, over the server's words where they have the same key.
    pub fn of(row: email_template::Model, translations: Vec<email_translation::Model>) -> Self {
        let own = translations.into_iter().map(|translation| Wording {
            locale: translation.locale,
            subject: translation.subject,
            markdown: translation.markdown,
            preheader: translation.preheader,
        });
        let own: Vec<Wording> = own.collect();
        if let Some(system) = system::named(&row.key) {
            let mut template = Self::of_server(system);
            template.wordings.retain(|kept| own.iter().all(|own| own.locale != kept.locale));
            template.wordings.extend(own);
            let (version, updated_at) = (row.version, Some(row.updated_at));
            return Self { version, updated_at, ..template }.in_order();
        }
        Self {
            id: row.id,
            key: row.key,
            name: row.name,
            purpose: row.purpose,
            is_system: false,
            variables: serde_json::from_str(&row.variables).unwrap_or_default(),
            wordings: own,
            version: row.version,
            updated_at: Some(row.updated_at),
        }
        .in_order()
    }

    /// All that the server has, as they come.
    pub fn all_of_server() -> impl Iterator<Item = Self> {
        SYSTEM.iter().map(Self::of_server)
    }

    fn in_order(mut self) -> Self {
        self.wordings.sort_by(|a, b| a.locale.cmp(&b.locale));
        self
    }

    /// The words for somebody: in their very language, in its main form, in English, in any.
    pub fn wording(&self, locale: &str) -> Option<&Wording> {
        let [english, ..] = LANGUAGES;
        let of = |tag: &str| {
            self.wordings.iter().find(|wording| wording.locale.eq_ignore_ascii_case(tag))
        };
        of(locale)
            .or_else(|| of(language(locale)))
            .or_else(|| of(english))
            .or_else(|| self.wordings.first())
    }

    /// Whether a wording uses every blank that it has to.
    pub fn is_complete(&self, wording: &Wording) -> bool {
        let used = used(wording).unwrap_or_default();
        self.variables.iter().all(|variable| !variable.required || used.contains(&variable.name))
    }

    /// What is wrong with values for the blanks: each name with why.
    pub fn unfit(&self, values: &Map<String, Value>) -> Vec<(String, &'static str)> {
        let known = |name: &str| {
            USUAL.contains(&name) || self.variables.iter().any(|variable| variable.name == name)
        };
        let unknown = values.keys().filter(|name| !known(name));
        let unknown = unknown.map(|name| (name.clone(), "the template has no such blank"));
        let missing = self.variables.iter().filter(|variable| {
            let value = values.get(&variable.name);
            variable.required && value.is_none_or(|value| value.is_null() || value == "")
        });
        unknown.chain(missing.map(|one| (one.name.clone(), "the template needs this"))).collect()
    }

    /// What a preview fills the blanks with.
    pub fn examples(&self) -> Map<String, Value> {
        let example = |variable: &Variable| {
            let name = || Value::String(variable.name.clone());
            (variable.name.clone(), variable.example.clone().unwrap_or_else(name))
        };
        self.variables.iter().map(example).collect()
    }

    /// The mail that it makes for somebody; `name` is what they are called.
    pub fn render(
        &self,
        config: &Config,
        locale: &str,
        name: Option<&str>,
        values: &Map<String, Value>,
        leave: Option<&Leave>,
    ) -> Result<Words, Fault> {
        let nothing = || Fault { line: None, message: "the template has no words".to_owned() };
        let wording = self.wording(locale).ok_or_else(nothing)?;
        let mut all = Map::new();
        // What need not be filled is empty.
        all.extend(
            self.variables
                .iter()
                .filter(|v| !self.is_system && !v.required)
                .map(|one| (one.name.clone(), Value::String(String::new()))),
        );
        all.insert("community".to_owned(), json!(config.name));
        all.insert("url".to_owned(), json!(config.public_url()));
        all.insert("name".to_owned(), json!(name.unwrap_or_default()));
        all.extend(values.clone());
        let all = Value::Object(all);
        let subject = fill(&wording.subject, &all, Form::Line)?;
        let marked = fill(&wording.markdown, &all, Form::Markdown)?;
        let preheader = wording.preheader.as_deref();
        let preheader = preheader.map(|text| fill(text, &all, Form::Line)).transpose()?;
        Letterhead { config, locale: &wording.locale, leave }
            .around(&subject, preheader, &marked, false)
    }
}

/// The blanks that a wording uses.
pub fn used(wording: &Wording) -> Result<BTreeSet<String>, Fault> {
    let mut used = blanks(&wording.subject)?;
    used.extend(blanks(&wording.markdown)?);
    if let Some(preheader) = &wording.preheader {
        used.extend(blanks(preheader)?);
    }
    Ok(used)
}

/// What stands around the words of a mail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letterhead<'a> {
    pub(super) config: &'a Config,
    pub(super) locale: &'a str,
    pub(super) leave: Option<&'a Leave>,
}

impl Letterhead<'_> {
    /// The whole mail around its text.
    pub(super) fn around(
        self,
        subject: &str,
        preheader: Option<String>,
        source: &str,
        autolink: bool,
    ) -> Result<Words, Fault> {
        let Letterhead { config, locale, leave } = self;
        let subject = one_line(subject);
        let body = body(source, autolink);
        let preheader = preheader.unwrap_or_else(|| markdown::plain_text(&body.html, Some(120)));
        let html = layout::page(config, locale, &subject, &preheader, &body.html, leave);
        let text = layout::text(config, locale, &body.text, leave);
        if html.len() > MOST || text.len() > MOST {
            let message = format!("this becomes longer than {} kB", MOST / 1024);
            return Err(Fault { line: None, message });
        }
        Ok(Words { subject, text, html })
    }
}
