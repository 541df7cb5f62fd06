//! How large a document is once every fragment is written out, found without writing it out: each
//! fragment is measured once.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Pos, Positioned,
    parser::types::{Directive, ExecutableDocument, Selection, SelectionSet},
};

use super::Refusal;
use crate::graph::RequestErrorCode;

/// Levels that selections may nest, fragments counted too; what runs them goes no further.
const NESTING: usize = 32;

/// Levels of fields and fragments that are walked at all.
const WALKED: usize = 64;

/// Fields of the introspection that answer lists of types or of what types hold: each multiplies the
/// answer by tens or hundreds.
const LISTS: [&str; 5] = ["types", "fields", "inputFields", "interfaces", "possibleTypes"];

/// What selections hold, fragments written out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sizes {
    /// Fields, spreads and inline fragments.
    pub(super) selections: u64,
    /// Fields with an alias.
    pub(super) aliases: u64,
    /// Fields that stand directly here, not in another field.
    pub(super) fields: u64,
    /// Levels of fields, outside of introspection.
    pub(super) depth: usize,
    /// `__schema`, wherever it stands.
    pub(super) schemas: u64,
    /// `__schema` and `__type`, wherever they stand.
    pub(super) introspections: u64,
    /// Levels of selections, fragments counted too.
    nesting: usize,
    /// Levels of [`LISTS`].
    lists: usize,
}

impl Sizes {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.fields = self.fields.saturating_add(other.fields);
        self.schemas = self.schemas.saturating_add(other.schemas);
        self.introspections = self.introspections.saturating_add(other.introspections);
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
        self.lists = self.lists.max(other.lists);
    }
}

/// Measures the selections of a document.
pub(super) struct Measure<'a> {
    document: &'a ExecutableDocument,
    known: HashMap<&'a str, Sizes>,
    open: HashSet<&'a str>,
    /// Directives met so far; a fragment's are met once.
    pub(super) directives: usize,
}

impl<'a> Measure<'a> {
    pub(super) fn new(document: &'a ExecutableDocument) -> Self {
        Self { document, known: HashMap::new(), open: HashSet::new(), directives: 0 }
    }

    /// Measures every fragment, those too that nothing spreads.
    pub(super) fn fragments(&mut self) -> Result<(), Refusal> {
        for (name, fragment) in &self.document.fragments {
            self.fragment(name, fragment.pos, 0)?;
        }
        Ok(())
    }

    /// Measures the selections of an operation.
    pub(super) fn operation(
        &mut self,
        set: &'a Positioned<SelectionSet>,
    ) -> Result<Sizes, Refusal> {
        let sizes = self.set(&set.node, set.pos, 0)?;
        if sizes.nesting > NESTING {
            return Err(too_deep(set.pos));
        }
        Ok(sizes)
    }

    pub(super) fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.directives = self.directives.saturating_add(directives.len());
    }

    fn fragment(&mut self, name: &'a str, at: Pos, level: usize) -> Result<Sizes, Refusal> {
        if let Some(sizes) = self.known.get(name) {
            return Ok(*sizes);
        }
        // The schema's own checks say it better when there is no such fragment.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Sizes::default());
        };
        if !self.open.insert(name) {
            let message = format!("the fragment {name} spreads itself");
            return Err(Refusal::new(RequestErrorCode::ValidationFailed, message).at(at));
        }
        self.directives(&fragment.node.directives);
        let set = &fragment.node.selection_set;
        let sizes = self.set(&set.node, set.pos, level)?;
        self.open.remove(name);
        self.known.insert(name, sizes);
        Ok(sizes)
    }

    fn set(&mut self, set: &'a SelectionSet, at: Pos, level: usize) -> Result<Sizes, Refusal> {
        if level > WALKED {
            return Err(too_deep(at));
        }
        let mut sum = Sizes::default();
        for selection in &set.items {
            self.directives(selection.node.directives());
            sum.add(self.selection(selection, level + 1)?);
        }
        Ok(sum)
    }

    fn selection(
        &mut self,
        selection: &'a Positioned<Selection>,
        level: usize,
    ) -> Result<Sizes, Refusal> {
        let at = selection.pos;
        let mut sizes = match &selection.node {
            Selection::Field(field) => {
                let below = self.set(&field.node.selection_set.node, at, level)?;
                self.field(&field.node, at, below)?
            }
            Selection::FragmentSpread(spread) => {
                self.fragment(&spread.node.fragment_name.node, at, level)?
            }
            Selection::InlineFragment(inline) => {
                self.set(&inline.node.selection_set.node, at, level)?
            }
        };
        let leaf = matches!(&selection.node, Selection::Field(field) if field.node.selection_set.node.items.is_empty());
        sizes.nesting = if leaf { 0 } else { sizes.nesting.saturating_add(1) };
        sizes.selections = sizes.selections.saturating_add(1);
        Ok(sizes)
    }

    fn field(
        &self,
        field: &async_graphql::parser::types::Field,
        at: Pos,
        below: Sizes,
    ) -> Result<Sizes, Refusal> {
        let name = field.name.node.as_str();
        let mut sizes = Sizes { fields: 1, depth: below.depth.saturating_add(1), ..below };
        sizes.aliases = sizes.aliases.saturating_add(u64::from(field.alias.is_some()));
        if LISTS.contains(&name) {
            sizes.lists = sizes.lists.saturating_add(1);
        }
        if name != "__schema" && name != "__type" {
            return Ok(sizes);
        }
        if below.lists > 2 {
            let message = "introspection asks for lists of types within lists of types";
            return Err(Refusal::new(RequestErrorCode::TooDeep, message).at(at));
        }
        if name == "__schema" {
            if field.alias.is_some() {
                let message = "`__schema` takes no alias";
                return Err(Refusal::new(RequestErrorCode::TooComplex, message).at(at));
            }
            sizes.schemas = sizes.schemas.saturating_add(1);
        }
        sizes.introspections = sizes.introspections.saturating_add(1);
        sizes.depth = 1;
        Ok(sizes)
    }
}

fn too_deep(at: Pos) -> Refusal {
    let message = format!("selections and fragments nest deeper than {NESTING} levels");
    Refusal::new(RequestErrorCode::TooDeep, message).at(at)
}
