//! What letters say, per language. Which letter goes to whom is not decided here.

use rules::letters::Letter;
use rules::person::Language;

/// The letters of one language.
#[derive(Debug)]
pub struct Letters {
    /// What a kind of letter is called in a list.
    pub kind: fn(Letter) -> &'static str,
    /// To a reader, by name.
    pub greeting: fn(&str) -> String,
    /// To somebody whose name nobody has shown to be theirs.
    pub greeting_nobody: &'static str,
    /// A moment in the reader's zone: what the clock shows, and where.
    pub moment: fn(&str, &str) -> String,
    /// Who it was, if nobody can be named.
    pub the_operator: &'static str,
    /// What to do if it was not the reader.
    pub not_you: &'static str,
    /// Asks a person for help, at the organisation's address.
    pub ask_for_help: fn(&str) -> String,
    /// A link to sign in.
    pub sign_in_link: SignInLink,
    /// An account, made by somebody else.
    pub invitation: Invitation,
    /// A password was set.
    pub password_changed: Notice,
    /// Somebody signed in on another device.
    pub new_device: Notice,
    /// Somebody else ended all sign-ins.
    pub signed_out: Notice,
    /// A token was made.
    pub token_made: Notice,
    /// Roles were given or taken.
    pub roles_changed: RolesChanged,
    /// The account is closed.
    pub account_closed: Notice,
    /// Mail works.
    pub test: Notice,
    /// Somebody wrote.
    pub message_received: MessageReceived,
    /// Somebody wrote about a session.
    pub session_message: SessionMessage,
    /// Steps wait to be booked.
    pub booking_wanted: BookingWanted,
    /// A participant has the reader as their coach.
    pub coach_chosen: CoachChosen,
    /// A rule of a program writes.
    pub triggered: Triggered,
}

/// See [`Letters::triggered`].
#[derive(Debug)]
pub struct Triggered {
    /// The button that leads to booking a step.
    pub book: &'static str,
    /// The button that leads to a session.
    pub see: &'static str,
    /// "suggested in week 3", "suggested in weeks 3 to 4"
    pub week: fn(u16, u16) -> String,
    /// Why a participant gets it: the name of the cohort.
    pub why: fn(&str) -> String,
    /// Why a coach gets it.
    pub why_coach: fn(&str) -> String,
    /// Why somebody gets a text that they wanted to see: as if it were about this participant.
    pub why_test: fn(&str) -> String,
}

/// See [`Letters::booking_wanted`].
#[derive(Debug)]
pub struct BookingWanted {
    /// The first step.
    pub subject: fn(&str) -> String,
    /// The large line.
    pub heading: &'static str,
    /// How many wait, and the name of the cohort.
    pub says: fn(usize, &str) -> String,
    /// Its suggested weeks, first and last day.
    pub suggested: fn(&str, &str) -> String,
    /// They are over.
    pub late: fn(&str) -> String,
    /// Nothing is suggested.
    pub any_time: &'static str,
    /// The button's label.
    pub button: &'static str,
    /// With whom, and that an answer reaches them.
    pub with: fn(&str) -> String,
    /// Why the reader gets it: who asked for it.
    pub why: fn(&str) -> String,
}

/// See [`Letters::coach_chosen`].
#[derive(Debug)]
pub struct CoachChosen {
    /// Who.
    pub subject: fn(&str) -> String,
    /// The large line.
    pub heading: &'static str,
    /// Who chose them, in which cohort.
    pub chose: fn(&str, &str) -> String,
    /// Who was given to them, in which cohort.
    pub given: fn(&str, &str) -> String,
    /// What happens now.
    pub next: &'static str,
    /// The button's label.
    pub button: &'static str,
    /// Why the reader gets it.
    pub why: &'static str,
    /// To a lead: who chose whom.
    pub lead_subject: fn(&str, &str) -> String,
    /// To a lead: the large line.
    pub lead_heading: &'static str,
    /// To a lead: who chose whom, in which cohort.
    pub lead_says: fn(&str, &str, &str) -> String,
    /// To a lead: how many have no coach yet.
    pub lead_left: fn(u32) -> String,
    /// Why a lead gets it.
    pub lead_why: &'static str,
}

