//! The `map` of a multipart request: which file stands where in the variables.

use async_graphql::{Name, Value, Variables};
use axum::http::StatusCode;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use super::{FILES, bad};
use crate::{graph::Upload, server::problem::Problem};

/// Which files are to come: their names, in the order of their numbers.
#[derive(Debug)]
pub(super) struct Expected(Vec<String>);

impl Expected {
    /// Reads `map`, and puts what stands for each file into the variables.
    pub(super) fn read(map: &[u8], variables: &mut Variables) -> Result<Self, Problem> {
        let Entries(entries) = serde_json::from_slice(map).map_err(|_| bad(why(map)))?;
        if entries.len() > FILES {
            return Err(too_many());
        }
        let mut names = Vec::with_capacity(entries.len());
        for (number, (name, paths)) in entries.into_iter().enumerate() {
            if names.contains(&name) {
                return Err(bad("a file stands twice in `map`"));
            }
            if paths.is_empty() {
                return Err(bad("a file in `map` has no path: where does it belong?"));
            }
            for path in paths {
                put(variables, &path, Upload::stand_in(number))?;
            }
            names.push(name);
        }
        Ok(Self(names))
    }

    /// The number of a file.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|other| other == name)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Puts `value` where the variables hold null.
fn put(variables: &mut Variables, path: &str, value: Value) -> Result<(), Problem> {
    let mut steps = path.split('.');
    match steps.next() {
        Some("variables") => {}
        Some(first) if !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err(bad("batches are not accepted: a path in `map` begins with `variables.`"));
        }
        _ => return Err(bad("a path in `map` begins with `variables.`")),
    }
    if path.split('.').any(|step| step == "__proto__") {
        return Err(bad("a path in `map` leads through `__proto__`"));
    }
    let missing = || bad("a path in `map` leads to nothing in the variables: put null there");
    let first = steps.next().ok_or_else(missing)?;
    let mut place = variables.get_mut(&Name::new(first)).ok_or_else(missing)?;
    for step in steps {
        place = match place {
            Value::Object(fields) => fields.get_mut(&Name::new(step)).ok_or_else(missing)?,
            Value::List(items) => {
                let number = step.parse::<usize>().ok().filter(|n| n.to_string() == step);
                number.and_then(|number| items.get_mut(number)).ok_or_else(missing)?
            }
            _ => return Err(missing()),
        };
    }
    match place {
        Value::Null => *place = value,
        Value::Binary(_) => return Err(bad("a path stands twice in `map`")),
        _ => return Err(bad("a path in `map` leads to a value: files stand where null was")),
    }
    Ok(())
}

/// The entries of `map` as they were written: a name that stands there twice is seen.
struct Entries(Vec<(String, Vec<String>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = from.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        from.deserialize_map(Object)
    }
}

/// Why `map` could not be read, without repeating any of it.
fn why(map: &[u8]) -> &'static str {
    if serde_json::from_slice::<IgnoredAny>(map).is_err() {
        "`map` is not JSON"
    } else if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(map).is_err() {
        "`map` must be a JSON object: the name of each file with a list of paths"
    } else {
        "`map` must hold lists of paths, such as { \"0\": [\"variables.file\"] }"
    }
}

