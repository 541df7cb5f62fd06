//! How much memory an upload takes.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use guildhall::files::service::uploads::PART;
use serde_json::json;

use super::killed::{Far, settings};
use crate::{
    chaos::community::{Community, Server},
    kit::{lines, s3::S3},
};

const MB: usize = 1_000_000;

/// Bytes of memory that a process holds.
fn held(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_larger_file_takes_no_more_memory_than_a_smaller_one() {
    takes_little(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_larger_file_on_its_way_to_an_s3_takes_no_more_memory_than_a_smaller_one() {
    takes_little(Some(S3::start().await)).await;
}

/// Bytes that the larger upload may take beyond the smaller. The server holds one part of an upload, and what sent the
/// one before may hold that a moment longer; which of its threads did, and what the allocator keeps of it, differs from
/// run to run, more so on a busy machine. So: two parts for each thread that runs tasks. It is a third of what the files
/// differ by.
const MORE: usize = 2 * THREADS * PART;
/// Threads of the server that run tasks.
const THREADS: usize = 4;

/// Sends a file, that the allocator has what it keeps, and then a smaller and a larger one.
async fn takes_little(s3: Option<S3>) {
    let mut others = s3.as_ref().map(settings).unwrap_or_default();
    others.push(("TOKIO_WORKER_THREADS", THREADS.to_string()));
    let (community, server) = Community::with(None, others).await;
    let token = &community.tokens[0];
    let mut most = Vec::new();
    for size in [40, 50, 180] {
        most.push(taken(&server, token, size * MB).await);
    }
    assert!(most[2] < most[1] + MORE, "bytes of memory for 40, 50 and 180 MB: {most:?}");
}

/// Bytes of memory that the server takes at most while it takes an upload.
async fn taken(server: &Server, token: &str, size: usize) -> usize {
    let bytes = lines(u32::try_from(size).unwrap(), size);
    let far = Far::start(server, token, &bytes).await;
    let process = server.id();
    let (most, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
    let watch = async {
        while !ended.load(Ordering::Relaxed) {
            most.fetch_max(held(process), Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let pour = async {
        let status = far.pour(server.address, 0, &bytes).await;
        // On a busy machine its sender is told before it is a file.
        let mut state = json!("PROCESSING");
        while status.is_ok() && state == "PROCESSING" {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let answer = server.ask(token, STATE, json!({ "id": far.id })).await;
            state = answer["node"]["uploadState"].clone();
        }
        ended.store(true, Ordering::Relaxed);
        (status, state)
    };
    let ((status, state), ()) = tokio::join!(pour, watch);
    assert_eq!((status.unwrap(), state), (204, json!("READY")));
    most.load(Ordering::Relaxed)
}

const STATE: &str = "query($id: ID!) { node(id: $id) { ... on UploadSession { uploadState } } }";
