//! The words of steps and pods: booking what a journey has planned, and the groups that share it.

section! {
    /// Booking what is planned: a step of a journey, or a pod's date.
    Steps {
        title, when_heading, pick_time, choose_first, if_booked, submit, none_heading, none, instead, more_days, to_hours, to_session,
        brings_back, submit_bring_back, for_all, overlap_known, greyed_out, others_keep, deletion, deletion_submit, book;
        heading: fn(&str) -> String,
        deletion_heading: fn(&str) -> String,
        length: fn(u16) -> String,
        best: fn(&str, &str) -> String,
        mails: fn(&str) -> String,
    }
}

pub(super) const ENGLISH: Steps = Steps {
    title: "Book",
    when_heading: "When suits you?",
    pick_time: "Your time",
    choose_first: "Choose a time, and you see here what will happen before anything does.",
    if_booked: "If you book it",
    submit: "Book it",
    none_heading: "No time is free",
    none: "There is no free time in the weeks that can be booked. Times open when the coach opens more hours.",
    instead: "These are the nearest free times.",
    more_days: "Later days",
    to_hours: "Open your hours",
    to_session: "Back to the session",
    brings_back: "It is greyed out. Booking it brings it back, and its client sees it again.",
    submit_bring_back: "Bring it back and book it",
    for_all: "The date is for all members of the pod.",
    overlap_known: "Book it although there is another session at that time",
    greyed_out: "It is greyed out then: its client does not see it, and it counts nowhere.",
    others_keep: "The others keep their date.",
    deletion: "Delete booking and grey out",
    deletion_submit: "Delete it and grey out",
    book: "Book",
    heading: |what| format!("Book {what}"),
    deletion_heading: |name| format!("Delete {name}’s booking and grey it out"),
    length: |minutes| format!("{minutes} minutes."),
    best: |first, last| format!("Best between {first} and {last}."),
    mails: |names| format!("One mail each goes to {names}, with the date for the calendar."),
};

pub(super) const GERMAN: Steps = Steps {
    title: "Buchen",
    when_heading: "Wann passt es?",
    pick_time: "Ihre Zeit",
    choose_first: "Wählen Sie eine Zeit. Dann steht hier, was geschieht, ehe etwas geschieht.",
    if_booked: "Wenn Sie buchen",
    submit: "Buchen",
    none_heading: "Keine Zeit ist frei",
    none: "In den Wochen, die sich buchen lassen, ist keine Zeit frei. Neue Zeiten gibt es, wenn der Coach mehr Stunden öffnet.",
    instead: "Das sind die nächsten freien Zeiten.",
    more_days: "Spätere Tage",
    to_hours: "Eigene Stunden öffnen",
    to_session: "Zurück zur Sitzung",
    brings_back: "Die Sitzung ist ausgegraut. Wird sie gebucht, ist sie wieder da, und ihr Klient sieht sie wieder.",
    submit_bring_back: "Zurückholen und buchen",
    for_all: "Der Termin gilt für alle Mitglieder der Gruppe.",
    overlap_known: "Trotzdem buchen, obwohl dann schon eine andere Sitzung ist",
    greyed_out: "Danach ist sie ausgegraut: Ihr Klient sieht sie nicht, und sie zählt nirgends.",
    others_keep: "Die anderen behalten ihren Termin.",
    deletion: "Buchung löschen und ausgrauen",
    deletion_submit: "Löschen und ausgrauen",
    book: "Buchen",
    heading: |what| format!("{what} buchen"),
    deletion_heading: |name| format!("Buchung von {name} löschen und ausgrauen"),
    length: |minutes| format!("{minutes} Minuten."),
    best: |first, last| format!("Am besten zwischen {first} und {last}."),
    mails: |names| format!("Je eine Mail geht an {names}, mit dem Termin für den Kalender."),
};
