//! The words of what people are told inside the program, and of which mails they choose to get.

use rules::letters::Letter;
use rules::notices::Category;

section! {
    /// Notifications.
    Notices {
        title, lede, empty_heading, empty, all_read, open, is_new, already;
        unread: fn(u32) -> String,
        said: fn(Letter, &Told<'_>) -> String,
    }
}

/// What a notification's sentence is made from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told<'a> {
    /// Who is at the other end; empty if nobody is.
    pub who: &'a str,
    /// Who did it; empty if nobody did.
    pub by: &'a str,
    /// When the session begins, in the reader's zone; empty if there is none.
    pub when: &'a str,
    /// How much was paid, paid back or waived; empty if no money moved.
    pub amount: &'a str,
    /// The number of the receipt; empty if there is none.
    pub receipt: &'a str,
    /// Whether one member is out of a pod that keeps its time.
    pub is_of_leaving: bool,
}

impl Told<'_> {
    /// "€ 12.50 received (R6-00006), for the session of tomorrow at 11:00", as far as there is any of it; `usual` without
    /// an amount.
    fn sum(&self, usual: &str, says: impl Fn(&str) -> String, of: &str) -> String {
        if self.amount.is_empty() {
            return format!("{usual}{}", at(self.when));
        }
        let receipt = if self.receipt.is_empty() { String::new() } else { format!(" ({})", self.receipt) };
        let session = if self.when.is_empty() { String::new() } else { format!(", {of} {}", self.when) };
        format!("{}{receipt}{session}", says(self.amount))
    }
}

section! {
    /// Which mails a person gets.
    MailChoices {
        heading, note, always, account, account_about, bookings, bookings_about, messages, messages_about, outcomes, outcomes_about, nudges, nudges_about, steps, steps_about, programs, programs_about,
        refuse_title, refuse_heading, refuse_button, refused_heading, refused, undo, gone_heading, gone, in_mail, to_profile;
        refuse: fn(&str) -> String,
    }
}

impl MailChoices {
    /// What a sort of mails is called, and when one gets them.
    pub const fn of(&self, category: Category) -> (&'static str, &'static str) {
        match category {
            Category::Account => (self.account, self.account_about),
            Category::Bookings => (self.bookings, self.bookings_about),
            Category::Messages => (self.messages, self.messages_about),
            Category::Outcomes => (self.outcomes, self.outcomes_about),
            Category::Nudges => (self.nudges, self.nudges_about),
            Category::Steps => (self.steps, self.steps_about),
            Category::Programs => (self.programs, self.programs_about),
        }
    }
}

/// ": tomorrow at 11:00", if there is a time.
fn at(when: &str) -> String {
    if when.is_empty() { String::new() } else { format!(": {when}") }
}

/// " with Ada Lindholm", if there is somebody.
fn with(word: &str, who: &str) -> String {
    if who.is_empty() { String::new() } else { format!(" {word} {who}") }
}

fn or<'a>(name: &'a str, otherwise: &'a str) -> &'a str {
    if name.is_empty() { otherwise } else { name }
}

