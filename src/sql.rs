//! What SQLite and PostgreSQL say differently, said once.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait,
    Insert, QueryFilter, QuerySelect, QueryTrait, Select, Statement, TryInsertResult, Value,
    sea_query::{
        Alias, BinOper, Expr, ExprTrait, Func, JoinType, LockType, OnConflict, Order, Query,
        SelectStatement, SimpleExpr,
    },
};
use uuid::Uuid;

use crate::{
    Result,
    page::{Ask, By},
    shape::Shape,
};

/// `column` is one of `keys`: one bound list, so one statement text whatever the number of keys.
pub fn key_in<C: ColumnTrait>(backend: DbBackend, column: C, keys: &[Uuid]) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => column.eq_any(keys.iter().copied()),
        _ => {
            let text = "(SELECT unhex(value) FROM json_each($1))";
            let list = custom(backend, text, &[hex_list(keys).into()]);
            Expr::col((column.entity_name(), column)).binary(BinOper::Custom("IN"), list)
        }
    }
}

/// A bound list of keys, for the text of [`among`].
pub fn keys(backend: DbBackend, keys: &[Uuid]) -> Value {
    match backend {
        DbBackend::Postgres => keys.to_vec().into(),
        _ => hex_list(keys).into(),
    }
}

/// `column` is in the list bound as `$number`, for statements written out.
pub fn among(backend: DbBackend, column: &str, number: u8) -> String {
    match backend {
        DbBackend::Postgres => format!("{column} = ANY(${number})"),
        _ => format!("{column} IN (SELECT unhex(value) FROM json_each(${number}))"),
    }
}

/// An expression written out; `$1` and so on stand for the values on both databases, as often as they
/// are needed.
pub fn custom(backend: DbBackend, text: &str, values: &[Value]) -> SimpleExpr {
    if backend == DbBackend::Postgres {
        return Expr::cust_with_values(text.to_owned(), values.iter().cloned());
    }
    // SQLite's statements are built with places that count themselves.
    let mut parts = text.split('$');
    let mut counted = parts.next().unwrap_or_default().to_owned();
    let mut in_order = Vec::new();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let at = number.parse::<usize>().unwrap_or_default();
        in_order.extend(at.checked_sub(1).and_then(|at| values.get(at)).cloned());
        counted.push('?');
        counted.push_str(rest);
    }
    Expr::cust_with_values(counted, in_order)
}

fn hex_list(keys: &[Uuid]) -> String {
    let mut list = String::with_capacity(keys.len() * 35 + 2);
    list.push('[');
    for key in keys {
        if list.len() > 1 {
            list.push(',');
        }
        list.push('"');
        list.push_str(key.simple().encode_lower(&mut Uuid::encode_buffer()));
        list.push('"');
    }
    list.push(']');
    list
}

/// Rows, each with the one row of another table that its column `to` names: one statement instead of
/// two. Read by [`pairs`].
pub fn with_one<A: Shape, B: Shape>(
    rows: Select<A::Entity>,
    to: <A::Entity as EntityTrait>::Column,
    key: <B::Entity as EntityTrait>::Column,
) -> SelectStatement {
    let mut rows = rows.into_query();
    rows.clear_selects();
    A::select(&mut rows);
    join_one::<B>(&mut rows, Expr::col((to.entity_name(), to)), key);
    rows
}

fn join_one<B: Shape>(
    rows: &mut SelectStatement,
    to: SimpleExpr,
    key: <B::Entity as EntityTrait>::Column,
) {
    B::select(rows);
    let condition = Expr::col((key.entity_name(), key)).eq(to);
    rows.join(JoinType::InnerJoin, B::Entity::default().table_ref(), condition);
}

/// The first rows of each parent, in one statement: a lateral join on PostgreSQL, a correlated list of
/// keys on SQLite. Needs an index on the parent's column that ends in the order's columns.
pub struct OfEach<'a, E: EntityTrait> {
    /// The rows that count, not yet cut to a parent.
    pub rows: Select<E>,
    /// The column that names the parent.
    pub parent: E::Column,
    /// The parents.
    pub parents: &'a [Uuid],
    /// The key of a row.
    pub key: E::Column,
    /// Their order.
    pub by: &'a By,
    /// Which page of each parent.
    pub ask: &'a Ask,
}

