use async_graphql::{InputType as _, Value};

use crate::{
    Error, Result,
    jobs::find::{Filter, JobFilter},
};

/// A filter as it is kept: JSON, without what it leaves open.
pub(super) fn write(filter: &JobFilter) -> Result<String> {
    let json = filter.to_value().into_json().map_err(Error::internal)?;
    Ok(bare(json).to_string())
}

/// The filter that is kept so; `None` when this server does not understand all of it, so that it never finds more
/// than its owner asked for.
pub(super) fn read(kept: &str) -> Option<Filter> {
    let json: serde_json::Value = serde_json::from_str(kept).ok()?;
    let value = Value::from_json(json.clone()).ok()?;
    let filter = JobFilter::parse(Some(value)).ok()?;
    let again = filter.to_value().into_json().ok()?;
    if bare(again) != bare(json) {
        return None;
    }
    filter.read().ok()
}

/// The same without nulls.
fn bare(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            fields.map(|(name, value)| (name, bare(value))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_whole_is_no_filter() {
        assert_eq!(read("{}"), Some(Filter::default()));
        assert!(read(r#"{"employment":["FULL_TIME"],"text":"a"}"#).is_some());
        for unknown in [r#"{"employment":["GIG"]}"#, r#"{"moons":1}"#, r#"{"text":1}"#, "[", "1"] {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }
}
