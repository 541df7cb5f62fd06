//! Searches for postings that are kept, and tell by mail of what is new.

mod alerts;
mod kept;
mod loaders;
mod mutation;
mod search;
mod types;
mod viewer;

pub use self::{
    alerts::{DIGEST, PUBLISHED, is_due, published, told},
    loaders::Loaders as SavedLoaders,
    mutation::{JobSearchInput, JobSearchPayload, SavedMutation},
    search::{New as NewSearch, save},
    types::SavedJobSearch,
    viewer::SavedViewer,
};
