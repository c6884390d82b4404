//! What goes into a statement and what comes out of a row, the same for both engines.

use rules::ids;
use rules::time::{Instant, Quantum};

/// One parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL's NULL, of whatever type the statement expects.
    Null,
    /// A number: `BIGINT`.
    Int(i64),
    /// A flag: `BOOLEAN`.
    Bool(bool),
    /// A text without NUL characters: `TEXT`.
    Text(String),
    /// Bytes: `BLOB` in a migration.
    Bytes(Vec<u8>),
}

/// The parameters of a statement, `$1` first: `args![id, name, None::<i64>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        (&[$($crate::db::Value::from($value)),*] as &[$crate::db::Value])
    };
}

macro_rules! value_from {
    ($($type:ty: $given:ident => $value:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($given: $type) -> Value {
                $value
            }
        })*
    };
}

value_from! {
    i64: n => Value::Int(n);
    i32: n => Value::Int(n.into());
    u32: n => Value::Int(n.into());
    u16: n => Value::Int(n.into());
    u8: n => Value::Int(n.into());
    bool: b => Value::Bool(b);
    &str: s => Value::Text(s.to_owned());
    &String: s => Value::Text(s.clone());
    String: s => Value::Text(s);
    std::borrow::Cow<'_, str>: s => Value::Text(s.into_owned());
    Vec<u8>: b => Value::Bytes(b);
    &[u8]: b => Value::Bytes(b.to_vec());
    Instant: i => Value::Int(i.millis());
    Quantum: q => Value::Int(q.raw());
    &rules::time::Zone: z => Value::Text(z.as_str().to_owned());
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Value {
        Value::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// A value of a row, borrowed from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// SQL's NULL.
    Null,
    /// A number; on SQLite also a flag, as 0 or 1.
    Int(i64),
    /// A flag.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// A type that a column is read as: `row.get::<PersonId>(0)`.
pub trait FromValue: Sized {
    /// The value, or None if it is nothing that this type can be.
    fn from_value(value: ValueRef<'_>) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: ValueRef<'_>) -> Option<i64> {
        match value {
            ValueRef::Int(n) => Some(n),
            _ => None,
        }
    }
}

macro_rules! small_number_from_value {
    ($($type:ty)*) => {
        $(impl FromValue for $type {
            fn from_value(value: ValueRef<'_>) -> Option<$type> {
                i64::from_value(value)?.try_into().ok()
            }
        })*
    };
}

small_number_from_value! { i32 u32 u16 u8 u64 usize }

impl FromValue for bool {
    fn from_value(value: ValueRef<'_>) -> Option<bool> {
        match value {
            ValueRef::Bool(b) => Some(b),
            ValueRef::Int(0) => Some(false),
            ValueRef::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: ValueRef<'_>) -> Option<String> {
        match value {
            ValueRef::Text(s) => Some(s.to_owned()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: ValueRef<'_>) -> Option<Vec<u8>> {
        match value {
            ValueRef::Bytes(b) => Some(b.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: ValueRef<'_>) -> Option<[u8; N]> {
        match value {
            ValueRef::Bytes(b) => b.try_into().ok(),
            _ => None,
        }
    }
}

impl FromValue for Instant {
    fn from_value(value: ValueRef<'_>) -> Option<Instant> {
        i64::from_value(value).map(Instant::from_millis)
    }
}

impl FromValue for Quantum {
    fn from_value(value: ValueRef<'_>) -> Option<Quantum> {
        i64::from_value(value).map(Quantum::from_raw)
    }
}

impl FromValue for rules::time::Zone {
    fn from_value(value: ValueRef<'_>) -> Option<rules::time::Zone> {
        match value {
            ValueRef::Text(name) => name.parse().ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: ValueRef<'_>) -> Option<Option<T>> {
        match value {
            ValueRef::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// Ids go in and out as numbers. Said of each, because a blanket rule over `rules::ids::Id` would
/// collide with the numbers themselves.
macro_rules! ids {
    ($($id:ident)*) => {
        $(
            impl From<ids::$id> for Value {
                fn from(id: ids::$id) -> Value {
                    Value::Int(id.raw())
                }
            }

            impl FromValue for ids::$id {
                fn from_value(value: ValueRef<'_>) -> Option<ids::$id> {
                    i64::from_value(value).filter(|raw| *raw >= 0).map(ids::$id::from_raw)
                }
            }
        )*
    };
}

rules::each_id!(ids);
