//! A store that fails: once, for long, and in what it says of it.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::TryStreamExt as _;
use guildhall::{
    Error,
    config::{Config, Secret},
    infra::store::{Patience, Place, Store},
};

use super::{Case, blob, kept, on_s3, pattern, push_all};
use crate::kit::s3::{Fault, SECRET_KEY};

/// Patience for faults that are to last.
const SHORT: Patience =
    Patience { connect: Duration::from_secs(5), silence: Duration::from_secs(2), retries: 1 };

#[tokio::test]
async fn a_store_that_stumbles_once_is_asked_again() {
    let Case { store, s3, .. } = on_s3("p", Patience::default()).await;
    let s3 = s3.unwrap();
    for fault in [Fault::Error, Fault::Close, Fault::Lost] {
        s3.next([fault]);
        store.put(&blob('a'), pattern(10)).await.unwrap();
        s3.next([fault]);
        assert_eq!(store.size(&blob('a')).await.unwrap(), Some(10));
        s3.next([fault]);
        assert_eq!(store.bytes(&blob('a')).await.unwrap().unwrap(), pattern(10));
        s3.next([fault]);
        assert_eq!(kept(&store, Place::BLOBS).await.len(), 1);
        store.delete(&blob('a')).await.unwrap();
    }
}

#[tokio::test]
async fn a_store_that_fails_is_an_error_and_nothing_is_there() {
    let patience = Patience { retries: 1, ..Patience::default() };
    for fault in [Fault::Error, Fault::Forbidden, Fault::Close] {
        nothing_is_there_after(fault, patience).await;
    }
}

#[tokio::test]
async fn a_store_that_says_nothing_is_not_waited_for_long() {
    let start = Instant::now();
    nothing_is_there_after(Fault::Silence, SHORT).await;
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
}

async fn nothing_is_there_after(fault: Fault, patience: Patience) {
    let Case { store, s3, .. } = on_s3("p", patience).await;
    let s3 = s3.unwrap();
    let lasting = || s3.next([fault; 100]);
    let failed = |result: guildhall::Result<()>| {
        assert!(matches!(result, Err(Error::Unavailable)), "{fault:?}: {result:?}");
    };
    lasting();
    let at = blob('a');
    let all = tokio::join!(
        store.put(&at, pattern(10)),
        async { store.write(&at).await.map(|_| ()) },
        async { store.size(&at).await.map(|_| ()) },
        async { store.bytes(&at).await.map(|_| ()) },
        async { store.read(&at, 0..5).await.map(|_| ()) },
        store.delete(&at),
        async { store.list(Place::BLOBS).try_next().await.map(|_| ()) },
        store.check(),
    );
    let (put, write, size, bytes, read, delete, list, check) = all;
    for result in [put, write, size, bytes, read, delete, list, check] {
        failed(result);
    }
    s3.heal();
    assert_eq!(store.size(&blob('a')).await.unwrap(), None, "{fault:?}");

    // It breaks while pieces are on their way.
    let mut writer = store.write(&blob('a')).await.unwrap();
    lasting();
    let _ = writer.push(pattern(9_000_000)).await;
    failed(writer.finish().await);
    s3.heal();
    assert_eq!(store.size(&blob('a')).await.unwrap(), None, "{fault:?}");

    // All came, and then it breaks.
    let mut writer = store.write(&blob('a')).await.unwrap();
    push_all(&mut writer, &pattern(9_000_000), 9_000_000).await;
    while !s3.asked().iter().any(|asked| asked.contains("partNumber")) {
        tokio::task::yield_now().await;
    }
    lasting();
    failed(writer.finish().await);
    s3.heal();
    assert_eq!(store.size(&blob('a')).await.unwrap(), None, "{fault:?}");
}

/// What is logged while it lives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_error_and_no_log_of_the_store_has_its_credentials() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let Case { store, s3, .. } = on_s3("p", SHORT).await;
    let s3 = s3.unwrap();
    let mut shown = format!("{store:?}");
    for fault in [Fault::Error, Fault::Forbidden, Fault::Close, Fault::Silence] {
        s3.next([fault; 50]);
        let error = store.put(&blob('a'), pattern(10)).await.unwrap_err();
        shown.push_str(&format!("{error} {error:?}"));
        assert_eq!(
            error.to_string(),
            "a service behind this one is not available, try again later"
        );
        s3.heal();
    }
    // One that nobody is let in with.
    let mut config = Config::default();
    s3.set(&mut config, "");
    config.store_secret_key = Some(Secret("another/secretSecretSECRET".to_owned()));
    let stranger = Store::open(&config).unwrap();
    assert!(stranger.put(&blob('a'), pattern(10)).await.is_err());
    shown.push_str(&format!("{stranger:?} {config:?}"));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for why in ["the store of files failed", "500", "SignatureDoesNotMatch", "blobs/aa/"] {
        assert!(log.contains(why), "{why}: {log}");
    }
    shown.push_str(&log);
    for secret in [SECRET_KEY, "secretSecretSECRET", "AWS4", "Signature="] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
