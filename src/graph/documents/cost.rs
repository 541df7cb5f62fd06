//! What an operation costs before it is run: a point for each object that it may load.

use std::collections::HashMap;

use async_graphql::{
    Name, Number, Value, Variables,
    parser::types::{
        ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use async_graphql_value::Value as Written;

use super::{
    shape::{Output, PAGE, Shape},
    uses::Uses,
};

/// The most things that a page has, whatever is asked for.
const LARGEST_PAGE: u64 = 100;
/// What a list counts that is no connection: such lists are short.
const LIST: u64 = 5;
/// What a change costs beside what it answers.
const CHANGE: u64 = 10;
/// What a whole JSON document costs, which is put together of many rows.
const DOCUMENT: u64 = 20;
/// What reading the schema costs: a large answer, though no row is read.
const INTROSPECTION: u64 = 200;

/// A cost that may hang on variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    fixed: u64,
    pages: Vec<Page>,
}

/// A cost that counts once for each thing on a page whose size is a variable.
#[derive(Clone, Debug)]
struct Page {
    times: u64,
    size: Name,
    otherwise: u64,
    each: Cost,
}

impl Cost {
    fn fixed(fixed: u64) -> Self {
        Self { fixed, pages: Vec::new() }
    }

    fn add(&mut self, other: Self) {
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.pages.extend(other.pages);
    }

    fn times(mut self, times: u64) -> Self {
        self.fixed = self.fixed.saturating_mul(times);
        for page in &mut self.pages {
            page.times = page.times.saturating_mul(times);
        }
        self
    }

    /// The points, with these variables.
    pub(super) fn points(&self, variables: &Variables) -> u64 {
        self.pages.iter().fold(self.fixed, |sum, page| {
            let size = variables.get(&page.size).and_then(size).unwrap_or(page.otherwise);
            let each = page.each.points(variables);
            sum.saturating_add(page.times.saturating_mul(size).saturating_mul(each))
        })
    }

    /// How many pages of a variable size it holds.
    pub(super) fn len(&self) -> usize {
        self.pages.iter().fold(0, |sum, page| sum.saturating_add(1).saturating_add(page.each.len()))
    }
}

fn size(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => Some(clamped(number)),
        _ => None,
    }
}

/// A page size; one below zero or no whole number is refused by the resolver.
fn clamped(number: &Number) -> u64 {
    number.as_u64().unwrap_or_default().min(LARGEST_PAGE)
}

/// What selections cost: once, and for each thing on the page when they stand on a connection.
#[derive(Clone, Debug, Default)]
struct Weight {
    once: Cost,
    each: Cost,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.once.add(other.once);
        self.each.add(other.each);
    }
}

/// Weighs the operations of one document, which has no fragment cycles and is not large.
pub(super) struct Scales<'a> {
    /// How the document uses its variables.
    pub(super) uses: Uses<'a>,
    shape: &'a Shape,
    document: &'a ExecutableDocument,
    known: HashMap<&'a str, Weight>,
    defaults: HashMap<&'a str, &'a Value>,
}

impl<'a> Scales<'a> {
    pub(super) fn new(shape: &'a Shape, document: &'a ExecutableDocument) -> Self {
        let (known, defaults) = (HashMap::new(), HashMap::new());
        Self { uses: Uses::default(), shape, document, known, defaults }
    }

    /// What an operation costs; `fields` stand at its root.
    pub(super) fn weigh(&mut self, operation: &'a OperationDefinition, fields: u64) -> Cost {
        self.defaults = operation
            .variable_definitions
            .iter()
            .filter_map(|variable| {
                let default = variable.node.default_value.as_ref()?;
                Some((variable.node.name.node.as_str(), &default.node))
            })
            .collect();
        // The same fragment costs otherwise where the variables have other defaults.
        self.known.clear();
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let weight = self.set(&operation.selection_set.node, self.shape.output(root));
        let mut cost = weight.once;
        cost.add(weight.each);
        if operation.ty == OperationType::Mutation {
            cost.add(Cost::fixed(fields.saturating_mul(CHANGE)));
        }
        cost
    }

