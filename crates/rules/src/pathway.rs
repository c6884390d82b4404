//! In which order the steps of a pathway open (rule G1). Knows nothing of times: when an open step can be booked is
//! its window's matter.

use crate::attendance::Status;
use crate::words::words;

words! {
    /// In which order the steps of a pathway open.
    Order {
        /// All at once.
        Free "free"
        /// One after the other.
        Ordered "ordered"
    }
}

/// Which step the next one waits for, as its place in `before`: the statuses of the steps before it, in their order.
/// None if it is open.
///
/// A step opens when the one before is Booked, Completed or Missed. What is greyed out is skipped: it will never be
/// any of these, and what nobody can do must not stop what comes after it.
pub fn waits_for(order: Order, before: &[Status]) -> Option<usize> {
    if order == Order::Free {
        return None;
    }
    let last = before.iter().rposition(|status| *status != Status::GreyedOut)?;
    match before[last] {
        Status::Booked | Status::Completed | Status::Missed => None,
        Status::Unbooked | Status::GreyedOut | Status::Cancelled => Some(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule G1
    #[test]
    fn a_step_opens_when_the_one_before_is_booked_completed_or_missed() {
        use Status::{Booked, Cancelled, Completed, GreyedOut, Missed, Unbooked};
        fn check(before: &[Status], expect: Option<usize>) {
            assert_eq!(waits_for(Order::Ordered, before), expect, "{before:?}");
            assert_eq!(waits_for(Order::Free, before), None, "{before:?}");
        }
        check(&[], None);
        check(&[Unbooked], Some(0));
        check(&[Booked], None);
        check(&[Completed], None);
        check(&[Missed], None);
        check(&[Cancelled], Some(0));
        check(&[GreyedOut], None);
        check(&[Unbooked, GreyedOut], Some(0));
        check(&[Completed, GreyedOut], None);
        check(&[Completed, Unbooked], Some(1));
        // Only the one before counts: what was open and booked first keeps what follows it open.
        check(&[Unbooked, Booked], None);
    }
}
