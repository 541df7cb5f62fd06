/// By which fields of a query items were reached. Each way has loaders of its own: what one way waits for never
/// shares a statement by chance with what another asks, so their number never hangs on which came first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Via(u64);

impl Via {
    /// An item that a mutation answers, or one by its id.
    pub const ITSELF: Self = Self(1);
    /// The items of a profile.
    pub const PROFILE: Self = Self(2);
    /// The gallery.
    pub const GALLERY: Self = Self(3);
    /// The caller's own items, drafts too.
    pub const OWN: Self = Self(4);
    /// The items on which the caller was asked to be credited.
    pub const ASKED: Self = Self(5);
    /// What a comment is about.
    pub const COMMENTED_ON: Self = Self(6);
    /// What a bookmark stands on.
    pub const BOOKMARKED: Self = Self(7);

    /// What a notification is about.
    pub const NOTIFIED: Self = Self(9);

    /// Items that share tags with one.
    pub fn related(self) -> Self {
        Self(self.0 << 4 | 8)
    }

    /// The way as a number, for loaders of other slices.
    pub fn number(self) -> u64 {
        self.0
    }
}
