//! A server that is killed while it sends: no mail is lost, and what came twice bears one Message-ID.

#![cfg(unix)]

use std::{collections::BTreeSet, time::Duration};

use guildhall::{
    app::App,
    clock::Clock,
    config::Config,
    cx::Hand,
    entity::email::{self, State},
    infra::db::Db,
    mail::service::put,
};
use sea_orm::EntityTrait as _;
use tokio::time::{sleep, timeout};

use super::server::{Server, Wire};
use crate::{
    chaos::community::Community,
    kit::{SECRET, mail_to},
};

const MAILS: usize = 200;
/// Mails that a worker has in hand at a time.
const IN_HAND: usize = 8;
/// Longer than the leases of a killed worker, on however busy a machine.
const LONG: Duration = Duration::from_secs(150);

/// The rows of a community whose server is down.
async fn open(community: &Community) -> App {
    let config = Config {
        data_dir: community.folder().to_owned(),
        database_url: community.database(),
        ..Config::default()
    };
    let db = Db::connect(&config, None).await.unwrap();
    App::new(config, db, Clock::default(), SECRET).unwrap()
}

fn ids(server: &Server) -> BTreeSet<String> {
    server.got().iter().map(|got| got.header("Message-ID").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_is_lost_though_the_server_is_killed_while_it_sends() {
    let sink = Server::open(Wire::Plain).await;
    sink.pace(Duration::from_millis(20));
    let url = format!("smtp://127.0.0.1:{}", sink.address.port());
    let (community, mut server) = Community::with(None, vec![("GUILDHALL_SMTP_URL", url)]).await;
    server.kill();
    let app = open(&community).await;
    let hand = Hand::of_server(&app);
    let tx = hand.cx(&app).begin().await.unwrap();
    for n in 0..MAILS {
        put(hand.cx(&app), &tx, mail_to(&format!("ada{n}@example.org"))).await.unwrap();
    }
    tx.commit().await.unwrap();
    app.db.clone().close().await;
    drop((hand, app));
    server.restart();
    let kills = 4;
    let chaos = async {
        for kill in 1..=kills {
            while sink.got().len() < kill * MAILS / (kills + 1) {
                sleep(Duration::from_millis(1)).await;
            }
            assert!(ids(&sink).len() < MAILS, "the kill came too late to matter");
            server.kill();
            server.restart();
        }
        while ids(&sink).len() < MAILS {
            sleep(Duration::from_millis(20)).await;
        }
        // The last ones are written down, too.
        sleep(Duration::from_secs(2)).await;
    };
    timeout(LONG, chaos).await.expect("a mail was lost");
    server.kill();
    let repeats = sink.got().len() - MAILS;
    assert!(repeats <= kills * IN_HAND, "{repeats} came twice");
    let app = open(&community).await;
    let mails = email::Entity::find().all(&app.db.write).await.unwrap();
    let sent: Vec<_> = mails.iter().filter(|mail| mail.state == State::Sent).collect();
    assert_eq!(sent.len(), MAILS);
    let refs: BTreeSet<_> = sent.iter().map(|mail| format!("<{}>", mail.message_ref)).collect();
    assert_eq!(refs, ids(&sink));
}
