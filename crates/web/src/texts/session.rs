//! The words of one session's life: moving it, calling it off, saying how it went, what it costs, what happened to it.

use rules::cancelling::Grounds;
use rules::ledger::LineKind;
use rules::menu::Act;
use rules::session::Cause;

use crate::words::CostSaid;

section! {
    /// Moving a session, or asking to.
    Moving {
        title, when_heading, now, then, asked_for, if_asked, if_moved, pick_time, none_heading, none, more_days, instead,
        look_again, why, choose_first, submit_move, members, not_counted, cancel_instead, to_hours, withdraw_first;
        at_once: fn(&str, &str) -> String,
        by_asking: fn(&str, &str, usize) -> String,
        intro: fn(&str) -> String,
        answer: fn(&str, usize) -> String,
        house: fn(&str) -> String,
        too_late: fn(&str) -> String,
        refused: fn(&str) -> String,
        as_before: fn(u16) -> String,
        reason_hint: fn(&str, usize) -> String,
        stays: fn(&str, &str) -> String,
        decides: fn(&str, usize, &str, &str) -> String,
        changes: fn(u32, u32) -> String,
        window: fn(&str, &str) -> String,
        window_of_members: fn(&str) -> String,
        soon: fn(&str, &str) -> String,
        write: fn(&str) -> String,
        ask: fn(&str) -> String,
        keep: fn(&str) -> String,
        mails: fn(&str, usize) -> String,
        mails_alone: fn(&str, usize) -> String,
        and: fn(&str, &str) -> String,
    }
}

