//! The words of sessions: their lists, the page of one, booking for somebody else, and the texts that people agree to.

section! {
    /// Sessions, one by one and in lists.
    Sessions {
        title, lede, views, upcoming, past, empty_upcoming_heading, empty_upcoming, empty_past_heading, empty_past, empty_cancelled_heading, empty_cancelled, find_coach, share_page,
        see, add_to_calendar, download, google, outlook, office,
        details_heading, place, place_room, place_phone, place_address, place_link, price, price_free, owed, owed_nothing, length, offering,
        note_heading, note_client, note_coach, note_none, answer_none,
        terms_heading, terms_free, history_heading, history_none,
        unmarked, cancelled, recorded, no_time, by_you, intro_terms, series, booked_by, people_heading;
        heading: fn(&str, &str) -> String,
        whole: fn(&str, &str, &str, &str) -> String,
        count: fn(usize) -> String,
        terms: fn(u16, u16, &str, &str, &str) -> String,
        called_off: fn(&str) -> String,
        pair: fn(&str, &str) -> String,
        minutes: fn(u16) -> String,
        by: fn(&str) -> String,
        happened: fn(&str) -> Option<&'static str>,
        there: fn(&str, &str, &str) -> String,
    }
}

section! {
    /// Booking for somebody else, and recording what has been.
    BookingFor {
        heading, lede, button, coach, offering, offering_none, day_heading, note, note_hint, submit, none_heading, none, to_hours, to_coach, pick_time, instead, overlap_known,
        record, record_heading, record_lede, record_day, record_time, record_outcome, record_came, record_no_show, record_submit, record_note, more_days, mails_note;
        heading_for: fn(&str) -> String,
        record_heading_for: fn(&str) -> String,
        days: fn(&str, &str) -> String,
    }
}

section! {
    /// The texts that people agree to.
    Agreements {
        title, heading, lede, current, none, language, text, text_hint, publish, publish_note, versions, version_none, all, link, link_about;
        since: fn(&str, &str) -> String,
        accepted_by: fn(i64) -> String,
    }
}

pub(super) const ENGLISH: Sessions = Sessions {
    title: "Sessions",
    lede: "",
    views: "Which sessions",
    upcoming: "Upcoming",
    past: "Past",
    empty_upcoming_heading: "Nothing is booked",
    empty_upcoming: "What you book, or what is booked for you, appears here at once.",
    empty_past_heading: "Nothing has been yet",
    empty_past: "Every session stays here after it was, with what came of it.",
    empty_cancelled_heading: "Nothing was called off",
    empty_cancelled: "What is called off in time stands here, and counts for nothing.",
    find_coach: "Find a coach",
    share_page: "Share your page",
    see: "See the session",
    add_to_calendar: "Add to calendar",
    download: "Calendar file (.ics)",
    google: "Google Calendar",
    outlook: "Outlook",
    office: "Outlook at work",
    details_heading: "Details",
    place: "Where",
    place_room: "Video call here",
    place_phone: "Phone",
    place_address: "At an address",
    place_link: "Video call elsewhere",
    price: "Price",
    price_free: "Free",
    owed: "Owed",
    owed_nothing: "Nothing is owed",
    length: "Length",
    offering: "Offering",
    note_heading: "Before the session",
    note_client: "You wrote this while booking. Only you and your coach read it.",
    note_coach: "Written while booking. Only the two of you read it.",
    note_none: "Nothing was written while booking.",
    answer_none: "not answered",
    terms_heading: "Terms of this booking",
    terms_free: "It costs nothing, so cancelling costs nothing.",
    history_heading: "What happened",
    history_none: "Nothing is recorded of it.",
    unmarked: "It is over, and nobody has said yet how it went.",
    cancelled: "Cancelled",
    recorded: "Written down",
    no_time: "No time yet",
    by_you: "by you",
    intro_terms: "It costs nothing, and can be called off until it begins.",
    series: "One of a series",
    booked_by: "Booked",
    people_heading: "People",
    heading: |when, who| format!("{when}, with {who}"),
    whole: |date, from, until, place| format!("{date}, {from} to {until} in {place}"),
    count: |count| format!("{count} session{}", if count == 1 { "" } else { "s" }),
    terms: |late, free, early, between, over| {
        let band = |kept: &str| if kept.is_empty() { "free".to_owned() } else { format!("costs {kept}") };
        format!(
            "Cancelling is {} until {free} hours before, then {} until {late} hours before, and {} after that or if nobody comes.",
            band(early),
            band(between),
            band(over)
        )
    },
    called_off: |when| format!("Called off {when}."),
    pair: |client, coach| format!("{client} and {coach}"),
    minutes: |minutes| format!("{minutes} minutes"),
    by: |name| format!("by {name}"),
    happened: |kind| {
        Some(match kind {
            "session_booked" => "Booked",
            "series_booked" => "Booked as one of a series",
            "booking_held" => "Time kept until the link in the mail was used",
            "hold_given_back" => "Time given back, for a newer one with the same address",
            "session_recorded" => "Written down afterwards",
            "session_cancelled" => "Called off",
            "attendance_marked" => "Marked",
            "attendance_greyed_out" => "Disabled",
            _ => return None,
        })
    },
    there: |time, name, place| format!("{time} for {name} in {place}"),
};

