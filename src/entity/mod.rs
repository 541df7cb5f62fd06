//! Every table, one file each: data only. The rules stand in the slices' `policy.rs`, the writes in
//! their `service.rs`, the tables themselves in the crate `migration`.

pub mod account;
pub mod api_token;
pub mod block;
pub mod bookmark;
pub mod client_key;
pub mod comment;
pub mod conversation;
pub mod conversation_member;
pub mod event;
pub mod follow;
pub mod former_handle;
pub mod invitation;
pub mod message;
pub mod message_mention;
pub mod mute;
pub mod post;
pub mod post_tag;
pub mod profile;
pub mod profile_open_to;
pub mod profile_skill;
pub mod reaction;
pub mod refresh_token;
pub mod revision;
pub mod session;
pub mod signing_key;
pub mod stream;
pub mod tag;
