//! The staff desk, joined from every slice as the roots are.

use async_graphql::MergedObject;

use crate::{
    accounts::AccountsDesk,
    mail::{OutboxDesk, WordsDesk},
};

/// Staff desk.
#[derive(Debug, Default, MergedObject)]
pub struct Admin(AccountsDesk, OutboxDesk, WordsDesk);
