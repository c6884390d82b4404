//! What a letter is besides a mail: what sort of thing it tells of, whether it is shown inside the program too (rule M6),
//! and whether its mail may be refused (rule M4). Knows no words and nobody's choices.

use crate::letters::Letter;
use crate::words::words;

words! {
    /// What sort of thing a letter tells of. What is refused, is refused by these.
    Category {
        /// Somebody's account, and who comes into it.
        Account "account"
        /// Somebody's own bookings.
        Bookings "bookings"
        /// That somebody wrote.
        Messages "messages"
        /// How somebody's session went.
        Outcomes "outcomes"
        /// That a coach has not said yet how a session went.
        Nudges "nudges"
        /// That a step of somebody's journey waits to be booked.
        Steps "steps"
        /// What a program asks at its end, and what it tells those who run it or pay for it.
        Programs "programs"
    }
}

impl Category {
    /// Whether mails of this sort may be refused: never what concerns somebody's own booking or account.
    pub const fn may_be_refused(self) -> bool {
        match self {
            Category::Account | Category::Bookings => false,
            Category::Messages
            | Category::Outcomes
            | Category::Nudges
            | Category::Steps
            | Category::Programs => true,
        }
    }
}

/// What a letter is besides a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What sort of thing it tells of.
    pub category: Category,
    /// Whether it is shown inside the program too, to whoever did not do it themselves.
    pub is_shown: bool,
}

/// The table.
pub const fn notice(letter: Letter) -> Notice {
    const fn shown(category: Category) -> Notice {
        Notice { category, is_shown: true }
    }
    const fn mailed(category: Category) -> Notice {
        Notice { category, is_shown: false }
    }
    match letter {
        // Who reads these is on their way in, or must hear of it where a thief does not.
        Letter::SignInLink
        | Letter::Invitation
        | Letter::PasswordChanged
        | Letter::NewDevice
        | Letter::TokenMade
        | Letter::AccountClosed
        | Letter::Test => mailed(Category::Account),
        Letter::RolesChanged | Letter::SignedOut => shown(Category::Account),
        // Whoever holds a time has no account to look into.
        Letter::BookingLink => mailed(Category::Bookings),
        Letter::Booked | Letter::BookedForCoach | Letter::SeriesBooked | Letter::SeriesBookedForCoach => {
            shown(Category::Bookings)
        }
        Letter::Moved
        | Letter::MovedForCoach
        | Letter::MoveAsked
        | Letter::MoveAskedForCoach
        | Letter::MoveUndecided
        | Letter::MoveRejected
        | Letter::MoveWithdrawn
        | Letter::MoveExpired
        | Letter::MoveExpiredForCoach
        | Letter::Cancelled
        | Letter::CancelledForCoach
        | Letter::PlaceOffered
        | Letter::Reminder
        | Letter::ReminderForCoach
        | Letter::MarkedMissed
        | Letter::MarkCorrected
        | Letter::MarkChangedForCoach
        | Letter::Contested
        | Letter::Upheld
        | Letter::UpheldForCoach
        | Letter::Forgiven
        | Letter::ForgivenForCoach
        | Letter::Waived
        | Letter::WaivedForCoach
        | Letter::Receipt
        | Letter::SessionMessage
        | Letter::CoachChosen
        | Letter::PaidForCoach
        | Letter::Refunded
        | Letter::RefundedForCoach
        | Letter::CoachChanged
        | Letter::ClientsGiven
        | Letter::ClientsTaken
        | Letter::PodTooSmall
        | Letter::CoCoachNamed
        | Letter::CoCoachEnded
        | Letter::CoCoachJoins
        | Letter::CoCoachLeaves => shown(Category::Bookings),
        Letter::MarkedCompleted => shown(Category::Outcomes),
        Letter::MarkWanted => shown(Category::Nudges),
        Letter::Trigger => shown(Category::Steps),
        Letter::TriggerForCoach => shown(Category::Nudges),
        Letter::TriggerTest => mailed(Category::Account),
        Letter::BookingWanted | Letter::InactiveTold => shown(Category::Steps),
        Letter::SessionsCancelled | Letter::SessionsCancelledForCoach => shown(Category::Bookings),
        Letter::Survey | Letter::InactiveListed | Letter::CoachChosenForLead => shown(Category::Programs),
        // To a sponsor the program shows nothing yet but the way in.
        Letter::Escalated => mailed(Category::Programs),
        Letter::MessageReceived => shown(Category::Messages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule M4
    #[test]
    fn what_concerns_ones_own_booking_or_account_is_never_refused() {
        let refusable: Vec<&str> =
            Category::ALL.iter().filter(|it| it.may_be_refused()).map(|it| it.code()).collect();
        assert_eq!(refusable, ["messages", "outcomes", "nudges", "steps", "programs"]);
        for letter in [Letter::SignInLink, Letter::RolesChanged, Letter::Booked, Letter::SeriesBookedForCoach]
        {
            assert!(!notice(letter).category.may_be_refused(), "{letter}");
        }
        assert!(notice(Letter::MessageReceived).category.may_be_refused());
        assert!(!notice(Letter::SessionMessage).category.may_be_refused(), "it is about a booking");
    }

    // Rule M6
    #[test]
    fn what_opens_a_door_is_not_shown_inside() {
        for letter in [Letter::SignInLink, Letter::Invitation, Letter::NewDevice, Letter::BookingLink] {
            assert!(!notice(letter).is_shown, "{letter}");
        }
        for letter in [Letter::Booked, Letter::BookedForCoach, Letter::MessageReceived, Letter::RolesChanged]
        {
            assert!(notice(letter).is_shown, "{letter}");
        }
    }
}
