//! What a file that comes in is about, and how far it is on its way (rules G2, G5). Knows no files and no people.

use crate::words::words;

words! {
    /// What a file is about.
    About {
        /// People, and their places in cohorts.
        People "people"
        /// Pods, with their dates and members.
        Pods "pods"
    }
}

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
