//! What people write of boards and columns, checked.

use crate::{
    Error,
    check::Check,
    entity::board_column::Category,
    error::{Detail, ErrorCode, Problem},
};

/// Characters of the name of a board, a column or a label.
pub(super) const NAME: usize = 100;
/// Characters of a description.
pub(super) const DESCRIPTION: usize = 10_000;
/// Columns of a board.
pub(super) const COLUMNS: usize = 30;
/// Tasks that a column may be limited to.
const LIMIT: i32 = 10_000;

/// A column to make.
#[derive(Clone, Debug)]
pub struct NewColumn {
    /// What it is called.
    pub name: String,
    /// What it means.
    pub category: Category,
    /// As #rrggbb.
    pub color: Option<String>,
    /// How many tasks are to stand there at most.
    pub limit: Option<i32>,
}

impl NewColumn {
    /// The columns of a board that nobody said anything of.
    pub(super) fn usual() -> Vec<Self> {
        [
            ("Backlog", Category::Backlog),
            ("To do", Category::Todo),
            ("Doing", Category::Doing),
            ("Review", Category::Review),
            ("Done", Category::Done),
        ]
        .map(|(name, category)| Self { name: name.to_owned(), category, color: None, limit: None })
        .into()
    }

    /// The column as it is kept; `path` is where it stands in the input.
    pub(super) fn checked(self, check: &mut Check, path: &[&str]) -> Self {
        let at = |field| [path, &[field]].concat();
        Self {
            name: check.line(&at("name"), &self.name, 1..=NAME),
            category: self.category,
            color: self.color.map(|text| color(check, &at("color"), &text)),
            limit: self.limit.inspect(|limit| task_limit(check, &at("limit"), *limit)),
        }
    }
}

/// A colour as it is kept: `#` and six hexadecimal digits in lower case.
pub(super) fn color(check: &mut Check, path: &[&str], text: &str) -> String {
    let color = text.trim().to_ascii_lowercase();
    let digits = color.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        check.problem(ErrorCode::Invalid, path, "write a colour as #2f6f4e");
    }
    color
}

/// How many tasks are to stand in a column at most.
pub(super) fn task_limit(check: &mut Check, path: &[&str], limit: i32) {
    if !(1..=LIMIT).contains(&limit) {
        let message = format!("write 1 to {LIMIT}");
        let path = std::iter::once("input").chain(path.iter().copied());
        let path: Vec<String> = path.map(str::to_owned).collect();
        let (min, max, actual) = (Some(1.0), Some(f64::from(LIMIT)), Some(f64::from(limit)));
        let problem = Problem::at(ErrorCode::OutOfRange, path, message);
        check.push(problem.with(Detail::Limit { min, max, actual }));
    }
}

/// The same failure where the board is named by another argument than `id`.
pub(super) fn of_board(error: Error) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in &mut problems {
        if problem.path == ["id"] {
            problem.path = vec!["board".into()];
        }
    }
    Error::Refused(problems)
}
