//! Each "no" in words: one sentence that says why, with its data.

use rules::attendance::Status;
use rules::inactivity::Away;
use rules::permission::Action;
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;

use crate::words::money;

/// What each refusal says. Field names are the refusals' own.
#[derive(Clone, Copy, Debug)]
pub struct Refusals {
    pub(super) fixed: fn(&Refusal) -> &'static str,
    pub(super) with_time: fn(&Refusal, &str) -> String,
    /// What to say to whoever asked too often, with the seconds until it is heard again.
    pub(super) too_often: fn(u32) -> String,
}

impl Refusals {
    /// The sentence of a refusal; `when` writes an instant in the reader's zone.
    pub fn say(&self, refusal: &Refusal, when: impl Fn(Instant) -> String) -> String {
        if let Refusal::RateLimited { retry_after_seconds } = refusal {
            return (self.too_often)(*retry_after_seconds);
        }
        match moment(refusal) {
            Some(at) => (self.with_time)(refusal, &when(at)),
            None => (self.fixed)(refusal).to_owned(),
        }
    }
}

/// What is wrong with one input, in words.
#[derive(Clone, Copy, Debug)]
pub struct Problems {
    pub(super) say: fn(&Problem) -> String,
}

impl Problems {
    /// The sentence of a problem.
    pub fn say(&self, problem: &Problem) -> String {
        (self.say)(problem)
    }
}

fn moment(refusal: &Refusal) -> Option<Instant> {
    match refusal {
        Refusal::ClockOnlyForward { now } => Some(*now),
        Refusal::Taken { start }
        | Refusal::Past { start }
        | Refusal::Overlap { start }
        | Refusal::AlreadyStarted { start }
        | Refusal::BookedNow { start }
        | Refusal::PodHasDate { start } => Some(*start),
        Refusal::NotOverYet { end } => Some(*end),
        Refusal::OutsideHours { start } | Refusal::OffGrid { start } | Refusal::DayFull { start } => {
            Some(*start)
        }
        Refusal::TooSoon { earliest } => Some(*earliest),
        Refusal::BeyondWindow { until } => Some(*until),
        Refusal::MarkTooEarly { opens } | Refusal::CheckInTooEarly { opens } => Some(*opens),
        Refusal::CorrectionOver { since }
        | Refusal::ContestOver { since }
        | Refusal::SessionOver { since } => Some(*since),
        Refusal::CheckInSent { at } => Some(*at),
        Refusal::MoveTooLate { start } | Refusal::BusyThen { start } | Refusal::NotStarted { start } => {
            Some(*start)
        }
        Refusal::RequestPending { until } => Some(*until),
        Refusal::ProposedTooSoon { earliest } => Some(*earliest),
        Refusal::MoveExpired { at } | Refusal::RequestClosed { at, .. } => Some(*at),
        _ => None,
    }
}

/// English.
pub(super) mod english {
    use super::*;

    pub(in crate::texts) const REFUSALS: Refusals = Refusals { fixed, with_time, too_often };
    pub(in crate::texts) const PROBLEMS: Problems = Problems { say };

    /// Said where a refusal has no words of its own yet; a test sees to it that none needs it in any language.
    pub(super) const NOT_NOW: &str = "This cannot be done now.";

    fn too_often(seconds: u32) -> String {
        match seconds {
            0..=90 => "That was asked too often. Try again in a minute.".to_owned(),
            seconds => format!("That was asked too often. Try again in {} minutes.", seconds.div_ceil(60)),
        }
    }

