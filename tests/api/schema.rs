//! The contract: `schema.graphql` is what is served, and everything in it is described. Renew the file
//! with `UPDATE_SCHEMA=1 cargo test schema`.

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use guildhall::schema;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");

#[test]
fn the_committed_schema_is_the_served_one() {
    let served = schema::sdl(&schema::build());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(PATH, &served).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(committed == served, "schema.graphql has drifted: renew it with UPDATE_SCHEMA=1");
}

#[test]
fn everything_in_the_schema_is_described() {
    let sdl = schema::sdl(&schema::build());
    let mut bare = Vec::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let definition = definition.node;
        let name = definition.name.node.to_string();
        let roots = ["Query", "Mutation", "Subscription"];
        if definition.description.is_none() && !roots.contains(&name.as_str()) {
            bare.push(name.clone());
        }
        let mut field = |path: String, described: bool| {
            if !described {
                bare.push(path);
            }
        };
        match definition.kind {
            TypeKind::Object(object) => {
                for f in object.fields {
                    let at = format!("{name}.{}", f.node.name.node);
                    field(at.clone(), f.node.description.is_some());
                    for a in f.node.arguments {
                        field(format!("{at}({})", a.node.name.node), a.node.description.is_some());
                    }
                }
            }
            TypeKind::Interface(interface) => {
                for f in interface.fields {
                    field(format!("{name}.{}", f.node.name.node), f.node.description.is_some());
                }
            }
            TypeKind::InputObject(input) => {
                for f in input.fields {
                    field(format!("{name}.{}", f.node.name.node), f.node.description.is_some());
                }
            }
            TypeKind::Enum(values) => {
                for v in values.values {
                    field(format!("{name}.{}", v.node.value.node), v.node.description.is_some());
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:#?}");
}