pub(super) const GERMAN: Sessions = Sessions {
    title: "Sitzungen",
    lede: "",
    views: "Welche Sitzungen",
    upcoming: "Kommende",
    past: "Vergangene",
    empty_upcoming_heading: "Nichts ist gebucht",
    empty_upcoming: "Was Sie buchen oder was für Sie gebucht wird, steht sofort hier.",
    empty_past_heading: "Noch war nichts",
    empty_past: "Jede Sitzung bleibt hier, mit dem, was daraus wurde.",
    empty_cancelled_heading: "Nichts wurde abgesagt",
    empty_cancelled: "Was rechtzeitig abgesagt wird, steht hier und zählt nicht.",
    find_coach: "Einen Coach finden",
    share_page: "Ihre Seite teilen",
    see: "Zur Sitzung",
    add_to_calendar: "In den Kalender",
    download: "Kalenderdatei (.ics)",
    google: "Google Kalender",
    outlook: "Outlook",
    office: "Outlook in der Firma",
    details_heading: "Einzelheiten",
    place: "Wo",
    place_room: "Videogespräch hier",
    place_phone: "Telefon",
    place_address: "An einer Adresse",
    place_link: "Videogespräch anderswo",
    price: "Preis",
    price_free: "Kostenlos",
    owed: "Zu zahlen",
    owed_nothing: "Nichts ist zu zahlen",
    length: "Dauer",
    offering: "Angebot",
    note_heading: "Vor der Sitzung",
    note_client: "Das haben Sie beim Buchen geschrieben. Nur Sie und Ihr Coach lesen es.",
    note_coach: "Beim Buchen geschrieben. Nur Sie beide lesen es.",
    note_none: "Beim Buchen wurde nichts geschrieben.",
    answer_none: "nicht beantwortet",
    terms_heading: "Bedingungen dieser Buchung",
    terms_free: "Sie kostet nichts, also kostet auch die Absage nichts.",
    history_heading: "Was geschah",
    history_none: "Darüber ist nichts verzeichnet.",
    unmarked: "Sie ist vorbei, und noch hat niemand gesagt, wie es war.",
    cancelled: "Abgesagte",
    recorded: "Eingetragen",
    no_time: "Noch ohne Zeit",
    by_you: "von Ihnen",
    intro_terms: "Es kostet nichts und lässt sich bis zum Beginn absagen.",
    series: "Eine aus einer Reihe",
    booked_by: "Gebucht",
    people_heading: "Personen",
    heading: |when, who| format!("{when}, mit {who}"),
    whole: |date, from, until, place| format!("{date}, {from} bis {until} in {place}"),
    count: |count| format!("{count} Sitzung{}", if count == 1 { "" } else { "en" }),
    terms: |late, free, early, between, over| {
        let band =
            |kept: &str| if kept.is_empty() { "kostet nichts".to_owned() } else { format!("kostet {kept}") };
        format!(
            "Eine Absage bis {free} Stunden vorher {}, danach bis {late} Stunden vorher {}; später oder wenn niemand kommt, {}.",
            band(early),
            band(between),
            band(over)
        )
    },
    called_off: |when| format!("Abgesagt {when}."),
    pair: |client, coach| format!("{client} und {coach}"),
    minutes: |minutes| format!("{minutes} Minuten"),
    by: |name| format!("von {name}"),
    happened: |kind| {
        Some(match kind {
            "session_booked" => "Gebucht",
            "series_booked" => "Als eine von mehreren gebucht",
            "booking_held" => "Freigehalten, bis der Link in der Mail benutzt war",
            "hold_given_back" => "Zurückgegeben, für eine neuere Zeit mit derselben Adresse",
            "session_recorded" => "Nachträglich eingetragen",
            "session_cancelled" => "Abgesagt",
            "attendance_marked" => "Ergebnis eingetragen",
            "attendance_greyed_out" => "Gesperrt",
            _ => return None,
        })
    },
    there: |time, name, place| format!("{time} für {name} in {place}"),
};

