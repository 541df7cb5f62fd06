use super::Map;
use crate::{
    entity::resume_entry::Kind,
    resumes::service::fields::{Field, Fields},
};

/// A list of a document that becomes entries.
#[derive(Debug)]
pub(crate) struct Section {
    /// What it is called in a document.
    pub(crate) name: &'static str,
    /// What its items become.
    pub(crate) kind: Kind,
    /// Whether the standard has it. The others are ours: what stands there in another form is left as it is.
    pub(crate) is_standard: bool,
    /// The standard's properties of an item that are texts.
    pub(crate) texts: &'static [&'static str],
    /// Those that are lists of texts.
    pub(crate) lists: &'static [&'static str],
    /// Those that are dates.
    pub(crate) dates: &'static [&'static str],
    /// Columns with properties of another name than the usual one.
    named: &'static [(Field, &'static str)],
}

/// All sections.
pub(crate) const SECTIONS: [Section; 12] = [
    Section {
        name: "work",
        kind: Kind::Position,
        is_standard: true,
        texts: &["name", "location", "description", "position", "url", "summary"],
        lists: &["highlights"],
        dates: &["startDate", "endDate"],
        named: &[(Field::Title, "position"), (Field::Organization, "name")],
    },
    Section {
        name: "volunteer",
        kind: Kind::Volunteering,
        is_standard: true,
        texts: &["organization", "position", "url", "summary"],
        lists: &["highlights"],
        dates: &["startDate", "endDate"],
        named: &[(Field::Title, "position")],
    },
    Section {
        name: "education",
        kind: Kind::Education,
        is_standard: true,
        texts: &["institution", "url", "area", "studyType", "score"],
        lists: &["courses"],
        dates: &["startDate", "endDate"],
        named: &[
            (Field::Title, "studyType"),
            (Field::Organization, "institution"),
            (Field::Highlights, "courses"),
        ],
    },
    Section {
        name: "awards",
        kind: Kind::Award,
        is_standard: true,
        texts: &["title", "awarder", "summary"],
        lists: &[],
        dates: &["date"],
        named: &[
            (Field::Title, "title"),
            (Field::Organization, "awarder"),
            (Field::StartsOn, "date"),
        ],
    },
    Section {
        name: "certificates",
        kind: Kind::Certificate,
        is_standard: true,
        texts: &["name", "url", "issuer"],
        lists: &[],
        dates: &["date"],
        named: &[(Field::Organization, "issuer"), (Field::StartsOn, "date")],
    },
    Section {
        name: "publications",
        kind: Kind::Publication,
        is_standard: true,
        texts: &["name", "publisher", "url", "summary"],
        lists: &[],
        dates: &["releaseDate"],
        named: &[(Field::Organization, "publisher"), (Field::StartsOn, "releaseDate")],
    },
    Section {
        name: "interests",
        kind: Kind::Interest,
        is_standard: true,
        texts: &["name"],
        lists: &["keywords"],
        dates: &[],
        named: &[(Field::Highlights, "keywords")],
    },
    Section {
        name: "references",
        kind: Kind::Reference,
        is_standard: true,
        texts: &["name", "reference"],
        lists: &[],
        dates: &[],
        named: &[(Field::Summary, "reference")],
    },
    Section {
        name: "projects",
        kind: Kind::Project,
        is_standard: true,
        texts: &["name", "description", "url", "entity", "type"],
        lists: &["highlights", "keywords", "roles"],
        dates: &["startDate", "endDate"],
        named: &[(Field::Organization, "entity"), (Field::Summary, "description")],
    },
    ours("courses", Kind::Course),
    ours("talks", Kind::Talk),
    ours("patents", Kind::Patent),
];

const fn ours(name: &'static str, kind: Kind) -> Section {
    Section {
        name,
        kind,
        is_standard: false,
        texts: &["name", "organization", "location", "url", "summary", "score", "credential"],
        lists: &["highlights"],
        dates: &["startDate", "endDate"],
        named: &[],
    }
}

/// The section that entries of a kind stand in.
pub(crate) fn section_of(kind: Kind) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.kind == kind)
}

impl Section {
    /// The property that a column is written to.
    pub(crate) fn key(&self, field: Field) -> &'static str {
        let named = self.named.iter().find(|(of, _)| *of == field);
        named.map_or_else(|| usual(field), |(_, key)| key)
    }

    /// The properties that a column is read from.
    pub(crate) fn keys(&self, field: Field) -> Vec<&'static str> {
        let mut keys = vec![self.key(field)];
        // What was studied is half of what a degree is called.
        if field == Field::Title && self.kind == Kind::Education {
            keys.push("area");
        }
        keys
    }

    /// Whether some column is read from a property.
    pub(crate) fn reads(&self, key: &str) -> bool {
        Field::ALL.into_iter().any(|field| self.keys(field).contains(&key))
    }

    /// Whether the standard has a property.
    pub(crate) fn knows(&self, key: &str) -> bool {
        [self.texts, self.lists, self.dates].iter().any(|keys| keys.contains(&key))
    }

    /// What the columns alone write.
    pub(crate) fn plain(&self, fields: &Fields) -> Map {
        let property = |field| Some((self.key(field).to_owned(), fields.value(field)?));
        Field::ALL.into_iter().filter_map(property).collect()
    }
}

/// What a column is called where the standard has no other name for it.
fn usual(field: Field) -> &'static str {
    match field {
        Field::Title => "name",
        Field::Organization => "organization",
        Field::Location => "location",
        Field::Url => "url",
        Field::StartsOn => "startDate",
        Field::EndsOn => "endDate",
        Field::Summary => "summary",
        Field::Highlights => "highlights",
        Field::Grade => "score",
        Field::Credential => "credential",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use sea_orm::Iterable as _;

    use super::*;

    #[test]
    fn every_kind_has_one_section_and_every_column_a_property_of_its_own() {
        for kind in Kind::iter() {
            let section = section_of(kind).unwrap();
            assert_eq!(section.kind, kind);
            let keys: Vec<_> =
                Field::ALL.into_iter().flat_map(|field| section.keys(field)).collect();
            let different: HashSet<_> = keys.iter().collect();
            assert_eq!(different.len(), keys.len(), "{}: {keys:?}", section.name);
        }
        assert_eq!(SECTIONS.len(), Kind::iter().count());
    }
}
