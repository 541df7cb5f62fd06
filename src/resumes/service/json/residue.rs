use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Map;
use crate::{Error, Result};

/// How an object of a document differs from what the columns alone would write: what must be kept of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Residue {
    /// Properties that no column says, or says otherwise.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) set: Map,
    /// Properties that the columns would write, and that were not there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) unset: BTreeSet<String>,
}

impl Residue {
    /// What is to be kept of `object` beside what the columns write (`plain`).
    pub(crate) fn between(plain: &Map, object: &Map) -> Self {
        let other = |(key, value): &(&String, &serde_json::Value)| plain.get(*key) != Some(*value);
        let set = object.iter().filter(other).map(|(key, value)| (key.clone(), value.clone()));
        let unset = plain.keys().filter(|key| !object.contains_key(*key)).cloned();
        Self { set: set.collect(), unset: unset.collect() }
    }

    /// The object, from what the columns write.
    pub(crate) fn over(&self, mut plain: Map) -> Map {
        plain.retain(|key, _| !self.unset.contains(key));
        plain.extend(self.set.clone());
        plain
    }

    /// Lets the columns speak for a property again.
    pub(crate) fn forget(&mut self, key: &str) {
        self.set.remove(key);
        self.unset.remove(key);
    }

    /// Reads a column of details.
    pub(crate) fn parse(details: &str) -> Result<Self> {
        serde_json::from_str(details).map_err(Error::internal)
    }

    /// What a column of details keeps.
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: serde_json::Value) -> Map {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn an_object_comes_back_whatever_the_columns_say_of_it() {
        let plain = map(json!({ "name": "a", "url": "u", "list": ["x"] }));
        for object in [
            json!({}),
            json!({ "name": "a", "url": "u", "list": ["x"] }),
            json!({ "name": "a ", "more": { "deep": [1, 2.5, null] } }),
            json!({ "url": "", "list": [] }),
        ] {
            let object = map(object);
            let residue = Residue::between(&plain, &object);
            assert_eq!(residue.over(plain.clone()), object);
            assert_eq!(Residue::parse(&residue.text().unwrap()).unwrap(), residue);
        }
        assert_eq!(Residue::between(&plain, &plain).text().unwrap(), "{}");
        let mut residue = Residue::between(&plain, &map(json!({ "name": "b" })));
        residue.forget("name");
        residue.forget("url");
        assert_eq!(residue.over(plain), map(json!({ "name": "a", "url": "u" })));
    }
}
