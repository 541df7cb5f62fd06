use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Error, Result, entity::board_column::Category};

/// Filters within one another, below the one that is asked with.
const DEEPEST: usize = 3;
/// Conditions of a filter with all that is within it, each nested filter counted as one.
const MOST: usize = 50;
/// Members of a list.
const LONGEST: usize = 100;

/// Which tasks. All that is given holds; a list means any of, and asks nothing when it is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// With all of these words, the last of which may go on; a blank text asks nothing.
    pub text: Option<String>,
    /// On these boards.
    pub boards: Vec<Uuid>,
    /// In these columns.
    pub columns: Vec<Uuid>,
    /// In columns that mean this.
    pub categories: Vec<Category>,
    /// Done by any of these members.
    pub assignees: Vec<Uuid>,
    /// Done by nobody, or (`false`) by anybody.
    pub unassigned: Option<bool>,
    /// Made by this member.
    pub creator: Option<Uuid>,
    /// With any of these labels.
    pub labels: Vec<Uuid>,
    /// As soon as this: as in `task`.
    pub priorities: Vec<i32>,
    /// Parts of this task.
    pub parent: Option<Uuid>,
    /// Due then.
    pub due: Option<Range>,
    /// Due before now and still open, or (`false`) not so. A task that is due on a day is so until the day ends.
    pub overdue: Option<bool>,
    /// Made then.
    pub created: Option<Range>,
    /// Changed last then.
    pub updated: Option<Range>,
    /// Done or given up then.
    pub completed: Option<Range>,
    /// Waiting for an open task, or (`false`) for none.
    pub blocked: Option<bool>,
    /// Put away, or (`false`) not; when it is nothing, either.
    pub archived: Option<bool>,
    /// All of these hold.
    pub and: Vec<Self>,
    /// Any of these holds.
    pub or: Vec<Self>,
    /// This does not hold.
    pub not: Option<Box<Self>>,
}

/// A stretch of time; open where an end is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// Not before this.
    pub from: Option<DateTime<Utc>>,
    /// Before this.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    /// Refuses a filter that nests deeper than three, has more than 50 conditions in all, or lists of more than 100.
    pub fn check(&self) -> Result<()> {
        let conditions = self.count("filter", 0)?;
        if conditions > MOST {
            let message = format!("`filter` has {conditions} conditions: give at most {MOST}");
            return Err(Error::BadRequest(message.into()));
        }
        Ok(())
    }

    /// Whether it says anything about when tasks were completed, or about what their columns mean.
    pub fn asks_of_completion(&self) -> bool {
        self.completed.is_some()
            || !self.categories.is_empty()
            || self.within().any(|(_, inner)| inner.asks_of_completion())
    }

    /// The filters within it, with how a program calls each.
    fn within(&self) -> impl Iterator<Item = (String, &Self)> {
        let and = self.and.iter().enumerate().map(|(at, one)| (format!("and.{at}"), one));
        let or = self.or.iter().enumerate().map(|(at, one)| (format!("or.{at}"), one));
        let not = self.not.iter().map(|one| ("not".to_owned(), &**one));
        and.chain(or).chain(not)
    }

    fn count(&self, path: &str, depth: usize) -> Result<usize> {
        if depth > DEEPEST {
            let message = format!("`{path}` is nested deeper than {DEEPEST}");
            return Err(Error::BadRequest(message.into()));
        }
        let lists = [
            ("boards", self.boards.len()),
            ("columns", self.columns.len()),
            ("categories", self.categories.len()),
            ("assignees", self.assignees.len()),
            ("labels", self.labels.len()),
            ("priorities", self.priorities.len()),
        ];
        if let Some((name, _)) = lists.iter().find(|(_, len)| *len > LONGEST) {
            let message = format!("`{path}.{name}` lists more than {LONGEST}");
            return Err(Error::BadRequest(message.into()));
        }
        let single = [
            self.text.is_some(),
            self.unassigned.is_some(),
            self.creator.is_some(),
            self.parent.is_some(),
            self.due.is_some(),
            self.overdue.is_some(),
            self.created.is_some(),
            self.updated.is_some(),
            self.completed.is_some(),
            self.blocked.is_some(),
            // At the top it is nearly always asked for, by those who do not name it.
            depth > 0 && self.archived.is_some(),
        ];
        let mut count = lists.iter().filter(|(_, len)| *len > 0).count()
            + single.iter().filter(|given| **given).count();
        for (name, inner) in self.within() {
            count += 1 + inner.count(&format!("{path}.{name}"), depth + 1)?;
        }
        Ok(count)
    }
}
