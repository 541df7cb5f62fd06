use async_graphql::InputObject;

use super::DateTime;

/// A stretch of time; an end that is left out is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, InputObject)]
pub struct DateTimeRange {
    /// Not before this.
    pub from: Option<DateTime>,
    /// Before this.
    pub to: Option<DateTime>,
}
