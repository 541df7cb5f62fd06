/// By which fields of a query items were reached. Each way has loaders of its own: what one way waits for never
/// shares a statement by chance with what another asks, so their number never hangs on which came first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Via(u64);

impl Via {
    /// An item that a mutation answers, or one by its id.
    pub const ITSELF: Self = Self(1);

    /// The way as a number, for loaders of other slices.
    pub fn number(self) -> u64 {
        self.0
    }
}
