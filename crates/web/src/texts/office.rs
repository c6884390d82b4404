//! The words of a working day: what waits for an answer, a coach's week, money, and a client as their coach sees them.

section! {
    /// What waits for somebody: requests to move, outcomes, contests, debts; and who is drifting away.
    Waiting {
        requests_heading, now, asked_for, approve, answer_otherwise, see, busy, completed, no_show, mark, contested, contested_line, contested_own, contested_own_desk, unpaid, money_more, drifting_heading, drifting_note, book, write, to_mark, empty_to_mark_heading, empty_to_mark, move_it, read, approve_mails, to_settle;
        asks: fn(&str) -> String,
        asks_of: fn(&str, &str) -> String,
        you_asked: fn(&str) -> String,
        hours_left: fn(i64) -> String,
        minutes_left: fn(i64) -> String,
        stays: fn(&str, &str) -> String,
        answers_by: fn(&str, &str) -> String,
        quoted: fn(&str) -> String,
        was_there: fn(&str, &str) -> String,
        is_unpaid: fn(&str, &str) -> String,
        is_too_much: fn(&str, &str) -> String,
        session_of: fn(&str) -> String,
        contests: fn(&str) -> String,
        wrote: fn(&str) -> String,
        days_since: fn(i32) -> String,
        you_owe: fn(&str) -> String,
    }
}

section! {
    /// A coach's week.
    Week {
        title, earlier, later, this_week, how, away, busy, held, nothing, open_hours, new_time, reason, reason_hint, confirm, keep, none_free, now_label, new_label, loading,
        choose, another_week, nearest, refused_taken, refused_away, refused_closed, refused_otherwise;
        heading: fn(i8, &str, &str) -> String,
        sessions: fn(usize) -> String,
        asked: fn(&str) -> String,
        held_until: fn(&str) -> String,
        moving: fn(&str) -> String,
        told: fn(&str) -> String,
        told_all: fn() -> &'static str,
    }
}

section! {
    /// What is owed and paid.
    Money {
        title, lede, owed, owed_about, earned, earned_about, nothing, lines, date, what, session, client, coach, amount, receipt, charge, waiver, credit, payment, refund, empty_heading, empty, no_time, of_others, of_own, to_pay_back_about;
    }
}

section! {
    /// A client as their coach sees them.
    ClientPage {
        ahead, past, none_ahead, none_past, all_past, money, money_none, all_lines, terms, terms_none, with_you, held_heading, new_bookings;
        held: fn(&str, i64) -> String,
        accepted: fn(i64, &str) -> String,
    }
}

impl Money {
    /// What a line of the ledger says.
    pub const fn kind(&self, kind: rules::ledger::LineKind) -> &'static str {
        match kind {
            rules::ledger::LineKind::Charge => self.charge,
            rules::ledger::LineKind::Waiver => self.waiver,
            rules::ledger::LineKind::Credit => self.credit,
            rules::ledger::LineKind::Payment => self.payment,
            rules::ledger::LineKind::Refund => self.refund,
        }
    }
}