pub(super) const ENGLISH: Notices = Notices {
    title: "Notifications",
    lede: "What happened for you, the newest first.",
    empty_heading: "Nothing has happened yet",
    empty: "When somebody books, moves or writes, it stands here.",
    all_read: "Mark all as read",
    open: "Open",
    is_new: "New",
    already: "Read",
    unread: |count| format!("{count} unread"),
    // By code, so that a letter of later has a sentence too.
    said: |letter, told| {
        let Told { who, by, when, .. } = *told;
        let (at, session) = (at(when), format!("Your session{}", with("with", who)));
        match letter.code() {
            "roles_changed" => format!("{} changed your roles", or(by, "The operator")),
            "signed_out" => format!("{} ended all your sign-ins", or(by, "The operator")),
            "booked" | "booked_for_coach" => format!("{session} is booked{at}"),
            "series_booked" | "series_booked_for_coach" => {
                format!("Sessions{} are booked, the first{at}", with("with", who))
            }
            "message_received" => format!("{} wrote to you", or(who, "Somebody")),
            "session_message" => format!("{} wrote to you about your session", or(who, "Somebody")),
            "coach_chosen" => format!("{} works with you from now on", or(who, "Somebody")),
            "coach_chosen_for_lead" => format!("{} has chosen a coach", or(who, "A participant")),
            "trigger" => "Your program wrote to you about your sessions".to_owned(),
            "trigger_for_coach" => "A program wrote to you about a client".to_owned(),
            "booking_wanted" => format!("{} asks you to book your next session", or(by, "Your program")),
            "survey" => "Your journey is complete: how was it?".to_owned(),
            "sessions_cancelled" => format!("{} called off bookings of yours", or(by, "Your program")),
            "sessions_cancelled_for_coach" => format!("{} called off bookings with you", or(by, "A program")),
            "inactive_listed" => "Participants in your programs have gone quiet".to_owned(),
            "inactive_told" => "It has been quiet for a while: do you want to go on?".to_owned(),
            "moved" | "moved_for_coach" => format!("{session} has moved{at}"),
            "move_asked" => format!("{} is asked to agree to another time{at}", or(who, "Your coach")),
            "move_asked_for_coach" => format!("{} asks to move the session{at}", or(who, "Your client")),
            "move_undecided" => {
                format!("{} still waits for your answer about moving{at}", or(who, "Your client"))
            }
            "move_rejected" => format!("{session} stays where it is{at}"),
            "move_withdrawn" => format!("{} took the request to move back{at}", or(who, "Your client")),
            "move_expired" | "move_expired_for_coach" => {
                format!("Nobody decided about moving in time; the session stays{at}")
            }
            "cancelled" if told.is_of_leaving => format!("You are no longer in a session{at}"),
            "cancelled_for_coach" if told.is_of_leaving => {
                format!("{} does not come to your group session{at}", or(who, "A member"))
            }
            "cancelled" | "cancelled_for_coach" => format!("{session} is called off{at}"),
            "place_offered" => format!("There is a place for you{at}"),
            "reminder" | "reminder_for_coach" => format!("{session} is soon{at}"),
            "mark_wanted" => {
                format!("How was the session{}?{}", with("with", who), at.replacen(": ", " It began ", 1))
            }
            "marked_completed" => format!("{session} is done{at}"),
            "marked_missed" => format!("{session} was missed{at}"),
            "mark_corrected" => {
                format!("What was said of your session{} is corrected{at}", with("with", who))
            }
            "contested" => format!("{} contests a missed session{at}", or(who, "Your client")),
            "mark_changed_for_coach" => {
                format!("{} changed what you marked{}{at}", or(by, "Somebody"), with("for", who))
            }
            "upheld_for_coach" => {
                format!("{} settled what {} contests: it stands{at}", or(by, "Somebody"), or(who, "a client"))
            }
            "upheld" => format!("What you contested was looked at and stands{at}"),
            "forgiven_for_coach" => format!("A session{} that was missed is forgiven{at}", with("with", who)),
            "forgiven" => format!("The session that you missed is forgiven{at}"),
            "waived" => {
                let says = |amount: &str| format!("You do not have to pay {amount}");
                told.sum("You do not have to pay what was open", says, "for the session of")
            }
            "receipt" => {
                told.sum("Your payment has come", |amount| format!("{amount} received"), "for the session of")
            }
            "refunded" => {
                let usual = "What you had paid too much is paid back";
                told.sum(usual, |amount| format!("{amount} paid back"), "for the session of")
            }
            "waived_for_coach" => format!("{} need not pay what was open{at}", or(who, "Your client")),
            "paid_for_coach" => {
                let usual = format!("{} has paid", or(who, "Your client"));
                told.sum(&usual, |amount| format!("{usual} {amount}"), "for the session of")
            }
            "refunded_for_coach" => {
                let usual = format!("{} is paid back", or(who, "Your client"));
                told.sum(&usual, |amount| format!("{usual} {amount}"), "for the session of")
            }
            "coach_changed" => "You have another coach in your program".to_owned(),
            "clients_given" => format!("{} gave clients of yours to another coach", or(by, "Somebody")),
            "clients_taken" => format!("{} gave you new clients", or(by, "Somebody")),
            "pod_too_small" => format!("A pod has too few members{at}"),
            "co_coach_named" => format!("{} asked you to coach a session too{at}", or(by, "Somebody")),
            "co_coach_ended" => format!("A session is not yours any more{at}"),
            "co_coach_joins" => format!("Another coach joins {}{at}", session.replacen("Your", "your", 1)),
            "co_coach_leaves" => format!("A coach leaves {}{at}", session.replacen("Your", "your", 1)),
            code => format!("{}{at}", code.replace('_', " ")),
        }
    },
};

