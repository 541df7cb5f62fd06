//! What the guard knows of the schema, read once from its own text.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Value,
    parser::{
        parse_schema,
        types::{
            BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
        },
    },
};

/// Things on a page when neither the document nor the schema says how many: the page of messages.
pub(super) const PAGE: u64 = 50;

/// The schema, as far as the guard needs it.
#[derive(Debug, Default)]
pub(super) struct Shape {
    outputs: HashMap<String, Output>,
    inputs: HashMap<String, Input>,
}

/// A type with fields to select.
#[derive(Debug)]
pub(super) struct Output {
    /// Whether it is a page of a Relay connection.
    pub(super) is_connection: bool,
    fields: HashMap<String, Field>,
}

/// A field to select.
#[derive(Debug)]
pub(super) struct Field {
    /// The name of its type, without lists and non-null marks.
    pub(super) of: String,
    /// Whether that has fields of its own.
    pub(super) is_composite: bool,
    /// Whether it answers a list.
    pub(super) is_list: bool,
    /// For a field that takes `first`: how many when it is not given.
    pub(super) page: Option<u64>,
    /// Arguments that take no null.
    pub(super) needed: HashSet<String>,
}

/// A type that variables may have.
#[derive(Debug)]
pub(super) enum Input {
    /// One of these names.
    Enum(HashSet<String>),
    /// These fields, with their types and whether they may be left out.
    Object {
        /// The fields by name.
        fields: HashMap<String, InputField>,
        /// Whether exactly one of them must be given.
        one_of: bool,
    },
    /// A scalar of the schema's own; its resolver reads it.
    Scalar,
}

/// A field of an input object.
#[derive(Debug)]
pub(super) struct InputField {
    /// Its type.
    pub(super) ty: Type,
    /// Whether it has a default.
    pub(super) has_default: bool,
}

impl Shape {
    /// Reads a schema in the schema definition language.
    pub(super) fn read(sdl: &str) -> anyhow::Result<Self> {
        let definitions = parse_schema(sdl)?.definitions;
        let mut shape = Self::default();
        let composite: HashSet<String> = definitions
            .iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(ty) => match ty.node.kind {
                    TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_) => {
                        Some(ty.node.name.node.to_string())
                    }
                    _ => None,
                },
                _ => None,
            })
            .collect();
        for definition in definitions {
            let TypeSystemDefinition::Type(ty) = definition else { continue };
            let ty = ty.node;
            let name = ty.name.node.to_string();
            let fields = match ty.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Union(_) => Vec::new(),
                TypeKind::Scalar => {
                    shape.inputs.insert(name, Input::Scalar);
                    continue;
                }
                TypeKind::Enum(names) => {
                    let names = names.values.iter().map(|value| value.node.value.node.to_string());
                    shape.inputs.insert(name, Input::Enum(names.collect()));
                    continue;
                }
                TypeKind::InputObject(object) => {
                    let fields = object.fields.into_iter().map(|field| input(field.node)).collect();
                    let one_of = ty.directives.iter().any(|mark| mark.node.name.node == "oneOf");
                    shape.inputs.insert(name, Input::Object { fields, one_of });
                    continue;
                }
            };
            let fields: HashMap<String, Field> =
                fields.into_iter().map(|field| output(field.node, &composite)).collect();
            let is_connection = name.ends_with("Connection") && fields.contains_key("pageInfo");
            shape.outputs.insert(name, Output { is_connection, fields });
        }
        Ok(shape)
    }

    pub(super) fn output(&self, name: &str) -> Option<&Output> {
        self.outputs.get(name)
    }

    pub(super) fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.get(name)
    }
}

impl Output {
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }
}

fn output(field: FieldDefinition, composite: &HashSet<String>) -> (String, Field) {
    let ty = &field.ty.node;
    let of = name_of(ty).to_owned();
    let first = field.arguments.iter().find(|argument| argument.node.name.node == "first");
    let page =
        first.map(|first| match first.node.default_value.as_ref().map(|value| &value.node) {
            Some(Value::Number(number)) => number.as_u64().unwrap_or(PAGE),
            _ => PAGE,
        });
    let is_list = matches!(ty.base, BaseType::List(_));
    let is_composite = composite.contains(&of);
    let needed = field.arguments.iter().filter(|argument| !argument.node.ty.node.nullable);
    let needed = needed.map(|argument| argument.node.name.node.to_string()).collect();
    (field.name.node.to_string(), Field { of, is_composite, is_list, page, needed })
}

fn input(field: InputValueDefinition) -> (String, InputField) {
    let has_default = field.default_value.is_some();
    (field.name.node.to_string(), InputField { ty: field.ty.node, has_default })
}

/// The name in a type, without lists and non-null marks. Spaces may stand within the brackets.
pub(super) fn name_of(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.trim(),
        BaseType::List(inner) => name_of(inner),
    }
}