pub(super) const WAITING_EN: Waiting = Waiting {
    requests_heading: "Waiting for an answer",
    now: "Now",
    asked_for: "Asked for",
    approve: "Approve",
    answer_otherwise: "Answer otherwise",
    see: "See",
    busy: "You are away or busy then: look before you agree.",
    completed: "Completed",
    no_show: "No-show",
    mark: "Mark each",
    contested: "Contested",
    contested_line: "It stands as Missed until you settle it.",
    contested_own: "An admin settles it; you can still undo, correct or forgive.",
    contested_own_desk: "You marked it: its coach or another admin settles it. You can still undo, correct or forgive.",
    unpaid: "Unpaid",
    money_more: "All that is owed",
    drifting_heading: "Drifting",
    drifting_note: "no session for 21 days, none booked",
    book: "Book",
    write: "Write",
    to_mark: "To mark",
    empty_to_mark_heading: "Everything is marked",
    empty_to_mark: "What is over and has no outcome yet stands here, the oldest first.",
    move_it: "Move",
    read: "Read",
    approve_mails: "Approving tells all concerned by mail.",
    to_settle: "To settle",
    asks: |client| format!("{client} asks to move"),
    asks_of: |client, coach| format!("{client} asks {coach} to move"),
    you_asked: |coach| format!("You asked {coach} to move"),
    hours_left: |hours| format!("{hours} h left"),
    minutes_left: |minutes| format!("{minutes} min left"),
    stays: |until, start| format!("Without an answer by {until} it stays: {start}."),
    answers_by: |coach, until| {
        format!("{coach} has until {until} to answer. The time stays yours until then.")
    },
    quoted: |words| format!("“{words}”"),
    was_there: |client, when| format!("Was {client} there {when}?"),
    is_unpaid: |amount, client| format!("{amount} from {client} is unpaid"),
    is_too_much: |amount, client| format!("{amount} to be paid back to {client}"),
    session_of: |when| format!("Session {when}"),
    contests: |client| format!("{client} contests a Missed"),
    wrote: |name| format!("{name} wrote to you"),
    days_since: |days| format!("{days} days since the last session"),
    you_owe: |amount| format!("You owe {amount}."),
};

pub(super) const WAITING_DE: Waiting = Waiting {
    requests_heading: "Wartet auf Antwort",
    now: "Jetzt",
    asked_for: "Gewünscht",
    approve: "Zustimmen",
    answer_otherwise: "Anders antworten",
    see: "Ansehen",
    busy: "Sie sind dann weg oder belegt: sehen Sie nach, bevor Sie zustimmen.",
    completed: "Abgeschlossen",
    no_show: "Nicht erschienen",
    mark: "Einzeln eintragen",
    contested: "Bestritten",
    contested_line: "Es bleibt bei „Versäumt“, bis Sie entscheiden.",
    contested_own: "Die Administration entscheidet; zurücknehmen, ändern oder entschuldigen können Sie noch.",
    contested_own_desk: "Sie haben es vermerkt: Der Coach oder jemand anderes aus der Administration entscheidet. Zurücknehmen, ändern oder entschuldigen können Sie noch.",
    unpaid: "Unbezahlt",
    money_more: "Alles Offene",
    drifting_heading: "Lange nicht da",
    drifting_note: "seit 21 Tagen keine Sitzung, keine gebucht",
    book: "Buchen",
    write: "Schreiben",
    to_mark: "Ohne Ergebnis",
    empty_to_mark_heading: "Alles hat ein Ergebnis",
    empty_to_mark: "Was vorbei ist und noch kein Ergebnis hat, steht hier, das Älteste zuerst.",
    move_it: "Verschieben",
    read: "Lesen",
    approve_mails: "Von der Zustimmung erfahren alle Beteiligten per Mail.",
    to_settle: "Zu klären",
    asks: |client| format!("{client} möchte verschieben"),
    asks_of: |client, coach| format!("{client} möchte bei {coach} verschieben"),
    you_asked: |coach| format!("Sie baten {coach} um eine andere Zeit"),
    hours_left: |hours| format!("noch {hours} Std."),
    minutes_left: |minutes| format!("noch {minutes} Min."),
    stays: |until, start| format!("Ohne Antwort bis {until} bleibt es dabei: {start}."),
    answers_by: |coach, until| {
        format!("{coach} kann bis {until} antworten. Bis dahin gehört die Zeit Ihnen.")
    },
    quoted: |words| format!("„{words}“"),
    was_there: |client, when| format!("War {client} da, {when}?"),
    is_too_much: |amount, client| format!("{amount} sind an {client} zurückzuzahlen"),
    is_unpaid: |amount, client| format!("{amount} von {client} sind unbezahlt"),
    session_of: |when| format!("Sitzung {when}"),
    contests: |client| format!("{client} bestreitet ein „Versäumt“"),
    wrote: |name| format!("{name} hat Ihnen geschrieben"),
    days_since: |days| format!("{days} Tage seit der letzten Sitzung"),
    you_owe: |amount| format!("Offen sind {amount}."),
};

