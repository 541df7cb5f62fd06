use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait as _;

use super::Crew;
use crate::{
    Result,
    app::App,
    cx::Hand,
    queue::{self, NewItem, Timer},
    sql,
};

/// Fires the timers that are due, unless another server did; answers how many fired.
pub async fn fire(app: &App) -> Result<usize> {
    fire_with(app, &Crew::of_server()).await
}

/// The same for other timers than the slices' own.
pub async fn fire_with(app: &App, crew: &Crew) -> Result<usize> {
    Fired::default().look(app, crew).await
}

/// For which moment each timer was seen to have fired, so that nobody asks about it again before the next.
#[derive(Debug, Default)]
pub(super) struct Fired(HashMap<&'static str, DateTime<Utc>>);

impl Fired {
    /// Fires the timers that are due, unless another server did; answers how many fired.
    pub(super) async fn look(&mut self, app: &App, crew: &Crew) -> Result<usize> {
        let mut fired = 0;
        for timer in crew.timers() {
            let moment = moment(app.clock.now(), timer.every);
            if self.0.get(timer.name).is_some_and(|seen| *seen >= moment) {
                continue;
            }
            fired += usize::from(fire_one(app, timer, moment).await?);
            self.0.insert(timer.name, moment);
        }
        Ok(fired)
    }
}

/// The last moment up to now for which the timer fires.
fn moment(now: DateTime<Utc>, every: TimeDelta) -> DateTime<Utc> {
    let every = every.num_milliseconds().max(1);
    let at = now.timestamp_millis();
    DateTime::from_timestamp_millis(at - at.rem_euclid(every)).unwrap_or_default()
}

async fn fire_one(app: &App, timer: &'static Timer, moment: DateTime<Utc>) -> Result<bool> {
    let backend = app.db.backend();
    let seen = "SELECT 1 FROM timer WHERE name = $1 AND fired_at >= $2";
    let values = [timer.name.into(), moment.into()];
    let seen = sql::statement(backend, seen, values.clone());
    if app.db.fresh().query_one_raw(seen).await?.is_some() {
        return Ok(false);
    }
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let tx = cx.begin().await?;
    // Of all servers that come here, one writes; the others wait for it, and find that it is done.
    let mine = "INSERT INTO timer (name, fired_at) VALUES ($1, $2) \
        ON CONFLICT (name) DO UPDATE SET fired_at = $2 WHERE timer.fired_at < $2";
    let written = tx.execute_raw(sql::statement(backend, mine, values)).await?;
    if written.rows_affected() == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    let item = NewItem::new(timer.kind, &())?.once(format!("timer {}", timer.name));
    queue::add(cx, &tx, item).await?;
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_fires_for_whole_numbers_of_its_time() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
        let (now, hour) = (at("2026-05-04T09:59:59.999Z"), TimeDelta::hours(1));
        assert_eq!(moment(now, hour), at("2026-05-04T09:00:00Z"));
        assert_eq!(moment(at("2026-05-04T10:00:00Z"), hour), at("2026-05-04T10:00:00Z"));
        assert_eq!(moment(now, TimeDelta::seconds(5)), at("2026-05-04T09:59:55Z"));
    }
}
