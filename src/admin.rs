//! The staff desk, joined from every slice as the roots are.

use async_graphql::MergedObject;

use crate::{
    accounts::AccountsDesk,
    contact::{ContactDesk, inbox::InboxDesk},
};

/// Staff desk.
#[derive(Debug, Default, MergedObject)]
pub struct Admin(AccountsDesk, ContactDesk, InboxDesk);
