use async_graphql::SimpleObject;

/// How many things have a value.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Facet {
    /// The value, as a filter takes it.
    pub key: String,
    /// The same for people.
    pub label: String,
    /// How many have it.
    pub count: i32,
}