/// More files than are taken.
fn too_many() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "send at most 10 files in a request")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables() -> Variables {
        Variables::from_json(json!({
            "file": null, "files": [null, null, 7], "input": { "upload": null, "name": "x" },
            "deep": [{ "list": [null] }], "__proto__": null, "01": [null],
        }))
    }

    fn read(map: &str) -> Result<(Expected, Variables), String> {
        let mut variables = variables();
        let expected = Expected::read(map.as_bytes(), &mut variables);
        expected
            .map(|expected| (expected, variables))
            .map_err(|problem| problem.message().to_owned())
    }

    #[test]
    fn each_path_gets_its_file() {
        let map = r#"{ "a": ["variables.file", "variables.files.1"], "0": ["variables.input.upload"],
            "c": ["variables.deep.0.list.0"] }"#;
        let (expected, variables) = read(map).unwrap();
        assert_eq!(
            (expected.len(), expected.number("0"), expected.number("d")),
            (3, Some(1), None)
        );
        let at = |name: &str| variables.get(&Name::new(name)).unwrap().clone();
        assert_eq!(at("file"), Upload::stand_in(0));
        assert_eq!(at("files"), Value::List(vec![Value::Null, Upload::stand_in(0), 7.into()]));
        let Value::Object(input) = at("input") else { panic!() };
        assert_eq!(input["upload"], Upload::stand_in(1));
        let Value::List(deep) = at("deep") else { panic!() };
        let Value::Object(deep) = &deep[0] else { panic!() };
        assert_eq!(deep["list"], Value::List(vec![Upload::stand_in(2)]));
        assert_eq!(read("{}").unwrap().0.len(), 0);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let not_lists = "`map` must hold lists of paths, such as { \"0\": [\"variables.file\"] }";
        let no_object = "`map` must be a JSON object: the name of each file with a list of paths";
        let nowhere = "a path in `map` leads to nothing in the variables: put null there";
        let begins = "a path in `map` begins with `variables.`";
        let taken = "a path in `map` leads to a value: files stand where null was";
        for (map, message) in [
            ("", "`map` is not JSON"),
            ("{\"0\": [", "`map` is not JSON"),
            ("{} {}", "`map` is not JSON"),
            ("[]", no_object),
            ("null", no_object),
            ("[[\"variables.file\"]]", no_object),
            ("{\"0\": \"variables.file\"}", not_lists),
            ("{\"0\": null}", not_lists),
            ("{\"0\": {\"0\": \"variables.file\"}}", not_lists),
            ("{\"0\": [7]}", not_lists),
            ("{\"0\": [null]}", not_lists),
            ("{\"0\": [[\"variables.file\"]]}", not_lists),
            ("{\"0\": []}", "a file in `map` has no path: where does it belong?"),
            (
                "{\"0\": [\"variables.file\"], \"0\": [\"variables.files.0\"]}",
                "a file stands twice in `map`",
            ),
            ("{\"0\": [\"variables.file\", \"variables.file\"]}", "a path stands twice in `map`"),
            (
                "{\"0\": [\"variables.file\"], \"1\": [\"variables.file\"]}",
                "a path stands twice in `map`",
            ),
            ("{\"0\": [\"file\"]}", begins),
            ("{\"0\": [\"\"]}", begins),
            ("{\"0\": [\".variables.file\"]}", begins),
            ("{\"0\": [\"query\"]}", begins),
            ("{\"0\": [\"Variables.file\"]}", begins),
            (
                "{\"0\": [\"0.variables.file\"]}",
                "batches are not accepted: a path in `map` begins with `variables.`",
            ),
            ("{\"0\": [\"variables\"]}", nowhere),
            ("{\"0\": [\"variables.\"]}", nowhere),
            ("{\"0\": [\"variables.missing\"]}", nowhere),
            ("{\"0\": [\"variables.files.3\"]}", nowhere),
            ("{\"0\": [\"variables.files.-1\"]}", nowhere),
            ("{\"0\": [\"variables.files.00\"]}", nowhere),
            ("{\"0\": [\"variables.files.+1\"]}", nowhere),
            ("{\"0\": [\"variables.files.length\"]}", nowhere),
            ("{\"0\": [\"variables.file.x\"]}", nowhere),
            ("{\"0\": [\"variables.input.toString\"]}", nowhere),
            ("{\"0\": [\"variables.__proto__\"]}", "a path in `map` leads through `__proto__`"),
            (
                "{\"0\": [\"variables.input.__proto__.x\"]}",
                "a path in `map` leads through `__proto__`",
            ),
            ("{\"0\": [\"variables.files\"]}", taken),
            ("{\"0\": [\"variables.files.2\"]}", taken),
            ("{\"0\": [\"variables.input.name\"]}", taken),
        ] {
            assert_eq!(read(map).unwrap_err(), message, "{map}");
        }
        let many = (0..11).map(|n| format!("\"{n}\": [\"variables.file\"]"));
        let many = format!("{{{}}}", many.collect::<Vec<_>>().join(","));
        assert_eq!(read(&many).unwrap_err(), "send at most 10 files in a request");
    }
}
