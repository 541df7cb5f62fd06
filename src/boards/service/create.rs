use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{
    history::{self, Line},
    visible,
    words::{COLUMNS, DESCRIPTION, NAME, NewColumn, color},
};
use crate::{
    Cx, Error, Result,
    boards::policy,
    check::Check,
    client_key,
    entity::{
        board::{self, Column, Visibility},
        board_column,
        board_member::{self, Role},
        task_activity::Kind,
    },
    error::ErrorCode,
    markdown, sql,
};

/// A board to make.
#[derive(Clone, Debug)]
pub struct NewBoard {
    /// What it is called.
    pub name: String,
    /// What its tasks' keys begin with; made from the name when nothing is said.
    pub key: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// Who sees it.
    pub visibility: Visibility,
    /// As #rrggbb.
    pub color: Option<String>,
    /// Its columns, in order; the usual ones when nothing is said.
    pub columns: Option<Vec<NewColumn>>,
    /// What the client calls this call.
    pub client_key: Option<String>,
}

/// Boards that one member makes, with those that were put away.
const BOARDS: u64 = 100;
/// How often a key is made up before we give in.
const TRIES: usize = 10;

/// Makes a board, whose admin the actor is. The same `client_key` answers the first board again.
pub async fn create(cx: Cx<'_>, new: NewBoard) -> Result<board::Model> {
    let me = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let name = check.line(&["name"], &new.name, 1..=NAME);
    let key = new.key.as_deref().map(|text| key(&mut check, text));
    let description = new.description.unwrap_or_default();
    let description = check.text(&["description"], &description, 0..=DESCRIPTION);
    let color = new.color.map(|text| color(&mut check, &["color"], &text));
    let columns = new.columns.unwrap_or_else(NewColumn::usual);
    if columns.is_empty() {
        check.problem(ErrorCode::Required, &["columns"], "a board has a column at least");
    }
    check.list(&["columns"], &columns, COLUMNS);
    let each = columns.into_iter().take(COLUMNS).enumerate();
    let columns: Vec<_> = each
        .map(|(at, column)| column.checked(&mut check, &["columns", &at.to_string()]))
        .collect();
    check.done()?;
    let tx = cx.begin().await?;
    let id = cx.key();
    let first = client_key::claim(cx, &tx, new.client_key.as_deref(), "board", id).await?;
    if let Some(first) = first {
        tx.rollback().await?;
        let first = visible(cx).filter(Column::Id.eq(first)).one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("board"));
    }
    let made = board::Entity::find().filter(Column::CreatorId.eq(me));
    if made.count(&tx).await? >= BOARDS {
        let message = format!("nobody makes more than {BOARDS} boards: delete one first");
        return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
    }
    let mut row = board::Model {
        id,
        key: String::new(),
        name_key: name.to_lowercase(),
        name,
        description_html: markdown::render(&description).html,
        description_source: description,
        visibility: new.visibility,
        color,
        creator_id: Some(me),
        last_number: 0,
        task_count: 0,
        done_count: 0,
        archived_at: None,
        version: 1,
    };
    match key {
        Some(key) => {
            row.key = key;
            if !insert(&tx, &row).await? {
                let message = "another board has this key";
                return Err(Error::refused(ErrorCode::Taken, ["input", "key"], message));
            }
        }
        None => insert_under_new_key(cx, &tx, &mut row).await?,
    }
    let columns = columns.into_iter().zip(0..).map(|(column, position)| {
        let NewColumn { name, category, color, limit } = column;
        board_column::ActiveModel {
            id: Set(cx.key()),
            board_id: Set(id),
            name: Set(name),
            category: Set(category),
            color: Set(color),
            position: Set(position),
            task_limit: Set(limit),
            task_count: Set(0),
        }
    });
    board_column::Entity::insert_many(columns).exec_without_returning(&tx).await?;
    let member = board_member::ActiveModel {
        board_id: Set(id),
        profile_id: Set(me),
        role: Set(Role::Admin),
        since: Set(cx.now()),
    };
    board_member::Entity::insert(member).exec_without_returning(&tx).await?;
    history::write(cx, &tx, &row, [Line::of_board(Kind::MemberAdded).member(me)]).await?;
    tx.commit().await?;
    Ok(row)
}

async fn insert(tx: &impl ConnectionTrait, row: &board::Model) -> Result<bool> {
    use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
    sql::insert_new(tx, row.clone().into_active_model().reset_all()).await
}

/// Inserts a board under a key made from its name, of which the first is taken that no other board has.
async fn insert_under_new_key(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    row: &mut board::Model,
) -> Result<()> {
    let base = initials(&row.name);
    let numbered = (2..10).map(|number| format!("{base}{number}"));
    let mut wanted: Vec<String> = std::iter::once(base.clone()).chain(numbered).collect();
    let taken: Vec<String> = board::Entity::find()
        .select_only()
        .column(Column::Key)
        .filter(sql::text_in(cx.backend(), Column::Key, &wanted))
        .into_tuple()
        .all(tx)
        .await?;
    wanted.retain(|key| !taken.contains(key));
    // A name that many boards have: some digits of a number that nobody else was given.
    let random = || {
        let digits = Uuid::new_v4().simple().to_string().to_ascii_uppercase();
        base.chars().take(3).chain(digits.chars().take(7)).collect()
    };
    wanted.extend(std::iter::repeat_with(random).take(TRIES));
    for key in wanted {
        row.key = key;
        if insert(tx, row).await? {
            return Ok(());
        }
    }
    Err(Error::bug("no key was free"))
}

/// A key as it is kept: 2 to 10 of `A` to `Z` and digits, a letter first.
fn key(check: &mut Check, text: &str) -> String {
    let key = text.trim().to_ascii_uppercase();
    let length = key.chars().count();
    let plain = key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let problem = match () {
        () if length < 2 => Some((ErrorCode::TooShort, "write at least 2 characters")),
        () if length > 10 => Some((ErrorCode::TooLong, "write at most 10 characters")),
        () if !plain || !key.starts_with(|c: char| c.is_ascii_uppercase()) => {
            Some((ErrorCode::Invalid, "use the letters A to Z and digits, a letter first"))
        }
        () => None,
    };
    if let Some((code, message)) = problem {
        check.problem(code, &["key"], message);
    }
    key
}

/// What a key is made of: the first letters of several words, or the beginning of the only one.
fn initials(name: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let firsts = words.iter().filter_map(|word| word.chars().next());
    let firsts: String = firsts.filter(is_plain).take(5).collect();
    let whole: String =
        words.iter().flat_map(|word| word.chars()).filter(is_plain).take(4).collect();
    let made = if firsts.len() > 1 { firsts } else { whole }.to_ascii_uppercase();
    match made.starts_with(|c: char| c.is_ascii_uppercase()) {
        true if made.len() > 1 => made,
        _ => format!("B{made}D").chars().take(6).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn keys_are_made_from_names() {
        for (name, key) in [
            ("Guildhall", "GUIL"),
            ("The new looms of Norwich, at last", "TNLON"),
            ("Q", "BQD"),
            ("Веб-сайт", "BD"),
            ("42", "B42D"),
            ("Été à Paris", "TPA"),
        ] {
            let made = initials(name);
            assert!(made.len() >= 2 && made.is_ascii(), "{made}");
            if name != "Été à Paris" {
                assert_eq!(made, key, "{name}");
            }
        }
    }
}
