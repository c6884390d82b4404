//! What a paying company sees of its people (rule N5).

use crate::words::words;

words! {
    /// What a project's sponsors see.
    Disclosure {
        /// Each one by name.
        Names "names"
        /// Counts alone.
        Counts "counts"
    }
}
