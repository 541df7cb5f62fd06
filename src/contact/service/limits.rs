//! How much may come from one place, of one sender, and through one form.

use std::{net::IpAddr, time::Duration};

use chrono::TimeDelta;
use uuid::Uuid;

use super::challenge::HEAT;
use crate::{
    Cx, Error, Result,
    app::App,
    error::{Detail, ErrorCode, Problem},
    infra::{secrets, throttle::place},
};

/// Calls of one address in an hour, refused ones too; of those with files, as many are read.
const OF_ADDRESS: u32 = 60;
/// Submissions of one address through one form in ten minutes.
const OF_FORM: u32 = 5;
/// Submissions with one sender's address in an hour.
const OF_SENDER: u32 = 10;
/// Submissions through a form in ten minutes from which it wants proof of work.
const HOT: u32 = 20;
const SHORT: TimeDelta = TimeDelta::minutes(10);
const LONG: TimeDelta = TimeDelta::hours(1);

fn take(cx: Cx<'_>, name: &str, most: u32, window: TimeDelta) -> Result<()> {
    let taken = cx.app.windows.take(name, most, window, cx.now());
    taken.map_err(|wait| {
        let message = "too many came from here in a short time: try again later";
        let problem = Problem::at(ErrorCode::RateLimited, [""; 0], message);
        problem.with(Detail::RetryAfter(wait)).into()
    })
}

/// Counts a call, whatever comes of it.
pub(super) fn any(cx: Cx<'_>) -> Result<()> {
    take(cx, &format!("submit:{}", place(cx.address)), OF_ADDRESS, LONG)
}

/// Counts a guest's request with files before any of it is read; or says how long to wait for the next.
pub fn may_send_files(app: &App, address: IpAddr) -> std::result::Result<(), Duration> {
    let name = format!("files:{}", place(address));
    app.windows.take(&name, OF_ADDRESS, LONG, app.clock.now())
}

/// Counts a submission that is good as it stands.
pub(super) fn of_form(cx: Cx<'_>, form: Uuid, email: Option<&str>) -> Result<()> {
    take(cx, &format!("submit:{}:{form}", place(cx.address)), OF_FORM, SHORT)?;
    if let Some(email) = email {
        take(cx, &format!("sender:{}", email.to_lowercase()), OF_SENDER, LONG)?;
    }
    for name in [HEAT.to_owned(), heat(form)] {
        take(cx, &name, u32::MAX, SHORT)?;
    }
    Ok::<_, Error>(())
}

fn heat(form: Uuid) -> String {
    format!("heat:{form}")
}

/// Whether many came through a form lately.
pub(super) fn is_hot(cx: Cx<'_>, form: Uuid) -> bool {
    cx.app.windows.count(&heat(form), cx.now()) >= HOT
}

/// Counts these words, and answers how often they came within the hour before.
pub(super) fn words(cx: Cx<'_>, form: Uuid, words: &str) -> u32 {
    // Short answers are alike by chance.
    if words.chars().count() < 20 {
        return 0;
    }
    let name = format!("words:{form}:{}", secrets::sha256_hex(words));
    let before = cx.app.windows.count(&name, cx.now());
    let _ = cx.app.windows.take(&name, u32::MAX, LONG, cx.now());
    before
}
