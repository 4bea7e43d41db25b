use std::any::{Any, TypeId, type_name};
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

/// Values that steps hand on, one of each type, in the order in which they were first set.
#[derive(Default)]
pub(crate) struct Values(Vec<Value>);

struct Value {
    key: TypeId,
    type_name: &'static str,
    set_at: &'static Location<'static>,
    value: Box<dyn Any + Send + Sync>,
}

impl Values {
    #[track_caller]
    pub(crate) fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        let key = TypeId::of::<T>();
        let value = Value { key, type_name: type_name::<T>(), set_at: Location::caller(), value: Box::new(value) };
        match self.0.iter_mut().find(|value| value.key == key) {
            Some(slot) => *slot = value,
            None => self.0.push(value),
        }
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Result<&T, MissingValue> {
        let found = self.0.iter().find_map(|value| value.value.downcast_ref());
        found.ok_or_else(|| MissingValue { type_name: type_name::<T>(), values: self.to_string() })
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Value { type_name, set_at, .. }) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            write!(f, "{separator}`{type_name}` (at {set_at})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|value| value.type_name)).finish()
    }
}

/// A session has no value of the type that was asked for: [`Session::get`](crate::Session::get).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingValue {
    type_name: &'static str,
    /// What was set instead.
    values: String,
}

impl fmt::Display for MissingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingValue { type_name, values } = self;
        write!(f, "the session has no `{type_name}`: an earlier step hands it on with `set(..)`; ")?;
        match values.is_empty() {
            true => f.write_str("no step has set anything"),
            false => write!(f, "set were: {values}"),
        }
    }
}

impl StdError for MissingValue {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_of_each_type() {
        let mut values = Values::default();
        let nothing = values.get::<u64>().unwrap_err().to_string();
        assert_eq!(
            nothing,
            "the session has no `u64`: an earlier step hands it on with `set(..)`; no step has set anything"
        );
        values.set(7_u64);
        values.set("text".to_owned());
        values.set(8_u64);
        assert_eq!(values.get::<u64>(), Ok(&8));
        let missing = values.get::<bool>().unwrap_err().to_string();
        let line = line!() - 3;
        assert!(missing.contains("no `bool`"), "{missing}");
        assert!(missing.contains(&format!("`u64` (at {}:{line}:", file!())), "{missing}");
        assert!(missing.contains("`alloc::string::String` (at "), "{missing}");
    }
}
