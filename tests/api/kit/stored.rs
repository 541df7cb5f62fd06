//! Files with their bytes: kept as an upload would leave them, whatever their names.

use std::{fs::File, io::Write as _};

use async_graphql::{Name, Value as Const, Variables};
use guildhall::{
    Actor,
    engine::Ask,
    entity::{
        blob,
        file::{self, Kind, Visibility},
        file_use::{self, Place as UsedAs},
        storage,
    },
    files::service::On,
    graph::{Sent, Upload, encode},
    infra::store::Place,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Run, TestApp, sha256};

/// A file to keep.
#[derive(Clone, Debug)]
pub struct Stored {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
    pub visibility: Visibility,
    /// Pixels of a picture.
    pub size: Option<(u32, u32)>,
}

impl Stored {
    pub fn text(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let (name, bytes, visibility) = (name.to_owned(), bytes.into(), Visibility::Private);
        Self { name, media_type: "text/plain", bytes, visibility, size: None }
    }

    /// A picture, red on the left and blue on the right.
    pub fn png(name: &str, width: u32, height: u32) -> Self {
        let bytes = picture(width, height, 255);
        let (name, visibility) = (name.to_owned(), Visibility::Private);
        Self { name, media_type: "image/png", bytes, visibility, size: Some((width, height)) }
    }

    pub fn with(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }

    pub fn of_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }

    fn kind(&self) -> Kind {
        match self.media_type.split_once('/') {
            Some(("image", _)) => Kind::Image,
            Some(("video", _)) => Kind::Video,
            Some(("audio", _)) => Kind::Audio,
            Some(("text", _)) | Some((_, "pdf")) => Kind::Document,
            Some((_, "zip")) => Kind::Archive,
            _ => Kind::Other,
        }
    }
}

/// A PNG, red on the left and blue on the right; `alpha` is how opaque.
pub fn picture(width: u32, height: u32, alpha: u8) -> Vec<u8> {
    let pixel = |x: u32, _: u32| match x < width / 2 {
        true => image::Rgba([255, 0, 0, alpha]),
        false => image::Rgba([0, 0, 255, alpha]),
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbaImage::from_fn(width, height, pixel);
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

impl TestApp {
    /// Keeps a file of `owner`, and answers its id.
    pub async fn keep(&self, owner: &Actor, stored: &Stored) -> String {
        let db = &self.app.db.write;
        let sha256 = sha256(&stored.bytes);
        let place = Place::Blob(sha256.clone());
        self.app.store.put(&place, stored.bytes.clone().into()).await.unwrap();
        let size = i64::try_from(stored.bytes.len()).unwrap();
        let touched_at = Set(self.app.clock.now());
        let row = blob::ActiveModel { sha256: Set(sha256.clone()), size: Set(size), touched_at };
        guildhall::sql::insert_new(db, row).await.unwrap();
        let owner = owner.id().unwrap();
        let none = storage::ActiveModel {
            profile_id: Set(owner),
            used: Set(0),
            reserved: Set(0),
            file_count: Set(0),
            upload_count: Set(0),
        };
        guildhall::sql::insert_new(db, none).await.unwrap();
        let row = storage::Entity::find_by_id(owner).one(db).await.unwrap().unwrap();
        let (used, count) = (row.used + size, row.file_count + 1);
        let mut row: storage::ActiveModel = row.into();
        (row.used, row.file_count) = (Set(used), Set(count));
        row.update(db).await.unwrap();
        let pixels = |side: u32| i32::try_from(side).unwrap();
        let id = self.app.clock.key();
        let row = file::ActiveModel {
            id: Set(id),
            owner_id: Set(owner),
            sha256: Set(sha256.clone()),
            sent_sha256: Set(sha256),
            size: Set(size),
            name: Set(stored.name.clone()),
            media_type: Set(stored.media_type.to_owned()),
            width: Set(stored.size.map(|(width, _)| pixels(width))),
            height: Set(stored.size.map(|(_, height)| pixels(height))),
            frames: Set(stored.size.map(|_| 1)),
            blurhash: Set(stored.size.map(|_| "LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned())),
            kind: Set(stored.kind()),
            alt_text: Set(None),
            caption: Set(None),
            visibility: Set(stored.visibility),
            focus_x: Set(500),
            focus_y: Set(500),
        };
        row.insert(db).await.unwrap();
        encode("file", id).to_string()
    }

    /// Hangs a file on something, whatever it is.
    pub async fn use_file(&self, file: Uuid, on: On, place: UsedAs, position: i32) {
        let only = |other: fn(Uuid) -> On| Set((other(on.key()) == on).then_some(on.key()));
        let row = file_use::ActiveModel {
            id: Set(self.app.clock.key()),
            file_id: Set(file),
            place: Set(place),
            position: Set(position),
            profile_id: only(On::Profile),
            post_id: only(On::Post),
            comment_id: only(On::Comment),
            message_id: only(On::Message),
            portfolio_item_id: only(On::PortfolioItem),
            email_id: only(On::Email),
            ..Default::default()
        };
        row.insert(&self.app.db.write).await.unwrap();
    }

    /// Runs an operation of the variable `$file` with a file.
    pub async fn run_with_file(
        &self,
        actor: &Actor,
        query: &str,
        variables: Value,
        (name, bytes): (&str, &[u8]),
    ) -> Run {
        self.statements();
        let mut content: File = tempfile::tempfile().unwrap();
        content.write_all(bytes).unwrap();
        let mut variables = Variables::from_json(variables);
        let stand_in: Const = Upload::stand_in(0);
        variables.insert(Name::new("file"), stand_in);
        let files = vec![Sent { name: Some(name.to_owned()), content }].into();
        let query = Some(query.to_owned());
        let response =
            self.answer(actor, Ask { query, variables, files, ..Ask::default() }).await.response;
        Run {
            data: serde_json::to_value(&response.data).unwrap(),
            errors: response.errors.iter().map(|e| serde_json::to_value(e).unwrap()).collect(),
            sql: self.statements(),
        }
    }

    /// The link to a file, from its path on.
    pub async fn link(&self, actor: &Actor, id: &str) -> String {
        self.field(actor, id, "url").await
    }

    /// A link that a field of a file answers, from its path on.
    pub async fn field(&self, actor: &Actor, id: &str, field: &str) -> String {
        let query =
            format!("query($id: ID!) {{ node(id: $id) {{ ... on File {{ link: {field} }} }} }}");
        let run = self.run_with(actor, &query, json!({ "id": id })).await.ok();
        let link = run.text("node.link").to_owned();
        let base = self.app.config.public_url();
        link.strip_prefix(&base).unwrap_or_else(|| panic!("{link}")).to_owned()
    }
}
