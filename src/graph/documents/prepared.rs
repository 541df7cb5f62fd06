use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationType, VariableDefinition},
};

use super::{
    Refusal,
    cost::{Cost, Scales},
    shape::Shape,
    sizes::Measure,
    variables,
};
use crate::{config::Limits, graph::RequestErrorCode};

/// A document that passed the guard.
#[derive(Debug)]
pub struct Prepared {
    pub(super) document: ExecutableDocument,
    operations: Vec<Operation>,
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
    variables: Vec<Positioned<VariableDefinition>>,
    cost: Cost,
}

impl Prepared {
    /// Measures a document; one that is too large in any way is refused.
    pub(super) fn new(
        document: ExecutableDocument,
        shape: &Shape,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let operations = measure(&document, shape, limits)?;
        let answer = AtomicUsize::new(1024);
        Ok(Self { document, operations, valid: AtomicBool::new(false), answer })
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

    /// Whether the document has only one operation, which then needs no name to be found.
    pub fn is_single(&self) -> bool {
        self.operations.len() == 1
    }

    /// Whether the document was found to fit the schema, whatever the variables.
    pub fn is_valid(&self) -> bool {
        self.valid.load(Ordering::Relaxed)
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
    pub fn is_given_all(&self, given: &Variables) -> bool {
        self.variables.iter().all(|variable| {
            given
                .get(&variable.node.name.node)
                .is_some_and(|value| *value != async_graphql::Value::Null)
        })
    }

    /// Whether a variable that it declares is null.
    pub fn is_given_null(&self, given: &Variables) -> bool {
        self.variables.iter().any(|variable| {
            given.get(&variable.node.name.node) == Some(&async_graphql::Value::Null)
        })
    }
}

fn measure(
    document: &ExecutableDocument,
    shape: &Shape,
    limits: &Limits,
) -> Result<Vec<Operation>, Refusal> {
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
    let operations = measured.into_iter().map(|(name, node, sizes)| Operation {
        name: name.cloned(),
        kind: node.ty,
        introspects: sizes.introspections > 0,
        variables: node.variable_definitions.clone(),
        cost: scales.weigh(node, sizes.fields),
    });
    Ok(operations.collect())
}
