//! Statements whose text depends on what was asked: literal pieces, put together with their parameters.
//!
//! Only literals go in, so that nothing a person wrote ever becomes SQL.

use std::fmt::Write;

use super::Value;

/// A query with optional conditions. Each piece counts its own parameters from `$1`.
///
/// ```
/// use model::args;
/// use model::db::build::Query;
///
/// let (coach, until) = (7, None::<i64>);
/// let mut query = Query::new("SELECT id FROM session", args![]);
/// query.and("coach_id = $1", args![coach]);
/// query.and_some("starts_at < $1", until);
/// query.push("ORDER BY starts_at LIMIT $1", args![50]);
/// assert_eq!(query.sql(), "SELECT id FROM session WHERE coach_id = $1 ORDER BY starts_at LIMIT $2");
/// ```
#[derive(Clone, Debug)]
pub struct Query {
    sql: String,
    args: Vec<Value>,
    has_condition: bool,
}

impl Query {
    /// Begins with everything before WHERE.
    pub fn new(head: &'static str, args: &[Value]) -> Query {
        let mut query = Query { sql: String::new(), args: Vec::new(), has_condition: false };
        query.push(head, args);
        query
    }

    /// One more condition that must hold.
    pub fn and(&mut self, condition: &'static str, args: &[Value]) -> &mut Query {
        let word = if self.has_condition { "AND" } else { "WHERE" };
        self.has_condition = true;
        self.push(word, &[]).push(condition, args)
    }

    /// A condition on `$1` that holds only if there is a value.
    pub fn and_some(&mut self, condition: &'static str, arg: Option<impl Into<Value>>) -> &mut Query {
        match arg {
            Some(arg) => self.and(condition, &[arg.into()]),
            None => self,
        }
    }

    /// A condition that this expression is one of these; of none it is none. Whoever calls it bounds how many there are.
    pub fn among(
        &mut self,
        expression: &'static str,
        values: impl IntoIterator<Item = impl Into<Value>>,
    ) -> &mut Query {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        if values.is_empty() {
            return self.and("1 = 0", &[]);
        }
        self.and(expression, &[]).push("IN (", &[]);
        for (place, value) in values.into_iter().enumerate() {
            self.push(if place == 0 { "$1" } else { ", $1" }, &[value]);
        }
        self.push(")", &[])
    }

    /// Whatever comes next.
    pub fn push(&mut self, piece: &'static str, args: &[Value]) -> &mut Query {
        if !self.sql.is_empty() {
            self.sql.push(' ');
        }
        renumber(piece, self.args.len(), &mut self.sql);
        self.args.extend_from_slice(args);
        self
    }

    /// The statement.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Its parameters.
    pub fn args(&self) -> &[Value] {
        &self.args
    }
}

/// Copies `piece` with each `$n` raised by `by`.
fn renumber(piece: &str, by: usize, into: &mut String) {
    let mut parts = piece.split('$');
    into.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = part[..digits].parse().expect("a number follows each $");
        write!(into, "${}{}", number + by, &part[digits..]).expect("a String takes everything");
    }
}

/// `head VALUES ($1, $2), ($3, $4) tail`
pub(super) fn insert(head: &str, rows: usize, columns: usize, tail: &str) -> String {
    let mut sql = String::with_capacity(head.len() + tail.len() + rows * columns * 5 + 16);
    sql.push_str(head);
    sql.push_str(" VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            write!(sql, "{comma}${}", row * columns + column + 1).expect("a String takes everything");
        }
        sql.push(')');
    }
    if !tail.is_empty() {
        sql.push(' ');
        sql.push_str(tail);
    }
    sql
}