pub(super) const GERMAN: Notices = Notices {
    title: "Hinweise",
    lede: "Was für Sie geschehen ist, das Neueste zuerst.",
    empty_heading: "Noch ist nichts geschehen",
    empty: "Wenn jemand bucht, verschiebt oder schreibt, steht es hier.",
    all_read: "Alle als gelesen markieren",
    open: "Öffnen",
    is_new: "Neu",
    already: "Gelesen",
    unread: |count| format!("{count} ungelesen"),
    said: |letter, told| {
        let Told { who, by, when, .. } = *told;
        let (at, session) = (at(when), format!("Ihre Sitzung{}", with("mit", who)));
        match letter.code() {
            "roles_changed" => format!("{} hat Ihre Rollen geändert", or(by, "Der Betreiber")),
            "signed_out" => format!("{} hat alle Ihre Anmeldungen beendet", or(by, "Der Betreiber")),
            "booked" | "booked_for_coach" => format!("{session} ist gebucht{at}"),
            "series_booked" | "series_booked_for_coach" => {
                format!("Sitzungen{} sind gebucht, die erste{at}", with("mit", who))
            }
            "message_received" => format!("{} hat Ihnen geschrieben", or(who, "Jemand")),
            "session_message" => format!("{} hat Ihnen zu Ihrer Sitzung geschrieben", or(who, "Jemand")),
            "coach_chosen" => format!("{} arbeitet von nun an mit Ihnen", or(who, "Jemand")),
            "coach_chosen_for_lead" => format!("{} hat einen Coach gewählt", or(who, "Jemand")),
            "trigger" => "Ihr Programm hat Ihnen zu Ihren Sitzungen geschrieben".to_owned(),
            "trigger_for_coach" => "Ein Programm hat Ihnen zu einem Klienten geschrieben".to_owned(),
            "booking_wanted" => {
                format!("{} bittet Sie, Ihre nächste Sitzung zu buchen", or(by, "Ihr Programm"))
            }
            "survey" => "Ihr Weg ist abgeschlossen: Wie war es?".to_owned(),
            "sessions_cancelled" => format!("{} hat Termine von Ihnen abgesagt", or(by, "Ihr Programm")),
            "sessions_cancelled_for_coach" => {
                format!("{} hat Termine mit Ihnen abgesagt", or(by, "Ein Programm"))
            }
            "inactive_listed" => "In Ihren Programmen ist jemand still geworden".to_owned(),
            "inactive_told" => "Es ist eine Weile still: Möchten Sie weitermachen?".to_owned(),
            "moved" | "moved_for_coach" => format!("{session} ist verschoben{at}"),
            "move_asked" => format!("Angefragt ist ein anderer Termin{}{at}", with("mit", who)),
            "move_asked_for_coach" => format!("{} möchte die Sitzung verschieben{at}", or(who, "Jemand")),
            "move_undecided" => {
                format!("{} wartet noch auf Ihre Antwort zum Verschieben{at}", or(who, "Jemand"))
            }
            "move_rejected" => format!("{session} bleibt, wo sie ist{at}"),
            "move_withdrawn" => format!("{} möchte doch nicht verschieben{at}", or(who, "Jemand")),
            "move_expired" | "move_expired_for_coach" => {
                format!("Über das Verschieben wurde nicht rechtzeitig entschieden; die Sitzung bleibt{at}")
            }
            "cancelled" if told.is_of_leaving => format!("Sie sind in einer Sitzung nicht mehr dabei{at}"),
            "cancelled_for_coach" if told.is_of_leaving => {
                format!("{} kommt nicht zu Ihrer Gruppensitzung{at}", or(who, "Ein Mitglied"))
            }
            "cancelled" | "cancelled_for_coach" => format!("{session} ist abgesagt{at}"),
            "place_offered" => format!("Für Sie ist ein Platz frei{at}"),
            "reminder" | "reminder_for_coach" => format!("{session} ist bald{at}"),
            "mark_wanted" => {
                format!("Wie war die Sitzung{}?{}", with("mit", who), at.replacen(": ", " Sie begann ", 1))
            }
            "marked_completed" => format!("{session} ist abgeschlossen{at}"),
            "marked_missed" => format!("{session} wurde versäumt{at}"),
            "mark_corrected" => {
                format!("Was zu Ihrer Sitzung{} gesagt wurde, ist berichtigt{at}", with("mit", who))
            }
            "contested" => format!("{} bestreitet ein Versäumnis{at}", or(who, "Jemand")),
            "mark_changed_for_coach" => {
                format!(
                    "{} hat geändert, was Sie{} eingetragen hatten{at}",
                    or(by, "Jemand"),
                    with("zu", who)
                )
            }
            "upheld_for_coach" => format!(
                "{} hat geklärt, was {} bestreitet: Es bleibt dabei{at}",
                or(by, "Jemand"),
                or(who, "ein Klient")
            ),
            "upheld" => format!("Was Sie bestritten haben, wurde geprüft und bleibt{at}"),
            "forgiven_for_coach" => {
                format!("Eine versäumte Sitzung{} ist entschuldigt{at}", with("mit", who))
            }
            "forgiven" => format!("Ihre versäumte Sitzung ist entschuldigt{at}"),
            "waived" => told.sum(
                "Was offen war, müssen Sie nicht bezahlen",
                |amount| format!("{amount} müssen Sie nicht bezahlen"),
                "für die Sitzung von",
            ),
            "receipt" => told.sum(
                "Ihre Zahlung ist da",
                |amount| format!("{amount} eingegangen"),
                "für die Sitzung von",
            ),
            "refunded" => {
                let usual = "Was Sie zu viel gezahlt hatten, ist zurückgezahlt";
                told.sum(usual, |amount| format!("{amount} zurückgezahlt"), "für die Sitzung von")
            }
            "waived_for_coach" => {
                format!("{} muss nicht mehr zahlen, was offen war{at}", or(who, "Ihr Klient"))
            }
            "paid_for_coach" => {
                let who = or(who, "Ihr Klient");
                let says = |amount: &str| format!("{who} hat {amount} gezahlt");
                told.sum(&format!("{who} hat gezahlt"), says, "für die Sitzung von")
            }
            "refunded_for_coach" => {
                let who = or(who, "Ihr Klient");
                let says = |amount: &str| format!("{who} hat {amount} zurückerhalten");
                told.sum(&format!("{who} hat Geld zurückerhalten"), says, "für die Sitzung von")
            }
            "coach_changed" => "Sie haben in Ihrem Programm einen anderen Coach".to_owned(),
            "clients_given" => format!("{} hat Klienten von Ihnen übergeben", or(by, "Jemand")),
            "clients_taken" => format!("{} hat Ihnen neue Klienten gegeben", or(by, "Jemand")),
            "pod_too_small" => format!("Eine Gruppe hat zu wenige Mitglieder{at}"),
            "co_coach_named" => {
                format!("{} hat Sie gebeten, eine Sitzung mit zu begleiten{at}", or(by, "Jemand"))
            }
            "co_coach_ended" => format!("Eine Sitzung ist nicht mehr Ihre{at}"),
            "co_coach_joins" => format!("{session} hat einen Coach mehr{at}"),
            "co_coach_leaves" => format!("{session} hat einen Coach weniger{at}"),
            code => format!("{}{at}", code.replace('_', " ")),
        }
    },
};

