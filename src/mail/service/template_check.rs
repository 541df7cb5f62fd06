use std::collections::HashSet;

use crate::{
    check::Check,
    error::ErrorCode,
    mail::words::{
        self, Template, USUAL, Variable, Wording,
        fill::{Fault, blanks},
        phrases,
    },
};

/// A template, as it is to be: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct NewTemplate {
    /// What programs call it: 2 to 50 of `a` to `z`, `0` to `9` and `_`.
    pub key: Option<String>,
    /// What people call it: at most 100 characters.
    pub name: Option<String>,
    /// When it is sent: at most 500 characters.
    pub purpose: Option<String>,
    /// Its blanks: at most 50.
    pub variables: Option<Vec<Variable>>,
    /// Its languages: at most 50.
    pub translations: Option<Vec<Wording>>,
}

/// Checks blanks.
pub(super) fn variables(check: &mut Check, variables: &[Variable]) -> Vec<Variable> {
    check.list(&["variables"], variables, 50);
    let mut names = HashSet::new();
    let mut good = Vec::new();
    for (at, variable) in variables.iter().enumerate() {
        let at = at.to_string();
        let path = ["variables", &at, "name"];
        let name = check.line(&path, &variable.name, 1..=50);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !name.is_empty() && (!begins || !name.chars().all(plain)) {
            let message = "use letters without accents, digits and _, a letter first";
            check.problem(ErrorCode::Invalid, &path, message);
        }
        if USUAL.contains(&&*name) {
            let message = "every template has this blank already";
            check.problem(ErrorCode::Taken, &path, message);
        }
        if !names.insert(name.clone()) {
            check.problem(ErrorCode::Duplicate, &path, "this blank is there twice");
        }
        let example = variable.example.as_ref().map(|example| example.to_string().len());
        if example.is_some_and(|bytes| bytes > 2_000) {
            let message = "an example has at most 2,000 bytes";
            check.problem(ErrorCode::TooLong, &["variables", &at, "example"], message);
        }
        let description = variable.description.as_deref();
        let path = ["variables", &at, "description"];
        let description = description.and_then(|text| check.optional_line(&path, text, 500));
        good.push(Variable { name, description, ..variable.clone() });
    }
    good
}

/// Checks what a template says in several languages: that each is a template, uses every blank that it has to, and
/// none that nobody fills.
pub(super) fn translations(
    check: &mut Check,
    translations: &[Wording],
    variables: &[Variable],
) -> Vec<Wording> {
    check.list(&["translations"], translations, 50);
    let mut good: Vec<Wording> = Vec::new();
    for (at, wording) in translations.iter().enumerate() {
        let at = at.to_string();
        let path = |field| ["translations", &at, field];
        let locale = phrases::locale(&wording.locale);
        if locale.is_none() {
            let message = "write a language as BCP 47 does: de, pt-BR";
            check.problem(ErrorCode::Invalid, &path("locale"), message);
        }
        let locale = locale.unwrap_or_default();
        if !locale.is_empty() && good.iter().any(|other| other.locale == locale) {
            let message = "this language is there twice";
            check.problem(ErrorCode::Duplicate, &path("locale"), message);
        }
        let subject = check.line(&path("subject"), &wording.subject, 1..=200);
        let markdown = check.text(&path("markdown"), &wording.markdown, 1..=50_000);
        let preheader = wording.preheader.as_deref();
        let preheader =
            preheader.and_then(|text| check.optional_line(&path("preheader"), text, 200));
        let wording = Wording { locale, subject, markdown, preheader };
        fields(check, &at, &wording, variables);
        good.push(wording);
    }
    good
}

fn fields(check: &mut Check, at: &str, wording: &Wording, variables: &[Variable]) {
    let mut used = HashSet::new();
    let mut is_template = true;
    let preheader = wording.preheader.as_deref().unwrap_or_default();
    let texts =
        [("subject", &*wording.subject), ("markdown", &wording.markdown), ("preheader", preheader)];
    for (field, text) in texts {
        let path = ["translations", at, field];
        match blanks(text) {
            Err(fault) => {
                is_template = false;
                check.problem(ErrorCode::Invalid, &path, fault.to_string());
            }
            Ok(names) => {
                for name in names {
                    let is_known = USUAL.contains(&&*name)
                        || variables.iter().any(|variable| variable.name == name);
                    if !is_known {
                        is_template = false;
                        let line = text.lines().position(|line| line.contains(&*name));
                        let message = format!("there is no blank called `{name}`");
                        let fault = Fault { line: line.map(|line| line + 1), message };
                        check.problem(ErrorCode::Invalid, &path, fault.to_string());
                    }
                    used.insert(name);
                }
            }
        }
    }
    if !is_template {
        return;
    }
    for variable in variables.iter().filter(|v| v.required && !used.contains(&v.name)) {
        let message = format!("put the blank `{{{{ {} }}}}` in: it has to be there", variable.name);
        check.problem(ErrorCode::Required, &["translations", at, "markdown"], message);
    }
}

/// Checks that what is written already still fits the blanks.
pub(super) fn still_fit(check: &mut Check, templates: &[Template], variables: &[Variable]) {
    for wording in templates.iter().flat_map(|template| &template.wordings) {
        for name in words::used(wording).unwrap_or_default() {
            let is_known =
                USUAL.contains(&&*name) || variables.iter().any(|known| known.name == name);
            if !is_known {
                let message = format!("the words in {} use the blank `{name}`", wording.locale);
                check.problem(ErrorCode::StateNotAllowed, &["variables"], message);
            }
        }
    }
}
