//! A store that fails for a while: nothing that counts is lost, and nothing counts that is not there.

use chrono::TimeDelta;
use guildhall::{entity::upload, files};
use reqwest::Method;
use serde_json::json;

use super::{Tus, doors};
use crate::{
    door::{Door, Reply},
    kit::{
        lines,
        s3::{Fault, S3},
    },
};

const MIB: usize = 1024 * 1024;

async fn on_s3() -> (Door, S3) {
    let [_, (door, s3)] = doors().await;
    (door, s3.unwrap())
}

#[tokio::test]
async fn what_could_not_be_put_does_not_count_and_is_sent_again() {
    let (door, s3) = on_s3().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 8 * MIB);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    assert_eq!(tus.send(0, &bytes[..100]).await.status, 204);
    let before = door.test.contents().await;
    s3.next([Fault::Forbidden; 4]);
    let reply = tus.send(100, &bytes[100..]).await;
    s3.heal();
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "5"));
    assert!(before == door.test.contents().await);
    assert_eq!(tus.offset().await, 100);
    assert_eq!(tus.send(100, &bytes[100..]).await.status, 204);
    assert_eq!(door.test.bytes_of(&tus.file().await).await, bytes);
    assert_eq!(door.test.kept().await.len(), 1);
}

#[tokio::test]
async fn an_answer_of_the_store_that_got_lost_costs_nothing() {
    let (door, s3) = on_s3().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 8 * MIB);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    s3.next([Fault::Lost]);
    assert_eq!(tus.send(0, &bytes[..6 * MIB]).await.status, 204);
    s3.next([Fault::Error, Fault::Lost, Fault::Error]);
    assert_eq!(tus.send(6 * MIB, &bytes[6 * MIB..]).await.status, 204);
    assert_eq!(door.test.bytes_of(&tus.file().await).await, bytes);
}

#[tokio::test]
async fn a_file_that_could_not_be_kept_is_kept_later() {
    let (door, s3) = on_s3().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 8 * MIB);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    assert_eq!(tus.send(0, &bytes[..6 * MIB]).await.status, 204);
    let at = s3.asked().len();
    // The last part is put, and read again; then the store is down.
    let rest = &bytes[6 * MIB..];
    let down = async {
        while !s3.asked()[at..].iter().any(|asked| asked.starts_with("PUT ")) {
            tokio::task::yield_now().await;
        }
        s3.next([Fault::Forbidden; 20]);
    };
    let (reply, ()) = tokio::join!(tus.send(6 * MIB, rest), down);
    s3.heal();
    assert_eq!(reply.status, 503, "{reply:#?}");
    assert_eq!(tus.row().await.state, upload::State::Processing);
    assert_eq!(door.test.storage(&ada).await, [0, 8 << 20, 0]);
    door.app.clock.advance(TimeDelta::seconds(6));
    files::resume(&door.app).await.unwrap();
    assert_eq!(tus.row().await.state, upload::State::Ready);
    assert_eq!(door.test.bytes_of(&tus.file().await).await, bytes);
    assert_eq!(door.test.kept().await.len(), 1);
    assert_eq!(s3.unfinished(), 0);
}

#[tokio::test]
async fn parts_that_could_not_be_deleted_are_swept() {
    let (door, s3) = on_s3().await;
    let ada = door.test.member("ada").await;
    let bytes = lines(1, 1_000);
    let tus = Tus::start(&door, &ada, &bytes, json!({})).await;
    assert_eq!(tus.send(0, &bytes[..500]).await.status, 204);
    s3.next([Fault::Forbidden; 1]);
    assert_eq!(Reply::of(tus.request(Method::DELETE)).await.status, 204);
    s3.heal();
    assert_eq!(door.test.kept().await, ["part"]);
    let then = chrono::Utc::now() + TimeDelta::hours(25);
    door.app.clock.advance(then - door.app.clock.now());
    files::sweep(&door.app).await.unwrap();
    assert_eq!(door.test.kept().await, [""; 0]);
    assert_eq!(door.test.storage(&ada).await, [0, 0, 0]);
}
