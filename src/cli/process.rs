//! What `serve` and `work` share: signals, and what both see to.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{app::App, files};

/// How often uploads are taken up of which a killed server has made no file.
const RESUME: Duration = Duration::from_secs(5);

/// Stops the process in order at the first SIGTERM or Ctrl-C, and at once at the second.
pub(super) async fn stop_on_signal(mut signals: Signals, stop: CancellationToken) {
    signals.next().await;
    tracing::info!("stopping: what runs comes to its end; once more to stop at once");
    stop.cancel();
    signals.next().await;
    std::process::exit(130);
}

/// SIGTERM and Ctrl-C, heard from the moment this is made.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn hear() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn hear() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Takes up uploads whose server was killed, now and every few seconds.
pub(super) async fn resume(app: Arc<App>) {
    let mut ticks = tokio::time::interval(RESUME);
    loop {
        ticks.tick().await;
        if let Err(error) = files::resume(&app).await {
            tracing::warn!(%error, "could not look for uploads to finish; next try in a moment");
        }
    }
}
