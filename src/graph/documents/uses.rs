use std::collections::HashSet;

use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

/// How a document uses its variables.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    /// Variables that stand where null is not taken, though their type may take it.
    pub(super) needed: HashSet<&'a str>,
    /// Whether a variable stands within a list or an object. The schema's checks then look at the
    /// rest of that value only while the variable has a value.
    pub(super) within: bool,
}

impl<'a> Uses<'a> {
    /// Notes the variables in arguments; `needs` knows which arguments take no null.
    pub(super) fn arguments(
        &mut self,
        arguments: &'a [(Positioned<Name>, Positioned<Value>)],
        needs: impl Fn(&str) -> bool,
    ) {
        for (argument, value) in arguments {
            match &value.node {
                Value::Variable(name) if needs(&argument.node) => {
                    self.needed.insert(name);
                }
                Value::List(items) => self.within |= items.iter().any(has_variable),
                Value::Object(fields) => self.within |= fields.values().any(has_variable),
                _ => {}
            }
        }
    }
}

fn has_variable(value: &Value) -> bool {
    match value {
        Value::Variable(_) => true,
        Value::List(items) => items.iter().any(has_variable),
        Value::Object(fields) => fields.values().any(has_variable),
        _ => false,
    }
}
