use async_graphql::{Enum, SimpleObject};
use sea_orm::sea_query::Order;

use crate::page::Page;

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The least, the oldest, A.
    Asc,
    /// The most, the newest, Z.
    Desc,
}

impl From<OrderDirection> for Order {
    fn from(direction: OrderDirection) -> Self {
        match direction {
            OrderDirection::Asc => Self::Asc,
            OrderDirection::Desc => Self::Desc,
        }
    }
}

/// Where a page of a connection lies.
#[derive(Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether more follow.
    pub has_next_page: bool,
    /// Whether the page began after a cursor, so that there may be more before it; of messages, whether there
    /// are.
    pub has_previous_page: bool,
    /// The cursor of the first edge; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last edge, for `after`; null on an empty page.
    pub end_cursor: Option<String>,
}

impl<T> From<&Page<T>> for PageInfo {
    fn from(page: &Page<T>) -> Self {
        Self {
            has_next_page: page.more,
            has_previous_page: page.began_after,
            start_cursor: page.items.first().map(|(place, _)| place.encode()),
            end_cursor: page.items.last().map(|(place, _)| place.encode()),
        }
    }
}

/// Declares a Relay connection over a [`Page`]: its type with what it knows (`with`) and has beside the page,
/// its edge, and what an edge has beside its node and cursor.
macro_rules! connection {
    (
        $(#[$doc:meta])* $name:ident $(with $known:ty)? $({ $($beside:tt)* })?,
        $(#[$edge_doc:meta])* $edge:ident of $node:ty
        $(, $(#[$more_doc:meta])* $more:ident($row:ident): $more_ty:ty = $more_value:expr)*
        $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(pub $crate::page::Page<$node> $(, pub $known)?);

        $(#[$doc])*
        #[async_graphql::Object]
        impl $name {
            /// The things on the page, each with its cursor.
            async fn edges(&self) -> Vec<$edge<'_>> {
                self.0.items.iter().map(|(place, node)| $edge { place, node }).collect()
            }

            /// The things on the page.
            async fn nodes(&self) -> Vec<&$node> {
                self.0.items.iter().map(|(_, node)| node).collect()
            }

            /// Where the page lies.
            async fn page_info(&self) -> $crate::graph::PageInfo {
                (&self.0).into()
            }

            $($($beside)*)?
        }

        $(#[$edge_doc])*
        #[derive(Debug)]
        pub struct $edge<'a> {
            place: &'a $crate::page::Place,
            node: &'a $node,
        }

        $(#[$edge_doc])*
        #[async_graphql::Object]
        impl $edge<'_> {
            /// Its place, for `after`.
            async fn cursor(&self) -> String {
                self.place.encode()
            }

            /// The thing.
            async fn node(&self) -> &$node {
                self.node
            }

            $(
                $(#[$more_doc])*
                async fn $more(&self) -> $more_ty {
                    let $row = self;
                    $more_value
                }
            )*
        }
    };
}
pub(crate) use connection;
