use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Map, Residue};
use crate::{Error, Result};

/// What a resume's own column of details keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    /// Whether a document was read: from then on nothing but the summary of its `basics` is ours.
    pub(crate) imported: bool,
    /// Its `basics`; the summary, only if the column says it otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) basics: Option<Map>,
    /// Everything that is no section.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) extra: Map,
    /// Sections that were empty lists.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) empty: BTreeSet<String>,
    /// What was said of the member's skills, by the names of their tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) skills: BTreeMap<String, Told>,
    /// Skills that are none here, each with its place in the document's list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) loose_skills: Vec<(usize, Map)>,
    /// Languages that are none here, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) loose_languages: Vec<(usize, Map)>,
}

/// What a document said of a skill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The level that the skill had then, as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<String>,
    /// What the columns do not say.
    pub(crate) residue: Residue,
}

impl Details {
    /// Reads the column.
    pub(crate) fn parse(details: &str) -> Result<Self> {
        serde_json::from_str(details).map_err(Error::internal)
    }

    /// What the column keeps.
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}
