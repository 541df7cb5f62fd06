//! Servers and Redis are killed while people talk: what was acknowledged is read by everybody, once, and by all
//! in the same order.

#![cfg(unix)]

mod client;
pub mod community;

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{sleep, timeout},
};

use self::{
    client::Client,
    community::{Community, Server},
};
use crate::kit::redis;

/// People who write and read.
const PEOPLE: usize = 20;
/// Lines that each of them writes.
const LINES: usize = 10;
const ALL: usize = PEOPLE * LINES;
/// None of this takes longer, on however busy a machine; on a quiet one it takes a few seconds.
const LONG: Duration = Duration::from_secs(60);
/// One at a time: each keeps a machine busy.
static ALONE: Mutex<()> = Mutex::const_new(());

/// People who write to one server and read from another.
struct Talk {
    acknowledged: Arc<AtomicUsize>,
    writing: JoinSet<()>,
    reading: JoinSet<Vec<String>>,
}

impl Talk {
    async fn begin(community: &Community, writing_at: &Server, reading_at: &Server) -> Self {
        let cursor = community.cursor(writing_at).await;
        let client = |place: usize, address: SocketAddr| {
            let token = community.tokens[place % community.tokens.len()].clone();
            Client { address, token, room: community.room.clone() }
        };
        let acknowledged = Arc::<AtomicUsize>::default();
        let (mut writing, mut reading) = (JoinSet::new(), JoinSet::new());
        for place in 0..PEOPLE {
            reading.spawn(client(place, reading_at.address).read(cursor.clone(), ALL));
            let writer = client(place, writing_at.address);
            writing.spawn(writer.write(lines(place).collect(), acknowledged.clone()));
        }
        Self { acknowledged, writing, reading }
    }

    /// Waits until so many lines are acknowledged.
    async fn reaches(&mut self, count: usize) {
        while self.acknowledged.load(Ordering::Relaxed) < count {
            while let Some(written) = self.writing.try_join_next() {
                written.unwrap();
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Whether something remains to be written.
    fn goes_on(&self) -> bool {
        self.acknowledged.load(Ordering::Relaxed) < ALL
    }

    /// Waits for the end, and looks at what everybody heard.
    async fn until_whole(self) {
        self.writing.join_all().await;
        let heard = self.reading.join_all().await;
        let first = &heard[0];
        assert_eq!(first.len(), ALL, "some heard a line twice, or after the last");
        let wanted: BTreeSet<String> = (0..PEOPLE).flat_map(lines).collect();
        assert_eq!(first.iter().cloned().collect::<BTreeSet<_>>(), wanted);
        for person in 0..PEOPLE {
            let of_person: Vec<_> = lines(person).collect();
            let its: Vec<_> = first.iter().filter(|line| of_person.contains(line)).collect();
            assert!(its.iter().copied().eq(&of_person), "out of order: {its:?}");
        }
        for other in &heard {
            assert_eq!(other, first, "two heard it differently");
        }
    }
}

fn lines(person: usize) -> impl Iterator<Item = String> {
    (0..LINES).map(move |line| format!("line {line} of person {person}"))
}

/// Whether two servers can be tried; says so when they can't.
fn may_be_two(test: &str) -> bool {
    let postgres = std::env::var("GUILDHALL_TEST_DATABASE_URL").is_ok();
    if !postgres {
        eprintln!("{test} is passed over: GUILDHALL_TEST_DATABASE_URL is not set");
    }
    redis::is_there(test) && postgres
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_everything_once_though_the_server_is_killed_again_and_again() {
    let _alone = ALONE.lock().await;
    let chaos = async {
        let (community, mut server) = Community::found(None).await;
        let mut talk = Talk::begin(&community, &server, &server).await;
        for part in 0..4 {
            let moment = ALL * part / 4 + rand::random_range(5..ALL / 5);
            talk.reaches(moment).await;
            assert!(talk.goes_on(), "the kill came too late to matter");
            server.kill();
            server.restart();
        }
        talk.until_whole().await;
    };
    timeout(LONG, chaos).await.expect("not everybody heard everything in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_at_one_server_hears_what_is_written_at_another() {
    if !may_be_two("who_reads_at_one_server_hears_what_is_written_at_another") {
        return;
    }
    let _alone = ALONE.lock().await;
    let chaos = async {
        let (community, one) = Community::found(redis::url()).await;
        let other = community.server();
        Talk::begin(&community, &one, &other).await.until_whole().await;
    };
    timeout(LONG, chaos).await.expect("not everybody heard everything in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_between_servers_while_redis_is_down() {
    if !may_be_two("nothing_is_lost_between_servers_while_redis_is_down") {
        return;
    }
    let _alone = ALONE.lock().await;
    let chaos = async {
        let mut redis = redis::Server::start();
        let (community, one) = Community::found(Some(redis.url())).await;
        let other = community.server();
        let mut talk = Talk::begin(&community, &one, &other).await;
        talk.reaches(ALL / 4).await;
        redis.kill();
        talk.reaches(ALL / 2).await;
        assert!(talk.goes_on(), "Redis came back too late to matter");
        redis.restart();
        talk.until_whole().await;
    };
    timeout(LONG, chaos).await.expect("not everybody heard everything in time");
}
