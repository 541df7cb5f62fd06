use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationType, VariableDefinition},
};

use super::{
    Refusal,
    cost::{Cost, Scales},
    shape::Shape,
    shared::{self, SameForAll, Selected},
    sizes::Measure,
    variables,
};
use crate::{config::Limits, graph::RequestErrorCode};

/// A document that passed the guard.
#[derive(Debug)]
pub struct Prepared {
    pub(super) document: ExecutableDocument,
    operations: Vec<Operation>,
    /// Whether the schema's checks of the document hang on which variables have a value.
    hangs_on_variables: bool,
    valid: AtomicBool,
    answer: AtomicUsize,
}

/// One operation of a document.
#[derive(Debug)]
pub struct Operation {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// What it does.
    pub kind: OperationType,
    /// Whether it reads the schema.
    pub introspects: bool,
    /// Whether one result of a subscription serves all who ask alike.
    pub is_same_for_all: bool,
    /// Whether a query asks for the place in a stream that its data was read at.
    pub reads_cursor: bool,
    /// The variable that says where a subscription begins, if it says nothing else.
    pub begins_at: Option<Name>,
    variables: Vec<Variable>,
    cost: Cost,
}

/// A variable that an operation declares.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) definition: Positioned<VariableDefinition>,
    /// Whether it stands where null is not taken, though its type may take it.
    pub(super) is_needed: bool,
}

impl Prepared {
    /// Measures a document; one that is too large in any way is refused.
    pub(super) fn new(
        document: ExecutableDocument,
        shape: &Shape,
        same: SameForAll,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let (operations, hangs_on_variables) = measure(&document, shape, same, limits)?;
        let (valid, answer) = (AtomicBool::new(false), AtomicUsize::new(1024));
        Ok(Self { document, operations, hangs_on_variables, valid, answer })
    }

    /// A copy of the document to run.
    pub fn document(&self) -> ExecutableDocument {
        self.document.clone()
    }

    /// The operation to run: the one of that name, or the only one.
    pub fn operation(&self, name: Option<&str>) -> Result<&Operation, Refusal> {
        let refuse = |message| Err(Refusal::new(RequestErrorCode::ValidationFailed, message));
        match (name, self.operations.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => {
                refuse("the document has several operations: say which by `operationName`")
            }
            (Some(name), all) => {
                let found = all.iter().find(|operation| operation.name.as_deref() == Some(name));
                found.map_or_else(|| refuse("the document has no operation of that name"), Ok)
            }
        }
    }

    /// Whether the document was found to fit the schema, and would be again with these variables.
    pub fn is_valid(&self, operation: &Operation, variables: &Variables) -> bool {
        self.valid.load(Ordering::Relaxed)
            && (!self.hangs_on_variables || !operation.has_null(variables))
    }

    /// Whether running it with these variables would show that the document fits the schema with
    /// any: there is no other operation, and no part that the schema's checks pass over.
    pub fn would_show_valid(&self, operation: &Operation, variables: &Variables) -> bool {
        self.operations.len() == 1
            && (!self.hangs_on_variables || operation.has_all(variables))
            && !self.valid.load(Ordering::Relaxed)
    }

    /// Remembers that the document fits the schema.
    pub fn set_valid(&self) {
        self.valid.store(true, Ordering::Relaxed);
    }

    /// Bytes that an answer may take, by the largest so far.
    pub fn answer_size(&self) -> usize {
        self.answer.load(Ordering::Relaxed)
    }

    /// Remembers how large an answer was.
    pub fn set_answer_size(&self, bytes: usize) {
        if bytes > self.answer_size() {
            self.answer.store(bytes.min(256 * 1024), Ordering::Relaxed);
        }
    }

    /// Roughly what it takes in memory, beside its text.
    pub(super) fn weight(&self) -> usize {
        self.operations
            .iter()
            .fold(1024usize, |sum, operation| sum.saturating_add(operation.cost.len() * 128))
    }
}