    /// Why this cannot be done from this status, and what would have to be done first.
    fn from_status(action: Action, status: Status) -> &'static str {
        match (action, status) {
            (_, Status::GreyedOut) => "An admin has greyed this out. Only an admin can reactivate it.",
            (Action::Reactivate, _) => "It is not greyed out.",
            (Action::Contest, _) => "Only what counts as missed is contested.",
            (Action::Forgive, _) => "Only what counts as missed is forgiven.",
            (Action::Book | Action::BookPod, Status::Booked) => "It has its time already.",
            (Action::Book | Action::BookPod, Status::Completed | Status::Missed) => "It is over.",
            (Action::NameStandIn, _) => "What a coach sells privately they hold themselves.",
            (Action::ManageParticipants, Status::Booked) => "It is booked. Cancel it first.",
            (Action::ManageParticipants, Status::Unbooked) => "It was not added to the journey.",
            (Action::MarkAttendance, Status::Completed) => "It is marked Completed already.",
            (Action::MarkAttendance, Status::Missed) => {
                "It counts as missed already. If it was called off late, only forgiving takes that back."
            }
            (Action::MarkAttendance, Status::Booked) => "It is not marked yet.",
            (Action::GreyOut, Status::Booked) => "It belongs to no program.",
            (Action::GreyOut, Status::Unbooked) => "There is nothing to grey out.",
            (_, Status::Unbooked) => "It has no time yet.",
            (_, Status::Booked) => "Somebody in it is marked already. Undo that mark first.",
            (_, Status::Completed) => "It is marked Completed. Undo the mark first.",
            (_, Status::Missed) => {
                "It counts as missed. The mark would have to be undone first, or the late cancellation forgiven."
            }
            (_, Status::Cancelled) => "It was called off, and that is final.",
        }
    }

    // By code, which is stable for ever.
    fn fixed(refusal: &Refusal) -> &'static str {
        if let Refusal::WrongStatus { action, status } = refusal {
            return from_status(*action, *status);
        }
        if let Refusal::PutAway { what } = refusal {
            return match what {
                Away::Participant => {
                    "This place is put away. It is brought back before anything begins there."
                }
                Away::Cohort => {
                    "This cohort is put away. An admin brings it back before anything begins there."
                }
            };
        }
        match refusal.code() {
            "not_found" => "There is no such thing here.",
            "not_signed_in" => "Sign in first.",
            "may_not" => "Your role does not allow this.",
            "own_attendance" => "You are the client here, so somebody else has to decide this.",
            "cross_site" => "The request came from a page of another site, so it was not followed.",
            "link_unknown" => "No link like this is known.",
            "link_used" => "This link has done its work; it works once.",
            "link_expired" => "This link is too old.",
            "wrong_password" => "This address and this password do not belong together.",
            "account_closed" => "This account is closed. An admin of your organisation can open it again.",
            "token_invalid" => "No token like this is in use.",
            "token_expired" => "This token is too old.",
            "scope_missing" => "This token was made for less than what was asked.",
            "too_many_tokens" => "There are as many tokens as there may be. Take one back first.",
            "busy" => "More is waiting than can be done soon; nothing was changed.",
            "too_large" => "What you sent is larger than we take.",
            "wrong_method" => "This address exists, but not for that.",
            "unreadable" => "What you sent cannot be read.",
            "invalid" => "Something in the form does not fit yet.",
            "idempotency_key_reused" => "This form was sent before, with other contents. Load the page anew.",
            "idempotency_key_in_use" => "The same form is being worked on at this moment.",
            "changed_meanwhile" => "Somebody changed it while you were writing.",
            "last_admin" => "The only admin stays admin: make another one first.",
            "already_set_up" => "The organisation has its first admin already.",
            "mail_not_dead" => "Only a mail that was given up can be sent again.",
            "clock_step_too_long" => "The clock moves by at most a year and a day at a time.",
            "terms_changed" => {
                "Price or terms have changed since you were shown them. Nothing was booked; look again and confirm."
            }
            "intro_used" => "There is one free call with each coach, and you have had or booked yours.",
            "too_many_holds" => {
                "Several times with this coach wait for their confirmation already, all asked for from where you are. Press the button behind the link in the mails, or try again in half an hour."
            }
            "holds_full" => {
                "Many times with this coach wait for their confirmation just now. Please try again in half an hour."
            }
            "too_many_ahead" => {
                "You have as many sessions ahead with this coach as one can book. Book more when one of them is over."
            }
            "hold_expired" => "The time was kept for half an hour and is free again. Choose a time anew.",
            "agreement_needed" => "Please read and accept the agreement first.",
            "agreement_theirs" => {
                "The coaching agreement of now is not accepted yet, and nobody accepts it for somebody else. The participant is asked for it when they book themselves."
            }
            "not_offered" => "This cannot be booked any more.",
            "own_coach" => "Nobody books a session with themselves.",
            "pod_full" => "The pod has as many members as it can hold.",
            "pod_closed" => "This pod cannot be chosen: its members are named, or it has no date ahead.",
            "pod_not_empty" => "Somebody is in this pod, or was, so that it stays.",
            "in_another_pod" => "They are in another pod for this step already.",
            "step_not_theirs" => "None of their journeys has this step.",
            "step_done" => "They have had this step already.",
            "step_not_open" => "A step before this one is to be booked first.",
            "no_coach" => "Nobody coaches this yet. Whoever leads the program says who does.",
            "coach_settled" => "That is settled: there is a coach already.",
            "coach_full" => "This coach has no place left. Choose another one.",
            "no_pod" => "This is the step of a group, and there is no group for it yet.",
            "no_change" => "That is the time that it has already.",
            "too_many_requests" => {
                "You have asked twice to move it from this time. Write to your coach, or cancel."
            }
            "too_many_pending" => {
                "Two of your requests wait for this coach already. Wait for an answer, or withdraw one."
            }
            "too_many_changes" => {
                "You have changed this session three times. Your coach, or whoever leads the program, can still move or cancel it."
            }
            "no_request" => "Nobody has asked to move it.",
            "outcome_changed" => {
                "What this would come to has changed since you were shown it. Nothing was done; look again and confirm."
            }
            "already_contested" => "It was contested before; that works once.",
            "not_contested" => "Nothing here waits to be settled.",
            "own_mark" => "You marked it yourself, so that somebody else has to settle this.",
            "contest_settled" => {
                "It was contested, and somebody else has settled that. Only they, or an admin, can change it now."
            }
            "nobody_to_mark" => "Nobody in it is left to mark: how it went is known for each.",
            "nothing_owed" => "Nothing is open for this session.",
            "still_coaches" => {
                "Sessions of theirs are ahead or not marked yet. They stand on the person’s page: mark them, give them to another coach, or call them off first."
            }
            "no_stand_in" => "Nobody stands in for the coach of this session.",
            "not_marking" => "Another coach of this session says how it went.",
            "had_a_time" => "It had a time once, so it stays in the journey. An admin can grey it out.",
            "nothing_to_pay_back" => "Nothing was paid for this session that is not owed.",
            "no_price" => "This session costs nothing by itself.",
            "nothing_to_book" => "There is nothing to book yet. Switch on an offering first.",
            "reader_gone" => "Their account is closed, so they read nothing any more.",
            "journey_complete" => "The journey is complete. Reopen it before anything of it is booked.",
            "survey_not_open" => "Nothing is asked yet.",
            "survey_answered" => "These questions were answered already. They are answered once.",
            "nothing_to_escalate" => "Nobody has left enough reminders unanswered.",
            "no_sponsor" => "There is no sponsor who could be told.",
            "still_ahead" => {
                "There are bookings or requests ahead. Call them off with it, or settle them first."
            }
            "too_few_people" => {
                "It would speak of fewer than five people, and this project shows no such numbers."
            }
            "names_somebody" => "The note names somebody, and it may name nobody.",
            _ => NOT_NOW,
        }
    }

    fn with_time(refusal: &Refusal, when: &str) -> String {
        match refusal.code() {
            "clock_only_forward" => format!("Time only goes forward; the clock shows {when}."),
            "taken" => format!("{when} is not free any more."),
            "overlap" => format!("There is another session at that time: it begins {when}."),
            "not_over_yet" => format!("Only a session that is over is recorded; this one ends {when}."),
            "past" => format!("{when} is past. Choose a time that is ahead."),
            "too_soon" => format!("That is too soon for the coach; the earliest start now is {when}."),
            "beyond_window" => format!("That is too far ahead; times can be booked before {when} so far."),
            "outside_hours" => format!("{when} is outside the coach's hours, or too close to their end."),
            "off_grid" => format!("{when} is not one of the times on offer."),
            "day_full" => format!("The coach takes no more such sessions on the day of {when}."),
            "mark_too_early" => format!("It can be marked from {when}."),
            "check_in_too_early" => format!("It can be asked from {when}."),
            "session_over" => format!("The session ended {when}."),
            "check_in_sent" => format!("That was asked {when}; it is asked once for each date."),
            "correction_over" => format!("It could be corrected until {when}; now an admin can."),
            "already_started" => format!("The session began {when}."),
            "booked_now" => format!("It is booked for {when}. Delete that booking first."),
            "pod_has_date" => format!("This pod has a date, {when}. Call that off first."),
            "move_too_late" => format!(
                "It begins {when}: too soon to move it by yourself. You can cancel it, or write to your coach."
            ),
            "request_pending" => {
                format!("A request to move it waits already; your coach can decide it until {when}.")
            }
            "proposed_too_soon" => {
                format!("Nobody could decide on that in time. Ask for a start from {when} on.")
            }
            "move_expired" => format!("The request expired {when}; the session stays at its time."),
            "request_closed" => format!("The request was decided already, {when}."),
            "busy_then" => format!("The coach is busy elsewhere at the time that is asked for: {when}."),
            "not_started" => format!("The session has not begun; it begins {when}."),
            "contest_over" => format!("It could be contested until {when}."),
            _ => fixed(refusal).to_owned(),
        }
    }

    fn say(problem: &Problem) -> String {
        let fixed = match problem {
            Problem::TooShort { least } => return format!("At least {least} characters"),
            Problem::TooLong { most } => return format!("At most {most} characters"),
            Problem::OutOfRange { least, most } => return format!("A number from {least} to {most}"),
            Problem::AmountOutOfRange { least, most } => {
                let [least, most] = [least, most].map(|amount| money(*amount, Language::English));
                return format!("From {least} to {most}");
            }
            Problem::TooManyRequired { most: 1 } => {
                return "At most one of them may need an answer".to_owned();
            }
            Problem::TooManyRequired { most } => return format!("At most {most} of them may need an answer"),
            Problem::TooMany { most } => return format!("No more than {most} at a time"),
            Problem::NotInSteps { step } => return format!("A multiple of {step}"),
            Problem::UnknownValue { line, name } => {
                return format!("Line {line}: there is no value called {name}");
            }
            Problem::NotATemplate { line } => {
                return format!(
                    "Line {line}: between braces stands a value, or if, elif, else and endif with one"
                );
            }
            Problem::TooFarAhead { most_days } => return format!("At most {most_days} days ahead"),
            Problem::NotAnAmount { digits: 0 } => return "A whole amount, like 120".to_owned(),
            Problem::NotAnAmount { .. } => {
                return "An amount, like 95 or 95.50, without other marks".to_owned();
            }
            Problem::FileTooLarge { most_megabytes } => {
                return format!("The file has at most {most_megabytes} MB");
            }
            Problem::PictureTooLarge { most_pixels } => {
                return format!("Width and height are at most {most_pixels} pixels each");
            }
            other => match other.code() {
                "missing" => "This is needed",
                "hidden_characters" => "There are characters in it that cannot be seen. Type it anew",
                "not_a_name" => "A name has at least one letter or digit",
                "not_a_mail_address" => "This is no e-mail address. It needs an @ and an ending, like .com",
                "taken" => "Somebody has this already",
                "common_password" => "This password is one of those that are guessed first",
                "personal_password" => "This is too close to your name or address",
                "wrong_password" => "Your password now is another one",
                "not_the_same" => "The two are not the same",
                "unknown_zone" => "No time zone has this name",
                "not_a_choice" => "Choose one of those offered",
                "not_a_number" => "A number is needed here",
                "no_number" => "Give your number, or ask for theirs in a question that needs an answer",
                "not_an_id" => "Nothing is known by this",
                "not_an_instant" => "This is no date and time",
                "not_a_date" => "This is no date. 2026-11-23 is one",
                "in_the_past" => "This is in the past",
                "not_a_date_and_time" => "A date and a time are needed, like 2026-11-23 10:00",
                "stray_characters" => "Only printable ASCII characters without spaces",
                "not_a_duration" => "This is no length of time. PT36H is a day and a half",
                "not_a_cursor" => "This page of the list is not there any more",
                "not_a_picture" => "This file is no JPEG, PNG or WebP picture",
                "not_a_slug" => "Small letters, digits and single hyphens, like ada-lindholm",
                "not_a_link" => "This is no link. It begins with https://",
                "not_a_time_of_day" => "A time of day in steps of five minutes, like 09:30",
                "ends_before_it_begins" => "It ends before it begins",
                "over" => "This is over already",
                "unknown" => "There is no such field",
                _ => NOT_NOW,
            },
        };
        fixed.to_owned()
    }
}

