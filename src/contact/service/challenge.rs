//! Proof of work: a puzzle that costs a machine a moment, and nobody who watches anything. What is handed out is not kept:
//! it is signed. What was used is, until its time would be over anyway.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};

use crate::{
    Cx, Error, Result,
    app::App,
    entity::spent_challenge,
    error::ErrorCode,
    infra::{secrets, throttle::place},
    sql,
};

/// How long a challenge is good for.
const LIFE: TimeDelta = TimeDelta::minutes(10);
/// The greatest number of an easy one: some hundredths of a second for a browser.
const EASY: u32 = 50_000;
/// What the heat of the last ten minutes is counted under.
pub(super) const HEAT: &str = "contact";
/// Submissions in ten minutes that make it twice as hard.
const STEP: u32 = 20;
/// Challenges of one address in ten minutes that make it twice as hard.
const ASKED: u32 = 10;
const LABEL: &str = "challenge";

/// A puzzle: find the number `n` up to `max_number` for which `hex(SHA-256(salt + n)) = target`.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// What to send back, with `:` and the number behind it.
    pub token: String,
    /// What stands before the number.
    pub salt: String,
    /// What the hash has to be.
    pub target: String,
    /// The greatest number to try.
    pub max_number: u32,
    /// When it is good for nothing any more.
    pub expires_at: DateTime<Utc>,
}

/// A new puzzle: the harder, the more came lately, and the more this address asked for.
pub fn challenge(cx: Cx<'_>) -> Challenge {
    let now = cx.now();
    let asker = format!("challenge:{}", place(cx.address));
    // Counting is all that is wanted; so many are never refused.
    let _ = cx.app.windows.take(&asker, u32::MAX, LIFE, now);
    let heat = cx.app.windows.count(HEAT, now) / STEP + cx.app.windows.count(&asker, now) / ASKED;
    let max_number = EASY << heat.min(5);
    let salt = secrets::token();
    let number = rand::random_range(0..=max_number);
    let target = secrets::sha256_hex(&format!("{salt}{number}"));
    let expires_at = now + LIFE;
    let body = format!("{salt}.{target}.{}", expires_at.timestamp_millis());
    let token = format!("{body}.{}", cx.app.vault.sign(LABEL, body.as_bytes()));
    Challenge { token, salt, target, max_number, expires_at }
}

/// A solved puzzle.
#[derive(Clone, Debug)]
pub(super) struct Solved {
    hash: Vec<u8>,
    expires_at: DateTime<Utc>,
    /// When it was handed out.
    pub(super) issued_at: DateTime<Utc>,
}

/// Checks a solution, without using it up.
pub(super) fn solved(app: &App, solution: &str, now: DateTime<Utc>) -> Result<Solved> {
    let read = || {
        let (token, number) = solution.rsplit_once(':')?;
        let (body, signature) = token.rsplit_once('.')?;
        if number.len() > 10 || !app.vault.is_signed(LABEL, body.as_bytes(), signature) {
            return None;
        }
        let mut parts = body.split('.');
        let (salt, target, until) = (parts.next()?, parts.next()?, parts.next()?);
        let expires_at = DateTime::from_timestamp_millis(until.parse().ok()?)?;
        let right = secrets::sha256_hex(&format!("{salt}{number}")) == target;
        (right && expires_at > now).then(|| Solved {
            hash: secrets::hash(token),
            expires_at,
            issued_at: expires_at - LIFE,
        })
    };
    read().ok_or_else(failed)
}

/// Uses a solution up: in the transaction of what it was for, so that a refusal leaves it good.
pub(super) async fn spend(tx: &impl ConnectionTrait, solved: Solved) -> Result<()> {
    let row =
        spent_challenge::ActiveModel { hash: Set(solved.hash), expires_at: Set(solved.expires_at) };
    if sql::insert_new(tx, row).await? { Ok(()) } else { Err(failed()) }
}

/// Forgets what would be refused anyway.
pub(super) async fn prune(app: &App) -> Result<()> {
    let over = spent_challenge::Column::ExpiresAt.lt(app.clock.now());
    spent_challenge::Entity::delete_many().filter(over).exec(&app.db.write).await?;
    Ok(())
}

pub(super) fn required() -> Error {
    let message = "ask for a challenge, solve it, and send this again with the solution";
    Error::refused(ErrorCode::ChallengeRequired, ["input", "challenge"], message)
}

fn failed() -> Error {
    let message = "this is not solved, was used, or its time is over: ask for another challenge";
    Error::refused(ErrorCode::ChallengeFailed, ["input", "challenge"], message)
}