/// See [`Letters::sign_in_link`].
#[derive(Debug)]
pub struct SignInLink {
    /// With the organisation's name.
    pub subject: fn(&str) -> String,
    /// The large line.
    pub heading: &'static str,
    /// What the button does.
    pub says: &'static str,
    /// Its label.
    pub button: &'static str,
    /// Until when it works.
    pub until: fn(&str) -> String,
    /// If somebody else asked for it.
    pub not_asked: &'static str,
}

/// See [`Letters::invitation`].
#[derive(Debug)]
pub struct Invitation {
    /// With the organisation's name.
    pub subject: fn(&str) -> String,
    /// With the organisation's name.
    pub heading: fn(&str) -> String,
    /// By whom, and to which address.
    pub says: fn(&str, &str) -> String,
    /// Before the program that they take part in.
    pub program: &'static str,
    /// The company that pays.
    pub company: &'static str,
    /// The cohort.
    pub cohort: &'static str,
    /// Who coaches them.
    pub coach: &'static str,
    /// Nobody yet.
    pub no_coach: &'static str,
    /// Its first day.
    pub starts: &'static str,
    /// Its first step.
    pub first: &'static str,
    /// How one signs in.
    pub how: &'static str,
    /// The button's label.
    pub button: &'static str,
}

/// A letter that says that something happened.
#[derive(Debug)]
pub struct Notice {
    /// With the organisation's name.
    pub subject: fn(&str) -> String,
    /// The large line.
    pub heading: &'static str,
    /// When, and by whom.
    pub says: fn(&str, &str) -> String,
    /// The button's label; empty for none.
    pub button: &'static str,
}

/// See [`Letters::message_received`]. It never says what was written (rule M7).
#[derive(Debug)]
pub struct MessageReceived {
    /// By whom.
    pub subject: fn(&str) -> String,
    /// By whom.
    pub heading: fn(&str) -> String,
    /// How many messages wait, and when the first of them was written.
    pub says: fn(u32, &str) -> String,
    /// The button's label.
    pub button: &'static str,
    /// Where an answer to this very mail goes: to the coach, by name.
    pub reply: fn(&str) -> String,
    /// Why the reader gets it.
    pub why: &'static str,
}

/// See [`Letters::session_message`]. It never says what was written (rule M7); all else is as in [`MessageReceived`]. Where
/// the program asks in its own words where a client is, it says those (rule S3).
#[derive(Debug)]
pub struct SessionMessage {
    /// For whom the program asks where the reader is.
    pub asks_subject: fn(&str) -> String,
    /// For whom, and since what time of day the session runs.
    pub asks_heading: fn(&str, &str) -> String,
    /// The label of the button that leads to the session.
    pub asks_button: &'static str,
    /// Where an answer to this very mail goes: to the coach, by name.
    pub asks_reply: fn(&str) -> String,
    /// By whom.
    pub subject: fn(&str) -> String,
    /// By whom.
    pub heading: fn(&str) -> String,
    /// When the session begins; empty if it has no time.
    pub says: fn(&str) -> String,
    /// Why the reader gets it.
    pub why: &'static str,
}

/// See [`Letters::roles_changed`].
#[derive(Debug)]
pub struct RolesChanged {
    /// With the organisation's name.
    pub subject: fn(&str) -> String,
    /// The large line.
    pub heading: &'static str,
    /// When, and by whom.
    pub says: fn(&str, &str) -> String,
    /// Beside the roles of before.
    pub before: &'static str,
    /// Beside the roles of now.
    pub now: &'static str,
    /// Where there are none.
    pub none: &'static str,
    /// The button's label.
    pub button: &'static str,
}

/// The letters of a language.
pub const fn letters(language: Language) -> &'static Letters {
    match language {
        Language::English => &EN,
        Language::German => &DE,
    }
}