section! {
    /// Calling a session off.
    Ending {
        title, title_after, cause_heading, cause_heading_after, you, reason, submit, submit_leave, submit_after, keep, missed, missed_already, unbooked, left, cancelled, move_instead, not_now, for_all;
        begun: fn(&str) -> String,
        costs: fn(&str, &str) -> String,
        leaves: fn(&str) -> String,
        leaves_late: fn(&str) -> String,
        leaves_at: fn(&str, &str) -> String,
        heading: fn(&str) -> String,
        heading_of_one: fn(&str, &str) -> String,
        heading_after: fn(&str) -> String,
        left_of: fn(&str) -> String,
        submit_of_one: fn(&str) -> String,
        cause: fn(Cause, &str, &str) -> String,
        cause_after: fn(Cause, &str, &str) -> String,
        because: fn(Cause, &str) -> String,
        because_after: fn(Cause) -> Option<&'static str>,
        cost: fn(CostSaid<'_>) -> String,
        cost_then: fn(CostSaid<'_>) -> String,
        grounds: fn(Grounds) -> &'static str,
        grounds_of: fn(Grounds, &str) -> String,
        moved_by: fn(&str, usize, &str) -> String,
    }
}

section! {
    /// What is done on the page of a session, and what it says of itself.
    Doing {
        actions, waiting, booked_stays, asked_for, approve, approve_anyway, reject, reject_hint, withdraw, busy, busy_other, money_reason,
        how_heading, wait_advice, told_later, undo, contest_hint, contest, contested_chip, contest_words, settle_hint, settle_hint_late, settle_contest, settle,
        forgive_hint, forgive, grey_hint, reason_for, contested_money, near_free,
        money_heading, price, owed, to_pay_back, waive, waive_hint, pay, amount, amount_hint, history_reason,
        refund, refund_hint, reversed_own;
        reversed: fn(usize) -> String,
        told_too: fn(&str) -> String,
        act: fn(Act) -> &'static str,
        waiting_for_coach: fn(&str, usize) -> String,
        client_asks: fn(&str) -> String,
        client_asks_coach: fn(&str, &str, usize) -> String,
        left: fn(&str) -> String,
        until_you: fn(&str, &str) -> String,
        until: fn(&str, usize, &str, &str) -> String,
        may_cancel: fn() -> &'static str,
        marked: fn(&str, &str) -> String,
        tells: fn(&str, &str) -> String,
        tells_you: fn(&str) -> String,
        contest_until: fn(&str) -> String,
        check_in_says: fn(&str, &str) -> String,
        corrects: fn(&str) -> String,
        tells_marker: fn(&str) -> String,
        mails_if: fn(&str, &str, usize) -> String,
        freely_until: fn(&str, usize, &str) -> String,
        leaves_freely_until: fn(&str, usize, &str) -> String,
        contested: fn(&str, &str) -> String,
        contested_you: fn(&str, bool) -> String,
        contested_once: fn(&str, &str) -> String,
        contested_once_you: fn(&str) -> String,
        upheld: fn(&str) -> String,
        settled: fn(&str) -> String,
        line: fn(LineKind) -> &'static str,
        receipt: fn(&str) -> String,
        moved_how: fn(&str) -> Option<&'static str>,
        could_not: fn(&str, &str) -> String,
        no_answer: fn(&str) -> String,
        stays_then: fn(&str) -> String,
        fair_until: fn(&str) -> String,
        closed_request: fn(&str) -> String,
        closes_request: fn(&str, &str) -> String,
        closes_own_request: fn(&str) -> String,
        to: fn(&str) -> String,
        write_to: fn(&str) -> String,
        from_to: fn(&str, &str) -> String,
        for_time: fn(&str) -> String,
        was: fn(&str) -> String,
    }
}

pub(super) const ENGLISH_MOVING: Moving = Moving {
    title: "Move",
    when_heading: "When would be better?",
    now: "Now",
    then: "Then",
    asked_for: "You ask for",
    if_asked: "If you send this",
    if_moved: "If you move it",
    pick_time: "New time",
    none_heading: "No other time is free",
    none: "There is no free time that it could move to.",
    more_days: "Later days",
    instead: "These are the nearest free times.",
    look_again: "What would happen has changed. Nothing was done: look again, then press again.",
    why: "Why?",
    choose_first: "Choose a time, and you see here what will happen before anything does.",
    submit_move: "Move it",
    members: "the members",
    not_counted: "It costs nothing, and does not count as a change of yours.",
    cancel_instead: "Cancel it instead",
    to_hours: "Open your hours",
    withdraw_first: "See the request",
    at_once: |notice, name| format!("{notice} before: it moves at once, and {name} will be told."),
    by_asking: |notice, name, _| {
        format!("{notice} before: {name} must agree; your time stays yours until then.")
    },
    intro: |name| format!("A first call moves at once until it begins; {name} will be told."),
    answer: |name, _| {
        format!("{name} moved it, so you may move it at once; it does not count as your change.")
    },
    house: |name| format!("It moves at once, and {name} will be told."),
    too_late: |notice| format!("{notice} before, it can no longer be moved."),
    refused: |_| "It cannot be moved now.".to_owned(),
    as_before: |minutes| format!("{minutes} minutes, as before."),
    reason_hint: |names, count| match count {
        1 => format!("Optional, {names} reads it"),
        _ => format!("Optional, {names} read it"),
    },
    stays: |old, new| format!("{old} stays booked, {new} is held for you."),
    decides: |name, _, until, old| {
        format!("{name} can answer until {until}. Without an answer it stays on {old}.")
    },
    changes: |count, most| {
        format!("It costs nothing. It is change {count} of the {most} that you can make yourself.")
    },
    window: |name, until| {
        format!("Until {until} {name} may then cancel it at no cost, or choose another time at once.")
    },
    window_of_members: |until| format!("Until {until} each member may then give up their place at no cost."),
    soon: |notice, kept| match kept {
        "" => format!(
            "It then begins in {notice}: you cannot move it any more, and cancelling counts as missed."
        ),
        kept => format!(
            "It then begins in {notice}: you cannot move it any more, and cancelling costs {kept} and counts as missed."
        ),
    },
    write: |name| format!("Or answer any mail about it: {name} reads that."),
    ask: |name| format!("Ask {name} to move it"),
    keep: |when| format!("Keep {when}"),
    mails: |names, count| match count {
        1 => format!("A mail goes to {names}, and the calendar follows."),
        _ => format!("One mail each goes to {names}, and the calendars follow."),
    },
    mails_alone: |names, count| match count {
        1 => format!("A mail goes to {names}. No calendar changes by asking."),
        _ => format!("One mail each goes to {names}. No calendar changes by asking."),
    },
    and: |first, last| format!("{first} and {last}"),
};

pub(super) const GERMAN_MOVING: Moving = Moving {
    title: "Verschieben",
    when_heading: "Wann wäre es besser?",
    now: "Jetzt",
    then: "Dann",
    asked_for: "Sie bitten um",
    if_asked: "Wenn Sie das senden",
    if_moved: "Wenn Sie verschieben",
    pick_time: "Neue Zeit",
    none_heading: "Keine andere Zeit ist frei",
    none: "Es gibt keine freie Zeit, auf die sie rücken könnte.",
    more_days: "Spätere Tage",
    instead: "Das sind die nächsten freien Zeiten.",
    look_again: "Was geschehen würde, hat sich geändert. Nichts wurde getan: Sehen Sie noch einmal hin, dann drücken Sie erneut.",
    why: "Warum?",
    choose_first: "Wählen Sie eine Zeit; dann steht hier, was geschehen wird, bevor etwas geschieht.",
    submit_move: "Verschieben",
    members: "die Mitglieder",
    not_counted: "Es kostet nichts und zählt nicht als Ihre Änderung.",
    cancel_instead: "Stattdessen absagen",
    to_hours: "Ihre Zeiten öffnen",
    withdraw_first: "Zur Anfrage",
    at_once: |notice, name| {
        format!("{notice} vorher: Die Sitzung wird sofort verschoben; eine Mail geht an {name}.")
    },
    by_asking: |notice, name, count| match count {
        1 => format!("{notice} vorher: {name} muss zustimmen; bis dahin bleibt Ihre Zeit die Ihre."),
        _ => format!("{notice} vorher: {name} müssen zustimmen; bis dahin bleibt Ihre Zeit die Ihre."),
    },
    intro: |name| {
        format!("Ein Kennenlernen lässt sich sofort verschieben, bis es beginnt; eine Mail geht an {name}.")
    },
    answer: |name, count| {
        let have = if count == 1 { "hat" } else { "haben" };
        format!(
            "{name} {have} sie verschoben, also dürfen Sie es sofort auch; es zählt nicht als Ihre Änderung."
        )
    },
    house: |name| format!("Die Sitzung wird sofort verschoben; eine Mail geht an {name}."),
    too_late: |notice| format!("{notice} vorher lässt sie sich nicht mehr verschieben."),
    refused: |_| "Sie lässt sich jetzt nicht verschieben.".to_owned(),
    as_before: |minutes| format!("{minutes} Minuten, wie bisher."),
    reason_hint: |names, count| match count {
        1 => format!("Freiwillig, {names} liest es"),
        _ => format!("Freiwillig, {names} lesen es"),
    },
    stays: |old, new| format!("{old} bleibt gebucht, {new} wird für Sie freigehalten."),
    decides: |name, count, until, old| {
        let can = if count == 1 { "kann" } else { "können" };
        format!("{name} {can} bis {until} antworten. Ohne Antwort bleibt es bei {old}.")
    },
    changes: |count, most| {
        format!("Es kostet nichts. Es ist Änderung {count} von {most}, die Sie selbst machen können.")
    },
    window: |name, until| {
        format!("Bis {until} kann {name} sie dann kostenlos absagen oder sofort eine andere Zeit wählen.")
    },
    window_of_members: |until| {
        format!("Bis {until} kann dann jedes Mitglied seinen Platz kostenlos aufgeben.")
    },
    soon: |notice, kept| match kept {
        "" => format!(
            "Dann sind es bis dahin nur noch {notice}: Verschieben geht nicht mehr, und eine Absage zählt als versäumt."
        ),
        kept => format!(
            "Dann sind es bis dahin nur noch {notice}: Verschieben geht nicht mehr, und eine Absage kostet {kept} und zählt als versäumt."
        ),
    },
    write: |name| format!("Oder antworten Sie auf eine Mail dazu: {name} liest sie."),
    ask: |name| format!("{name} darum bitten"),
    keep: |when| format!("Bei {when} bleiben"),
    mails: |names, count| match count {
        1 => format!("Eine Mail geht an {names}, und der Kalender folgt."),
        _ => format!("Je eine Mail geht an {names}, und die Kalender folgen."),
    },
    mails_alone: |names, count| match count {
        1 => format!("Eine Mail geht an {names}. Kein Kalender ändert sich durch die Bitte."),
        _ => format!("Je eine Mail geht an {names}. Kein Kalender ändert sich durch die Bitte."),
    },
    and: |first, last| format!("{first} und {last}"),
};

pub(super) const ENGLISH_ENDING: Ending = Ending {
    title: "Cancel",
    title_after: "It did not happen",
    cause_heading: "Why is it called off?",
    cause_heading_after: "Why did it not happen?",
    you: "you",
    reason: "Anything to say?",
    submit: "Cancel the session",
    submit_leave: "Leave this session",
    submit_after: "Record that it did not happen",
    keep: "Keep it",
    missed: "It counts as missed, as a late cancellation.",
    missed_already: "It counts as missed already, so nothing is left to cancel.",
    unbooked: "It goes back to the pathway without a time, and can be booked anew.",
    left: "You leave; the others keep their date.",
    cancelled: "It is cancelled, and the time is free again.",
    move_instead: "Move it instead",
    not_now: "It cannot be called off now.",
    for_all: "It is called off for everybody in it.",
    costs: |notice, cost| format!("You cancel {notice} before: {cost}"),
    leaves: |notice| format!("You leave {notice} before: it counts for nothing."),
    leaves_late: |notice| format!("You leave {notice} before: it counts as missed."),
    leaves_at: |notice, cost| format!("You leave {notice} before: {cost}"),
    heading: |who| format!("Cancel the session with {who}"),
    heading_of_one: |client, pod| format!("{client} leaves {pod}"),
    heading_after: |who| format!("The session with {who} did not happen"),
    left_of: |client| format!("{client} leaves; the others keep their date."),
    submit_of_one: |client| format!("Take {client} out"),
    begun: |who| format!("The session with {who} has begun"),
    cause: |cause, client, coach| match cause {
        Cause::Client => format!("{client} asked for it"),
        Cause::Coach if coach.is_empty() => "I cannot".to_owned(),
        Cause::Coach => format!("{coach} cannot"),
        Cause::Organisation => "The organisation calls it off".to_owned(),
        Cause::Technical => "Something technical".to_owned(),
    },
    cause_after: |cause, client, coach| match cause {
        Cause::Client => format!("{client} asked for it"),
        Cause::Coach if coach.is_empty() => "I was not there".to_owned(),
        Cause::Coach => format!("{coach} was not there"),
        Cause::Organisation => "The organisation called it off".to_owned(),
        Cause::Technical => "The technology failed".to_owned(),
    },
    because: |cause, client| match cause {
        Cause::Client if client.is_empty() => "the client asked for it".to_owned(),
        Cause::Client => format!("{client} asked for it"),
        Cause::Coach => "the coach could not".to_owned(),
        Cause::Organisation => "for the organisation".to_owned(),
        Cause::Technical => "technical trouble".to_owned(),
    },
    because_after: |cause| match cause {
        Cause::Coach => Some("the coach was absent"),
        _ => None,
    },
    cost: |cost| match cost {
        CostSaid::Nothing => "it costs nothing.".to_owned(),
        CostSaid::AllBack(back) => format!("nothing is kept, and {back} goes back."),
        CostSaid::StillToPay(billed) => format!("it costs {billed}, still to pay."),
        CostSaid::PartlyPaid(billed, paid, owed) => {
            format!("it costs {billed}: {paid} is paid, {owed} is still to pay.")
        }
        CostSaid::Kept(kept) => format!("{kept} is kept."),
        CostSaid::PartlyKept(kept, back) => format!("{kept} is kept, and {back} goes back."),
    },
    cost_then: |cost| match cost {
        CostSaid::Nothing => "It cost nothing.".to_owned(),
        CostSaid::AllBack(_) => "Nothing of what was paid was kept.".to_owned(),
        CostSaid::StillToPay(billed) | CostSaid::PartlyPaid(billed, ..) => format!("It cost {billed}."),
        CostSaid::Kept(kept) | CostSaid::PartlyKept(kept, _) => format!("{kept} was kept."),
    },
    grounds: |grounds| match grounds {
        Grounds::Early | Grounds::Between | Grounds::Late => "",
        Grounds::Asked => "Your notice counts from when you asked to move it.",
        Grounds::MovedByCoach => "It was moved without the client's asking.",
        Grounds::JustBooked => "It was booked only just now, so that it is not late.",
        Grounds::Intro => "A first call costs nothing.",
        Grounds::NotTheirs => "The client is not to blame.",
    },
    grounds_of: |grounds, client| match grounds {
        Grounds::Asked => format!("The notice counts from when {client} asked to move it."),
        grounds => (ENGLISH_ENDING.grounds)(grounds).to_owned(),
    },
    moved_by: |coach, _, until| format!("{coach} moved it without your asking: free until {until}."),
};

pub(super) const GERMAN_ENDING: Ending = Ending {
    title: "Absagen",
    title_after: "Sie fand nicht statt",
    cause_heading: "Warum wird sie abgesagt?",
    cause_heading_after: "Warum fand sie nicht statt?",
    you: "Sie",
    reason: "Möchten Sie etwas dazu sagen?",
    submit: "Sitzung absagen",
    submit_leave: "Diese Sitzung verlassen",
    submit_after: "Eintragen, dass sie nicht stattfand",
    keep: "Dabei bleiben",
    missed: "Sie zählt als versäumt, als späte Absage.",
    missed_already: "Sie zählt schon als versäumt; abzusagen ist nichts mehr.",
    unbooked: "Sie steht wieder ohne Zeit im Pfad und lässt sich neu buchen.",
    left: "Sie gehen; die anderen behalten ihren Termin.",
    cancelled: "Sie wird abgesagt, und die Zeit ist wieder frei.",
    move_instead: "Stattdessen verschieben",
    not_now: "Sie lässt sich jetzt nicht absagen.",
    for_all: "Sie wird für alle darin abgesagt.",
    costs: |notice, cost| format!("Sie sagen {notice} vorher ab: {cost}"),
    leaves: |notice| format!("Sie gehen {notice} vorher: Es zählt nicht."),
    leaves_late: |notice| format!("Sie gehen {notice} vorher: Es zählt als versäumt."),
    leaves_at: |notice, cost| format!("Sie gehen {notice} vorher: {cost}"),
    heading: |who| format!("Die Sitzung mit {who} absagen"),
    heading_of_one: |client, pod| format!("{client} verlässt {pod}"),
    heading_after: |who| format!("Die Sitzung mit {who} fand nicht statt"),
    left_of: |client| format!("{client} geht; die anderen behalten ihren Termin."),
    submit_of_one: |client| format!("{client} herausnehmen"),
    begun: |who| format!("Die Sitzung mit {who} hat begonnen"),
    cause: |cause, client, coach| match cause {
        Cause::Client => format!("{client} hat darum gebeten"),
        Cause::Coach if coach.is_empty() => "Ich kann nicht".to_owned(),
        Cause::Coach => format!("{coach} kann nicht"),
        Cause::Organisation => "Die Organisation sagt sie ab".to_owned(),
        Cause::Technical => "Etwas Technisches".to_owned(),
    },
    cause_after: |cause, client, coach| match cause {
        Cause::Client => format!("{client} hat darum gebeten"),
        Cause::Coach if coach.is_empty() => "Ich war nicht da".to_owned(),
        Cause::Coach => format!("{coach} war nicht da"),
        Cause::Organisation => "Die Organisation hat sie abgesagt".to_owned(),
        Cause::Technical => "Die Technik versagte".to_owned(),
    },
    because: |cause, client| match cause {
        Cause::Client if client.is_empty() => "darum war gebeten worden".to_owned(),
        Cause::Client => format!("{client} hat darum gebeten"),
        Cause::Coach => "vom Coach her ging es nicht".to_owned(),
        Cause::Organisation => "für die Organisation".to_owned(),
        Cause::Technical => "technische Störung".to_owned(),
    },
    because_after: |cause| match cause {
        Cause::Coach => Some("der Coach war nicht da"),
        _ => None,
    },
    cost: |cost| match cost {
        CostSaid::Nothing => "Es kostet nichts.".to_owned(),
        CostSaid::AllBack(back) => format!("Nichts wird einbehalten, und {back} werden zurückgezahlt."),
        CostSaid::StillToPay(billed) => format!("Es kostet {billed}, noch zu zahlen."),
        CostSaid::PartlyPaid(billed, paid, owed) => {
            format!("Es kostet {billed}: {paid} sind bezahlt, {owed} noch zu zahlen.")
        }
        CostSaid::Kept(kept) => format!("{kept} werden einbehalten."),
        CostSaid::PartlyKept(kept, back) => {
            format!("{kept} werden einbehalten, {back} werden zurückgezahlt.")
        }
    },
    cost_then: |cost| match cost {
        CostSaid::Nothing => "Es kostete nichts.".to_owned(),
        CostSaid::AllBack(_) => "Vom Bezahlten wurde nichts einbehalten.".to_owned(),
        CostSaid::StillToPay(billed) | CostSaid::PartlyPaid(billed, ..) => format!("Es kostete {billed}."),
        CostSaid::Kept(kept) | CostSaid::PartlyKept(kept, _) => format!("{kept} wurden einbehalten."),
    },
    grounds: |grounds| match grounds {
        Grounds::Early | Grounds::Between | Grounds::Late => "",
        Grounds::Asked => "Ihre Frist zählt ab der Bitte, sie zu verschieben.",
        Grounds::MovedByCoach => "Sie wurde verschoben, ohne dass darum gebeten wurde.",
        Grounds::JustBooked => "Sie wurde eben erst gebucht, also ist es nicht spät.",
        Grounds::Intro => "Ein Kennenlernen kostet nichts.",
        Grounds::NotTheirs => "Am Klienten lag es nicht.",
    },
    grounds_of: |grounds, client| match grounds {
        Grounds::Asked => format!("Die Frist zählt ab der Bitte von {client}, sie zu verschieben."),
        grounds => (GERMAN_ENDING.grounds)(grounds).to_owned(),
    },
    moved_by: |coach, count, until| {
        let have = if count == 1 { "hat" } else { "haben" };
        format!("{coach} {have} sie ohne Ihren Wunsch verschoben: kostenlos bis {until}.")
    },
};

pub(super) const ENGLISH_DOING: Doing = Doing {
    actions: "Actions",
    waiting: "Waiting",
    booked_stays: "Booked, and stays",
    asked_for: "Asked for, and held",
    approve: "Approve",
    approve_anyway: "Approve all the same",
    reject: "Not possible",
    reject_hint: "Optional. The session stays where it is; you can offer another time by moving it yourself",
    withdraw: "Withdraw the request",
    busy: "You are away or busy elsewhere at the time that is asked for.",
    busy_other: "The coach is away or busy elsewhere at the time that is asked for.",
    money_reason: "Why?",
    how_heading: "How it went",
    wait_advice: "Wait until 15 minutes past the start before you mark a no-show. A quarter of an hour after a mark the client gets a mail about it; undone before, none goes out.",
    told_later: "A quarter of an hour after a mark the client gets a mail about it; undone before, none goes out.",
    undo: "Undo the mark",
    contest_hint: "Say what happened. Your coach and the organisation read it, and settle it",
    contest: "Contest it",
    contested_chip: "Contested",
    contest_words: "What happened?",
    settle_hint: "The client reads it. To take the mark back, undo, correct or forgive it instead",
    settle_hint_late: "The client reads it. To take back that it counts as missed, forgive it instead",
    settle_contest: "Settle what is contested",
    settle: "It stands",
    forgive_hint: "Needed. What it cost is waived, and the client is told",
    forgive: "Forgive it",
    grey_hint: "Optional. The place can then not be booked, and its client does not see it any more",
    reason_for: "Why?",
    money_heading: "Money",
    price: "Price",
    owed: "Owed",
    to_pay_back: "To be paid back",
    waive: "Waive what is owed",
    waive_hint: "Needed. The client is told by mail",
    pay: "Mark as paid",
    amount: "Amount",
    amount_hint: "Optional, all of it unless you say. The client gets the receipt by mail",
    near_free: "Free times near it. Nothing changes before you confirm one.",
    contested_money: "The client contests the Missed; what it costs may change when that is settled",
    history_reason: "Reason:",
    refund: "Mark as paid back",
    refund_hint: "Optional, all of it unless you say. The client gets the receipt by mail",
    told_too: |coach| format!(", and {coach} is told too"),
    act: |act| match act {
        Act::Approve => "Approve",
        Act::Reject => "Not possible",
        Act::Withdraw => "Withdraw the request",
        Act::Book => "Book",
        Act::Return => "Take your place",
        Act::Move => "Move",
        Act::Cancel => "Cancel",
        Act::MarkCompleted => "Mark completed",
        Act::MarkNoShow => "Mark no-show",
        Act::Unmark => "Undo the mark",
        Act::CheckIn => "Ask where they are",
        Act::EndEarly => "End it now",
        Act::DidNotHappen => "It did not happen",
        Act::Contest => "Contest it",
        Act::Uphold => "Settle: it stands",
        Act::Forgive => "Forgive it",
        Act::GreyOut => "Grey out",
        Act::DeleteAndGreyOut => "Delete booking and grey out",
        Act::Reactivate => "Reactivate",
    },
    waiting_for_coach: |coach, count| match count {
        1 => format!("{coach} has not answered your request yet"),
        _ => format!("{coach} have not answered your request yet"),
    },
    client_asks: |client| format!("{client} asks to move it"),
    client_asks_coach: |client, coach, count| match count {
        1 => format!("{client} asks to move it, and {coach} has not answered yet"),
        _ => format!("{client} asks to move it, and {coach} have not answered yet"),
    },
    left: |amount| format!("{amount} left."),
    until_you: |until, old| format!("You can answer until {until}. Without an answer it stays on {old}."),
    until: |coach, _, until, old| {
        format!("{coach} can answer until {until}. Without an answer it stays on {old}.")
    },
    may_cancel: || "As long as it waits, cancelling counts its notice from when you asked.",
    marked: |by, when| format!("Marked {by}, {when}."),
    tells: |name, at| format!("{name} gets a mail about it at {at}. Undone before, none goes out."),
    corrects: |name| {
        format!("{name} knows of it. A change sends one correction, a quarter of an hour later.")
    },
    tells_marker: |name| {
        format!("{name} marked it, and gets a mail about a change a quarter of an hour later.")
    },
    check_in_says: |name, words| format!("“Ask where they are” sends {name} at once, by mail too: “{words}”"),
    mails_if: |act, names, count| match count {
        1 => format!("“{act}”: a mail goes to {names}."),
        _ => format!("“{act}”: one mail each goes to {names}."),
    },
    freely_until: |name, _, until| {
        format!("{name} moved it. Until {until} you can cancel at no cost, or choose another time at once.")
    },
    leaves_freely_until: |name, _, until| {
        format!("{name} moved it. Until {until} you can give up your place at no cost.")
    },
    tells_you: |at| format!("The mail about it comes at {at}."),
    contest_until: |until| format!("If this is wrong, you can contest it until {until}, once."),
    contested: |name, when| format!("{name} contests this since {when}."),
    contested_you: |when, marked_by_coach| match marked_by_coach {
        true => format!("You contested this {when}. An admin looks at it."),
        false => format!("You contested this {when}. Your coach or an admin looks at it."),
    },
    contested_once: |name, when| format!("{name} contested this {when}."),
    contested_once_you: |when| format!("You contested this {when}."),
    upheld: |when| format!("Settled {when}: it stands."),
    settled: |when| format!("Settled {when}."),
    line: |kind| match kind {
        LineKind::Charge => "Charged",
        LineKind::Credit => "Credited",
        LineKind::Waiver => "Waived",
        LineKind::Payment => "Paid",
        LineKind::Refund => "Paid back",
    },
    receipt: |number| format!("receipt {number}"),
    moved_how: |how| match how {
        "approved" => Some("The request was agreed to"),
        "answer" => Some("Moved in answer, without counting as a change"),
        _ => None,
    },
    could_not: |name, words| match words {
        "" => format!("{name} could not move it"),
        words => format!("{name} could not: “{words}”"),
    },
    no_answer: |name| format!("No answer from {name} came in time"),
    stays_then: |asked| format!("You had asked for {asked}. Your session stays at its time."),
    fair_until: |until| {
        format!("If you cancel before {until}, your notice counts from when you asked to move it.")
    },
    closed_request: |asked| format!("The request for {asked} was closed by that."),
    reversed_own: "That you had cancelled late does not count any more.",
    reversed: |count| match count {
        1 => "One late cancellation does not count any more.".to_owned(),
        count => format!("{count} late cancellations do not count any more."),
    },
    closes_request: |client, asked| {
        format!("{client}'s request for {asked} closes with it; its time becomes free.")
    },
    closes_own_request: |asked| format!("Your request for {asked} closes with it; its time becomes free."),
    to: |time| format!("to {time}"),
    write_to: |name| format!("Write to {name}"),
    from_to: |from, to| format!("from {from} to {to}"),
    for_time: |start| format!("for {start}"),
    was: |start| format!("(was {start})"),
};

pub(super) const GERMAN_DOING: Doing = Doing {
    actions: "Aktionen",
    waiting: "Wartet",
    booked_stays: "Gebucht, und bleibt",
    asked_for: "Erbeten, und freigehalten",
    approve: "Zustimmen",
    approve_anyway: "Trotzdem zustimmen",
    reject: "Nicht möglich",
    reject_hint: "Freiwillig. Die Sitzung bleibt, wo sie ist; Sie können selbst eine andere Zeit anbieten",
    withdraw: "Bitte zurückziehen",
    busy: "Zur erbetenen Zeit sind Sie weg oder anderswo belegt.",
    busy_other: "Zur erbetenen Zeit ist der Coach weg oder anderswo belegt.",
    money_reason: "Warum?",
    how_heading: "Wie es war",
    wait_advice: "Warten Sie bis 15 Minuten nach Beginn, ehe Sie Nichterscheinen vermerken. Eine Viertelstunde nach einem Vermerk geht eine Mail an den Klienten; vorher zurückgenommen, geht keine hinaus.",
    told_later: "Eine Viertelstunde nach einem Vermerk geht eine Mail an den Klienten; vorher zurückgenommen, geht keine hinaus.",
    undo: "Vermerk zurücknehmen",
    contest_hint: "Sagen Sie, was war. Ihr Coach und die Organisation lesen es und klären es",
    contest: "Bestreiten",
    contested_chip: "Bestritten",
    contest_words: "Was war?",
    settle_hint: "Der Klient liest es. Um den Vermerk aufzuheben, nehmen Sie ihn stattdessen zurück, ändern oder entschuldigen Sie ihn",
    settle_hint_late: "Der Klient liest es. Damit sie nicht als versäumt zählt, entschuldigen Sie sie stattdessen",
    settle_contest: "Klären, was bestritten ist",
    settle: "Es bleibt dabei",
    forgive_hint: "Nötig. Was es kostete, wird erlassen, und der Klient erfährt es",
    forgive: "Entschuldigen",
    grey_hint: "Freiwillig. Der Platz lässt sich dann nicht buchen, und sein Klient sieht ihn nicht mehr",
    reason_for: "Warum?",
    money_heading: "Geld",
    price: "Preis",
    owed: "Zu zahlen",
    to_pay_back: "Zurückzuzahlen",
    waive: "Offenes erlassen",
    waive_hint: "Nötig. Der Klient erfährt es per Mail",
    pay: "Als bezahlt vermerken",
    amount: "Betrag",
    amount_hint: "Freiwillig, sonst alles. Der Klient erhält die Quittung per Mail",
    near_free: "Freie Zeiten in der Nähe. Nichts ändert sich, bevor Sie eine bestätigen.",
    contested_money: "Das Versäumnis ist bestritten; was es kostet, kann sich ändern, wenn das geklärt ist",
    history_reason: "Grund:",
    refund: "Als zurückgezahlt vermerken",
    refund_hint: "Freiwillig, sonst alles. Der Klient erhält die Quittung per Mail",
    told_too: |coach| format!(", und {coach} erfährt es auch"),
    act: |act| match act {
        Act::Approve => "Zustimmen",
        Act::Reject => "Nicht möglich",
        Act::Withdraw => "Bitte zurückziehen",
        Act::Book => "Buchen",
        Act::Return => "Platz einnehmen",
        Act::Move => "Verschieben",
        Act::Cancel => "Absagen",
        Act::MarkCompleted => "Als abgeschlossen vermerken",
        Act::MarkNoShow => "Nichterscheinen vermerken",
        Act::Unmark => "Vermerk zurücknehmen",
        Act::CheckIn => "Fragen, wo sie sind",
        Act::EndEarly => "Jetzt beenden",
        Act::DidNotHappen => "Sie fand nicht statt",
        Act::Contest => "Bestreiten",
        Act::Uphold => "Klären: Es bleibt dabei",
        Act::Forgive => "Entschuldigen",
        Act::GreyOut => "Ausgrauen",
        Act::DeleteAndGreyOut => "Buchung löschen und ausgrauen",
        Act::Reactivate => "Reaktivieren",
    },
    waiting_for_coach: |coach, count| match count {
        1 => format!("{coach} hat auf Ihre Bitte noch nicht geantwortet"),
        _ => format!("{coach} haben auf Ihre Bitte noch nicht geantwortet"),
    },
    client_asks: |client| format!("{client} bittet darum, sie zu verschieben"),
    client_asks_coach: |client, coach, count| {
        let have = if count == 1 { "hat" } else { "haben" };
        format!("{client} bittet um Verschiebung, und {coach} {have} noch nicht geantwortet")
    },
    left: |amount| format!("Noch {amount}."),
    until_you: |until, old| format!("Sie können bis {until} antworten. Ohne Antwort bleibt es bei {old}."),
    until: |coach, count, until, old| {
        let can = if count == 1 { "kann" } else { "können" };
        format!("{coach} {can} bis {until} antworten. Ohne Antwort bleibt es bei {old}.")
    },
    may_cancel: || "Solange sie wartet, zählt die Frist einer Absage ab Ihrer Bitte.",
    marked: |by, when| format!("Vermerkt {by}, {when}."),
    tells: |name, at| {
        format!("{name} erhält um {at} eine Mail darüber. Vorher zurückgenommen, geht keine hinaus.")
    },
    corrects: |name| {
        format!("{name} weiß davon. Eine Änderung sendet eine Berichtigung, eine Viertelstunde später.")
    },
    tells_marker: |name| {
        format!("{name} hat es vermerkt und erhält eine Viertelstunde nach einer Änderung eine Mail darüber.")
    },
    check_in_says: |name, words| {
        format!("„Fragen, wo sie sind“ sendet {name} sofort, auch per Mail: „{words}“")
    },
    mails_if: |act, names, count| match count {
        1 => format!("„{act}“: Eine Mail geht an {names}."),
        _ => format!("„{act}“: Je eine Mail geht an {names}."),
    },
    freely_until: |name, count, until| {
        let have = if count == 1 { "hat" } else { "haben" };
        format!(
            "{name} {have} sie verschoben. Bis {until} können Sie kostenlos absagen oder sofort eine andere Zeit wählen."
        )
    },
    leaves_freely_until: |name, count, until| {
        let have = if count == 1 { "hat" } else { "haben" };
        format!("{name} {have} sie verschoben. Bis {until} können Sie Ihren Platz kostenlos aufgeben.")
    },
    tells_you: |at| format!("Die Mail darüber kommt um {at}."),
    contest_until: |until| format!("Stimmt das nicht, können Sie es bis {until} bestreiten, einmal."),
    contested: |name, when| format!("{name} bestreitet das seit {when}."),
    contested_you: |when, marked_by_coach| match marked_by_coach {
        true => format!("Sie haben das {when} bestritten. Die Administration sieht es sich an."),
        false => {
            format!("Sie haben das {when} bestritten. Ihr Coach oder die Administration sieht es sich an.")
        }
    },
    contested_once: |name, when| format!("{name} hat das {when} bestritten."),
    contested_once_you: |when| format!("Sie haben das {when} bestritten."),
    upheld: |when| format!("Geklärt {when}: Es bleibt dabei."),
    settled: |when| format!("Geklärt {when}."),
    line: |kind| match kind {
        LineKind::Charge => "Berechnet",
        LineKind::Credit => "Gutgeschrieben",
        LineKind::Waiver => "Erlassen",
        LineKind::Payment => "Bezahlt",
        LineKind::Refund => "Zurückgezahlt",
    },
    receipt: |number| format!("Quittung {number}"),
    moved_how: |how| match how {
        "approved" => Some("Der Bitte wurde zugestimmt"),
        "answer" => Some("Als Antwort verschoben, ohne als Änderung zu zählen"),
        _ => None,
    },
    could_not: |name, words| match words {
        "" => format!("{name} konnte sie nicht verschieben"),
        words => format!("{name} konnte nicht: „{words}“"),
    },
    no_answer: |name| format!("Von {name} kam rechtzeitig keine Antwort"),
    stays_then: |asked| format!("Sie hatten um {asked} gebeten. Ihre Sitzung bleibt, wo sie ist."),
    fair_until: |until| {
        format!("Sagen Sie vor {until} ab, zählt Ihre Frist ab der Bitte, sie zu verschieben.")
    },
    closed_request: |asked| format!("Die Bitte um {asked} hat sich damit erledigt."),
    reversed_own: "Dass Sie spät abgesagt hatten, zählt nicht mehr.",
    reversed: |count| match count {
        1 => "Eine späte Absage zählt nicht mehr.".to_owned(),
        count => format!("{count} späte Absagen zählen nicht mehr."),
    },
    closes_request: |client, asked| {
        format!("Die Bitte von {client} um {asked} erledigt sich damit; ihre Zeit wird frei.")
    },
    closes_own_request: |asked| format!("Ihre Bitte um {asked} erledigt sich damit; die Zeit wird frei."),
    to: |time| format!("auf {time}"),
    write_to: |name| format!("{name} schreiben"),
    from_to: |from, to| format!("von {from} auf {to}"),
    for_time: |start| format!("für {start}"),
    was: |start| format!("(war {start})"),
};
