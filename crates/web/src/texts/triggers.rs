//! The words of mail rules (M5): sentences that say when whom is written to, the editor, and what a rule would send.

use rules::person::Language;
use rules::triggers::{Condition, LeftOut, Level, Recipient};

section! {
    /// Rules that send mail by status.
    Triggers {
        title, lede, empty_heading, empty, make, new_heading, new_lede, edit_heading, holds, condition, recipient, wait, hours, days, times, again, again_days,
        texts_heading, texts_about, subject, body, values_heading, values_about, conditions_about, insert, preview, preview_heading, preview_nobody, preview_note, preview_unfit, as_read_by, save, saved_note, test, test_note,
        now_heading, now_none, left_out_heading, ahead_heading, ahead_none, ahead_about, counts_from, cut, versions_heading, version_first, program,
        pause, pause_heading, pause_about, pause_overrides, resume, resume_about, remove, remove_about, running, paused, back, letter_from, fixed, mails, silent_now, taken;
        sentence: fn(&Said<'_>) -> String,
        when: fn(Condition) -> &'static str,
        to: fn(Recipient) -> &'static str,
        level: fn(Level) -> &'static str,
        overrides: fn(&str) -> String,
        overridden: fn(&str) -> String,
        sent: fn(i64) -> String,
        paused_by: fn(&str, &str) -> String,
        left_out: fn(LeftOut) -> &'static str,
        people: fn(usize) -> String,
        mails_count: fn(usize) -> String,
        since: fn(&str) -> String,
        nth: fn(u32) -> String,
        version: fn(u32, &str, &str) -> String,
        value: fn(&str) -> &'static str,
        hours_count: fn(u32) -> String,
        text_in: fn(Language) -> &'static str,
        starts: fn(Condition, Recipient) -> (&'static str, &'static str),
    }
}

/// What the sentence of a rule is made from.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What has to be so.
    pub condition: Condition,
    /// Whom it writes to.
    pub recipient: Recipient,
    /// "14 days"
    pub wait: &'a str,
    /// How often at most.
    pub times: u32,
    /// "7 days"
    pub again: &'a str,
}

