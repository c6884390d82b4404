//! How far a file of people is on its way in (rule G2). Knows no files and no people.

use crate::words::words;

words! {
    /// How far a file is.
    Stage {
        /// Its lines are looked at.
        Checking "checking"
        /// All were looked at; it waits for whoever sent it.
        Checked "checked"
        /// It is brought in.
        Committing "committing"
        /// It is in.
        Done "done"
        /// It was called off, or whoever sent it may no longer bring anybody in.
        Cancelled "cancelled"
    }
}
