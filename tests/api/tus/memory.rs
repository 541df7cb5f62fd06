//! How much memory an upload takes.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use serde_json::json;

use super::killed::{Far, settings};
use crate::{
    chaos::community::{Community, Server},
    kit::{lines, s3::S3},
};

const MB: u64 = 1_000_000;

/// Bytes of memory that a process holds.
fn held(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_take_less_than_twenty_of_memory_more_than_the_first_fifty() {
    takes_little(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_to_an_s3_take_less_than_twenty_of_memory_more_than_the_first_fifty() {
    takes_little(Some(S3::start().await)).await;
}

/// Sends a large file, and then measures larger ones: what the allocator keeps comes with the first, however large. On a
/// busy machine pieces wait in more buffers than before, once; memory that grows with the file does so each time.
async fn takes_little(s3: Option<S3>) {
    let others = s3.as_ref().map(settings).unwrap_or_default();
    let (community, server) = Community::with(None, others).await;
    let token = &community.tokens[0];
    let first = lines(1, 50_000_000);
    let far = Far::start(&server, token, &first).await;
    assert_eq!(far.pour(server.address, 0, &first).await.unwrap(), 204);
    let mut more = Vec::new();
    for size in [100_000_000, 200_000_000] {
        more.push(taken(&server, token, size).await);
        if more.iter().any(|more| *more < 20 * MB) {
            return;
        }
    }
    panic!("bytes more than before, for 100 and 200 MB: {more:?}");
}

/// Bytes of memory that the server takes at most for an upload, beyond what it held before.
async fn taken(server: &Server, token: &str, size: usize) -> u64 {
    let bytes = lines(2, size);
    let far = Far::start(server, token, &bytes).await;
    let process = server.id();
    let before = held(process);
    let (most, ended) = (AtomicU64::new(before), AtomicBool::new(false));
    let watch = async {
        while !ended.load(Ordering::Relaxed) {
            most.fetch_max(held(process), Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let pour = async {
        let status = far.pour(server.address, 0, &bytes).await;
        ended.store(true, Ordering::Relaxed);
        status
    };
    let (status, ()) = tokio::join!(pour, watch);

    assert_eq!(status.unwrap(), 204);
    let answer = server
        .ask(
            token,
            "query($id: ID!) { node(id: $id) { ... on UploadSession { uploadState } } }",
            json!({ "id": far.id }),
        )
        .await;
    assert_eq!(answer["node"]["uploadState"], "READY");
    most.load(Ordering::Relaxed) - before
}
