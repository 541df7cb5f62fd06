//! What a subscription's document selects: whether its results are the same for all who may hear the stream, and
//! which variable only says where to begin.

use async_graphql::{
    Name,
    parser::types::{
        ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use async_graphql_value::Value;

use super::shape::Shape;

/// Fields with fields of their own whose answers are the same for all who may hear the stream, as
/// `Type.field`. Scalars are, but for those of types that end in `Viewer`.
pub type SameForAll = &'static [&'static str];

/// What is known of the selections of one operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Selected {
    /// Whether one result serves all who ask alike.
    pub(super) is_same_for_all: bool,
    /// Whether it asks for the place in a stream that its data was read at.
    pub(super) reads_cursor: bool,
    /// The variable that says where a subscription begins, if it says nothing else.
    pub(super) begins_at: Option<Name>,
}

/// Looks at an operation, which has no fragment cycles and is not large written out.
pub(super) fn look(
    shape: &Shape,
    same: SameForAll,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Selected {
    let mut walk = Walk { shape, same, document, differs: false, cursor: false, variables: vec![] };
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    walk.set(root, &operation.selection_set.node);
    let is_subscription = operation.ty == OperationType::Subscription;
    let begins_at = walk.begins_at(&operation.selection_set.node).filter(|_| is_subscription);
    Selected {
        is_same_for_all: is_subscription && !walk.differs,
        reads_cursor: walk.cursor && operation.ty == OperationType::Query,
        begins_at,
    }
}

struct Walk<'a> {
    shape: &'a Shape,
    same: SameForAll,
    document: &'a ExecutableDocument,
    differs: bool,
    cursor: bool,
    variables: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, on: &str, set: &'a SelectionSet) {
        for selection in &set.items {
            let (on, directives, inner) = match &selection.node {
                Selection::Field(field) => {
                    self.field(on, &field.node);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    let on = fragment.type_condition.as_ref().map_or(on, |on| &on.node.on.node);
                    (on, &fragment.directives, Some(&fragment.selection_set.node))
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.document.fragments.get(name).map(|found| &found.node);
                    let on = fragment.map_or(on, |found| &found.type_condition.node.on.node);
                    let inner = fragment.map(|found| &found.selection_set.node);
                    (on, &spread.node.directives, inner)
                }
            };
            for directive in directives {
                self.arguments(directive.node.arguments.iter().map(|(_, value)| &value.node));
            }
            if let Some(inner) = inner {
                self.set(on, inner);
            }
        }
    }

    fn field(&mut self, on: &str, field: &'a Field) {
        for directive in &field.directives {
            self.arguments(directive.node.arguments.iter().map(|(_, value)| &value.node));
        }
        self.arguments(field.arguments.iter().map(|(_, value)| &value.node));
        let name = field.name.node.as_str();
        self.cursor |= name == "eventCursor";
        self.differs |= on.ends_with("Viewer");
        let Some(known) = self.shape.output(on).and_then(|on| on.field(name)) else { return };
        if known.is_composite {
            let path = format!("{on}.{name}");
            self.differs |= !self.same.contains(&path.as_str());
            self.set(&known.of, &field.selection_set.node);
        }
    }

    fn arguments(&mut self, values: impl Iterator<Item = &'a Value>) {
        for value in values {
            self.value(value);
        }
    }

    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Variable(name) => self.variables.push(name),
            Value::List(items) => self.arguments(items.iter()),
            Value::Object(fields) => self.arguments(fields.values()),
            _ => {}
        }
    }

    /// The variable of the root field's `after`, if it is used nowhere else.
    fn begins_at(&self, root: &'a SelectionSet) -> Option<Name> {
        let [only] = root.items.as_slice() else { return None };
        let Selection::Field(field) = &only.node else { return None };
        let (_, after) = field.node.arguments.iter().find(|(name, _)| name.node == "after")?;
        let Value::Variable(name) = &after.node else { return None };
        let uses = self.variables.iter().filter(|used| *used == &name.as_str()).count();
        (uses == 1).then(|| name.clone())
    }
}