pub(super) const ENGLISH_CHOICES: MailChoices = MailChoices {
    heading: "Mails",
    note: "Which mails you get. What you switch off still stands under Notifications.",
    always: "Always by mail",
    account: "Your account",
    account_about: "Links to sign in, new devices, changed roles. It cannot be switched off: it protects you.",
    bookings: "Your bookings",
    bookings_about: "Booked, moved, called off, reminders, what is written about a session. It cannot be switched off: a session depends on it.",
    messages: "Somebody wrote to you",
    messages_about: "One mail as long as you have not read; it never says what was written.",
    outcomes: "A session is done",
    outcomes_about: "When your coach says that you were there.",
    nudges: "A session is not marked yet",
    nudges_about: "For coaches: how a session went is still to be said.",
    steps: "A step waits to be booked",
    steps_about: "Somebody in your program reminds you to give it a time.",
    programs: "News of your programs",
    programs_about: "The questions at the end of a journey, and the weekly list of who has gone quiet.",
    refuse_title: "No more such mails",
    refuse_heading: "No more of these mails?",
    refuse_button: "Send me no more of these",
    refused_heading: "You get no more of these.",
    refused: "What they would have told stands under Notifications when you sign in.",
    undo: "Switch them on again under Mails in your profile, whenever you like.",
    gone_heading: "This link is not known.",
    gone: "Sign in and choose your mails in your profile.",
    in_mail: "No more mails of this kind",
    to_profile: "Open your profile",
    refuse: |kind| format!("You would get no mails of this kind any more: “{kind}”. All others still come."),
};

