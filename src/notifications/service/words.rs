//! A notification in one line, in the languages that the server speaks, and where it leads.

use super::Subject;
use crate::{config::Config, entity::notification::Kind, typeid};

/// Where a front end shows what a notification is about.
pub fn url(config: &Config, kind: Kind, subject: Subject) -> String {
    let (path, id) = match subject {
        Subject::Post(_) => ("posts", "post"),
        Subject::Comment(_) => ("comments", "comment"),
        Subject::Message(_) => ("messages", "message"),
        Subject::Conversation(_) => ("conversations", "conversation"),
        Subject::Member(_) => ("profiles", "profile"),
        Subject::PortfolioItem(_) => ("portfolio", "portfolio_item"),
        Subject::Submission(_) => ("submissions", "submission"),
        Subject::Task(_) => ("tasks", "task"),
        Subject::Application(_) => ("applications", "application"),
    };
    let below = match kind {
        Kind::Follow => "/followers",
        Kind::Endorsement => "/skills",
        _ => "",
    };
    format!("{}/{path}/{}{below}", config.public_url(), typeid::encode(id, subject.key()))
}

/// What a notification says: `names` are those of the last who caused it, latest first, `count` is how many did.
pub fn summary(locale: &str, kind: Kind, subject: Subject, names: &[&str], count: i32) -> String {
    let german = locale.split('-').next() == Some("de");
    let who = who(german, names, usize::try_from(count).unwrap_or_default());
    if german {
        in_german(kind, subject, &who, count)
    } else {
        in_english(kind, subject, &who, count)
    }
}

fn who(german: bool, names: &[&str], count: usize) -> String {
    let (somebody, and) = if german { ("Jemand", "und") } else { ("Somebody", "and") };
    match (names, count) {
        ([], _) => somebody.to_owned(),
        ([one, ..], 0 | 1) => (*one).to_owned(),
        ([one, two, ..], 2) => format!("{one} {and} {two}"),
        ([one, ..], 2) => format!("{one} {and} {}", if german { "jemand" } else { "somebody" }),
        ([one, ..], more) => {
            let others = if german { "weitere" } else { "others" };
            format!("{one} {and} {} {others}", more - 1)
        }
    }
}

fn in_english(kind: Kind, subject: Subject, who: &str, count: i32) -> String {
    let what = match subject {
        Subject::Post(_) => "post",
        Subject::Comment(_) => "comment",
        Subject::Message(_) => "message",
        Subject::Conversation(_) => "conversation",
        Subject::Member(_) => "profile",
        Subject::PortfolioItem(_) => "portfolio item",
        Subject::Submission(_) => "submission",
        Subject::Task(_) => "task",
        Subject::Application(_) => "application",
    };
    match kind {
        Kind::Mention => format!("{who} mentioned you in a {what}"),
        Kind::Reply => format!("{who} replied to your comment"),
        Kind::Comment => format!("{who} commented on a {what}"),
        Kind::Reaction => format!("{who} reacted to your {what}"),
        Kind::Follow if count > 1 => format!("{who} follow you"),
        Kind::Follow => format!("{who} follows you"),
        Kind::Message => format!("{who} wrote to you"),
        Kind::Endorsement => format!("{who} endorsed skills of yours"),
        Kind::Collaboration => format!("{who} wants to credit you on a portfolio item"),
        Kind::SubmissionReceived => "Something came through a contact form".to_owned(),
        Kind::SubmissionReply => format!("{who} answered what you sent"),
        Kind::TaskAssigned => format!("{who} gave you a task"),
        Kind::TaskDue => "It is time for a task of yours".to_owned(),
        Kind::ApplicationReceived => format!("{who} applied to a job"),
        Kind::ApplicationUpdated => "Your application moved on".to_owned(),
    }
}

fn in_german(kind: Kind, subject: Subject, who: &str, count: i32) -> String {
    let many = count > 1;
    let has = if many { "haben" } else { "hat" };
    let (a, your) = match subject {
        Subject::Post(_) => ("einem Beitrag", "deinen Beitrag"),
        Subject::Comment(_) => ("einem Kommentar", "deinen Kommentar"),
        Subject::Message(_) => ("einer Nachricht", "deine Nachricht"),
        Subject::Conversation(_) => ("einem Gespräch", "dein Gespräch"),
        Subject::Member(_) => ("einem Profil", "dein Profil"),
        Subject::PortfolioItem(_) => ("einer Arbeit", "deine Arbeit"),
        Subject::Submission(_) => ("einer Einsendung", "deine Einsendung"),
        Subject::Task(_) => ("einer Aufgabe", "deine Aufgabe"),
        Subject::Application(_) => ("einer Bewerbung", "deine Bewerbung"),
    };
    match kind {
        Kind::Mention => format!("{who} {has} dich in {a} erwähnt"),
        Kind::Reply => format!("{who} {has} auf deinen Kommentar geantwortet"),
        Kind::Comment => format!("{who} {has} zu {a} kommentiert"),
        Kind::Reaction => format!("{who} {has} auf {your} reagiert"),
        Kind::Follow => format!("{who} {} dir", if many { "folgen" } else { "folgt" }),
        Kind::Message => format!("{who} {has} dir geschrieben"),
        Kind::Endorsement => format!("{who} {has} Fähigkeiten von dir bestätigt"),
        Kind::Collaboration => format!(
            "{who} {} dich bei einer Arbeit nennen",
            if many { "möchten" } else { "möchte" }
        ),
        Kind::SubmissionReceived => "Über ein Kontaktformular ist etwas gekommen".to_owned(),
        Kind::SubmissionReply => format!("{who} {has} auf deine Einsendung geantwortet"),
        Kind::TaskAssigned => format!("{who} {has} dir eine Aufgabe gegeben"),
        Kind::TaskDue => "Es ist Zeit für eine Aufgabe von dir".to_owned(),
        Kind::ApplicationReceived => format!("{who} {has} sich beworben"),
        Kind::ApplicationUpdated => "Deine Bewerbung ist weitergekommen".to_owned(),
    }
}