/// German, for what people on the pages in German meet.
pub(super) mod german {
    use super::*;

    pub(in crate::texts) const REFUSALS: Refusals = Refusals { fixed, with_time, too_often };
    pub(in crate::texts) const PROBLEMS: Problems = Problems { say };

    pub(super) const NOT_NOW: &str = "Das geht jetzt nicht.";

    fn too_often(seconds: u32) -> String {
        match seconds {
            0..=90 => "Das war zu oft. Versuchen Sie es in einer Minute noch einmal.".to_owned(),
            seconds => {
                format!("Das war zu oft. Versuchen Sie es in {} Minuten noch einmal.", seconds.div_ceil(60))
            }
        }
    }

    fn from_status(action: Action, status: Status) -> &'static str {
        match (action, status) {
            (_, Status::GreyedOut) => "Ein Admin hat das ausgegraut. Nur ein Admin kann es reaktivieren.",
            (Action::Reactivate, _) => "Sie ist nicht ausgegraut.",
            (Action::Contest, _) => "Bestreiten lässt sich nur, was als versäumt zählt.",
            (Action::Forgive, _) => "Entschuldigen lässt sich nur, was als versäumt zählt.",
            (Action::Book | Action::BookPod, Status::Booked) => "Sie hat schon ihre Zeit.",
            (Action::Book | Action::BookPod, Status::Completed | Status::Missed) => "Sie ist vorbei.",
            (Action::NameStandIn, _) => "Was ein Coach selbst verkauft, hält nur dieser Coach.",
            (Action::ManageParticipants, Status::Booked) => "Sie ist gebucht. Sagen Sie sie zuerst ab.",
            (Action::ManageParticipants, Status::Unbooked) => "Sie kam nicht zum Weg hinzu.",
            (Action::MarkAttendance, Status::Completed) => "Sie ist schon als abgeschlossen vermerkt.",
            (Action::MarkAttendance, Status::Missed) => {
                "Sie zählt schon als versäumt. Wurde sie spät abgesagt, lässt sich das nur entschuldigen."
            }
            (Action::MarkAttendance, Status::Booked) => "Sie ist noch nicht vermerkt.",
            (Action::GreyOut, Status::Booked) => "Sie gehört zu keinem Programm.",
            (Action::GreyOut, Status::Unbooked) => "Hier ist nichts auszugrauen.",
            (_, Status::Unbooked) => "Sie hat noch keine Zeit.",
            (_, Status::Booked) => {
                "Für jemanden darin ist schon etwas vermerkt. Nehmen Sie das zuerst zurück."
            }
            (_, Status::Completed) => {
                "Sie ist als abgeschlossen vermerkt. Nehmen Sie den Vermerk zuerst zurück."
            }
            (_, Status::Missed) => {
                "Sie zählt als versäumt. Zuerst wäre der Vermerk zurückzunehmen oder die späte Absage zu entschuldigen."
            }
            (_, Status::Cancelled) => "Sie wurde abgesagt, und dabei bleibt es.",
        }
    }

    fn fixed(refusal: &Refusal) -> &'static str {
        if let Refusal::WrongStatus { action, status } = refusal {
            return from_status(*action, *status);
        }
        if let Refusal::PutAway { what } = refusal {
            return match what {
                Away::Participant => {
                    "Dieser Platz ist abgelegt. Ehe dort etwas beginnt, wird er zurückgeholt."
                }
                Away::Cohort => {
                    "Diese Kohorte ist abgelegt. Ehe dort etwas beginnt, holt die Administration sie zurück."
                }
            };
        }
        match refusal.code() {
            "not_found" => "So etwas gibt es hier nicht.",
            "not_signed_in" => "Melden Sie sich zuerst an.",
            "may_not" => "Ihre Rolle erlaubt das nicht.",
            "own_attendance" => "Hier werden Sie selbst begleitet; darum entscheidet das jemand anderes.",
            "cross_site" => {
                "Die Anfrage kam von der Seite einer anderen Website; darum ist nichts geschehen."
            }
            "link_unknown" => "Einen solchen Link kennt hier niemand.",
            "link_used" => "Dieser Link hat seine Arbeit getan; er gilt einmal.",
            "link_expired" => "Dieser Link ist zu alt.",
            "wrong_password" => "Diese Adresse und dieses Passwort gehören nicht zusammen.",
            "account_closed" => {
                "Dieses Konto ist geschlossen. Die Administration Ihrer Organisation kann es wieder öffnen."
            }
            "token_invalid" => "Ein solcher Schlüssel ist nicht in Gebrauch.",
            "token_expired" => "Dieser Schlüssel ist zu alt.",
            "scope_missing" => "Dieser Schlüssel wurde für weniger gemacht, als verlangt ist.",
            "too_many_tokens" => {
                "Es gibt so viele Schlüssel, wie es geben darf. Nehmen Sie zuerst einen zurück."
            }
            "busy" => "Es wartet mehr, als sich bald erledigen lässt; nichts hat sich geändert.",
            "too_large" => "Was Sie gesendet haben, ist größer, als wir annehmen.",
            "wrong_method" => "Diese Adresse gibt es, aber nicht dafür.",
            "unreadable" => "Was Sie gesendet haben, lässt sich nicht lesen.",
            "invalid" => "Etwas im Formular passt noch nicht.",
            "idempotency_key_reused" => {
                "Dieses Formular wurde schon einmal mit anderem Inhalt gesendet. Laden Sie die Seite neu."
            }
            "idempotency_key_in_use" => "An demselben Formular wird in diesem Augenblick gearbeitet.",
            "clock_step_too_long" => "Die Uhr rückt um höchstens ein Jahr und einen Tag auf einmal vor.",
            "changed_meanwhile" => "Jemand hat es geändert, während Sie schrieben.",
            "last_admin" => {
                "Die einzige Person in der Administration bleibt es: Machen Sie zuerst eine andere dazu."
            }
            "already_set_up" => "Die Organisation ist schon eingerichtet.",
            "mail_not_dead" => "Nur eine Mail, die aufgegeben wurde, lässt sich noch einmal senden.",
            "terms_changed" => {
                "Preis oder Bedingungen sind nicht mehr die, die Ihnen gezeigt wurden. Es ist nichts gebucht; sehen Sie nach und bestätigen Sie neu."
            }
            "intro_used" => {
                "Es gibt ein kostenloses Gespräch mit jedem Coach; Ihres hatten oder haben Sie schon."
            }
            "too_many_holds" => {
                "Bei diesem Coach warten schon mehrere Zeiten auf ihre Bestätigung, die von Ihrem Anschluss aus angefragt wurden. Drücken Sie den Knopf hinter dem Link in den Mails, oder versuchen Sie es in einer halben Stunde noch einmal."
            }
            "holds_full" => {
                "Bei diesem Coach warten gerade viele Zeiten auf ihre Bestätigung. Bitte versuchen Sie es in einer halben Stunde noch einmal."
            }
            "too_many_ahead" => {
                "Sie haben mit diesem Coach so viele Sitzungen vor sich, wie man buchen kann. Buchen Sie weitere, wenn eine davon vorbei ist."
            }
            "hold_expired" => {
                "Die Zeit war eine halbe Stunde reserviert und ist wieder frei. Wählen Sie bitte neu."
            }
            "agreement_needed" => "Bitte lesen Sie zuerst die Vereinbarung, und stimmen Sie ihr zu.",
            "agreement_theirs" => {
                "Der geltenden Coaching-Vereinbarung ist noch nicht zugestimmt, und niemand stimmt für andere zu. Gefragt wird danach, wer selbst bucht."
            }
            "nobody_to_mark" => "Bei allen darin steht schon, wie es war: Einzutragen bleibt nichts.",
            "not_offered" => "Das lässt sich nicht mehr buchen.",
            "own_coach" => "Mit sich selbst bucht niemand eine Sitzung.",
            "pod_full" => "Die Gruppe hat so viele Mitglieder, wie sie fassen kann.",
            "pod_closed" => {
                "Diese Gruppe lässt sich nicht wählen: Ihre Mitglieder sind benannt, oder sie hat keinen Termin vor sich."
            }
            "pod_not_empty" => "Jemand ist oder war in dieser Gruppe; darum bleibt sie.",
            "in_another_pod" => "Sie sind für diesen Schritt schon in einer anderen Gruppe.",
            "step_not_theirs" => "Keiner ihrer Wege hat diesen Schritt.",
            "step_done" => "Sie haben diesen Schritt schon hinter sich.",
            "step_not_open" => "Zuerst ist ein Schritt davor zu buchen.",
            "no_coach" => "Noch begleitet das niemand. Die Programmleitung bestimmt, wer es tut.",
            "coach_settled" => "Das ist schon entschieden: Es gibt einen Coach.",
            "coach_full" => "Dieser Coach hat keinen Platz mehr. Bitte wählen Sie einen anderen.",
            "no_pod" => "Das ist der Schritt einer Gruppe, und es gibt dafür noch keine Gruppe.",
            "no_change" => "Das ist die Zeit, die sie schon hat.",
            "too_many_requests" => {
                "Sie haben zweimal gebeten, sie von dieser Zeit zu verschieben. Schreiben Sie Ihrem Coach, oder sagen Sie ab."
            }
            "too_many_pending" => {
                "Zwei Ihrer Anfragen warten schon auf diesen Coach. Warten Sie auf eine Antwort, oder ziehen Sie eine zurück."
            }
            "too_many_changes" => {
                "Sie haben diese Sitzung dreimal geändert. Ihr Coach oder die Programmleitung kann sie weiter verschieben oder absagen."
            }
            "no_request" => "Niemand hat gebeten, sie zu verschieben.",
            "outcome_changed" => {
                "Was dabei herauskäme, ist nicht mehr das, was Ihnen gezeigt wurde. Es ist nichts geschehen; sehen Sie nach und bestätigen Sie neu."
            }
            "already_contested" => "Es wurde schon einmal widersprochen; das geht einmal.",
            "not_contested" => "Hier ist nichts zu entscheiden.",
            "own_mark" => "Sie haben es selbst vermerkt; darum muss jemand anderes entscheiden.",
            "contest_settled" => {
                "Es wurde widersprochen, und jemand anderes hat entschieden. Ändern kann es jetzt nur, wer entschieden hat, oder die Administration."
            }
            "nothing_owed" => "Für diese Sitzung ist nichts offen.",
            "still_coaches" => {
                "Sitzungen mit ihr oder ihm stehen noch bevor oder sind nicht vermerkt. Sie stehen auf der Seite der Person: Vermerken Sie sie, geben Sie sie einem anderen Coach, oder sagen Sie sie erst ab."
            }
            "no_stand_in" => "Für den Coach dieser Sitzung springt niemand ein.",
            "not_marking" => "Wie es war, sagt ein anderer Coach dieser Sitzung.",
            "had_a_time" => {
                "Sie hatte schon einen Termin und bleibt deshalb im Weg. Eine Administratorin oder ein Administrator kann sie ausgrauen."
            }
            "nothing_to_pay_back" => "Für diese Sitzung wurde nichts gezahlt, was nicht zu zahlen war.",
            "no_price" => "Diese Sitzung kostet für sich nichts.",
            "nothing_to_book" => "Es gibt noch nichts zu buchen. Schalten Sie zuerst ein Angebot ein.",
            "reader_gone" => "Das Konto ist geschlossen; dort liest niemand mehr.",
            "journey_complete" => {
                "Der Weg ist abgeschlossen. Er muss wieder geöffnet werden, ehe sich etwas davon buchen lässt."
            }
            "survey_not_open" => "Noch wird nichts gefragt.",
            "survey_answered" => "Diese Fragen sind schon beantwortet. Beantwortet werden sie einmal.",
            "nothing_to_escalate" => "Niemand hat genug Erinnerungen unbeantwortet gelassen.",
            "no_sponsor" => "Es gibt niemanden, der informiert werden könnte.",
            "still_ahead" => {
                "Es stehen noch Termine oder Anfragen bevor. Sagen Sie sie mit ab, oder klären Sie sie vorher."
            }
            "too_few_people" => {
                "Es wäre von weniger als fünf Personen die Rede, und solche Zahlen zeigt dieses Projekt nicht."
            }
            "names_somebody" => "Die Anmerkung nennt jemanden, und sie darf niemanden nennen.",
            _ => NOT_NOW,
        }
    }

    fn with_time(refusal: &Refusal, when: &str) -> String {
        match refusal.code() {
            "clock_only_forward" => format!("Die Zeit geht nur vorwärts; die Uhr zeigt {when}."),
            "taken" => format!("{when} ist nicht mehr frei."),
            "overlap" => format!("Zu dieser Zeit ist schon eine andere Sitzung: Sie beginnt {when}."),
            "not_over_yet" => format!("Eintragen lässt sich nur, was vorbei ist; das hier endet {when}."),
            "past" => format!("{when} ist vorbei. Wählen Sie eine Zeit, die noch kommt."),
            "too_soon" => format!("Das ist zu kurzfristig; möglich ist jetzt frühestens {when}."),
            "beyond_window" => format!("Das ist zu weit voraus; buchbar sind bisher Zeiten vor {when}."),
            "outside_hours" => {
                format!("{when} liegt außerhalb der Zeiten des Coaches oder zu nah an ihrem Ende.")
            }
            "off_grid" => format!("{when} gehört nicht zu den angebotenen Zeiten."),
            "day_full" => {
                format!("Am Tag von {when} sind beim Coach keine weiteren solchen Sitzungen möglich.")
            }
            "mark_too_early" => format!("Ein Ergebnis lässt sich ab {when} eintragen."),
            "check_in_too_early" => format!("Nachfragen geht ab {when}."),
            "session_over" => format!("Die Sitzung endete {when}."),
            "check_in_sent" => format!("Nachgefragt {when}; das geht je Termin einmal."),
            "correction_over" => format!("Ändern ließ es sich bis {when}; jetzt kann es die Administration."),
            "already_started" => format!("Die Sitzung begann {when}."),
            "booked_now" => format!("Gebucht ist {when}. Löschen Sie zuerst diese Buchung."),
            "pod_has_date" => format!("Diese Gruppe hat einen Termin: {when}. Sagen Sie ihn zuerst ab."),
            "move_too_late" => format!(
                "Sie beginnt {when}: zu bald, um sie selbst zu verschieben. Sie können absagen oder Ihrem Coach schreiben."
            ),
            "request_pending" => {
                format!("Eine Bitte, sie zu verschieben, wartet schon; entschieden werden kann bis {when}.")
            }
            "proposed_too_soon" => {
                format!(
                    "Darüber könnte niemand rechtzeitig entscheiden. Fragen Sie nach einer Zeit ab {when}."
                )
            }
            "move_expired" => format!("Die Bitte lief {when} ab; die Sitzung bleibt, wo sie ist."),
            "request_closed" => format!("Über die Bitte ist schon entschieden, {when}."),
            "busy_then" => format!("Zur erbetenen Zeit ist der Coach anderswo belegt: {when}."),
            "not_started" => format!("Die Sitzung hat noch nicht begonnen; sie beginnt {when}."),
            "contest_over" => format!("Widersprechen ließ sich bis {when}."),
            _ => fixed(refusal).to_owned(),
        }
    }

    fn say(problem: &Problem) -> String {
        let fixed = match problem {
            Problem::OutOfRange { least, most } => return format!("Eine Zahl von {least} bis {most}"),
            Problem::AmountOutOfRange { least, most } => {
                let [least, most] = [least, most].map(|amount| money(*amount, Language::German));
                return format!("Von {least} bis {most}");
            }
            Problem::TooManyRequired { most: 1 } => {
                return "Höchstens eine davon darf eine Antwort verlangen".to_owned();
            }
            Problem::TooManyRequired { most } => {
                return format!("Höchstens {most} davon dürfen eine Antwort verlangen");
            }
            Problem::TooMany { most } => return format!("Nicht mehr als {most} auf einmal"),
            Problem::NotInSteps { step } => return format!("Ein Vielfaches von {step}"),
            Problem::UnknownValue { line, name } => {
                return format!("Zeile {line}: Einen Wert {name} gibt es nicht");
            }
            Problem::NotATemplate { line } => {
                return format!(
                    "Zeile {line}: Zwischen Klammern steht ein Wert, oder if, elif, else und endif mit einem"
                );
            }
            Problem::TooFarAhead { most_days } => return format!("Höchstens {most_days} Tage voraus"),
            Problem::NotAnAmount { digits: 0 } => return "Ein ganzer Betrag, zum Beispiel 120".to_owned(),
            Problem::NotAnAmount { .. } => {
                return "Ein Betrag wie 95 oder 95,50, ohne andere Zeichen".to_owned();
            }
            Problem::FileTooLarge { most_megabytes } => {
                return format!("Die Datei hat höchstens {most_megabytes} MB");
            }
            Problem::PictureTooLarge { most_pixels } => {
                return format!("Breite und Höhe sind jeweils höchstens {most_pixels} Pixel");
            }
            Problem::TooShort { least } => return format!("Mindestens {least} Zeichen"),
            Problem::TooLong { most } => return format!("Höchstens {most} Zeichen"),
            other => match other.code() {
                "missing" => "Das wird gebraucht",
                "not_a_mail_address" => {
                    "Das ist keine E-Mail-Adresse. Sie braucht ein @ und eine Endung wie .de"
                }
                "common_password" => "Dieses Passwort gehört zu denen, die zuerst geraten werden",
                "personal_password" => "Das ist zu nah an Ihrem Namen oder Ihrer Adresse",
                "hidden_characters" => "Darin stehen unsichtbare Zeichen. Tippen Sie es neu",
                "not_a_name" => "Ein Name hat wenigstens einen Buchstaben oder eine Ziffer",
                "taken" => "Das hat schon jemand",
                "not_the_same" => "Die beiden sind nicht gleich",
                "unknown_zone" => "Keine Zeitzone heißt so",
                "not_a_choice" => "Wählen Sie eines der angebotenen",
                "not_a_number" => "Hier wird eine Zahl gebraucht",
                "no_number" => {
                    "Nennen Sie Ihre Nummer, oder fragen Sie in einer Pflichtfrage nach der anderen"
                }
                "not_a_picture" => "Diese Datei ist kein Bild im Format JPEG, PNG oder WebP",
                "wrong_password" => "Ihr jetziges Passwort ist ein anderes",
                "not_an_instant" => "Das ist kein Zeitpunkt",
                "not_a_date" => "Das ist kein Datum. 2026-11-23 ist eines",
                "in_the_past" => "Das ist vorbei",
                "not_a_date_and_time" => "Ein Datum und eine Uhrzeit werden gebraucht, wie 2026-11-23 10:00",
                "not_a_duration" => "Das ist keine Dauer. PT36H sind anderthalb Tage",
                "stray_characters" => "Nur druckbare ASCII-Zeichen ohne Leerzeichen",
                "not_an_id" => "So etwas ist hier nicht bekannt",
                "not_a_cursor" => "Diese Seite der Liste gibt es nicht mehr",
                "unknown" => "Ein solches Feld gibt es nicht",
                "not_a_slug" => "Kleine Buchstaben, Ziffern und einzelne Bindestriche, wie ada-lindholm",
                "not_a_link" => "Das ist kein Link. Er beginnt mit https://",
                "not_a_time_of_day" => "Eine Uhrzeit in Schritten von fünf Minuten, wie 09:30",
                "ends_before_it_begins" => "Es endet, bevor es beginnt",
                "over" => "Das ist schon vorbei",
                _ => NOT_NOW,
            },
        };
        fixed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::texts::{Language, texts};

    const UNSAID: [&str; 2] = [english::NOT_NOW, german::NOT_NOW];

    // Rule M8
    #[test]
    fn every_refusal_and_every_problem_has_its_words_in_every_language() {
        for t in Language::ALL.iter().copied().map(texts) {
            for refusal in Refusal::samples() {
                let said = t.refusals.say(&refusal, |_| "Monday, 10:00".to_owned());
                assert!(
                    !UNSAID.contains(&said.as_str()) && said.ends_with('.'),
                    "{refusal} has no words: {said}"
                );
                assert_eq!(said.contains("Monday"), moment(&refusal).is_some(), "{refusal}: {said}");
            }
            for problem in Problem::samples() {
                assert!(!UNSAID.contains(&t.problems.say(&problem).as_str()), "{problem:?} has no words");
            }
        }
        for refusal in Refusal::samples() {
            let said: HashSet<String> = Language::ALL
                .iter()
                .map(|it| texts(*it).refusals.say(&refusal, |_| "11:00".to_owned()))
                .collect();
            assert_eq!(said.len(), Language::ALL.len(), "{refusal} is said in another language: {said:?}");
        }
    }
}
