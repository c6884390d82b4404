//! What is owed, from lines that are only added (rule F3), and the one table of what follows from a status (rule S11).
//! Knows no rows and no receipts.

use crate::attendance::{Outcome, Status};
use crate::meeting::Seat;
use crate::money::Money;
use crate::terms::Band;
use crate::words::words;

words! {
    /// What a line of the ledger says.
    LineKind {
        /// This is owed.
        Charge "charge"
        /// This is not owed after all, as the terms say.
        Credit "credit"
        /// This is not asked for, for a reason.
        Waiver "waiver"
        /// This was paid.
        Payment "payment"
        /// This was paid and given back.
        Refund "refund"
    }
}

/// The sums of one seat's lines, in minor units of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// All charges.
    pub charged: i64,
    /// All credits.
    pub credited: i64,
    /// All waivers.
    pub waived: i64,
    /// All payments, less what of them was given back.
    pub paid: i64,
}

impl Balance {
    /// With one more line.
    pub const fn with(mut self, kind: LineKind, minor: i64) -> Balance {
        match kind {
            LineKind::Charge => self.charged += minor,
            LineKind::Credit => self.credited += minor,
            LineKind::Waiver => self.waived += minor,
            LineKind::Payment => self.paid += minor,
            LineKind::Refund => self.paid -= minor,
        }
        self
    }

    /// What the session brings in: revenue, once its date has come.
    pub const fn net(&self) -> i64 {
        self.charged - self.credited - self.waived
    }

    /// What is still to be paid; below zero what is to be paid back.
    pub const fn owed(&self) -> i64 {
        self.net() - self.paid
    }

    /// The line that makes it so that this much is billed, if one is needed. What was waived stays waived.
    pub const fn settle(&self, target: i64) -> Option<(LineKind, i64)> {
        let (net, billed) = (self.net(), self.charged - self.credited);
        if net > target {
            Some((LineKind::Credit, net - target))
        } else if billed < target {
            Some((LineKind::Charge, target - billed))
        } else {
            None
        }
    }
}

/// What a session that is called off, missed or forgiven comes to for its client, beside what they have paid of it: what
/// is kept can only be kept of what was paid, and the rest is still to pay (rule F3). Pages, letters and history all ask
/// here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// It costs nothing, and nothing was paid.
    Nothing,
    /// It costs nothing, and what was paid goes back.
    AllBack {
        /// What was paid.
        back: Money,
    },
    /// All that it costs is still to pay.
    StillToPay {
        /// What it costs.
        billed: Money,
    },
    /// A part of what it costs is paid.
    PartlyPaid {
        /// What it costs.
        billed: Money,
        /// What of that is paid.
        paid: Money,
        /// What is not.
        owed: Money,
    },
    /// Just what was paid is kept.
    Kept {
        /// What it costs.
        kept: Money,
    },
    /// A part of what was paid is kept.
    PartlyKept {
        /// What it costs.
        kept: Money,
        /// The rest of what was paid.
        back: Money,
    },
}

impl Cost {
    /// What this bill comes to for whoever has paid so much of it, in minor units.
    pub fn of(billed: Money, paid_minor: i64) -> Cost {
        let of = |minor| Money { minor, currency: billed.currency };
        match (billed.minor, paid_minor) {
            (..=0, ..=0) => Cost::Nothing,
            (..=0, paid) => Cost::AllBack { back: of(paid) },
            (_, ..=0) => Cost::StillToPay { billed },
            (bill, paid) if paid < bill => Cost::PartlyPaid { billed, paid: of(paid), owed: of(bill - paid) },
            (bill, paid) if paid > bill => Cost::PartlyKept { kept: billed, back: of(paid - bill) },
            _ => Cost::Kept { kept: billed },
        }
    }
}

/// What a status does to allowance or package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uses {
    /// Nothing.
    Nothing,
    /// It is kept for this session.
    Reserves,
    /// It is used up.
    Uses,
    /// It comes back.
    Returns,
}

/// What a status bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bills {
    /// Nothing.
    Nothing,
    /// What the booking's terms say.
    ByTerms,
    /// Only the share that is kept.
    ShareKept,
}

/// What follows from a status: pages, ledger and reports all ask here (rule S11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequences {
    /// For allowance or package.
    pub uses: Uses,
    /// For money.
    pub bills: Bills,
    /// Whether client and sponsor see it.
    pub is_shown_to_client: bool,
}