pub(super) const WEEK_EN: Week = Week {
    title: "Calendar",
    earlier: "Previous week",
    later: "Next week",
    this_week: "This week",
    how: "Drag a session to a free time, or press M on it. With a finger, rest on it first.",
    away: "Away",
    busy: "Busy elsewhere",
    held: "Held for a booking",
    nothing: "Nothing",
    open_hours: "Your hours",
    new_time: "New time",
    reason: "Reason",
    reason_hint: "Your client reads it",
    confirm: "Move it",
    keep: "Leave it",
    none_free: "No time is free in this week.",
    now_label: "Now",
    new_label: "New",
    loading: "Looking for free times",
    choose: "Choose a time",
    another_week: "Another week",
    nearest: "Nothing was moved. The nearest free times:",
    refused_taken: "Something else stands there.",
    refused_away: "You are away or busy then.",
    refused_closed: "That is outside your hours.",
    refused_otherwise: "That is past, too close to another session, or no time on offer.",
    heading: |number, first, last| format!("Week {number}, {first} to {last}"),
    sessions: |count| match count {
        0 => "free".to_owned(),
        1 => "1 session".to_owned(),
        count => format!("{count} sessions"),
    },
    asked: |client| format!("{client} asks"),
    held_until: |time| format!("until {time}"),
    moving: |whom| format!("Move the session with {whom}"),
    told_all: || "Everybody in it gets one mail with the old and the new time, and until when they may give up their place at no cost; whoever had left it is offered a place by mail. You get one too.",
    told: |whom| {
        format!(
            "{whom} gets one mail with the old and the new time, and until when it can be cancelled at no cost or moved at once. You get one too."
        )
    },
};

pub(super) const WEEK_DE: Week = Week {
    title: "Kalender",
    earlier: "Vorige Woche",
    later: "Nächste Woche",
    this_week: "Diese Woche",
    how: "Ziehen Sie eine Sitzung auf eine freie Zeit, oder drücken Sie M auf ihr. Mit dem Finger halten Sie sie erst gedrückt.",
    away: "Weg",
    busy: "Anderswo belegt",
    held: "Für eine Buchung gehalten",
    nothing: "Nichts",
    open_hours: "Ihre Zeiten",
    new_time: "Neue Zeit",
    reason: "Grund",
    reason_hint: "Wird mitgelesen",
    confirm: "Verschieben",
    keep: "So lassen",
    none_free: "In dieser Woche ist nichts frei.",
    now_label: "Jetzt",
    new_label: "Neu",
    loading: "Freie Zeiten werden gesucht",
    choose: "Zeit wählen",
    another_week: "Andere Woche",
    nearest: "Nichts wurde verschoben. Die nächsten freien Zeiten:",
    refused_taken: "Dort steht schon etwas.",
    refused_away: "Dann sind Sie weg oder belegt.",
    refused_closed: "Das liegt außerhalb Ihrer Zeiten.",
    refused_otherwise: "Das ist vorbei, zu nah an einer anderen Sitzung oder keine angebotene Zeit.",
    heading: |number, first, last| {
        // Of the same month only the day is named.
        let dot = if first.ends_with(|last: char| last.is_ascii_digit()) { "." } else { "" };
        format!("Woche {number}, {first}{dot} bis {last}")
    },
    sessions: |count| match count {
        0 => "frei".to_owned(),
        1 => "1 Sitzung".to_owned(),
        count => format!("{count} Sitzungen"),
    },
    asked: |client| format!("{client} fragt"),
    held_until: |time| format!("bis {time}"),
    moving: |whom| format!("Die Sitzung mit {whom} verschieben"),
    told_all: || "Alle, die dabei sind, erhalten eine Mail mit alter und neuer Zeit, und bis wann sie ihren Platz kostenlos aufgeben können; wer gegangen war, erhält per Mail wieder einen Platz angeboten. Sie erhalten auch eine.",
    told: |whom| {
        format!(
            "{whom} erhält eine Mail mit alter und neuer Zeit, und bis wann sich kostenlos absagen oder sofort verschieben lässt. Sie erhalten auch eine."
        )
    },
};

