//! What letters say of a session's life, per language: moves and requests, endings, reminders, how it went, and what is
//! paid. Which letter goes to whom is not decided here.

use rules::person::Language;
use rules::session::Cause;

use crate::words::CostSaid;

/// Who did something, as its reader sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who<'a> {
    /// The reader.
    You,
    /// Somebody with a name.
    One(&'a str),
    /// The operator, or the program.
    Nobody,
}

/// The words of one language.
#[derive(Debug)]
pub struct Life {
    /// Beside the start of before.
    pub before: &'static str,
    /// Beside the start of now.
    pub now: &'static str,
    /// Beside the start that is asked for.
    pub asked_for: &'static str,
    /// What somebody gave as their reason.
    pub wrote: fn(Who<'_>, &str) -> String,
    /// A request ended by what happened, with the start that it asked for.
    pub closed_request: fn(&str) -> String,
    /// The file changes the entry in a calendar.
    pub file_changes: &'static str,
    /// The file takes the entry out of a calendar.
    pub file_removes: &'static str,
    /// It has changed again before this was written.
    pub changed_again: &'static str,
    /// Who did it for a client, with the client's name.
    pub on_behalf: fn(&str, &str) -> String,
    /// It has another start.
    pub moved: Moved,
    /// Another start is asked for.
    pub request: Request,
    /// It is called off.
    pub cancelled: Cancelled,
    /// A pod that a member had left has another date.
    pub place_offered: PlaceOffered,
    /// It is soon.
    pub reminder: Reminder,
    /// How it went.
    pub marks: Marks,
    /// What is paid, and what need not be.
    pub money: Money,
}

/// See [`Life::moved`].
#[derive(Debug)]
pub struct Moved {
    /// What, and when it is now.
    pub subject: fn(&str, &str) -> String,
    /// Somebody moved it.
    pub says: fn(Who<'_>) -> String,
    /// Somebody agreed to a request.
    pub agreed: fn(Who<'_>) -> String,
    /// Until when a client may answer freely to a move that they did not ask for (rule R1).
    pub freely_until: fn(&str) -> String,
    /// The same to a member of a pod, who moves nothing (rule S13).
    pub leaves_freely_until: fn(&str) -> String,
}

/// See [`Life::request`].
#[derive(Debug)]
pub struct Request {
    /// To a client who asked.
    pub asked_subject: fn(&str, &str) -> String,
    /// The large line to them.
    pub asked_heading: &'static str,
    /// Both times are kept, and the coach decides.
    pub asked_says: fn(&str) -> String,
    /// Until when, and what follows from silence.
    pub asked_until: fn(&str, &str) -> String,
    /// What a cancellation would count from.
    pub asked_meanwhile: &'static str,
    /// To the coach who decides.
    pub decide_subject: fn(&str, &str) -> String,
    /// The large line to them.
    pub decide_heading: fn(&str) -> String,
    /// Until when, that moment and how far it is; and what follows from silence.
    pub decide_until: fn(&str, &str) -> String,
    /// The button's label.
    pub decide_button: &'static str,
    /// What the button leads to.
    pub decide_note: &'static str,
    /// To a coach who has not decided yet.
    pub undecided_subject: fn(&str, &str) -> String,
    /// The large line to them.
    pub undecided_heading: fn(&str) -> String,
    /// To a client whose session does not move.
    pub not_moved_subject: fn(&str, &str) -> String,
    /// The large line to them.
    pub stays_heading: &'static str,
    /// Somebody did not agree to a start.
    pub rejected: fn(Who<'_>, &str) -> String,
    /// The coach did not decide about a start in time.
    pub expired: fn(&str, &str) -> String,
    /// Where other times are.
    pub other_times: &'static str,
    /// Until when the notice of a cancellation counts from the request (rule R7).
    pub fair_until: fn(&str) -> String,
    /// To a coach whose client does not ask any more.
    pub withdrawn_subject: fn(&str, &str) -> String,
    /// The client, and the start.
    pub withdrawn: fn(&str, &str) -> String,
    /// To a coach who did not decide.
    pub undone_subject: fn(&str, &str) -> String,
    /// The client, and the start.
    pub undone: fn(&str, &str) -> String,
    /// The large line to a coach.
    pub stays_for_coach: &'static str,
}

/// See [`Life::cancelled`].
#[derive(Debug)]
pub struct Cancelled {
    /// What, and when it was.
    pub subject: fn(&str, &str) -> String,
    /// The large line to a client.
    pub heading: &'static str,
    /// The large line to a coach.
    pub heading_for_coach: &'static str,
    /// Who did it.
    pub says: fn(Who<'_>) -> String,
    /// On whose side the reason lay, if it was not the client's wish.
    pub because: fn(Cause) -> &'static str,
    /// The same to the coach on whose side it lay.
    pub because_of_you: &'static str,
    /// The same to another coach of the session, with the name of that one.
    pub because_of: fn(&str) -> String,
    /// Somebody did it for the client, to the client.
    pub you_asked: &'static str,
    /// The same to whoever did it.
    pub client_asked: fn(&str) -> String,
    /// The large line to a member who is out of a pod.
    pub left_heading: &'static str,
    /// Whoever it was that gave up the reader's place.
    pub left_says: fn(Who<'_>) -> String,
    /// The large line to the coach of the pod, with the member's name.
    pub left_heading_for_coach: fn(&str) -> String,
    /// The subject to that coach: the member, what, and when.
    pub left_subject_for_coach: fn(&str, &str, &str) -> String,
    /// The member left of their own accord, to that coach.
    pub left_themselves: fn(&str) -> String,
    /// Somebody else took the member out, to that coach.
    pub taken_out: fn(Who<'_>, &str) -> String,
    /// The pod keeps its time.
    pub left: &'static str,
    /// It waits for another time.
    pub unbooked: &'static str,
    /// It is disabled with that.
    pub disabled: &'static str,
    /// It counts as missed.
    pub missed: &'static str,
    /// It does not.
    pub not_missed: &'static str,
    /// What it comes to of the price, beside what was paid, to a client.
    pub cost: fn(CostSaid<'_>, &str) -> String,
    /// The same to a coach.
    pub cost_for_coach: fn(CostSaid<'_>, &str) -> String,
    /// The notice counted from a request.
    pub since_asked: &'static str,
    /// It had been moved without the client's asking, to the client.
    pub was_moved: &'static str,
    /// The same to the coach.
    pub was_moved_for_coach: &'static str,
    /// The button's label, where there is something to choose.
    pub choose: &'static str,
}

/// See [`Life::place_offered`].
#[derive(Debug)]
pub struct PlaceOffered {
    /// What, and when it is now.
    pub subject: fn(&str, &str) -> String,
    /// The large line.
    pub heading: &'static str,
    /// What happened.
    pub says: &'static str,
    /// A late cancellation of the old time does not count.
    pub not_missed: &'static str,
    /// The button to where the place is taken again.
    pub take: &'static str,
    /// The large line, where the place waits for the agreement (rule P9).
    pub first_heading: &'static str,
    /// What happened there.
    pub first_says: &'static str,
    /// The button to where it is accepted.
    pub first_take: &'static str,
    /// Whom an answer reaches, with the coach's name.
    pub how: fn(&str) -> String,
}

/// See [`Life::reminder`].
#[derive(Debug)]
pub struct Reminder {
    /// What, and when.
    pub subject: fn(&str, &str) -> String,
    /// How soon.
    pub says: fn(&str) -> String,
    /// To a client who asked for another start: that, and the coach.
    pub asked: fn(&str, &str) -> String,
    /// To the coach: the client, and the start that is asked for.
    pub asked_for_coach: fn(&str, &str) -> String,
}

/// See [`Life::marks`].
#[derive(Debug)]
pub struct Marks {
    /// To a coach whose session is over.
    pub wanted_subject: fn(&str, &str) -> String,
    /// The large line.
    pub wanted_heading: &'static str,
    /// What is over.
    pub wanted: fn(&str) -> String,
    /// What to do.
    pub wanted_how: &'static str,
    /// The button's label.
    pub wanted_button: &'static str,
    /// How a session went: what, and when. It does not say that in a list of mails, nor do the others.
    pub subject: fn(&str, &str) -> String,
    /// What was said was wrong.
    pub corrected_subject: fn(&str, &str) -> String,
    /// To whoever settles a contest.
    pub contested_subject: fn(&str, &str) -> String,
    /// What was contested stands.
    pub upheld_subject: fn(&str, &str) -> String,
    /// A Missed is taken back.
    pub forgiven_subject: fn(&str, &str) -> String,
    /// It is done.
    pub completed_heading: &'static str,
    /// It is done.
    pub completed: &'static str,
    /// It counts as missed.
    pub missed_heading: &'static str,
    /// Because the client did not come.
    pub no_show: &'static str,
    /// Because it was called off too late.
    pub late: &'static str,
    /// Until when a client may contest that (rule S14).
    pub contest_until: fn(&str) -> String,
    /// The button's label.
    pub open: &'static str,
    /// What was said was wrong.
    pub corrected_heading: &'static str,
    /// What was said was wrong.
    pub corrected: &'static str,
    /// It counts as done now.
    pub now_completed: &'static str,
    /// It counts as missed now.
    pub now_missed: &'static str,
    /// Nothing is said of it now.
    pub now_open: &'static str,
    /// To whoever settles a contest.
    pub contested_heading: &'static str,
    /// With the client's name.
    pub contested: fn(&str) -> String,
    /// Who settles it.
    pub contested_who: &'static str,
    /// The button's label.
    pub contested_button: &'static str,
    /// Beside the coach's name.
    pub coach: &'static str,
    /// What was contested stands.
    pub upheld_heading: &'static str,
    /// Who looked at it.
    pub upheld: fn(Who<'_>) -> String,
    /// A Missed is taken back.
    pub forgiven_heading: &'static str,
    /// Who did it.
    pub forgiven: fn(Who<'_>) -> String,
    /// The large line to a coach, with the client's name.
    pub forgiven_heading_for_coach: fn(&str) -> String,
    /// Who did it, and the client's name, to a coach.
    pub forgiven_for_coach: fn(Who<'_>, &str) -> String,
    /// Somebody else changed a coach's mark: what, and when that was.
    pub changed_subject: fn(&str, &str) -> String,
    /// The large line, with the client's name.
    pub changed_heading: fn(&str) -> String,
    /// Who says now that the client came.
    pub changed_to_completed: fn(Who<'_>, &str) -> String,
    /// Who says now that they did not.
    pub changed_to_missed: fn(Who<'_>, &str) -> String,
    /// Who took the mark back.
    pub changed_to_nothing: fn(Who<'_>, &str) -> String,
    /// What a client contested stands, to a coach: the large line, with the client's name.
    pub upheld_heading_for_coach: fn(&str) -> String,
    /// Who looked at what the client wrote.
    pub upheld_for_coach: fn(Who<'_>, &str) -> String,
}

/// See [`Life::money`].
#[derive(Debug)]
pub struct Money {
    /// What was open need not be paid: for what, and when that was.
    pub waived_subject: fn(&str, &str) -> String,
    /// What was open need not be paid.
    pub waived_heading: &'static str,
    /// Who does not ask for how much.
    pub waived: fn(Who<'_>, &str) -> String,
    /// With its number.
    pub receipt_subject: fn(&str) -> String,
    /// Thanks.
    pub receipt_heading: &'static str,
    /// That it has come.
    pub receipt: &'static str,
    /// What was paid back, with its number.
    pub refund_subject: fn(&str) -> String,
    /// The large line of it.
    pub refund_heading: &'static str,
    /// That it is done.
    pub refund: &'static str,
    /// Beside the day on which it was paid back.
    pub paid_back: &'static str,
    /// To a coach, about a session of theirs: for what, and when that was.
    pub settled_for_coach_subject: fn(&str, &str) -> String,
    /// The client, of whom something is not asked for.
    pub waived_for_coach_heading: fn(&str) -> String,
    /// Who does not ask which client for how much.
    pub waived_for_coach: fn(Who<'_>, &str, &str) -> String,
    /// The client, who paid.
    pub paid_for_coach_heading: fn(&str) -> String,
    /// Who wrote down that which client paid how much.
    pub paid_for_coach: fn(Who<'_>, &str, &str) -> String,
    /// The client, who was paid back.
    pub refunded_for_coach_heading: fn(&str) -> String,
    /// Who wrote down that which client was paid back how much.
    pub refunded_for_coach: fn(Who<'_>, &str, &str) -> String,
    /// Beside its number.
    pub number: &'static str,
    /// Beside the amount.
    pub amount: &'static str,
    /// Beside what was paid for.
    pub paid_for: &'static str,
    /// Beside the session's date.
    pub session: &'static str,
    /// Beside the day on which it was written down.
    pub received: &'static str,
}

/// The words of a language.
pub const fn life(language: Language) -> &'static Life {
    match language {
        Language::English => &EN,
        Language::German => &DE,
    }
}

static EN: Life = Life {
    before: "Before",
    now: "Now",
    asked_for: "Asked for",
    wrote: |who, words| match who {
        Who::You => format!("You wrote: “{words}”"),
        Who::One(name) => format!("{name} wrote: “{words}”"),
        Who::Nobody => format!("The reason: “{words}”"),
    },
    closed_request: |asked| format!("The request to move it to {asked} is closed by this."),
    file_changes: "The invitation with the new time is attached, and most calendars change their entry by it.",
    file_removes: "The attached file takes the session out of your calendar.",
    changed_again: "It has changed once more since then; another mail says how.",
    on_behalf: |who, client| format!("{who} did so on behalf of {client}."),
    moved: Moved {
        subject: |what, when| format!("Moved: {what}, {when}"),
        says: |who| match who {
            Who::You => "You have moved the session.".to_owned(),
            Who::One(name) => format!("{name} has moved the session."),
            Who::Nobody => "The session was moved.".to_owned(),
        },
        agreed: |who| match who {
            Who::You => "You have agreed to the request, and the session is moved.".to_owned(),
            Who::One(name) => format!("{name} has agreed to the request, and the session is moved."),
            Who::Nobody => "The request was agreed to, and the session is moved.".to_owned(),
        },
        freely_until: |moment| {
            format!(
                "You did not ask for this. Until {moment} you can therefore cancel at no cost, or choose another time at once."
            )
        },
        leaves_freely_until: |moment| {
            format!(
                "You did not ask for this. Until {moment} you can therefore give up your place at no cost."
            )
        },
    },
    request: Request {
        asked_subject: |what, when| format!("You asked to move: {what}, {when}"),
        asked_heading: "You have asked for another time.",
        asked_says: |coach| {
            format!(
                "{coach} decides. Until then your session stays at its time, and the other one is kept for you."
            )
        },
        asked_until: |coach, moment| {
            format!(
                "{coach} can decide until {moment}. After that, without an answer, the session stays where it is."
            )
        },
        asked_meanwhile: "If you cancel while your request is open, your notice counts from the moment at which you asked.",
        decide_subject: |what, when| format!("Please decide: {what}, {when}"),
        decide_heading: |client| format!("{client} asks for another time."),
        decide_until: |moment, left| {
            format!(
                "You can decide until {moment}, {left}. Until then both times are kept; after that the session stays where it is."
            )
        },
        decide_button: "Agree or decline",
        decide_note: "This opens the page of the session. Nothing is decided before you press a button there.",
        undecided_subject: |what, when| format!("Still to decide: {what}, {when}"),
        undecided_heading: |client| format!("{client} is waiting for your answer."),
        not_moved_subject: |what, when| format!("Not moved: {what}, {when}"),
        stays_heading: "Your session stays at its time.",
        rejected: |who, asked| match who {
            Who::You => format!("You have not agreed to {asked}."),
            Who::One(name) => format!("{name} has not agreed to {asked}."),
            Who::Nobody => format!("{asked} was not agreed to."),
        },
        expired: |coach, asked| format!("{coach} has not decided in time about {asked}."),
        other_times: "These times near it are free. Nothing changes until you confirm one:",
        fair_until: |moment| {
            format!(
                "If you would rather cancel: until {moment} your notice counts from the moment at which you asked."
            )
        },
        withdrawn_subject: |what, when| format!("Nothing to decide: {what}, {when}"),
        withdrawn: |client, asked| {
            format!("{client} does not ask for {asked} any more. There is nothing left to decide.")
        },
        undone_subject: |what, when| format!("Not decided: {what}, {when}"),
        undone: |client, asked| {
            format!("The time to decide about {asked} is over. {client} had asked for it and has been told.")
        },
        stays_for_coach: "The session stays at its time.",
    },
    cancelled: Cancelled {
        subject: |what, when| format!("Cancelled: {what}, {when}"),
        heading: "Your session is cancelled.",
        heading_for_coach: "A session is cancelled.",
        says: |who| match who {
            Who::You => "You have cancelled it.".to_owned(),
            Who::One(name) => format!("{name} has cancelled it."),
            Who::Nobody => "It was cancelled.".to_owned(),
        },
        because: |cause| match cause {
            Cause::Client => "The client had asked for it.",
            Cause::Coach => "The coach could not make it.",
            Cause::Organisation => "The organisation called it off.",
            Cause::Technical => "Something technical stood in the way.",
        },
        because_of_you: "The reason given is that you could not make it.",
        because_of: |coach| format!("{coach} could not make it."),
        you_asked: "You had asked for it.",
        client_asked: |client| format!("{client} had asked for it."),
        left_heading: "You are no longer in this session.",
        left_says: |who| match who {
            Who::You => "You have given up your place.".to_owned(),
            Who::One(name) => format!("{name} has given up your place."),
            Who::Nobody => "Your place was given up.".to_owned(),
        },
        left_heading_for_coach: |client| format!("{client} does not come to this session."),
        left_subject_for_coach: |client, what, when| format!("{client} does not come: {what}, {when}"),
        left_themselves: |client| format!("{client} has given up their place."),
        taken_out: |who, client| match who {
            Who::You => format!("You have taken {client} out of it."),
            Who::One(name) => format!("{name} has taken {client} out of it."),
            Who::Nobody => format!("{client} was taken out of it."),
        },
        left: "The session keeps its time for the others.",
        unbooked: "It waits for another time now.",
        disabled: "It is no part of the program any more.",
        missed: "That was so close to its start that it counts as missed.",
        not_missed: "It does not count as missed.",
        cost: |cost, price| match cost {
            CostSaid::Nothing => "It costs you nothing.".to_owned(),
            CostSaid::AllBack(back) => format!("It costs you nothing, and the {back} that you paid go back."),
            cost => (EN.cancelled.cost_for_coach)(cost, price),
        },
        cost_for_coach: |cost, price| match cost {
            CostSaid::Nothing => "Nothing is to be paid for it.".to_owned(),
            CostSaid::AllBack(back) => format!("Nothing is kept of the price, and {back} goes back."),
            CostSaid::StillToPay(billed) if billed == price => {
                format!("Its price of {price} is still to be paid.")
            }
            CostSaid::StillToPay(billed) => {
                format!("Of the price of {price}, {billed} is still to be paid.")
            }
            CostSaid::PartlyPaid(billed, paid, owed) => format!(
                "Of the price of {price}, it costs {billed}: {paid} is paid, {owed} is still to be paid."
            ),
            CostSaid::Kept(kept) => format!("Of the price of {price}, {kept} is kept."),
            CostSaid::PartlyKept(kept, back) => {
                format!("Of the price of {price}, {kept} is kept, and {back} goes back.")
            }
        },
        since_asked: "The notice counted from the request to move it.",
        was_moved: "It had been moved without your asking, so that cancelling was free.",
        was_moved_for_coach: "It had been moved without the client's asking, so that cancelling was free.",
        choose: "Choose another time",
    },
    place_offered: PlaceOffered {
        subject: |what, when| format!("A place for you: {what}, {when}"),
        heading: "There is a place for you again.",
        says: "You had given up your place. Meanwhile the session has another time:",
        not_missed: "That you cancelled late does not count any more: the old time is gone.",
        take: "Take your place again",
        first_heading: "A place waits for you.",
        first_says: "Your session has a time. You are in it once you have accepted the coaching agreement:",
        first_take: "Accept it and take your place",
        how: |coach| format!("If you have a question, answer this mail: it reaches {coach}."),
    },
    reminder: Reminder {
        subject: |what, when| format!("Reminder: {what}, {when}"),
        says: |left| format!("It begins {left}."),
        asked: |asked, coach| {
            format!(
                "You have asked to move it to {asked}, and {coach} has not decided yet. This reminder is for the time at which it stands until then."
            )
        },
        asked_for_coach: |client, asked| {
            format!(
                "{client} asks to move it to {asked}, and you have not decided yet. This reminder is for the time at which it stands until then."
            )
        },
    },
    marks: Marks {
        wanted_subject: |what, when| format!("How was it? {what}, {when}"),
        wanted_heading: "How was it?",
        wanted: |what| format!("{what} is over, and not marked yet."),
        wanted_how: "Please say whether it took place. What follows from that waits for you.",
        wanted_button: "Mark the session",
        subject: |what, when| format!("How it went: {what}, {when}"),
        corrected_subject: |what, when| format!("Corrected: {what}, {when}"),
        contested_subject: |what, when| format!("Please look at it: {what}, {when}"),
        upheld_subject: |what, when| format!("Looked at: {what}, {when}"),
        forgiven_subject: |what, when| format!("Taken back: {what}, {when}"),
        completed_heading: "Your session is done.",
        completed: "It is marked as completed.",
        missed_heading: "Your session counts as missed.",
        no_show: "It was marked that you did not come.",
        late: "It was cancelled too close to its start.",
        contest_until: |moment| {
            format!(
                "If that is wrong, you can contest it until {moment}, once and in your own words, on the page of the session."
            )
        },
        open: "Open the session",
        corrected_heading: "A correction.",
        corrected: "What we told you of this session was wrong.",
        now_completed: "It is marked as completed now: you were there.",
        now_missed: "It is marked as missed now: you did not come.",
        now_open: "It was taken back: nothing is marked now, and nothing follows from it for you.",
        contested_heading: "A missed session is contested.",
        contested: |client| {
            format!("{client} says that it was not missed. The words for it are on the page of the session.")
        },
        contested_who: "It is settled by somebody other than whoever marked it, if there is one who may.",
        contested_button: "Look at it",
        coach: "Coach",
        upheld_heading: "What you contested stands.",
        upheld: |who| match who {
            Who::You => "You have looked at it. The session still counts as missed.".to_owned(),
            Who::One(name) => format!("{name} has read what you wrote. The session still counts as missed."),
            Who::Nobody => "What you wrote was read. The session still counts as missed.".to_owned(),
        },
        forgiven_heading: "It does not count as missed any more.",
        forgiven: |who| match who {
            Who::You => "You have taken it back.".to_owned(),
            Who::One(name) => format!("{name} has taken it back."),
            Who::Nobody => "It was taken back.".to_owned(),
        },
        forgiven_heading_for_coach: |client| format!("A session that {client} missed is forgiven."),
        forgiven_for_coach: |who, client| match who {
            Who::You => format!("You have forgiven it to {client}."),
            Who::One(name) => format!("{name} has forgiven it to {client}."),
            Who::Nobody => format!("It was forgiven to {client}."),
        },
        changed_subject: |what, when| format!("Mark changed: {what}, {when}"),
        changed_heading: |client| format!("What you marked for {client} was changed."),
        changed_to_completed: |who, client| match who {
            Who::You => format!("You have marked that {client} was there."),
            Who::One(name) => format!("{name} has marked that {client} was there."),
            Who::Nobody => format!("It is marked now that {client} was there."),
        },
        changed_to_missed: |who, client| match who {
            Who::You => format!("You have marked that {client} did not come."),
            Who::One(name) => format!("{name} has marked that {client} did not come."),
            Who::Nobody => format!("It is marked now that {client} did not come."),
        },
        changed_to_nothing: |who, client| match who {
            Who::You => format!("You have taken your mark of {client} back."),
            Who::One(name) => {
                format!("{name} has taken your mark of {client} back. Nothing is marked now.")
            }
            Who::Nobody => format!("Your mark of {client} was taken back. Nothing is marked now."),
        },
        upheld_heading_for_coach: |client| format!("What {client} contested stands."),
        upheld_for_coach: |who, client| match who {
            Who::You => {
                format!("You have looked at what {client} wrote. The session still counts as missed.")
            }
            Who::One(name) => {
                format!("{name} has read what {client} wrote. The session still counts as missed.")
            }
            Who::Nobody => format!("What {client} wrote was read. The session still counts as missed."),
        },
    },
    money: Money {
        waived_subject: |what, when| format!("Nothing to pay: {what}, {when}"),
        waived_heading: "There is nothing to pay for it.",
        waived: |who, amount| match who {
            Who::You => format!("You do not ask for the {amount} that were open for this session."),
            Who::One(name) => {
                format!("{name} does not ask for the {amount} that were open for this session.")
            }
            Who::Nobody => format!("The {amount} that were open for this session are not asked for."),
        },
        receipt_subject: |number| format!("Receipt {number}"),
        receipt_heading: "Thank you for your payment.",
        receipt: "It has come.",
        refund_subject: |number| format!("Paid back: receipt {number}"),
        refund_heading: "Your money is paid back.",
        refund: "You had paid more than you owe.",
        paid_back: "Paid back on",
        settled_for_coach_subject: |what, when| format!("The price of {what}, {when}"),
        waived_for_coach_heading: |client| format!("{client} has nothing to pay for it."),
        waived_for_coach: |who, client, amount| match who {
            Who::You => format!("You do not ask {client} for the {amount} that were open."),
            Who::One(name) => format!("{name} does not ask {client} for the {amount} that were open."),
            Who::Nobody => format!("The {amount} that were open are not asked for."),
        },
        paid_for_coach_heading: |client| format!("{client} has paid."),
        paid_for_coach: |who, client, amount| match who {
            Who::You => format!("You have written down that {client} paid {amount}."),
            Who::One(name) => format!("{name} has written down that {client} paid {amount}."),
            Who::Nobody => format!("It is written down that {client} paid {amount}."),
        },
        refunded_for_coach_heading: |client| format!("{client} is paid back."),
        refunded_for_coach: |who, client, amount| match who {
            Who::You => format!("You have written down that {client} was paid back {amount}."),
            Who::One(name) => format!("{name} has written down that {client} was paid back {amount}."),
            Who::Nobody => format!("It is written down that {client} was paid back {amount}."),
        },
        number: "Receipt",
        amount: "Amount",
        paid_for: "For",
        session: "Session on",
        received: "Received on",
    },
};

static DE: Life = Life {
    before: "Bisher",
    now: "Jetzt",
    asked_for: "Gewünscht",
    wrote: |who, words| match who {
        Who::You => format!("Sie schrieben: „{words}“"),
        Who::One(name) => format!("{name} schrieb: „{words}“"),
        Who::Nobody => format!("Der Grund: „{words}“"),
    },
    closed_request: |asked| format!("Die Anfrage, sie auf {asked} zu verlegen, ist damit erledigt."),
    file_changes: "Die Einladung mit der neuen Zeit hängt an; die meisten Kalender ändern ihren Eintrag danach.",
    file_removes: "Die angehängte Datei nimmt die Sitzung aus Ihrem Kalender.",
    changed_again: "Seitdem hat sie sich noch einmal geändert; eine weitere Mail sagt, wie.",
    on_behalf: |who, client| format!("{who} tat das für {client}."),
    moved: Moved {
        subject: |what, when| format!("Verlegt: {what}, {when}"),
        says: |who| match who {
            Who::You => "Sie haben die Sitzung verlegt.".to_owned(),
            Who::One(name) => format!("{name} hat die Sitzung verlegt."),
            Who::Nobody => "Die Sitzung wurde verlegt.".to_owned(),
        },
        agreed: |who| match who {
            Who::You => "Sie haben der Anfrage zugestimmt; die Sitzung ist verlegt.".to_owned(),
            Who::One(name) => format!("{name} hat der Anfrage zugestimmt; die Sitzung ist verlegt."),
            Who::Nobody => "Der Anfrage wurde zugestimmt; die Sitzung ist verlegt.".to_owned(),
        },
        freely_until: |moment| {
            format!(
                "Sie hatten das nicht gewünscht. Bis {moment} können Sie deshalb kostenlos absagen oder sofort eine andere Zeit wählen."
            )
        },
        leaves_freely_until: |moment| {
            format!(
                "Sie hatten das nicht gewünscht. Bis {moment} können Sie deshalb Ihren Platz kostenlos aufgeben."
            )
        },
    },
    request: Request {
        asked_subject: |what, when| format!("Verlegung angefragt: {what}, {when}"),
        asked_heading: "Sie haben um eine andere Zeit gebeten.",
        asked_says: |coach| {
            format!(
                "{coach} entscheidet. Bis dahin bleibt Ihre Sitzung, wo sie ist, und die andere Zeit ist für Sie freigehalten."
            )
        },
        asked_until: |coach, moment| {
            format!(
                "{coach} kann bis {moment} entscheiden. Danach bleibt die Sitzung ohne Antwort, wo sie ist."
            )
        },
        asked_meanwhile: "Sagen Sie ab, solange Ihre Anfrage offen ist, zählt die Frist ab dem Augenblick, in dem Sie gefragt haben.",
        decide_subject: |what, when| format!("Bitte entscheiden: {what}, {when}"),
        decide_heading: |client| format!("{client} bittet um eine andere Zeit."),
        decide_until: |moment, left| {
            format!(
                "Sie können bis {moment} entscheiden; die Frist endet {left}. Bis dahin sind beide Zeiten freigehalten, danach bleibt die Sitzung, wo sie ist."
            )
        },
        decide_button: "Zustimmen oder ablehnen",
        decide_note: "Das öffnet die Seite der Sitzung. Entschieden ist erst, wenn Sie dort einen Knopf drücken.",
        undecided_subject: |what, when| format!("Noch zu entscheiden: {what}, {when}"),
        undecided_heading: |client| format!("{client} wartet auf Ihre Antwort."),
        not_moved_subject: |what, when| format!("Nicht verlegt: {what}, {when}"),
        stays_heading: "Ihre Sitzung bleibt, wo sie ist.",
        rejected: |who, asked| match who {
            Who::You => format!("Sie haben {asked} nicht zugestimmt."),
            Who::One(name) => format!("{name} hat {asked} nicht zugestimmt."),
            Who::Nobody => format!("{asked} wurde nicht zugestimmt."),
        },
        expired: |coach, asked| format!("{coach} hat über {asked} nicht rechtzeitig entschieden."),
        other_times: "Diese Zeiten in der Nähe sind frei. Nichts ändert sich, bevor Sie eine bestätigen:",
        fair_until: |moment| {
            format!(
                "Falls Sie lieber absagen: Bis {moment} zählt die Frist ab dem Augenblick, in dem Sie gefragt haben."
            )
        },
        withdrawn_subject: |what, when| format!("Nichts zu entscheiden: {what}, {when}"),
        withdrawn: |client, asked| {
            format!("{client} bittet nicht mehr um {asked}. Es ist nichts mehr zu entscheiden.")
        },
        undone_subject: |what, when| format!("Nicht entschieden: {what}, {when}"),
        undone: |client, asked| {
            format!(
                "Die Zeit, über {asked} zu entscheiden, ist vorbei. {client} hatte darum gebeten und weiß Bescheid."
            )
        },
        stays_for_coach: "Die Sitzung bleibt, wo sie ist.",
    },
    cancelled: Cancelled {
        subject: |what, when| format!("Abgesagt: {what}, {when}"),
        heading: "Ihre Sitzung ist abgesagt.",
        heading_for_coach: "Eine Sitzung ist abgesagt.",
        says: |who| match who {
            Who::You => "Sie haben sie abgesagt.".to_owned(),
            Who::One(name) => format!("{name} hat sie abgesagt."),
            Who::Nobody => "Sie wurde abgesagt.".to_owned(),
        },
        because: |cause| match cause {
            Cause::Client => "Darum war gebeten worden.",
            Cause::Coach => "Vom Coach her ging es nicht.",
            Cause::Organisation => "Die Organisation hat sie abgesagt.",
            Cause::Technical => "Etwas Technisches stand im Weg.",
        },
        because_of_you: "Als Grund ist angegeben, dass es bei Ihnen nicht ging.",
        because_of: |coach| format!("Bei {coach} ging es nicht."),
        you_asked: "Sie hatten darum gebeten.",
        client_asked: |client| format!("{client} hatte darum gebeten."),
        left_heading: "Sie sind bei dieser Sitzung nicht mehr dabei.",
        left_says: |who| match who {
            Who::You => "Sie haben Ihren Platz aufgegeben.".to_owned(),
            Who::One(name) => format!("{name} hat Ihren Platz aufgegeben."),
            Who::Nobody => "Ihr Platz wurde aufgegeben.".to_owned(),
        },
        left_heading_for_coach: |client| format!("{client} kommt nicht zu dieser Sitzung."),
        left_subject_for_coach: |client, what, when| format!("{client} kommt nicht: {what}, {when}"),
        left_themselves: |client| format!("{client} hat den Platz aufgegeben."),
        taken_out: |who, client| match who {
            Who::You => format!("Sie haben {client} herausgenommen."),
            Who::One(name) => format!("{name} hat {client} herausgenommen."),
            Who::Nobody => format!("{client} wurde herausgenommen."),
        },
        left: "Für die anderen bleibt es bei dieser Zeit.",
        unbooked: "Sie wartet jetzt auf eine andere Zeit.",
        disabled: "Sie gehört nicht mehr zum Programm.",
        missed: "Das war so kurz vor dem Beginn, dass sie als versäumt zählt.",
        not_missed: "Sie zählt nicht als versäumt.",
        cost: |cost, price| match cost {
            CostSaid::Nothing => "Das kostet Sie nichts.".to_owned(),
            CostSaid::AllBack(back) => {
                format!("Das kostet Sie nichts, und die {back}, die Sie gezahlt haben, gehen zurück.")
            }
            cost => (DE.cancelled.cost_for_coach)(cost, price),
        },
        cost_for_coach: |cost, price| match cost {
            CostSaid::Nothing => "Dafür ist nichts zu zahlen.".to_owned(),
            CostSaid::AllBack(back) => {
                format!("Vom Preis wird nichts einbehalten, und {back} gehen zurück.")
            }
            CostSaid::StillToPay(billed) if billed == price => {
                format!("Der Preis von {price} ist noch zu zahlen.")
            }
            CostSaid::StillToPay(billed) => {
                format!("Vom Preis von {price} sind {billed} noch zu zahlen.")
            }
            CostSaid::PartlyPaid(billed, paid, owed) => format!(
                "Vom Preis von {price} sind {billed} zu zahlen: {paid} sind bezahlt, {owed} noch offen."
            ),
            CostSaid::Kept(kept) => format!("Vom Preis von {price} werden {kept} einbehalten."),
            CostSaid::PartlyKept(kept, back) => {
                format!("Vom Preis von {price} werden {kept} einbehalten, und {back} gehen zurück.")
            }
        },
        since_asked: "Die Frist zählte ab der Anfrage, sie zu verlegen.",
        was_moved: "Sie war ohne Ihren Wunsch verlegt worden; deshalb war die Absage kostenlos.",
        was_moved_for_coach: "Sie war ohne Wunsch der Klientin oder des Klienten verlegt worden; deshalb war die Absage kostenlos.",
        choose: "Andere Zeit wählen",
    },
    place_offered: PlaceOffered {
        subject: |what, when| format!("Ein Platz für Sie: {what}, {when}"),
        heading: "Es gibt wieder einen Platz für Sie.",
        says: "Sie hatten Ihren Platz aufgegeben. Inzwischen hat die Sitzung eine andere Zeit:",
        not_missed: "Dass Sie spät abgesagt haben, zählt nicht mehr: Die alte Zeit gibt es nicht mehr.",
        take: "Platz wieder einnehmen",
        first_heading: "Ein Platz wartet auf Sie.",
        first_says: "Ihre Sitzung hat eine Zeit. Sie sind dabei, sobald Sie die Coaching-Vereinbarung angenommen haben:",
        first_take: "Annehmen und Platz einnehmen",
        how: |coach| format!("Wenn Sie Fragen haben, antworten Sie auf diese Mail: Das erreicht {coach}."),
    },
    reminder: Reminder {
        subject: |what, when| format!("Erinnerung: {what}, {when}"),
        says: |left| format!("Sie beginnt {left}."),
        asked: |asked, coach| {
            format!(
                "Sie haben gebeten, sie auf {asked} zu verlegen, und {coach} hat noch nicht entschieden. Diese Erinnerung gilt der Zeit, zu der sie bis dahin steht."
            )
        },
        asked_for_coach: |client, asked| {
            format!(
                "{client} bittet, sie auf {asked} zu verlegen, und Sie haben noch nicht entschieden. Diese Erinnerung gilt der Zeit, zu der sie bis dahin steht."
            )
        },
    },
    marks: Marks {
        wanted_subject: |what, when| format!("Wie war es? {what}, {when}"),
        wanted_heading: "Wie war es?",
        wanted: |what| format!("{what} ist vorbei und noch nicht eingetragen."),
        wanted_how: "Bitte sagen Sie, ob sie stattgefunden hat. Was daraus folgt, wartet auf Sie.",
        wanted_button: "Sitzung eintragen",
        subject: |what, when| format!("Wie es war: {what}, {when}"),
        corrected_subject: |what, when| format!("Berichtigt: {what}, {when}"),
        contested_subject: |what, when| format!("Bitte ansehen: {what}, {when}"),
        upheld_subject: |what, when| format!("Angesehen: {what}, {when}"),
        forgiven_subject: |what, when| format!("Zurückgenommen: {what}, {when}"),
        completed_heading: "Ihre Sitzung hat stattgefunden.",
        completed: "Sie ist als abgeschlossen eingetragen.",
        missed_heading: "Ihre Sitzung zählt als versäumt.",
        no_show: "Es ist eingetragen, dass Sie nicht gekommen sind.",
        late: "Sie wurde zu kurz vor dem Beginn abgesagt.",
        contest_until: |moment| {
            format!(
                "Falls das nicht stimmt, können Sie bis {moment} widersprechen, einmal und mit Ihren Worten, auf der Seite der Sitzung."
            )
        },
        open: "Sitzung öffnen",
        corrected_heading: "Eine Berichtigung.",
        corrected: "Was wir Ihnen zu dieser Sitzung gesagt haben, stimmte nicht.",
        now_completed: "Sie ist jetzt als abgeschlossen eingetragen: Sie waren da.",
        now_missed: "Sie ist jetzt als versäumt eingetragen: Sie sind nicht gekommen.",
        now_open: "Es ist zurückgenommen: Eingetragen ist jetzt nichts, und für Sie folgt nichts daraus.",
        contested_heading: "Einer versäumten Sitzung wird widersprochen.",
        contested: |client| {
            format!(
                "{client} sagt, dass sie nicht versäumt wurde. Die Worte dazu stehen auf der Seite der Sitzung."
            )
        },
        contested_who: "Darüber befindet jemand anderes, als wer sie eingetragen hat, sofern es so jemanden gibt.",
        contested_button: "Ansehen",
        coach: "Coach",
        upheld_heading: "Es bleibt dabei.",
        upheld: |who| match who {
            Who::You => "Sie haben es angesehen. Die Sitzung zählt weiter als versäumt.".to_owned(),
            Who::One(name) => {
                format!(
                    "{name} hat gelesen, was Sie geschrieben haben. Die Sitzung zählt weiter als versäumt."
                )
            }
            Who::Nobody => {
                "Was Sie geschrieben haben, wurde gelesen. Die Sitzung zählt weiter als versäumt.".to_owned()
            }
        },
        forgiven_heading: "Sie zählt nicht mehr als versäumt.",
        forgiven: |who| match who {
            Who::You => "Sie haben das zurückgenommen.".to_owned(),
            Who::One(name) => format!("{name} hat das zurückgenommen."),
            Who::Nobody => "Das wurde zurückgenommen.".to_owned(),
        },
        forgiven_heading_for_coach: |client| {
            format!("Eine Sitzung, die {client} versäumt hat, ist entschuldigt.")
        },
        forgiven_for_coach: |who, client| match who {
            Who::You => format!("Sie haben {client} entschuldigt."),
            Who::One(name) => format!("{name} hat {client} entschuldigt."),
            Who::Nobody => format!("{client} wurde entschuldigt."),
        },
        changed_subject: |what, when| format!("Eintrag geändert: {what}, {when}"),
        changed_heading: |client| format!("Was Sie zu {client} eingetragen hatten, wurde geändert."),
        changed_to_completed: |who, client| match who {
            Who::You => format!("Sie haben eingetragen, dass {client} da war."),
            Who::One(name) => format!("{name} hat eingetragen, dass {client} da war."),
            Who::Nobody => format!("Eingetragen ist jetzt, dass {client} da war."),
        },
        changed_to_missed: |who, client| match who {
            Who::You => format!("Sie haben eingetragen, dass {client} nicht gekommen ist."),
            Who::One(name) => format!("{name} hat eingetragen, dass {client} nicht gekommen ist."),
            Who::Nobody => format!("Eingetragen ist jetzt, dass {client} nicht gekommen ist."),
        },
        changed_to_nothing: |who, client| match who {
            Who::You => format!("Sie haben Ihren Eintrag zu {client} zurückgenommen."),
            Who::One(name) => {
                format!("{name} hat Ihren Eintrag zu {client} zurückgenommen. Jetzt ist nichts eingetragen.")
            }
            Who::Nobody => {
                format!("Ihr Eintrag zu {client} wurde zurückgenommen. Jetzt ist nichts eingetragen.")
            }
        },
        upheld_heading_for_coach: |client| format!("Es bleibt bei dem, was {client} bestritten hat."),
        upheld_for_coach: |who, client| match who {
            Who::You => format!(
                "Sie haben gelesen, was {client} geschrieben hat. Die Sitzung zählt weiter als versäumt."
            ),
            Who::One(name) => format!(
                "{name} hat gelesen, was {client} geschrieben hat. Die Sitzung zählt weiter als versäumt."
            ),
            Who::Nobody => {
                format!("Was {client} geschrieben hat, wurde gelesen. Die Sitzung zählt weiter als versäumt.")
            }
        },
    },
    money: Money {
        waived_subject: |what, when| format!("Nichts zu bezahlen: {what}, {when}"),
        waived_heading: "Dafür ist nichts mehr zu zahlen.",
        waived: |who, amount| match who {
            Who::You => format!("Sie verzichten auf die {amount}, die für diese Sitzung offen waren."),
            Who::One(name) => {
                format!("{name} verzichtet auf die {amount}, die für diese Sitzung offen waren.")
            }
            Who::Nobody => format!("Auf die {amount}, die für diese Sitzung offen waren, wird verzichtet."),
        },
        receipt_subject: |number| format!("Quittung {number}"),
        receipt_heading: "Danke für Ihre Zahlung.",
        receipt: "Sie ist eingegangen.",
        refund_subject: |number| format!("Zurückgezahlt: Quittung {number}"),
        refund_heading: "Ihr Geld ist zurückgezahlt.",
        refund: "Sie hatten mehr gezahlt, als zu zahlen ist.",
        paid_back: "Zurückgezahlt am",
        settled_for_coach_subject: |what, when| format!("Zum Preis von {what}, {when}"),
        waived_for_coach_heading: |client| format!("{client} hat dafür nichts mehr zu zahlen."),
        waived_for_coach: |who, client, amount| match who {
            Who::You => format!("Sie verzichten auf die {amount}, die bei {client} offen waren."),
            Who::One(name) => format!("{name} verzichtet auf die {amount}, die bei {client} offen waren."),
            Who::Nobody => format!("Auf die {amount}, die offen waren, wird verzichtet."),
        },
        paid_for_coach_heading: |client| format!("{client} hat gezahlt."),
        paid_for_coach: |who, client, amount| match who {
            Who::You => format!("Sie haben vermerkt, dass {client} {amount} gezahlt hat."),
            Who::One(name) => format!("{name} hat vermerkt, dass {client} {amount} gezahlt hat."),
            Who::Nobody => format!("Vermerkt ist, dass {client} {amount} gezahlt hat."),
        },
        refunded_for_coach_heading: |client| format!("{client} hat Geld zurückerhalten."),
        refunded_for_coach: |who, client, amount| match who {
            Who::You => format!("Sie haben vermerkt, dass {client} {amount} zurückerhalten hat."),
            Who::One(name) => format!("{name} hat vermerkt, dass {client} {amount} zurückerhalten hat."),
            Who::Nobody => format!("Vermerkt ist, dass {client} {amount} zurückerhalten hat."),
        },
        number: "Quittung",
        amount: "Betrag",
        paid_for: "Für",
        session: "Sitzung am",
        received: "Eingegangen am",
    },
};