/// The table.
#[rustfmt::skip]
pub const fn consequences(status: Status) -> Consequences {
    let (uses, bills, is_shown_to_client) = match status {
        Status::Unbooked                    => (Uses::Nothing,  Bills::Nothing,   true),
        Status::Booked                      => (Uses::Reserves, Bills::Nothing,   true),
        Status::Completed | Status::Missed  => (Uses::Uses,     Bills::ByTerms,   true),
        Status::Cancelled                   => (Uses::Returns,  Bills::ShareKept, true),
        Status::GreyedOut                   => (Uses::Nothing,  Bills::Nothing,   false),
    };
    Consequences { uses, bills, is_shown_to_client }
}

/// What is billed for a seat of which its client was told this outcome; none: it is booked, and charged as agreed
/// (rules F3, S10). Nothing for what has no price.
pub fn billed(seat: &Seat, told: Option<Outcome>) -> Option<Money> {
    let (price, _) = seat.price?;
    match told {
        None | Some(Outcome::Completed) => Some(price),
        Some(Outcome::NoShow | Outcome::LateCancellation) => {
            seat.terms().map(|terms| terms.kept_in(price, Band::Late))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule F3
    #[test]
    fn a_line_is_added_only_for_the_difference() {
        fn check(charged: i64, credited: i64, waived: i64, target: i64, expect: Option<(LineKind, i64)>) {
            let balance = Balance { charged, credited, waived, paid: 0 };
            assert_eq!(balance.settle(target), expect, "{balance:?} to {target}");
            if let Some((kind, minor)) = expect {
                assert!(minor > 0, "a line says something");
                let settled = balance.with(kind, minor);
                assert_eq!(settled.settle(target), None, "settled is settled");
            }
        }
        use LineKind::{Charge, Credit};
        check(100, 0, 0, 100, None);
        check(100, 0, 0, 50, Some((Credit, 50)));
        check(100, 0, 0, 0, Some((Credit, 100)));
        check(100, 50, 0, 100, Some((Charge, 50)));
        check(100, 100, 0, 50, Some((Charge, 50)));
        // What was waived is neither credited a second time nor charged again.
        check(100, 0, 100, 0, None);
        check(100, 0, 100, 100, None);
        check(100, 0, 30, 50, Some((Credit, 20)));
        check(0, 0, 0, 0, None);
    }

    // Rule F3
    #[test]
    fn what_was_paid_too_much_is_owed_back() {
        let balance = Balance { charged: 100, credited: 50, waived: 0, paid: 100 };
        assert_eq!((balance.net(), balance.owed()), (50, -50));
        let back = balance.with(LineKind::Refund, 20);
        assert_eq!(
            (back.net(), back.owed()),
            (50, -30),
            "what is given back brings in neither more nor less"
        );
        assert_eq!(back.with(LineKind::Refund, 30).owed(), 0);
    }

    // Rule F3
    #[test]
    fn only_what_was_paid_is_kept() {
        let euros = |minor| Money::new(minor, crate::money::Currency::EUR);
        let check =
            |billed, paid, expect| assert_eq!(Cost::of(euros(billed), paid), expect, "{billed}, {paid}");
        check(0, 0, Cost::Nothing);
        check(0, 100, Cost::AllBack { back: euros(100) });
        check(50, 0, Cost::StillToPay { billed: euros(50) });
        check(50, 49, Cost::PartlyPaid { billed: euros(50), paid: euros(49), owed: euros(1) });
        check(50, 50, Cost::Kept { kept: euros(50) });
        check(50, 51, Cost::PartlyKept { kept: euros(50), back: euros(1) });
        check(50, 100, Cost::PartlyKept { kept: euros(50), back: euros(50) });
    }

    // Rule S11
    #[test]
    fn the_table_of_consequences_is_the_one_of_the_rules() {
        fn check(status: Status, uses: Uses, bills: Bills, shown: bool) {
            let got = consequences(status);
            assert_eq!((got.uses, got.bills, got.is_shown_to_client), (uses, bills, shown), "{status}");
        }
        check(Status::Unbooked, Uses::Nothing, Bills::Nothing, true);
        check(Status::Booked, Uses::Reserves, Bills::Nothing, true);
        check(Status::Completed, Uses::Uses, Bills::ByTerms, true);
        check(Status::Missed, Uses::Uses, Bills::ByTerms, true);
        check(Status::Cancelled, Uses::Returns, Bills::ShareKept, true);
        check(Status::GreyedOut, Uses::Nothing, Bills::Nothing, false);
    }
}