pub(super) const ENGLISH: Triggers = Triggers {
    title: "Mails",
    lede: "Rules that write to people by themselves. A cohort's rule goes before its project's, and that before its company's.",
    empty_heading: "No rule yet",
    empty: "A rule watches one thing, such as a step without a time, and writes a mail of yours when it lasts.",
    make: "New rule",
    new_heading: "New rule",
    new_lede: "What should it watch?",
    edit_heading: "Rule",
    holds: "Holds in",
    condition: "When",
    recipient: "Write to",
    wait: "After",
    hours: "hours",
    days: "days",
    times: "At most this often",
    again: "Again after",
    again_days: "Days between two mails. At least 3.",
    texts_heading: "What it says",
    texts_about: "One text for each language. Who reads a language that has none gets the organisation's.",
    subject: "Subject",
    body: "Text",
    values_heading: "Values",
    values_about: "Press one to put it where you write. In the mail it is filled in for the one who reads it.",
    conditions_about: "A part that is only there sometimes: {% if week %}It is suggested in {{ week }}.{% endif %} A line with nothing but {{ link }} becomes a button.",
    insert: "Insert",
    preview: "Show the preview",
    preview_heading: "Preview",
    preview_nobody: "Nobody is here yet with whom it could be read.",
    preview_unfit: "It does not fit them now: this is how they would read it.",
    preview_note: "Below it stands a link with which they leave such mails by one click.",
    as_read_by: "As for",
    save: "Save the rule",
    saved_note: "Saving makes a new version and sends nothing again.",
    test: "Send me a test",
    test_note: "A test goes to you and to nobody else.",
    now_heading: "Who would get it now",
    now_none: "Nobody.",
    left_out_heading: "Who would not, and why",
    ahead_heading: "The next 7 days",
    ahead_none: "Nothing, as things stand.",
    ahead_about: "If nothing changes until then. Mails leave at full quarters of an hour.",
    counts_from: "What was so already when the rule was made, or when its times were changed, counts from then. Sessions missed before that are not written about. A mail whose moment is more than 7 days ago is not sent any more.",
    cut: "There are more people than are counted here.",
    versions_heading: "Versions",
    version_first: "Made",
    program: "the program",
    pause: "Pause it",
    pause_heading: "Pause this rule?",
    pause_about: "It sends nothing until you let it go on. What would have been sent meanwhile is not sent later.",
    pause_overrides: "The rule that it goes before does not step in: here it stays silent.",
    resume: "Let it go on",
    resume_about: "It is paused. What would have been sent meanwhile is not sent.",
    remove: "Remove the rule",
    remove_about: "What it has sent stays in the history. A rule that it went before holds again.",
    running: "Running",
    paused: "Paused",
    back: "Back",
    letter_from: "From",
    fixed: "What it watches and whom it writes to stay as they are: for something else, make another rule.",
    mails: "Mails",
    taken: "There is a rule about this to the same people here already.",
    silent_now: "It is paused: nobody gets anything now. This is how it would be if it went on.",
    sentence: |said| {
        let Said { condition, recipient, wait, times, again } = *said;
        let to = match recipient {
            Recipient::Participant => "the participant",
            Recipient::Coach => "the coach",
        };
        let first = match condition {
            Condition::Unbooked => format!("When a step has been Unbooked for {wait}, write to {to}"),
            Condition::Missed => format!("When a session is Missed, write to {to} after {wait}"),
            Condition::NextNotBooked => {
                format!("When a session is Completed and the next is not booked for {wait}, write to {to}")
            }
            Condition::NearlyOver => {
                format!("When one step is left of a pathway, write to {to} after {wait}")
            }
            Condition::Unmarked => format!("When a session has not been marked for {wait}, write to {to}"),
        };
        if times == 1 {
            format!("{first}.")
        } else {
            format!("{first}, again every {again}, at most {times} times.")
        }
    },
    when: |condition| match condition {
        Condition::Unbooked => "A step has no time",
        Condition::Missed => "A session is missed",
        Condition::NextNotBooked => "A session is completed, and the next is not booked",
        Condition::NearlyOver => "One step is left",
        Condition::Unmarked => "A coach has not marked a session",
    },
    to: |recipient| match recipient {
        Recipient::Participant => "The participant",
        Recipient::Coach => "The coach",
    },
    level: |level| match level {
        Level::Company => "the company's rule",
        Level::Project => "the project's rule",
        Level::Cohort => "rules of cohorts",
    },
    overrides: |whose| format!("goes before {whose}"),
    overridden: |whose| format!("gives way to {whose}"),
    sent: |count| match count {
        0 => "nothing sent in 30 days".to_owned(),
        1 => "1 mail in 30 days".to_owned(),
        count => format!("{count} mails in 30 days"),
    },
    paused_by: |who, when| {
        if who.is_empty() { format!("Paused, {when}") } else { format!("Paused by {who}, {when}") }
    },
    left_out: |reason| match reason {
        LeftOut::Test => "Tests get no mail",
        LeftOut::Archived => "Put away",
        LeftOut::Closed => "The account is closed",
        LeftOut::Complete => "The journey is complete",
        LeftOut::Refuses => "Want no such mails",
        LeftOut::NoCoach => "Nobody coaches them",
        LeftOut::GreyedOut => "What has no time is greyed out",
        LeftOut::NoDate => "No date to choose",
        LeftOut::Before => "It happened before there was the rule",
        LeftOut::Sent => "Have got all mails about this",
        LeftOut::Late => "The moment has passed",
    },
    people: |count| if count == 1 { "1 person".to_owned() } else { format!("{count} people") },
    mails_count: |count| if count == 1 { "1 mail".to_owned() } else { format!("{count} mails") },
    since: |when| format!("since {when}"),
    nth: |number| format!("mail {number}"),
    version: |number, by, when| format!("Version {number}, {by}, {when}"),
    value: |name| match name {
        "first_name" => "First name",
        "participant" => "Participant",
        "coach" => "Coach",
        "step" => "Step",
        "week" => "Suggested weeks",
        "days" => "Days since",
        "cohort" => "Cohort",
        "company" => "Company",
        "organisation" => "Organisation",
        _ => "Link",
    },
    hours_count: |hours| match (hours % 24, hours / 24, hours) {
        (0, 1, _) => "1 day".to_owned(),
        (0, days, _) => format!("{days} days"),
        (.., 1) => "1 hour".to_owned(),
        (.., hours) => format!("{hours} hours"),
    },
    text_in: |language| match language {
        Language::English => "Text in English",
        Language::German => "Text in German",
    },
    starts: |condition, recipient| match (condition, recipient) {
        (Condition::Unmarked, _) => (
            "How was the session with {{ participant }}?",
            "Hello {{ first_name }},\n\nyour session with {{ participant }} in {{ cohort }} is over and has no mark yet.\n\n{{ link }}\n\nThank you.",
        ),
        (_, Recipient::Coach) => (
            "{{ participant }}: {{ step }}",
            "Hello {{ first_name }},\n\n{{ participant }} in {{ cohort }} may need a word from you about {{ step }}.\n\n{{ link }}",
        ),
        (Condition::Unbooked, _) => (
            "Your session {{ step }} is not booked yet",
            "Hello {{ first_name }},\n\n{{ step }} has been open for {{ days }} days.{% if week %} It is suggested in {{ week }}.{% endif %} {{ coach }} looks forward to it.\n\n{{ link }}\n\nIf now is a bad moment, answer this mail. A person reads it.",
        ),
        (Condition::Missed, _) => (
            "We missed you",
            "Hello {{ first_name }},\n\nyou could not be at {{ step }}. {{ coach }} is glad to find out with you how to go on.\n\n{{ link }}",
        ),
        (Condition::NextNotBooked, _) => (
            "Time for the next step: {{ step }}",
            "Hello {{ first_name }},\n\nyour last session was {{ days }} days ago. The next one is {{ step }}.\n\n{{ link }}",
        ),
        (Condition::NearlyOver, _) => (
            "One step is left",
            "Hello {{ first_name }},\n\nof your pathway in {{ cohort }} one step is left: {{ step }}. It is a good moment to look at what you set out for.\n\n{{ link }}",
        ),
    },
};