impl Operation {
    /// What it costs with these variables, which must fit its types.
    pub(super) fn check(&self, shape: &Shape, variables: &Variables) -> Result<u64, Refusal> {
        variables::check(shape, &self.variables, variables)?;
        Ok(self.cost.points(variables))
    }

    /// Whether every variable that it declares has a value, other than null.
    fn has_all(&self, variables: &Variables) -> bool {
        self.values(variables).all(|value| value.is_some_and(|value| *value != Value::Null))
    }

    /// Whether a variable that it declares is null.
    fn has_null(&self, variables: &Variables) -> bool {
        self.values(variables).any(|value| value == Some(&Value::Null))
    }

    fn values<'a>(&'a self, variables: &'a Variables) -> impl Iterator<Item = Option<&'a Value>> {
        self.variables.iter().map(|variable| variables.get(&variable.definition.node.name.node))
    }
}

fn measure(
    document: &ExecutableDocument,
    shape: &Shape,
    same: SameForAll,
    limits: &Limits,
) -> Result<(Vec<Operation>, bool), Refusal> {
    let count = match &document.operations {
        DocumentOperations::Single(_) => 1,
        DocumentOperations::Multiple(all) => all.len(),
    };
    let within = |number: usize, most: usize, what: &str| {
        if number > most { Err(Refusal::too_many(what, most)) } else { Ok(()) }
    };
    within(count, limits.operations, "operations")?;
    let mut measure = Measure::new(document);
    measure.fragments()?;
    let mut measured = Vec::with_capacity(count);
    for (name, operation) in document.operations.iter() {
        let node = &operation.node;
        within(node.variable_definitions.len(), limits.variables, "variables")?;
        measure.directives(&node.directives);
        for variable in &node.variable_definitions {
            measure.directives(&variable.node.directives);
        }
        let sizes = measure.operation(&node.selection_set)?;
        let within = |number: u64, most: u64, what: &str| {
            if number > most {
                Err(Refusal::too_many(what, most).at(operation.pos))
            } else {
                Ok(())
            }
        };
        within(sizes.selections, limits.selections, "selections, fragments written out,")?;
        within(sizes.aliases, limits.aliases, "aliases")?;
        within(sizes.fields, limits.root_fields, "fields at its root")?;
        within(sizes.schemas, 1, "`__schema`")?;
        if node.ty == OperationType::Subscription && (sizes.fields != 1 || sizes.introspections > 0)
        {
            let message = "a subscription has exactly one field at its root";
            let refusal = Refusal::new(RequestErrorCode::ValidationFailed, message);
            return Err(refusal.at(operation.pos));
        }
        if sizes.depth > limits.depth {
            let message = format!(
                "the operation nests {} levels deep; {} is the most",
                sizes.depth, limits.depth
            );
            return Err(Refusal::new(RequestErrorCode::TooDeep, message).at(operation.pos));
        }
        measured.push((name, node, sizes));
    }
    within(measure.directives, limits.directives, "directives")?;
    // Only now: what is weighed is known to be small once written out.
    let mut scales = Scales::new(shape, document);
    let weighed: Vec<_> = measured
        .into_iter()
        .map(|(name, node, sizes)| (name, node, sizes, scales.weigh(node, sizes.fields)))
        .collect();
    let uses = scales.uses;
    let operations = weighed.into_iter().map(|(name, node, sizes, cost)| {
        let variables = node.variable_definitions.iter().map(|definition| Variable {
            definition: definition.clone(),
            is_needed: uses.needed.contains(definition.node.name.node.as_str()),
        });
        let Selected { is_same_for_all, reads_cursor, begins_at } =
            shared::look(shape, same, document, node);
        Operation {
            is_same_for_all,
            reads_cursor,
            begins_at,
            name: name.cloned(),
            kind: node.ty,
            introspects: sizes.introspections > 0,
            variables: variables.collect(),
            cost,
        }
    });
    Ok((operations.collect(), uses.within))
}