pub(super) const MONEY_EN: Money = Money {
    title: "Money",
    lede: "What is owed and what was paid, newest first.",
    owed: "Owed",
    owed_about: "Charged and neither paid, credited nor waived",
    earned: "Earned",
    earned_about: "Kept of sessions whose date has come",
    nothing: "Nothing",
    lines: "Every line",
    date: "Date",
    what: "What",
    session: "Session",
    client: "Client",
    coach: "Coach",
    amount: "Amount",
    receipt: "Receipt",
    charge: "Charged",
    waiver: "Waived",
    credit: "Credited",
    payment: "Paid",
    refund: "Paid back",
    empty_heading: "No money has moved",
    empty: "A paid session is charged when it is booked, and stands here from then on.",
    no_time: "called off",
    of_others: "From your clients",
    of_own: "As a client yourself",
    to_pay_back_about: "Paid for sessions of which it is not owed any more",
};

pub(super) const MONEY_DE: Money = Money {
    title: "Geld",
    lede: "Was offen ist und was bezahlt wurde, das Neueste zuerst.",
    owed: "Offen",
    owed_about: "Berechnet und weder bezahlt noch gutgeschrieben oder erlassen",
    earned: "Verdient",
    earned_about: "Behalten von Sitzungen, deren Tag gekommen ist",
    nothing: "Nichts",
    lines: "Jede Zeile",
    date: "Datum",
    what: "Was",
    session: "Sitzung",
    client: "Klient:in",
    coach: "Coach",
    amount: "Betrag",
    receipt: "Beleg",
    charge: "Berechnet",
    waiver: "Erlassen",
    credit: "Gutgeschrieben",
    payment: "Bezahlt",
    refund: "Zurückgezahlt",
    empty_heading: "Noch ist kein Geld geflossen",
    empty: "Eine bezahlte Sitzung wird beim Buchen berechnet und steht ab dann hier.",
    no_time: "abgesagt",
    of_others: "Von Ihren Klient:innen",
    of_own: "Selbst als Klient:in",
    to_pay_back_about: "Gezahlt für Sitzungen, für die es nicht mehr zu zahlen ist",
};

pub(super) const CLIENT_EN: ClientPage = ClientPage {
    ahead: "Ahead",
    past: "Until now",
    none_ahead: "Nothing is booked.",
    none_past: "Nothing has been yet.",
    all_past: "All past sessions",
    money: "Money",
    money_none: "Nothing is owed.",
    all_lines: "Every line",
    terms: "Coaching agreement",
    terms_none: "Not accepted yet: it is asked for with their first paid session.",
    with_you: "Sessions",
    held_heading: "Terms of their bookings",
    new_bookings: "A new booking",
    held: |first, more| match more {
        0 => format!("Booked: {first}"),
        more => format!("Booked: {first}, and {more} more"),
    },
    accepted: |version, date| format!("Version {version}, accepted on {date}"),
};

pub(super) const CLIENT_DE: ClientPage = ClientPage {
    ahead: "Kommende",
    past: "Bis jetzt",
    none_ahead: "Nichts ist gebucht.",
    none_past: "Noch war nichts.",
    all_past: "Alle vergangenen Sitzungen",
    money: "Geld",
    money_none: "Nichts ist offen.",
    all_lines: "Jede Zeile",
    terms: "Coachingvereinbarung",
    terms_none: "Noch nicht angenommen: Sie wird mit der ersten bezahlten Sitzung erfragt.",
    with_you: "Sitzungen",
    held_heading: "Bedingungen der Buchungen",
    new_bookings: "Eine neue Buchung",
    held: |first, more| match more {
        0 => format!("Gebucht: {first}"),
        more => format!("Gebucht: {first}, und {more} weitere"),
    },
    accepted: |version, date| format!("Fassung {version}, angenommen am {date}"),
};
