//! What is measured, and what it is measured by.

use clap::ValueEnum;

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    /// The product.
    Guildhall,
    /// The server written by hand.
    Hand,
}

impl Side {
    /// The one that was chosen, or both.
    pub(crate) fn chosen(side: Option<Self>) -> Vec<Self> {
        side.map_or_else(|| vec![Self::Guildhall, Self::Hand], |side| vec![side])
    }
}
