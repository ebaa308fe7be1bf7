//! Systems on which nothing is known to keep a laptop awake: it sleeps as its owner has set it, and the screens say so.

/// What keeps a laptop awake: nothing here.
#[derive(Debug, Default)]
pub(super) struct Hold;

impl Hold {
    /// Nothing to be done.
    #[allow(clippy::unused_async, reason = "the same as on systems where it takes time")]
    pub(super) async fn take(&mut self) {}

    /// Nothing to be done.
    #[allow(clippy::unused_async, reason = "the same as on systems where it takes time")]
    pub(super) async fn release(&mut self) {}

    /// Never.
    pub(super) const fn is_awake(&self) -> bool {
        false
    }
}