static EN: Letters = Letters {
    kind: |letter| match letter {
        Letter::SignInLink => "Link to sign in",
        Letter::Invitation => "Invitation",
        Letter::PasswordChanged => "Password changed",
        Letter::NewDevice => "New device",
        Letter::RolesChanged => "Roles changed",
        Letter::SignedOut => "Signed out",
        Letter::TokenMade => "Token made",
        Letter::AccountClosed => "Account closed",
        Letter::BookingLink => "Link to a booking",
        Letter::Booked | Letter::BookedForCoach => "Session booked",
        Letter::SeriesBooked | Letter::SeriesBookedForCoach => "Sessions booked",
        Letter::Moved | Letter::MovedForCoach => "Session moved",
        Letter::MoveAsked | Letter::MoveAskedForCoach => "Move asked for",
        Letter::MoveUndecided => "Request waiting",
        Letter::MoveRejected => "Request declined",
        Letter::MoveWithdrawn => "Request taken back",
        Letter::MoveExpired | Letter::MoveExpiredForCoach => "Request expired",
        Letter::Cancelled | Letter::CancelledForCoach => "Session cancelled",
        Letter::PlaceOffered => "Place offered",
        Letter::Reminder | Letter::ReminderForCoach => "Reminder",
        Letter::MarkWanted => "Mark wanted",
        Letter::MarkedCompleted => "Session completed",
        Letter::MarkedMissed => "Session missed",
        Letter::MarkCorrected => "Mark corrected",
        Letter::MarkChangedForCoach => "Mark changed",
        Letter::Contested => "Missed contested",
        Letter::Upheld | Letter::UpheldForCoach => "Contest settled",
        Letter::Forgiven | Letter::ForgivenForCoach => "Missed forgiven",
        Letter::Waived | Letter::WaivedForCoach => "Charge waived",
        Letter::Receipt => "Receipt",
        Letter::PaidForCoach => "Payment recorded",
        Letter::Refunded | Letter::RefundedForCoach => "Paid back",
        Letter::Test => "Test",
        Letter::MessageReceived => "Message received",
        Letter::SessionMessage => "Message about a session",
        Letter::BookingWanted => "Asked to book",
        Letter::CoachChosen => "Coach chosen",
        Letter::Trigger => "By a rule",
        Letter::TriggerForCoach => "By a rule, to a coach",
        Letter::TriggerTest => "Text of a rule, as a test",
        Letter::CoachChanged => "Another coach",
        Letter::ClientsGiven => "Clients given away",
        Letter::ClientsTaken => "New clients",
        Letter::Survey => "Survey",
        Letter::SessionsCancelled | Letter::SessionsCancelledForCoach => "Bookings called off",
        Letter::InactiveListed => "List of who has gone quiet",
        Letter::InactiveTold => "Told that it is quiet",
        Letter::Escalated => "Sponsor told",
        Letter::CoachChosenForLead => "Coach chosen, to a lead",
        Letter::PodTooSmall => "Pod too small",
        Letter::CoCoachNamed => "Coach beside another",
        Letter::CoCoachEnded => "Coach no longer",
        Letter::CoCoachJoins => "A coach joins",
        Letter::CoCoachLeaves => "A coach leaves",
    },
    greeting: |name| format!("Hello {name},"),
    greeting_nobody: "Hello,",
    moment: |time, place| format!("{time} (time in {place})"),
    the_operator: "whoever runs this place",
    not_you: "If that was not you, sign in, change your password and sign out all devices.",
    ask_for_help: |address| format!("If that is not right, write to {address}."),
    sign_in_link: SignInLink {
        subject: |organisation| format!("Your link to sign in to {organisation}"),
        heading: "Come in.",
        says: "This link opens a page from which you sign in. It works once.",
        button: "Sign in",
        until: |moment| format!("It works until {moment}."),
        not_asked: "If you did not ask for it, you need do nothing: without this mail nobody comes in.",
    },
    invitation: Invitation {
        subject: |organisation| format!("Your account at {organisation}"),
        heading: |organisation| format!("Welcome to {organisation}."),
        says: |by, address| format!("There is an account for you, made by {by}. It belongs to {address}."),
        program: "You take part in a coaching program:",
        company: "Company",
        cohort: "Group",
        coach: "Your coach",
        no_coach: "is being chosen",
        starts: "Begins",
        first: "First step",
        how: "You need no password: your address is filled in there, and a link to sign in comes by mail.",
        button: "Open your account",
    },
    password_changed: Notice {
        subject: |organisation| format!("Your password at {organisation} was changed"),
        heading: "Your password was changed.",
        says: |moment, _| format!("It happened on {moment}. All your other devices have been signed out."),
        button: "Look at your devices",
    },
    new_device: Notice {
        subject: |organisation| format!("A new device signed in to {organisation}"),
        heading: "A new device signed in.",
        says: |moment, _| {
            format!("Somebody signed in as you on {moment}, with a browser that was not used before.")
        },
        button: "Look at your devices",
    },
    signed_out: Notice {
        subject: |organisation| format!("You were signed out of {organisation}"),
        heading: "You were signed out everywhere.",
        says: |moment, by| {
            format!("On {moment} {by} ended all your sign-ins. You can sign in again at any time.")
        },
        button: "Sign in",
    },
    token_made: Notice {
        subject: |organisation| format!("A token for your account at {organisation}"),
        heading: "A token was made.",
        says: |moment, _| {
            format!("Since {moment} there is a token with which a program can act as you. It was shown once.")
        },
        button: "",
    },
    roles_changed: RolesChanged {
        subject: |organisation| format!("What you can do at {organisation} has changed"),
        heading: "Your roles have changed.",
        says: |moment, by| format!("{by} changed them on {moment}."),
        before: "Before",
        now: "Now",
        none: "none",
        button: "Have a look",
    },
    account_closed: Notice {
        subject: |organisation| format!("Your account at {organisation} is closed"),
        heading: "Your account is closed.",
        says: |moment, by| {
            format!("{by} closed it on {moment}. You are signed out and cannot sign in any more.")
        },
        button: "",
    },
    test: Notice {
        subject: |organisation| format!("Mail works: {organisation}"),
        heading: "Mail works.",
        says: |moment, _| {
            format!("This letter was asked for on {moment} to see whether letters arrive. This one did.")
        },
        button: "",
    },
    coach_chosen: CoachChosen {
        subject: |name| format!("{name} works with you from now on"),
        heading: "You have a new participant.",
        chose: |name, cohort| format!("{name} has chosen you as their coach in {cohort}."),
        given: |name, cohort| format!("You coach {name} in {cohort} from now on."),
        next: "They can book their sessions in your free times. You need do nothing.",
        button: "Have a look",
        why: "You get this mail because you are in the pool of coaches of this cohort.",
        lead_subject: |name, coach| format!("{name} has chosen {coach}"),
        lead_heading: "A coach is chosen.",
        lead_says: |name, coach, cohort| format!("{name} has chosen {coach} as their coach in {cohort}."),
        lead_left: |count| match count {
            0 => "Everybody in this cohort has a coach now.".to_owned(),
            1 => "One participant of this cohort has no coach yet.".to_owned(),
            _ => format!("{count} participants of this cohort have no coach yet."),
        },
        lead_why: "You get this mail because you lead this program.",
    },
    triggered: Triggered {
        book: "Choose a time",
        see: "See the session",
        week: |from, to| if from == to { format!("week {from}") } else { format!("weeks {from} to {to}") },
        why: |cohort| format!("You get this mail because you take part in {cohort}."),
        why_coach: |cohort| format!("You get this mail because you coach in {cohort}."),
        why_test: |name| {
            format!(
                "You asked for this test. It is filled in as it would be for {name}, and went to nobody else."
            )
        },
    },
    booking_wanted: BookingWanted {
        subject: |step| format!("Time to book: {step}"),
        heading: "Your next session is waiting for a time.",
        says: |count, cohort| match count {
            1 => format!("In {cohort} one step of yours has no time yet."),
            count => format!("In {cohort} {count} steps of yours have no time yet."),
        },
        suggested: |from, to| format!("suggested {from} to {to}"),
        late: |to| format!("was suggested until {to}"),
        any_time: "whenever it suits you",
        button: "Choose a time",
        with: |coach| format!("Your coach is {coach}: an answer to this mail reaches them."),
        why: |by| format!("You get this mail because {by} asked those to book who have something open."),
    },
    message_received: MessageReceived {
        subject: |name| format!("{name} wrote to you"),
        heading: |name| format!("{name} wrote to you."),
        says: |count, moment| match count {
            1 => format!(
                "A message waits for you since {moment}. What it says stands only behind your sign-in."
            ),
            count => {
                format!(
                    "{count} messages wait for you since {moment}. What they say stands only behind your sign-in."
                )
            }
        },
        button: "Read and answer",
        reply: |name| format!("If you answer this mail instead, your answer goes to {name} by mail."),
        why: "You get this mail because somebody wrote to you and you had not read it yet.",
    },
    session_message: SessionMessage {
        asks_subject: |name| format!("{name} waits for you"),
        asks_heading: |name, time| format!("{name} waits for you. Your session began at {time}."),
        asks_button: "See the session",
        asks_reply: |name| format!("An answer to this mail goes to {name}."),
        subject: |name| format!("{name} wrote about your session"),
        heading: |name| format!("{name} wrote to you about your session."),
        says: |when| match when {
            "" => "What it says stands only behind your sign-in.".to_owned(),
            when => {
                format!("It is about the session on {when}. What it says stands only behind your sign-in.")
            }
        },
        why: "You get this mail because it is about a session of yours.",
    },
};