pub(super) const GERMAN_CHOICES: MailChoices = MailChoices {
    heading: "Mails",
    note: "Welche Mails Sie erhalten. Was Sie abschalten, steht weiterhin unter Hinweise.",
    always: "Immer per Mail",
    account: "Ihr Konto",
    account_about: "Links zur Anmeldung, neue Geräte, geänderte Rollen. Das lässt sich nicht abschalten: Es schützt Sie.",
    bookings: "Ihre Buchungen",
    bookings_about: "Gebucht, verschoben, abgesagt, Erinnerungen, was zu einer Sitzung geschrieben wird. Das lässt sich nicht abschalten: Daran hängt eine Sitzung.",
    messages: "Jemand hat Ihnen geschrieben",
    messages_about: "Eine Mail, solange Sie nicht gelesen haben; sie sagt nie, was geschrieben wurde.",
    outcomes: "Eine Sitzung ist abgeschlossen",
    outcomes_about: "Wenn Ihr Coach einträgt, dass Sie da waren.",
    nudges: "Eine Sitzung ist noch nicht eingetragen",
    nudges_about: "Für Coaches: Wie eine Sitzung war, ist noch zu sagen.",
    steps: "Ein Schritt wartet auf seinen Termin",
    steps_about: "Jemand aus Ihrem Programm erinnert Sie daran, ihn zu buchen.",
    programs: "Neues aus Ihren Programmen",
    programs_about: "Die Fragen am Ende eines Weges, und jede Woche die Liste derer, die still geworden sind.",
    refuse_title: "Keine solchen Mails mehr",
    refuse_heading: "Keine solchen Mails mehr?",
    refuse_button: "Keine solchen Mails mehr senden",
    refused_heading: "Sie erhalten keine solchen Mails mehr.",
    refused: "Was darin stünde, steht unter Hinweise, wenn Sie sich anmelden.",
    undo: "In Ihrem Profil schalten Sie sie unter Mails jederzeit wieder ein.",
    gone_heading: "Diesen Link kennt hier niemand.",
    gone: "Melden Sie sich an, und wählen Sie Ihre Mails im Profil.",
    in_mail: "Keine Mails dieser Art mehr",
    to_profile: "Profil öffnen",
    refuse: |kind| {
        format!("Mails dieser Art kämen dann nicht mehr: „{kind}“. Alle anderen kommen weiterhin.")
    },
};

#[cfg(test)]
mod tests {
    use rules::notices::notice;

    use super::*;

    // Rule M6
    #[test]
    fn every_letter_that_is_shown_has_a_sentence_in_both_languages() {
        let told =
            Told { who: "Ada Lindholm", by: "Otto Brandt", when: "tomorrow at 11:00", ..Told::default() };
        for letter in Letter::ALL.iter().filter(|letter| notice(**letter).is_shown) {
            let said = [ENGLISH, GERMAN].map(|t| (t.said)(*letter, &told));
            let bare = letter.code().replace('_', " ");
            assert!(
                said.iter().all(|text| !text.starts_with(&bare)) && said[0] != said[1],
                "{letter}: {said:?}"
            );
            let alone = [ENGLISH, GERMAN].map(|t| (t.said)(*letter, &Told::default()));
            assert!(
                alone.iter().all(|text| !text.contains("  ") && !text.ends_with([':', ' '])),
                "{alone:?}"
            );
        }
    }
}
