//! The graph's types of applications.

mod application;
mod event;

pub use application::{Application, ApplicationConnection, ApplicationEdge, ApplicationViewer};
pub use event::ApplicationEvent;
