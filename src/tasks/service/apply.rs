use chrono::{DateTime, SecondsFormat, SubsecRound as _, Utc};

use super::{
    desk::Desk,
    input::{Changes, Checked},
};
use crate::{entity::task, markdown};

/// Characters of a description that its history shows.
const SHOWN: usize = 200;

/// Sets the texts, numbers and days of a task, and notes what that changed in its history; answers the names of the
/// fields. `mentions` are those of the description.
pub(super) fn apply(
    desk: &mut Desk,
    task: &mut task::Model,
    changes: &Changes,
    checked: &Checked,
    mentions: &Option<String>,
) -> Vec<&'static str> {
    let before = task.clone();
    let mut fields = Vec::new();
    if let Some(title) = checked.title.as_ref().filter(|title| **title != before.title) {
        task.title.clone_from(title);
        task.title_key = title.to_lowercase();
        desk.updated(&before, "title", Some(before.title.clone()), Some(title.clone()));
        fields.push("title");
    }
    if let Some((source, rendered)) = &checked.description
        && *source != before.description_source
    {
        task.description_source.clone_from(source);
        task.description_html.clone_from(&rendered.html);
        task.mentions.clone_from(mentions);
        let words = |html: &str| {
            Some(markdown::plain_text(html, Some(SHOWN))).filter(|text| !text.is_empty())
        };
        let (was, is) = (words(&before.description_html), words(&rendered.html));
        desk.updated(&before, "description", was, is);
        fields.push("description");
    }
    if let Some(priority) = changes.priority.filter(|priority| *priority != before.priority) {
        task.priority = priority;
        desk.updated(&before, "priority", urgency(before.priority), urgency(priority));
        fields.push("priority");
    }
    if let Some(estimate) = checked.estimate.filter(|estimate| *estimate != before.estimate) {
        task.estimate = estimate;
        desk.updated(&before, "estimate", number(before.estimate), number(estimate));
        fields.push("estimate");
    }
    if let Some(day) = changes.starts_on.filter(|day| *day != before.starts_on) {
        task.starts_on = day;
        let words = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
        desk.updated(&before, "startOn", words(before.starts_on), words(day));
        fields.push("startOn");
    }
    if let Some(due) = changes.due_at {
        // As finely as cursors say it.
        task.due_at = due.map(|due| due.trunc_subsecs(3));
    }
    if let Some(has_time) = changes.due_has_time {
        task.due_has_time = i32::from(has_time);
    }
    if task.due_at.is_none() {
        task.due_has_time = 0;
    }
    if (task.due_at, task.due_has_time) != (before.due_at, before.due_has_time) {
        desk.updated(&before, "dueAt", due(&before), due(task));
        if task.due_at != before.due_at {
            fields.push("dueAt");
        }
        if task.due_has_time != before.due_has_time {
            fields.push("dueHasTime");
        }
    }
    fields
}

fn urgency(priority: i32) -> Option<String> {
    let words = ["none", "low", "medium", "high", "urgent"];
    let found = usize::try_from(priority).ok().and_then(|priority| words.get(priority));
    found.map(|word| (*word).to_owned())
}

fn number(hundredths: Option<i32>) -> Option<String> {
    hundredths.map(|hundredths| (f64::from(hundredths) / 100.0).to_string())
}

fn due(task: &task::Model) -> Option<String> {
    task.due_at.map(|due| moment(due, task.due_has_time != 0))
}

/// A moment in words.
pub(super) fn moment(at: DateTime<Utc>, has_time: bool) -> String {
    match has_time {
        true => at.to_rfc3339_opts(SecondsFormat::Secs, true),
        false => at.date_naive().to_string(),
    }
}
