//! Pictures for the demo: faces, and what stands for portfolio items. They come the way that everybody's do.

use std::{
    fs::File,
    io::Write as _,
    net::{IpAddr, Ipv4Addr},
};

use anyhow::Result;
use uuid::Uuid;

use super::{Community, art};
use crate::{
    Actor, Cx,
    app::App,
    cx::{Means, Member},
    entity::{file::Visibility, file_use::Place},
    files::service::{NewFile, On, hang, store_small},
    infra::reader::Reader,
};

/// Pixels of a face.
const FACE: (u16, u16) = (320, 320);
/// Pixels of what stands for a portfolio item.
const COVER: (u16, u16) = (960, 540);

/// A picture to draw, and what to hang it on.
struct Picture {
    owner: usize,
    on: On,
    place: Place,
    size: (u16, u16),
    name: String,
    shows: String,
}

/// Draws, stores and hangs the pictures of a community that was written.
pub(super) async fn hang_all(app: &App, community: &Community) -> Result<()> {
    let faces = community.members.iter().enumerate().map(|(owner, member)| Picture {
        owner,
        on: On::Profile(member.id),
        place: Place::Avatar,
        size: FACE,
        name: format!("{}.png", member.handle),
        shows: format!("Coloured discs that stand for {}", member.name),
    });
    let covers = community.works.iter().map(|work| Picture {
        owner: work.owner,
        on: On::PortfolioItem(work.id),
        place: Place::Cover,
        size: COVER,
        name: format!("{}.png", work.slug),
        shows: format!("Coloured discs that stand for {}", work.title),
    });
    for (number, picture) in (1..).zip(faces.chain(covers)) {
        let Some(owner) = community.members.get(picture.owner) else { continue };
        let proved_at = app.clock.now();
        let means = Means::Session { id: Uuid::nil(), proved_at };
        let actor = Actor::Member(Member { id: owner.id, role: owner.role, means });
        let db = Reader::Pool(app.db.fresh().clone());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let cx = Cx { app, actor: &actor, address, db: &db };
        let file = store(cx, number, &picture).await?;
        let tx = cx.begin().await?;
        hang(cx, &tx, picture.on, picture.place, &[Some(file)], &[]).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn store(cx: Cx<'_>, number: u64, picture: &Picture) -> Result<Uuid> {
    let (width, height) = picture.size;
    let mut spooled: File = tempfile::tempfile()?;
    spooled.write_all(&art::picture(number, width, height)?)?;
    let new = NewFile {
        name: picture.name.clone(),
        alt_text: Some(picture.shows.clone()),
        visibility: Visibility::Public,
    };
    Ok(store_small(cx, new, spooled, &[], None).await?.id)
}