impl<E: EntityTrait> OfEach<'_, E> {
    fn statement<A: Shape<Entity = E>>(self, backend: DbBackend) -> Result<SelectStatement> {
        let parent = Expr::col((self.parent.entity_name(), self.parent));
        let cut = |rows: Select<E>, key: SimpleExpr| {
            let rows = rows.filter(parent.clone().eq(key));
            self.by.cut(rows, self.ask.after.as_ref(), self.ask.limit())
        };
        let mut outer = Query::select();
        A::select(&mut outer);
        if backend == DbBackend::Postgres {
            let inner = cut(self.rows, Expr::col(("k", "k")))?.into_query();
            let list = SimpleExpr::from(Value::from(self.parents.to_vec()));
            // Named as the table, so that its columns are called the same in both branches.
            let name = Alias::new(E::default().table_name());
            outer.from_function(Func::cust("unnest").arg(list), "k").join_lateral(
                JoinType::InnerJoin,
                inner,
                name,
                Expr::cust("TRUE"),
            );
        } else {
            let inner = cut(self.rows, Expr::cust("unhex(\"k\".\"value\")"))?
                .select_only()
                .column(self.key)
                .into_query();
            let list = SimpleExpr::from(Value::from(hex_list(self.parents)));
            let key = Expr::col((self.key.entity_name(), self.key))
                .in_subquery(inner)
                .and(parent.eq(Expr::cust("unhex(\"k\".\"value\")")));
            outer.from_function(Func::cust("json_each").arg(list), "k").join(
                JoinType::InnerJoin,
                E::default().table_ref(),
                key,
            );
        }
        self.by.order(&mut outer);
        Ok(outer)
    }

    /// The rows, in their order; those of different parents lie between each other.
    pub async fn all<A: Shape<Entity = E>>(self, db: &impl ConnectionTrait) -> Result<Vec<A>> {
        let statement = self.statement::<A>(db.get_database_backend())?;
        let rows = Box::pin(db.query_all(&statement)).await?;
        Ok(rows.iter().map(|row| A::read(row, 0)).collect::<Result<_, DbErr>>()?)
    }

    /// The rows, in their order, each with the one row of another table that its column `to` names.
    pub async fn with_one<A: Shape<Entity = E>, B: Shape>(
        self,
        db: &impl ConnectionTrait,
        to: E::Column,
        key: <B::Entity as EntityTrait>::Column,
    ) -> Result<Vec<(A, B)>> {
        let mut statement = self.statement::<A>(db.get_database_backend())?;
        join_one::<B>(&mut statement, Expr::col((to.entity_name(), to)), key);
        pairs(db, &statement).await
    }
}

/// The rows in a shape of theirs.
pub async fn shaped<A: Shape>(
    db: &impl ConnectionTrait,
    rows: Select<A::Entity>,
) -> Result<Vec<A>> {
    let mut rows = rows.into_query();
    rows.clear_selects();
    A::select(&mut rows);
    let rows = Box::pin(db.query_all(&rows)).await?;
    Ok(rows.iter().map(|row| A::read(row, 0)).collect::<Result<_, DbErr>>()?)
}

/// Reads the rows of [`with_one`].
pub async fn pairs<A: Shape, B: Shape>(
    db: &impl ConnectionTrait,
    statement: &SelectStatement,
) -> Result<Vec<(A, B)>> {
    let rows = Box::pin(db.query_all(statement)).await?;
    let read = rows.iter().map(|row| Ok((A::read(row, 0)?, B::read(row, A::WIDTH)?)));
    Ok(read.collect::<Result<_, DbErr>>()?)
}

/// Inserts `row` unless one with the same unique key stands there; answers whether it did.
pub async fn insert_new<A>(db: &impl ConnectionTrait, row: A) -> Result<bool>
where
    A: ActiveModelTrait,
{
    let insert = Insert::one(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    let done = insert.try_insert().exec_without_returning(db).await?;
    Ok(matches!(done, TryInsertResult::Inserted(rows) if rows > 0))
}

/// Locks the rows of `keys` in the order of their keys, so that two changes never wait for each other.
/// SQLite has one writer, and needs no lock.
pub async fn lock<E: EntityTrait>(
    db: &impl ConnectionTrait,
    key: E::Column,
    keys: &[Uuid],
) -> Result<()> {
    if db.get_database_backend() != DbBackend::Postgres || keys.is_empty() {
        return Ok(());
    }
    let rows = E::find().select_only().column(key).filter(key.eq_any(keys.iter().copied()));
    let mut rows = rows.into_query();
    // Not exclusive: who only writes a row that points here need not wait.
    rows.order_by((key.entity_name(), key), Order::Asc).lock(LockType::NoKeyUpdate);
    db.query_all(&rows).await?;
    Ok(())
}

/// A statement written out; `$1` and so on stand for the values on both databases.
pub fn statement(
    backend: DbBackend,
    text: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(backend, text.into(), values)
}

/// `column` is one of `texts`: one bound list, as [`key_in`].
pub fn text_in<C: ColumnTrait>(backend: DbBackend, column: C, texts: &[String]) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => column.eq_any(texts.iter().cloned()),
        _ => {
            let list = serde_json::Value::from(texts).to_string();
            let list = custom(backend, "(SELECT value FROM json_each($1))", &[list.into()]);
            Expr::col((column.entity_name(), column)).binary(BinOper::Custom("IN"), list)
        }
    }
}