pub(super) const ENGLISH_BOOKING_FOR: BookingFor = BookingFor {
    heading: "Book a session",
    lede: "Only times that can be booked are offered. Both get the invitation at once.",
    button: "Book a session",
    coach: "Coach",
    offering: "What",
    offering_none: "Nothing can be booked with this coach now.",
    day_heading: "When",
    note: "Note",
    note_hint: "Stands with the booking; the coach and the client read it",
    submit: "Book it",
    none_heading: "No time can be booked",
    none: "There is no free time inside the hours, the notice and the window of this offering.",
    to_hours: "Open the hours",
    to_coach: "See the coach's page",
    pick_time: "Time",
    instead: "These are the nearest free times.",
    overlap_known: "Book it although they have another session then",
    record: "Record a past session",
    record_heading: "Record a past session",
    record_lede: "For what happened without a booking here. It takes no time of the coach and sends no mail.",
    record_day: "Day",
    record_time: "Start",
    record_outcome: "How it went",
    record_came: "They were there",
    record_no_show: "They did not come",
    record_submit: "Record it",
    record_note: "It can then be marked like any other.",
    more_days: "Later days",
    mails_note: "Each of the two gets one mail with the invitation.",
    heading_for: |name| format!("Book for {name}"),
    record_heading_for: |name| format!("A past session of {name}"),
    days: |from, until| format!("{from} to {until}"),
};

pub(super) const GERMAN_BOOKING_FOR: BookingFor = BookingFor {
    heading: "Eine Sitzung buchen",
    lede: "Angeboten werden nur buchbare Zeiten. Beide erhalten sofort die Einladung.",
    button: "Sitzung buchen",
    coach: "Coach",
    offering: "Was",
    offering_none: "Bei diesem Coach ist jetzt nichts buchbar.",
    day_heading: "Wann",
    note: "Notiz",
    note_hint: "Steht bei der Buchung; beide lesen sie",
    submit: "Buchen",
    none_heading: "Keine Zeit ist buchbar",
    none: "Innerhalb der Zeiten, der Frist und des Fensters dieses Angebots ist nichts frei.",
    to_hours: "Zeiten öffnen",
    to_coach: "Seite des Coaches ansehen",
    pick_time: "Zeit",
    instead: "Das sind die nächsten freien Zeiten.",
    overlap_known: "Trotzdem buchen, obwohl dann schon eine andere Sitzung ist",
    more_days: "Spätere Tage",
    mails_note: "Beide erhalten je eine Mail mit der Einladung.",
    heading_for: |name| format!("Buchen für {name}"),
    days: |from, until| format!("{from} bis {until}"),
    ..ENGLISH_BOOKING_FOR
};

pub(super) const ENGLISH_AGREEMENTS: Agreements = Agreements {
    title: "Coaching agreement",
    heading: "Coaching agreement",
    lede: "Everybody accepts the current text, in their language, with their first paid session. Who accepted which, and when, is kept.",
    current: "Current",
    none: "There is no text in this language. People who read it are shown the one of the organisation's language.",
    language: "Language",
    text: "Text",
    text_hint: "As people will read it. A blank line begins a paragraph.",
    publish: "Publish as the current text",
    publish_note: "Who accepted an earlier one is asked again with their next paid booking.",
    versions: "Versions",
    version_none: "None yet.",
    all: "All texts",
    link: "Coaching agreement",
    link_about: "The text that everybody accepts with their first paid session",
    since: |version, date| format!("Version {version}, since {date}"),
    accepted_by: |count| match count {
        0 => "accepted by nobody yet".to_owned(),
        1 => "accepted by 1 person".to_owned(),
        count => format!("accepted by {count} people"),
    },
};

/// Only admins read it; their pages are English so far.
pub(super) const GERMAN_AGREEMENTS: Agreements = ENGLISH_AGREEMENTS;
