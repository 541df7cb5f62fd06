//! Two forms for the demo, made as staff make them, and what came in through one.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context as _, Result};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::Community;
use crate::{
    Actor, Cx,
    app::App,
    contact::{
        service::{By, Changes, NewSubmission, save, submit},
        work,
    },
    cx::{Means, Member},
    entity::{account::Role, form::State, work_item},
    fields::{Choice, Field, FieldType, Given},
    files::service::Sent,
    infra::reader::Reader,
    notice,
};

/// Makes the forms of a community that was written; its first member of staff owns them.
pub(super) async fn make(app: &App, community: &Community) -> Result<()> {
    let staff = community.members.iter().find(|member| member.role >= Role::Moderator);
    let staff = staff.context("nobody runs the demo")?;
    let means = Means::Session { id: Uuid::nil(), proved_at: app.clock.now() };
    let actor = Actor::Member(Member { id: staff.id, role: staff.role, means });
    let db = Reader::Pool(app.db.fresh().clone());
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let cx = Cx { app, actor: &actor, address, db: &db };
    for form in [hello(), speak()] {
        let team = Some(vec![Some(staff.id)]);
        save(cx, None, Changes { team, state: Some(State::Open), ..form }, None).await?;
    }
    for (at, [name, email, message]) in (1..).zip(CAME) {
        // From an address each, as three people send.
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, at));
        let cx = Cx { app, actor: &Actor::Guest, address, db: &db };
        submit(cx, said([("name", name), ("email", email), ("message", message)])).await?;
    }
    // Nobody is written to about what is made up.
    let kinds = [work::RECEIVED.name, notice::NOTICE.name];
    let asked = work_item::Entity::delete_many().filter(work_item::Column::Kind.is_in(kinds));
    asked.exec(&app.db.write).await?;
    Ok(())
}

/// Who said hello, and what.
const CAME: [[&str; 3]; 3] = [
    [
        "Ruth Adeyemi",
        "ruth@example.org",
        "I run the looms at the town museum. Could somebody of yours show our school groups how punched cards \
         were read? We would pay for travel and lunch.",
    ],
    [
        "Tomas Lind",
        "tomas.lind@example.net",
        "The link to the notes of the spring meetup leads nowhere since last week. I would love to read them.",
    ],
    [
        "Mei Castellanos",
        "mei@example.com",
        "Is the reading group open to people who are new to this? I can come on Tuesdays.",
    ],
];

fn said(answers: [(&str, &str); 3]) -> NewSubmission {
    let sent = |(field, text): (&str, &str)| Sent {
        given: Given { field: field.to_owned(), text: Some(text.to_owned()), ..Given::default() },
        ..Sent::default()
    };
    NewSubmission {
        form: By::Slug("hello".to_owned()),
        values: answers.map(sent).into(),
        consent: false,
        locale: Some("en".to_owned()),
        origin: None,
        from: None,
        honeypot: None,
        challenge: None,
        client_key: None,
    }
}

fn field(key: &str, label: &str, kind: FieldType, required: bool) -> Field {
    Field {
        key: key.to_owned(),
        label: label.to_owned(),
        help: None,
        placeholder: None,
        kind,
        required,
        options: Vec::new(),
        min_length: None,
        max_length: None,
        min: None,
        max: None,
        pattern: None,
        max_files: None,
        file_types: Vec::new(),
    }
}

fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), color: None }
}

fn hello() -> Changes {
    Changes {
        slug: Some("hello".to_owned()),
        title: Some("Say hello".to_owned()),
        intro: Some(Some("We read everything, and answer within **two days**.".to_owned())),
        fields: Some(vec![
            field("name", "Your name", FieldType::Text, true),
            field("email", "Your address", FieldType::Email, true),
            Field {
                max_length: Some(4_000),
                ..field("message", "What is it about?", FieldType::LongText, true)
            },
        ]),
        submit_label: Some(Some("Send".to_owned())),
        ..Changes::default()
    }
}

fn speak() -> Changes {
    Changes {
        slug: Some("speak".to_owned()),
        title: Some("Speak at a meetup".to_owned()),
        intro: Some(Some("Tell us what you would like to talk about.".to_owned())),
        fields: Some(vec![
            field("name", "Your name", FieldType::Text, true),
            field("email", "Your address", FieldType::Email, true),
            field("title", "Title of the talk", FieldType::Text, true),
            Field {
                options: vec![choice("short", "Ten minutes"), choice("long", "Forty minutes")],
                ..field("length", "How long?", FieldType::SingleChoice, true)
            },
            field("day", "Earliest day", FieldType::Date, false),
            Field {
                file_types: vec!["application/pdf".to_owned(), "text/plain".to_owned()],
                ..field("notes", "Notes or slides", FieldType::File, false)
            },
        ]),
        consent_text: Some(Some("You may keep this until the meetup is over.".to_owned())),
        needs_challenge: Some(true),
        retention: Some(Some(180 * 86_400)),
        ..Changes::default()
    }
}
