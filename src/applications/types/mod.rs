//! The graph's types of applications.

mod application;
mod event;
mod stage;

pub use application::{Application, ApplicationConnection, ApplicationEdge, ApplicationViewer};
pub use event::ApplicationEvent;
pub use stage::HiringStage;