    fn set(&mut self, set: &'a SelectionSet, parent: Option<&'a Output>) -> Weight {
        let mut sum = Weight::default();
        for selection in &set.items {
            for directive in selection.node.directives() {
                self.uses.arguments(&directive.node.arguments, |_| true);
            }
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent, &mut sum),
                Selection::FragmentSpread(spread) => {
                    sum.add(self.fragment(&spread.node.fragment_name.node));
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| &on.node.on.node);
                    let parent = on.map_or(parent, |on| self.shape.output(on));
                    sum.add(self.set(&inline.node.selection_set.node, parent));
                }
            }
        }
        sum
    }

    fn fragment(&mut self, name: &'a str) -> Weight {
        if let Some(weight) = self.known.get(name) {
            return weight.clone();
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Weight::default() };
        let parent = self.shape.output(&fragment.node.type_condition.node.on.node);
        let weight = self.set(&fragment.node.selection_set.node, parent);
        self.known.insert(name, weight.clone());
        weight
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a Output>, sum: &mut Weight) {
        let name = field.name.node.as_str();
        let shape: &'a Shape = self.shape;
        let known = parent.and_then(|parent| parent.field(name));
        self.uses.arguments(&field.arguments, |argument| {
            known.is_none_or(|known| known.needed.contains(argument))
        });
        if name == "__schema" || name == "__type" {
            return sum.once.add(Cost::fixed(INTROSPECTION));
        }
        // A scalar, no such field, or within introspection: nothing will be loaded.
        let Some(known) = known.filter(|known| known.is_composite) else {
            if known.is_some_and(|known| known.of == "JSON") {
                sum.once.add(Cost::fixed(DOCUMENT));
            }
            return;
        };
        let ty = shape.output(&known.of);
        let below = self.set(&field.selection_set.node, ty);
        let mut cost = Cost::fixed(1);
        if ty.is_some_and(|ty| ty.is_connection) {
            cost.add(below.once);
            cost.add(self.page(field, known.page.unwrap_or(PAGE), below.each));
            return sum.once.add(cost);
        }
        let mut inner = below.once;
        inner.add(below.each);
        // The things of a connection count once for each on its page, which the connection knows.
        if parent.is_some_and(|parent| parent.is_connection) && known.is_list {
            cost.add(inner);
            return sum.each.add(cost);
        }
        cost.add(match known.page {
            Some(otherwise) => self.page(field, otherwise, inner),
            None if known.is_list => inner.times(LIST),
            None => inner,
        });
        sum.once.add(cost);
    }

    /// What a page costs whose things cost `each`.
    fn page(&self, field: &Field, otherwise: u64, each: Cost) -> Cost {
        let sizes = ["first", "last"].map(|name| field.get_argument(name));
        let sizes = sizes.into_iter().flatten().map(|argument| &argument.node);
        let mut sizes = sizes.filter(|size| !matches!(size, Written::Null));
        let Some(one) = sizes.next() else { return each.times(otherwise) };
        let mut cost = self.sized(one, otherwise, each.clone());
        // A field that takes both is given one; which of them a variable leaves empty is not known yet.
        if let Some(other) = sizes.next() {
            cost.add(self.sized(other, otherwise, each));
        }
        cost
    }

    fn sized(&self, size_of: &Written, otherwise: u64, each: Cost) -> Cost {
        match size_of {
            Written::Variable(variable) => {
                let default = self.defaults.get(variable.as_str()).and_then(|value| size(value));
                let otherwise = default.unwrap_or(otherwise);
                let page = Page { times: 1, size: variable.clone(), otherwise, each };
                Cost { fixed: 0, pages: vec![page] }
            }
            Written::Number(number) => each.times(clamped(number)),
            _ => each.times(otherwise),
        }
    }
}