pub(super) const GERMAN: Triggers = Triggers {
    title: "Mails",
    lede: "Regeln, die von selbst schreiben. Die Regel einer Kohorte geht der des Projekts vor, diese der des Unternehmens.",
    empty_heading: "Noch keine Regel",
    empty: "Eine Regel achtet auf eine Sache, etwa einen Schritt ohne Termin, und schreibt Ihre Mail, wenn es dabei bleibt.",
    make: "Neue Regel",
    new_heading: "Neue Regel",
    new_lede: "Worauf soll sie achten?",
    edit_heading: "Regel",
    holds: "Gilt in",
    condition: "Wenn",
    recipient: "Schreibt an",
    wait: "Nach",
    hours: "Stunden",
    days: "Tagen",
    times: "Höchstens so oft",
    again: "Wieder nach",
    again_days: "Tage zwischen zwei Mails. Mindestens 3.",
    texts_heading: "Was darin steht",
    texts_about: "Ein Text je Sprache. Wer eine Sprache ohne Text liest, bekommt den der Organisation.",
    subject: "Betreff",
    body: "Text",
    values_heading: "Werte",
    values_about: "Ein Klick setzt den Wert dorthin, wo Sie schreiben. In der Mail steht, was für die Lesenden gilt.",
    conditions_about: "Ein Teil, der nur manchmal dasteht: {% if week %}Empfohlen ist er in {{ week }}.{% endif %} Eine Zeile mit nichts als {{ link }} wird ein Knopf.",
    insert: "Einfügen",
    preview: "Vorschau zeigen",
    preview_heading: "Vorschau",
    preview_nobody: "Noch ist niemand da, für den man sie lesen könnte.",
    preview_unfit: "Sie passt jetzt nicht auf diese Person: So würde sie sie lesen.",
    preview_note: "Darunter steht ein Link, mit dem man solche Mails durch einen Klick abbestellt.",
    as_read_by: "Wie für",
    save: "Regel speichern",
    saved_note: "Speichern macht eine neue Fassung und sendet nichts noch einmal.",
    test: "Test an mich senden",
    test_note: "Ein Test geht an Sie und an niemanden sonst.",
    now_heading: "Wer sie jetzt bekäme",
    now_none: "Niemand.",
    left_out_heading: "Wer nicht, und warum",
    ahead_heading: "Die nächsten 7 Tage",
    ahead_none: "Nichts, wie es jetzt steht.",
    ahead_about: "Wenn sich bis dahin nichts ändert. Mails gehen zu vollen Viertelstunden hinaus.",
    counts_from: "Was schon so war, als die Regel gemacht oder ihre Zeiten geändert wurden, zählt von da an. Über früher Versäumtes wird nicht geschrieben. Eine Mail, deren Zeitpunkt mehr als 7 Tage zurückliegt, geht nicht mehr hinaus.",
    cut: "Es sind mehr Leute, als hier gezählt werden.",
    versions_heading: "Fassungen",
    version_first: "Gemacht",
    program: "das Programm",
    pause: "Anhalten",
    pause_heading: "Diese Regel anhalten?",
    pause_about: "Sie sendet nichts, bis Sie sie weiterlaufen lassen. Was inzwischen gesendet worden wäre, wird nicht nachgeholt.",
    pause_overrides: "Die Regel, der sie vorgeht, springt nicht ein: Hier bleibt es still.",
    resume: "Weiterlaufen lassen",
    resume_about: "Sie ist angehalten. Was inzwischen gesendet worden wäre, wird nicht gesendet.",
    remove: "Regel entfernen",
    remove_about: "Was sie gesendet hat, bleibt im Verlauf. Eine Regel, der sie vorging, gilt wieder.",
    running: "Läuft",
    paused: "Angehalten",
    back: "Zurück",
    letter_from: "Von",
    fixed: "Worauf sie achtet und an wen sie schreibt, bleibt: Für anderes machen Sie eine andere Regel.",
    mails: "Mails",
    taken: "Hier gibt es schon eine Regel darüber an dieselben Leute.",
    silent_now: "Sie ist angehalten: Niemand bekommt jetzt etwas. So wäre es, wenn sie weiterliefe.",
    sentence: |said| {
        let Said { condition, recipient, wait, times, again } = *said;
        let to = match recipient {
            Recipient::Participant => "die Teilnehmenden",
            Recipient::Coach => "den Coach",
        };
        let first = match condition {
            Condition::Unbooked => format!("Ist ein Schritt seit {wait} ohne Termin, geht eine Mail an {to}"),
            Condition::Missed => format!("Ist eine Sitzung versäumt, geht nach {wait} eine Mail an {to}"),
            Condition::NextNotBooked => {
                format!(
                    "Ist eine Sitzung abgeschlossen und die nächste {wait} lang nicht gebucht, geht eine Mail an {to}"
                )
            }
            Condition::NearlyOver => format!("Fehlt noch ein Schritt, geht nach {wait} eine Mail an {to}"),
            Condition::Unmarked => {
                format!("Ist eine Sitzung seit {wait} nicht eingetragen, geht eine Mail an {to}")
            }
        };
        if times == 1 {
            format!("{first}.")
        } else {
            format!("{first}, wieder nach {again}, höchstens {times} Mal.")
        }
    },
    when: |condition| match condition {
        Condition::Unbooked => "Ein Schritt hat keinen Termin",
        Condition::Missed => "Eine Sitzung ist versäumt",
        Condition::NextNotBooked => "Eine Sitzung ist abgeschlossen, und die nächste ist nicht gebucht",
        Condition::NearlyOver => "Ein Schritt fehlt noch",
        Condition::Unmarked => "Ein Coach hat eine Sitzung nicht eingetragen",
    },
    to: |recipient| match recipient {
        Recipient::Participant => "Die Teilnehmenden",
        Recipient::Coach => "Den Coach",
    },
    level: |level| match level {
        Level::Company => "der Regel des Unternehmens",
        Level::Project => "der Regel des Projekts",
        Level::Cohort => "Regeln von Kohorten",
    },
    overrides: |whose| format!("geht {whose} vor"),
    overridden: |whose| format!("weicht {whose}"),
    sent: |count| match count {
        0 => "nichts gesendet in 30 Tagen".to_owned(),
        1 => "1 Mail in 30 Tagen".to_owned(),
        count => format!("{count} Mails in 30 Tagen"),
    },
    paused_by: |who, when| {
        if who.is_empty() { format!("Angehalten, {when}") } else { format!("Angehalten von {who}, {when}") }
    },
    left_out: |reason| match reason {
        LeftOut::Test => "Tests bekommen keine Mail",
        LeftOut::Archived => "Abgelegt",
        LeftOut::Closed => "Das Konto ist geschlossen",
        LeftOut::Complete => "Die Reise ist abgeschlossen",
        LeftOut::Refuses => "Möchten solche Mails nicht",
        LeftOut::NoCoach => "Niemand begleitet sie",
        LeftOut::GreyedOut => "Was keinen Termin hat, ist ausgesetzt",
        LeftOut::NoDate => "Kein Termin zu wählen",
        LeftOut::Before => "Es geschah, bevor es die Regel gab",
        LeftOut::Sent => "Haben alle Mails darüber bekommen",
        LeftOut::Late => "Der Zeitpunkt ist vorbei",
    },
    people: |count| if count == 1 { "1 Person".to_owned() } else { format!("{count} Personen") },
    mails_count: |count| if count == 1 { "1 Mail".to_owned() } else { format!("{count} Mails") },
    since: |when| format!("seit {when}"),
    nth: |number| format!("Mail {number}"),
    version: |number, by, when| format!("Fassung {number}, {by}, {when}"),
    value: |name| match name {
        "first_name" => "Vorname",
        "participant" => "Teilnehmende",
        "coach" => "Coach",
        "step" => "Schritt",
        "week" => "Empfohlene Wochen",
        "days" => "Tage seither",
        "cohort" => "Kohorte",
        "company" => "Unternehmen",
        "organisation" => "Organisation",
        _ => "Link",
    },
    hours_count: |hours| match (hours % 24, hours / 24, hours) {
        (0, 1, _) => "1 Tag".to_owned(),
        (0, days, _) => format!("{days} Tagen"),
        (.., 1) => "1 Stunde".to_owned(),
        (.., hours) => format!("{hours} Stunden"),
    },
    text_in: |language| match language {
        Language::English => "Text auf Englisch",
        Language::German => "Text auf Deutsch",
    },
    starts: |condition, recipient| match (condition, recipient) {
        (Condition::Unmarked, _) => (
            "Wie war die Sitzung mit {{ participant }}?",
            "Guten Tag {{ first_name }},\n\nIhre Sitzung mit {{ participant }} in {{ cohort }} ist vorbei und noch nicht eingetragen.\n\n{{ link }}\n\nVielen Dank.",
        ),
        (_, Recipient::Coach) => (
            "{{ participant }}: {{ step }}",
            "Guten Tag {{ first_name }},\n\n{{ participant }} in {{ cohort }} könnte ein Wort von Ihnen zu {{ step }} brauchen.\n\n{{ link }}",
        ),
        (Condition::Unbooked, _) => (
            "Ihre Sitzung {{ step }} ist noch nicht gebucht",
            "Guten Tag {{ first_name }},\n\n{{ step }} ist seit {{ days }} Tagen offen.{% if week %} Empfohlen: {{ week }}.{% endif %} {{ coach }} freut sich darauf.\n\n{{ link }}\n\nPasst es gerade nicht, antworten Sie auf diese Mail. Ein Mensch liest sie.",
        ),
        (Condition::Missed, _) => (
            "Wir haben Sie vermisst",
            "Guten Tag {{ first_name }},\n\nSie konnten bei {{ step }} nicht dabei sein. {{ coach }} überlegt gern mit Ihnen, wie es weitergeht.\n\n{{ link }}",
        ),
        (Condition::NextNotBooked, _) => (
            "Zeit für den nächsten Schritt: {{ step }}",
            "Guten Tag {{ first_name }},\n\nIhre letzte Sitzung ist {{ days }} Tage her. Die nächste heißt {{ step }}.\n\n{{ link }}",
        ),
        (Condition::NearlyOver, _) => (
            "Ein Schritt fehlt noch",
            "Guten Tag {{ first_name }},\n\nauf Ihrem Weg in {{ cohort }} fehlt noch ein Schritt: {{ step }}. Ein guter Moment, auf Ihre Ziele zu schauen.\n\n{{ link }}",
        ),
    },
};
