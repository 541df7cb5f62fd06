//! Files that were there before the test began.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    entity::{
        blob,
        file::{self, Kind, Visibility},
    },
    graph::encode,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};

use super::TestApp;

impl TestApp {
    /// A picture of somebody's that only they see; answers its id.
    pub async fn picture(&self, owner: &Actor, name: &str) -> String {
        self.file(owner, name, Kind::Image, Visibility::Private).await
    }

    /// A file of somebody's, without bytes; answers its id.
    pub async fn file(
        &self,
        owner: &Actor,
        name: &str,
        kind: Kind,
        visibility: Visibility,
    ) -> String {
        let id = self.app.clock.key();
        let sha256 = format!("{:0>64}", id.simple());
        let blob = blob::ActiveModel {
            sha256: Set(sha256.clone()),
            size: Set(1_000),
            touched_at: Set(self.app.clock.now() - TimeDelta::hours(2)),
        };
        blob.insert(&self.app.db.write).await.unwrap();
        let is_image = kind == Kind::Image;
        let row = file::ActiveModel {
            id: Set(id),
            owner_id: Set(owner.id().unwrap()),
            sha256: Set(sha256.clone()),
            sent_sha256: Set(sha256),
            size: Set(1_000),
            name: Set(name.to_owned()),
            media_type: Set(if is_image { "image/png" } else { "application/pdf" }.to_owned()),
            width: Set(is_image.then_some(64)),
            height: Set(is_image.then_some(48)),
            frames: Set(is_image.then_some(1)),
            blurhash: Set(is_image.then(|| "L00000fQfQfQfQfQfQfQfQfQfQfQ".to_owned())),
            kind: Set(kind),
            alt_text: Set(None),
            caption: Set(None),
            visibility: Set(visibility),
            focus_x: Set(500),
            focus_y: Set(500),
        };
        row.insert(&self.app.db.write).await.unwrap();
        encode("file", id).to_string()
    }
}
