//! Checks the variables of a request against what its operation declares, before anything runs.

use std::fmt::Write as _;

use async_graphql::{
    Value, Variables,
    parser::types::{BaseType, Type},
};

use super::{
    Refusal,
    prepared::Variable,
    shape::{Input, Shape, name_of},
};
use crate::graph::{RequestErrorCode, uploads};

/// The scalar of files that come with the request.
const UPLOAD: &str = "Upload";

/// Refuses variables that do not fit their types. Scalars of the schema's own are left to the
/// resolvers. Values are not repeated in the message.
pub(super) fn check(
    shape: &Shape,
    declared: &[Variable],
    variables: &Variables,
) -> Result<(), Refusal> {
    for Variable { definition, is_needed } in declared {
        let variable = &definition.node;
        let name = &variable.name.node;
        let ty = &variable.var_type.node;
        let refuse = |message: String| {
            Err(Refusal::new(RequestErrorCode::BadVariables, message).at(definition.pos))
        };
        match variables.get(name) {
            None if ty.nullable || variable.default_value.is_some() => {}
            None => return refuse(format!("the variable ${name} of type {ty} was not given")),
            Some(Value::Null) if *is_needed && ty.nullable => {
                return refuse(format!("${name}: null is not taken where it stands"));
            }
            Some(value) => {
                let mut wrong = Wrong { path: vec![format!("${name}")], message: String::new() };
                if !wrong.fits(shape, value, ty) {
                    return refuse(format!("{}: {}", wrong.path.concat(), wrong.message));
                }
            }
        }
    }
    Ok(())
}

/// Where a value does not fit, and why.
struct Wrong {
    path: Vec<String>,
    message: String,
}

impl Wrong {
    fn because(&mut self, message: impl Into<String>) -> bool {
        self.message = message.into();
        false
    }

    fn within(&mut self, step: String, fits: impl FnOnce(&mut Self) -> bool) -> bool {
        self.path.push(step);
        if !fits(self) {
            return false;
        }
        self.path.pop();
        true
    }

    fn fits(&mut self, shape: &Shape, value: &Value, ty: &Type) -> bool {
        match (&ty.base, value) {
            (_, Value::Null) if ty.nullable => true,
            (BaseType::Named(name), Value::Null) if name == UPLOAD => self.because(uploads::HOW),
            (_, Value::Null) => self.because(format!("{ty} can't be null")),
            (BaseType::List(inner), Value::List(items)) => {
                items.iter().enumerate().all(|(place, item)| {
                    self.within(format!("[{place}]"), |wrong| wrong.fits(shape, item, inner))
                })
            }
            (BaseType::List(inner), single) => self.fits(shape, single, inner),
            (BaseType::Named(_), value) => self.fits_named(shape, value, name_of(ty)),
        }
    }

    fn fits_named(&mut self, shape: &Shape, value: &Value, name: &str) -> bool {
        let fits = match name {
            "Int" => matches!(value, Value::Number(number)
                if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())),
            "Float" => matches!(value, Value::Number(_)),
            "String" => matches!(value, Value::String(_)),
            "Boolean" => matches!(value, Value::Boolean(_)),
            "ID" => match value {
                Value::Number(number) => number.is_i64() || number.is_u64(),
                value => matches!(value, Value::String(_)),
            },
            name => match shape.input(name) {
                // No such type, or none for input: the schema's own checks say so.
                None => true,
                Some(Input::Scalar) => match (name == UPLOAD, value) {
                    (true, Value::Binary(_)) => true,
                    (true, _) => return self.because(uploads::HOW),
                    // A file that was sent where none is expected.
                    (false, value) => !matches!(value, Value::Binary(_)),
                },
                Some(Input::Enum(names)) => match value {
                    Value::String(value) => names.contains(value),
                    Value::Enum(value) => names.contains(value.as_str()),
                    _ => false,
                },
                Some(Input::Object { fields, one_of }) => {
                    let Value::Object(given) = value else {
                        return self.because(format!("write an object for {name}"));
                    };
                    for (key, value) in given {
                        let Some(field) = fields.get(key.as_str()) else {
                            return self.because(format!("{name} has a field that does not exist"));
                        };
                        let step = format!(".{key}");
                        if !self.within(step, |wrong| wrong.fits(shape, value, &field.ty)) {
                            return false;
                        }
                    }
                    if *one_of && (given.len() != 1 || given.values().any(|v| *v == Value::Null)) {
                        return self.because(format!("give exactly one field of {name}"));
                    }
                    let mut missing: Vec<&str> = fields
                        .iter()
                        .filter(|(key, field)| {
                            let needed = !field.ty.nullable && !field.has_default;
                            needed && !given.contains_key(key.as_str())
                        })
                        .map(|(key, _)| key.as_str())
                        .collect();
                    missing.sort_unstable();
                    if missing.is_empty() {
                        return true;
                    }
                    let mut message = format!("{name} needs");
                    for field in missing {
                        let _ = write!(message, " `{field}`");
                    }
                    return self.because(message);
                }
            },
        };
        fits || self.because(format!("the value is no {name}"))
    }
}
