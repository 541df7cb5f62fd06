//! The person asking, joined from every slice as the roots are.

use async_graphql::MergedObject;

use crate::{
    accounts::AccountsViewer,
    applications::ApplicationsViewer,
    boards::BoardsViewer,
    bookmarks::BookmarksViewer,
    chat::ChatViewer,
    contact::inbox::InboxViewer,
    cx::Member,
    files::{FilesViewer, uploads::UploadsViewer},
    jobs::saved::SavedViewer,
    members::MembersViewer,
    notifications::NotificationsViewer,
    organizations::OrganizationsViewer,
    portfolio::OwnPortfolio,
    posts::PostsViewer,
    tasks::find::TasksViewer,
};

/// You: all that belongs to the person asking, and to nobody else.
#[derive(Debug, MergedObject)]
pub struct Viewer(
    AccountsViewer,
    MembersViewer,
    PostsViewer,
    BookmarksViewer,
    OwnPortfolio,
    BoardsViewer,
    ChatViewer,
    UploadsViewer,
    FilesViewer,
    InboxViewer,
    ApplicationsViewer,
    NotificationsViewer,
    TasksViewer,
    SavedViewer,
    OrganizationsViewer,
);

impl Viewer {
    /// What `member` sees of themselves. It holds the member, because whoever signs in by this very
    /// operation began it as a guest.
    pub fn of(member: Member) -> Self {
        Self(
            AccountsViewer(member),
            MembersViewer(member),
            PostsViewer(member),
            BookmarksViewer(member),
            OwnPortfolio(member),
            BoardsViewer(member),
            ChatViewer(member),
            UploadsViewer(member),
            FilesViewer(member),
            InboxViewer(member),
            ApplicationsViewer(member),
            NotificationsViewer(member),
            TasksViewer(member),
            SavedViewer(member),
            OrganizationsViewer(member),
        )
    }
}