static DE: Letters = Letters {
    kind: |letter| match letter {
        Letter::SignInLink => "Link zur Anmeldung",
        Letter::Invitation => "Einladung",
        Letter::PasswordChanged => "Passwort geändert",
        Letter::NewDevice => "Neues Gerät",
        Letter::RolesChanged => "Rollen geändert",
        Letter::SignedOut => "Abgemeldet",
        Letter::TokenMade => "Token angelegt",
        Letter::AccountClosed => "Konto geschlossen",
        Letter::BookingLink => "Link zu einer Buchung",
        Letter::Booked | Letter::BookedForCoach => "Sitzung gebucht",
        Letter::SeriesBooked | Letter::SeriesBookedForCoach => "Sitzungen gebucht",
        Letter::Moved | Letter::MovedForCoach => "Sitzung verlegt",
        Letter::MoveAsked | Letter::MoveAskedForCoach => "Verlegung angefragt",
        Letter::MoveUndecided => "Anfrage wartet",
        Letter::MoveRejected => "Anfrage abgelehnt",
        Letter::MoveWithdrawn => "Anfrage zurückgezogen",
        Letter::MoveExpired | Letter::MoveExpiredForCoach => "Anfrage abgelaufen",
        Letter::Cancelled | Letter::CancelledForCoach => "Sitzung abgesagt",
        Letter::PlaceOffered => "Platz angeboten",
        Letter::Reminder | Letter::ReminderForCoach => "Erinnerung",
        Letter::MarkWanted => "Eintrag erbeten",
        Letter::MarkedCompleted => "Sitzung abgeschlossen",
        Letter::MarkedMissed => "Sitzung versäumt",
        Letter::MarkCorrected => "Eintrag berichtigt",
        Letter::MarkChangedForCoach => "Eintrag geändert",
        Letter::Contested => "Versäumnis widersprochen",
        Letter::Upheld | Letter::UpheldForCoach => "Widerspruch entschieden",
        Letter::Forgiven | Letter::ForgivenForCoach => "Versäumnis entschuldigt",
        Letter::Waived | Letter::WaivedForCoach => "Forderung erlassen",
        Letter::Receipt => "Quittung",
        Letter::PaidForCoach => "Zahlung vermerkt",
        Letter::Refunded | Letter::RefundedForCoach => "Zurückgezahlt",
        Letter::Test => "Probe",
        Letter::MessageReceived => "Nachricht erhalten",
        Letter::SessionMessage => "Nachricht zu einer Sitzung",
        Letter::BookingWanted => "Ans Buchen erinnert",
        Letter::CoachChosen => "Coach gewählt",
        Letter::Trigger => "Nach einer Regel",
        Letter::TriggerForCoach => "Nach einer Regel, an Coach",
        Letter::TriggerTest => "Text einer Regel, als Test",
        Letter::CoachChanged => "Anderer Coach",
        Letter::ClientsGiven => "Klienten abgegeben",
        Letter::ClientsTaken => "Neue Klienten",
        Letter::Survey => "Umfrage",
        Letter::SessionsCancelled | Letter::SessionsCancelledForCoach => "Termine abgesagt",
        Letter::InactiveListed => "Liste der Stillen",
        Letter::InactiveTold => "An den Weg erinnert",
        Letter::Escalated => "Auftraggeber informiert",
        Letter::CoachChosenForLead => "Coach gewählt, an Leitung",
        Letter::PodTooSmall => "Zu kleine Gruppe",
        Letter::CoCoachNamed => "Coach neben anderem",
        Letter::CoCoachEnded => "Nicht mehr Coach",
        Letter::CoCoachJoins => "Ein Coach kommt dazu",
        Letter::CoCoachLeaves => "Ein Coach geht",
    },
    greeting: |name| format!("Guten Tag {name},"),
    greeting_nobody: "Guten Tag,",
    moment: |time, place| format!("{time} Uhr (Zeit in {place})"),
    the_operator: "den Betreiber",
    not_you: "Falls Sie das nicht waren: Melden Sie sich an, ändern Sie Ihr Passwort und melden Sie alle Geräte ab.",
    ask_for_help: |address| format!("Falls das nicht stimmt, schreiben Sie an {address}."),
    sign_in_link: SignInLink {
        subject: |organisation| format!("Ihr Link zur Anmeldung bei {organisation}"),
        heading: "Kommen Sie herein.",
        says: "Dieser Link öffnet eine Seite, auf der Sie sich anmelden. Er wirkt einmal.",
        button: "Anmelden",
        until: |moment| format!("Er wirkt bis {moment}."),
        not_asked: "Falls Sie ihn nicht angefordert haben, ist nichts zu tun: Ohne diese Mail kommt niemand herein.",
    },
    invitation: Invitation {
        subject: |organisation| format!("Ihr Konto bei {organisation}"),
        heading: |organisation| format!("Willkommen bei {organisation}."),
        says: |by, address| {
            format!("Es gibt ein Konto für Sie, angelegt durch {by}. Es gehört zu {address}.")
        },
        program: "Sie nehmen an einem Coaching-Programm teil:",
        company: "Unternehmen",
        cohort: "Kohorte",
        coach: "Ihr Coach",
        no_coach: "wird noch bestimmt",
        starts: "Beginn",
        first: "Erster Schritt",
        how: "Ein Passwort brauchen Sie nicht: Ihre Adresse steht dort schon, und ein Link zur Anmeldung kommt per Mail.",
        button: "Konto öffnen",
    },
    password_changed: Notice {
        subject: |organisation| format!("Ihr Passwort bei {organisation} wurde geändert"),
        heading: "Ihr Passwort wurde geändert.",
        says: |moment, _| format!("Das war am {moment}. Alle Ihre anderen Geräte wurden abgemeldet."),
        button: "Geräte ansehen",
    },
    new_device: Notice {
        subject: |organisation| format!("Ein neues Gerät bei {organisation}"),
        heading: "Ein neues Gerät hat sich angemeldet.",
        says: |moment, _| {
            format!(
                "Am {moment} hat sich jemand als Sie angemeldet, mit einem Browser, der vorher nicht dabei war."
            )
        },
        button: "Geräte ansehen",
    },
    signed_out: Notice {
        subject: |organisation| format!("Sie wurden bei {organisation} abgemeldet"),
        heading: "Sie wurden überall abgemeldet.",
        says: |moment, by| {
            format!(
                "Am {moment} wurden alle Ihre Anmeldungen beendet, durch {by}. Sie können sich jederzeit wieder anmelden."
            )
        },
        button: "Anmelden",
    },
    token_made: Notice {
        subject: |organisation| format!("Ein Token für Ihr Konto bei {organisation}"),
        heading: "Ein Token wurde angelegt.",
        says: |moment, _| {
            format!(
                "Seit {moment} gibt es ein Token, mit dem ein Programm als Sie handeln kann. Es wurde einmal gezeigt."
            )
        },
        button: "",
    },
    roles_changed: RolesChanged {
        subject: |organisation| format!("Was Sie bei {organisation} tun können, hat sich geändert"),
        heading: "Ihre Rollen haben sich geändert.",
        says: |moment, by| format!("Geändert am {moment} durch {by}."),
        before: "Vorher",
        now: "Jetzt",
        none: "keine",
        button: "Ansehen",
    },
    account_closed: Notice {
        subject: |organisation| format!("Ihr Konto bei {organisation} ist geschlossen"),
        heading: "Ihr Konto ist geschlossen.",
        says: |moment, by| {
            format!(
                "Geschlossen am {moment} durch {by}. Sie sind abgemeldet und können sich nicht mehr anmelden."
            )
        },
        button: "",
    },
    test: Notice {
        subject: |organisation| format!("Die Post geht: {organisation}"),
        heading: "Die Post geht.",
        says: |moment, _| {
            format!(
                "Dieser Brief wurde am {moment} angefordert, um zu sehen, ob Briefe ankommen. Dieser kam an."
            )
        },
        button: "",
    },
    coach_chosen: CoachChosen {
        subject: |name| format!("{name} arbeitet von nun an mit Ihnen"),
        heading: "Jemand Neues arbeitet mit Ihnen.",
        chose: |name, cohort| format!("{name} hat Sie in {cohort} als Coach gewählt."),
        given: |name, cohort| format!("Sie begleiten {name} in {cohort} von nun an."),
        next: "Die Sitzungen lassen sich in Ihren freien Zeiten buchen. Sie müssen nichts tun.",
        button: "Ansehen",
        why: "Sie bekommen diese Mail, weil Sie zum Kreis der Coaches dieser Kohorte gehören.",
        lead_subject: |name, coach| format!("{name} hat {coach} gewählt"),
        lead_heading: "Ein Coach ist gewählt.",
        lead_says: |name, coach, cohort| format!("{name} hat in {cohort} {coach} als Coach gewählt."),
        lead_left: |count| match count {
            0 => "In dieser Kohorte haben nun alle einen Coach.".to_owned(),
            1 => "In dieser Kohorte hat noch jemand keinen Coach.".to_owned(),
            _ => format!("In dieser Kohorte haben noch {count} keinen Coach."),
        },
        lead_why: "Sie bekommen diese Mail, weil Sie dieses Programm leiten.",
    },
    triggered: Triggered {
        book: "Termin wählen",
        see: "Sitzung ansehen",
        week: |from, to| if from == to { format!("Woche {from}") } else { format!("Wochen {from} bis {to}") },
        why: |cohort| format!("Sie erhalten diese Mail, weil Sie an {cohort} teilnehmen."),
        why_coach: |cohort| format!("Sie erhalten diese Mail, weil Sie in {cohort} coachen."),
        why_test: |name| {
            format!(
                "Sie haben diesen Test angefordert. Er ist ausgefüllt wie für {name} und ging an niemanden sonst."
            )
        },
    },
    booking_wanted: BookingWanted {
        subject: |step| format!("Zeit zu buchen: {step}"),
        heading: "Ihre nächste Sitzung wartet auf einen Termin.",
        says: |count, cohort| match count {
            1 => format!("In {cohort} hat einer Ihrer Schritte noch keinen Termin."),
            count => format!("In {cohort} haben {count} Ihrer Schritte noch keinen Termin."),
        },
        suggested: |from, to| format!("empfohlen {from} bis {to}"),
        late: |to| format!("war empfohlen bis {to}"),
        any_time: "wann es Ihnen passt",
        button: "Termin wählen",
        with: |coach| format!("{coach} begleitet Sie: Eine Antwort auf diese Mail kommt dort an."),
        why: |by| {
            format!("Sie erhalten diese Mail, weil {by} alle ans Buchen erinnert, bei denen etwas offen ist.")
        },
    },
    message_received: MessageReceived {
        subject: |name| format!("{name} hat Ihnen geschrieben"),
        heading: |name| format!("{name} hat Ihnen geschrieben."),
        says: |count, moment| match count {
            1 => format!(
                "Seit {moment} wartet eine Nachricht auf Sie. Was darin steht, lesen Sie nur angemeldet."
            ),
            count => {
                format!(
                    "Seit {moment} warten {count} Nachrichten auf Sie. Was darin steht, lesen Sie nur angemeldet."
                )
            }
        },
        button: "Lesen und antworten",
        reply: |name| {
            format!("Antworten Sie stattdessen auf diese Mail, so geht Ihre Antwort per Mail an {name}.")
        },
        why: "Sie erhalten diese Mail, weil Ihnen jemand geschrieben hat und Sie es noch nicht gelesen hatten.",
    },
    session_message: SessionMessage {
        asks_subject: |name| format!("{name} wartet auf Sie"),
        asks_heading: |name, time| format!("{name} wartet auf Sie. Ihre Sitzung hat um {time} begonnen."),
        asks_button: "Zur Sitzung",
        asks_reply: |name| format!("Eine Antwort auf diese Mail geht an {name}."),
        subject: |name| format!("{name} hat zu Ihrer Sitzung geschrieben"),
        heading: |name| format!("{name} hat Ihnen zu Ihrer Sitzung geschrieben."),
        says: |when| match when {
            "" => "Was darin steht, lesen Sie nur angemeldet.".to_owned(),
            when => format!("Es geht um die Sitzung am {when}. Was darin steht, lesen Sie nur angemeldet."),
        },
        why: "Sie erhalten diese Mail, weil es um eine Ihrer Sitzungen geht.",
    },
};
