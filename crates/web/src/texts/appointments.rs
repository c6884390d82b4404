//! What letters and calendar files say of a meeting, per language. Which letter goes to whom is not decided here.

use rules::person::Language;

/// The words of one language.
#[derive(Debug)]
pub struct Appointments {
    /// What, and with whom.
    pub with: fn(&str, &str) -> String,
    /// So many sessions, and with whom.
    pub series_with: fn(usize, &str) -> String,
    /// The subject of a letter: what with whom, and when.
    pub subject: fn(&str, &str) -> String,
    /// The subject of a letter about a series: what with whom, and when the first one is.
    pub series_subject: fn(&str, &str) -> String,
    /// The subject of a letter that asks for a press: what with whom, and when.
    pub link_subject: fn(&str, &str) -> String,
    /// A day, and from when until when.
    pub from_to: fn(&str, &str, &str) -> String,
    /// Where the clock stands that says so.
    pub time_in: fn(&str) -> String,
    /// The same of several.
    pub times_in: fn(&str) -> String,
    /// What the other's clock says, and where.
    pub there: fn(&str, &str, &str) -> String,
    /// What with whom, how long, where, and what was agreed on money, if anything: one sentence.
    pub sentence: fn(&str, u16, &str, &str) -> String,
    /// The same of several that are alike.
    pub series_sentence: fn(&str, u16, &str, &str) -> String,
    /// In the room of this program.
    pub room: &'static str,
    /// On the phone, with the number if there is one.
    pub phone: fn(&str) -> String,
    /// At an address.
    pub address: fn(&str) -> String,
    /// Behind a link of the coach's.
    pub link: fn(&str) -> String,
    /// It costs nothing.
    pub free: &'static str,
    /// What it costs.
    pub costs: fn(&str) -> String,
    /// That what follows holds for each of several, with a space behind it.
    pub of_each: &'static str,
    /// Nothing is kept whenever somebody cancels.
    pub never_kept: &'static str,
    /// What is kept: up to so many hours before, and after that; three shares, the first of the earliest.
    pub kept: fn(u16, u16, [u8; 3]) -> String,
    /// The press that books.
    pub booking_link: BookingLink,
    /// To a client.
    pub booked: Booked,
    /// To a coach.
    pub booked_for_coach: Booked,
    /// To a client, about several.
    pub series: Booked,
    /// To a coach, about several.
    pub series_for_coach: Booked,
    /// Who booked, if it was not the reader.
    pub booked_by: fn(&str) -> String,
    /// Who booked several, if it was not the reader.
    pub series_by: fn(&str) -> String,
    /// The client wrote something.
    pub has_words: fn(&str) -> String,
    /// The invitation is attached, and what to do where that is not enough.
    pub attached: &'static str,
    /// The same about a file with several.
    pub series_attached: &'static str,
    /// Adds to Google's calendar.
    pub google: &'static str,
    /// Adds to a private Outlook.
    pub outlook: &'static str,
    /// Adds to an Outlook at work.
    pub office: &'static str,
    /// Answers reach the coach.
    pub reply: fn(&str) -> String,
    /// In a calendar: the page that says more.
    pub page: fn(&str) -> String,
    /// Why somebody who has no account gets a letter.
    pub why_asked: &'static str,
    /// Why somebody gets a letter about a booking.
    pub why_booked: &'static str,
    /// The same of a mail that may be refused.
    pub why_session: &'static str,
    /// Why somebody gets it who settles what is contested.
    pub why_settles: &'static str,
}

/// See [`Appointments::booking_link`].
#[derive(Debug)]
pub struct BookingLink {
    /// What there is to do.
    pub asks: &'static str,
    /// How.
    pub says: &'static str,
    /// The button's label.
    pub button: &'static str,
    /// Until when the time is kept.
    pub until: fn(&str) -> String,
    /// What happens then, with the coach's name.
    pub then: fn(&str) -> String,
    /// If somebody else asked.
    pub not_asked: &'static str,
}

/// What stands around the facts of a booking.
#[derive(Debug)]
pub struct Booked {
    /// What happened.
    pub says: &'static str,
    /// The button's label.
    pub button: &'static str,
    /// What the button is for.
    pub button_note: &'static str,
}

/// The words of a language.
pub const fn appointments(language: Language) -> &'static Appointments {
    match language {
        Language::English => &EN,
        Language::German => &DE,
    }
}

static EN: Appointments = Appointments {
    with: |what, who| format!("{what} with {who}"),
    series_with: |count, who| format!("{count} sessions with {who}"),
    subject: |what, when| format!("{what}, {when}"),
    series_subject: |what, when| format!("{what}, from {when}"),
    link_subject: |what, when| format!("Confirm: {what}, {when}"),
    from_to: |day, from, to| format!("{day}, {from} to {to}"),
    time_in: |place| format!("Time in {place}"),
    times_in: |place| format!("Times in {place}"),
    there: |time, who, place| format!("{time} for {who} in {place}"),
    sentence: |what, minutes, place, money| {
        format!("{what}: {minutes} minutes {place}{}.", after_comma(money))
    },
    series_sentence: |what, minutes, place, money| {
        format!("{what}: {minutes} minutes each, {place}{}.", after_comma(money))
    },
    room: "by video",
    phone: |number| if number.is_empty() { "by phone".to_owned() } else { format!("by phone ({number})") },
    address: |address| {
        if address.is_empty() { "in person".to_owned() } else { format!("in person ({address})") }
    },
    link: |link| if link.is_empty() { "by video".to_owned() } else { format!("by video ({link})") },
    free: "free of charge",
    costs: |price| format!("for {price}"),
    of_each: "for each of them ",
    never_kept: "cancelling costs nothing",
    kept: |free, late, [early, between, last]| {
        let share = |percent: u8| match percent {
            0 => "nothing".to_owned(),
            100 => "the whole price".to_owned(),
            percent => format!("{percent} %"),
        };
        let mut said = format!("cancelling costs {} until {free} hours before", share(early));
        if between != last {
            said.push_str(&format!(", {} until {late} hours before", share(between)));
        }
        said.push_str(&format!(", and {} after that", share(last)));
        said
    },
    booking_link: BookingLink {
        asks: "One press, and this time is yours.",
        says: "This link opens a page with a button. Only the button books.",
        button: "Book this time",
        until: |moment| format!("The time is kept for you until {moment}. After that others can have it."),
        then: |coach| {
            format!(
                "Once you have pressed it, {coach} hears of it and you get an invitation for your calendar."
            )
        },
        not_asked: "If you did not ask for this, you need do nothing: nothing is booked without the button.",
    },
    booked: Booked {
        says: "Your session is booked.",
        button: "Open your booking",
        button_note: "It opens without signing in, until a day after the session. Keep the link to yourself.",
    },
    booked_for_coach: Booked { says: "A session is booked.", button: "See the session", button_note: "" },
    series: Booked {
        says: "Your sessions are booked.",
        button: "",
        button_note: "Each date opens its booking without signing in, until a day after that session. Keep the links to yourself.",
    },
    series_for_coach: Booked { says: "Sessions are booked.", button: "", button_note: "" },
    booked_by: |who| format!("{who} booked it."),
    series_by: |who| format!("{who} booked them."),
    has_words: |who| format!("{who} wrote something for you beforehand. You find it on the session's page."),
    attached: "The invitation is attached, and most calendars take it from there. If yours does not:",
    series_attached: "One calendar file with all of them is attached.",
    google: "Add to Google Calendar",
    outlook: "Add to Outlook",
    office: "Add to Outlook at work (Microsoft 365)",
    reply: |coach| format!("An answer to this mail reaches {coach}."),
    page: |url| format!("Details: {url}"),
    why_asked: "You get this because somebody booked with this address. This kind of mail cannot be switched off.",
    why_session: "You get this because it is about a session of yours.",
    why_settles: "You get this because you settle what clients contest.",
    why_booked: "You get this because it is about a session of yours. This kind of mail cannot be switched off.",
};

static DE: Appointments = Appointments {
    with: |what, who| format!("{what} mit {who}"),
    series_with: |count, who| format!("{count} Sitzungen mit {who}"),
    subject: |what, when| format!("{what}, {when}"),
    series_subject: |what, when| format!("{what}, ab {when}"),
    link_subject: |what, when| format!("Bitte bestätigen: {what}, {when}"),
    from_to: |day, from, to| format!("{day}, {from} bis {to} Uhr"),
    time_in: |place| format!("Zeit in {place}"),
    times_in: |place| format!("Zeiten in {place}"),
    there: |time, who, place| format!("{time} Uhr für {who} in {place}"),
    sentence: |what, minutes, place, money| {
        format!("{what}: {minutes} Minuten {place}{}.", after_comma(money))
    },
    series_sentence: |what, minutes, place, money| {
        format!("{what}: je {minutes} Minuten {place}{}.", after_comma(money))
    },
    room: "per Video",
    phone: |number| {
        if number.is_empty() { "am Telefon".to_owned() } else { format!("am Telefon ({number})") }
    },
    address: |address| if address.is_empty() { "vor Ort".to_owned() } else { format!("vor Ort ({address})") },
    link: |link| if link.is_empty() { "per Video".to_owned() } else { format!("per Video ({link})") },
    free: "kostenlos",
    costs: |price| format!("für {price}"),
    of_each: "für jede gilt: ",
    never_kept: "eine Absage kostet nichts",
    kept: |free, late, [early, between, last]| {
        let share = |percent: u8| match percent {
            0 => "nichts".to_owned(),
            100 => "den ganzen Preis".to_owned(),
            percent => format!("{percent} %"),
        };
        let mut said = format!("eine Absage kostet bis {free} Stunden vorher {}", share(early));
        if between != last {
            said.push_str(&format!(", bis {late} Stunden vorher {}", share(between)));
        }
        said.push_str(&format!(", danach {}", share(last)));
        said
    },
    booking_link: BookingLink {
        asks: "Ein Druck, und diese Zeit gehört Ihnen.",
        says: "Dieser Link öffnet eine Seite mit einem Knopf. Erst der Knopf bucht.",
        button: "Diese Zeit buchen",
        until: |moment| {
            format!("Die Zeit ist für Sie freigehalten bis {moment}. Danach können andere sie haben.")
        },
        then: |coach| {
            format!(
                "Haben Sie ihn gedrückt, erfährt es {coach}, und Sie bekommen eine Einladung für Ihren Kalender."
            )
        },
        not_asked: "Falls Sie das nicht angefragt haben, ist nichts zu tun: Ohne den Knopf wird nichts gebucht.",
    },
    booked: Booked {
        says: "Ihre Sitzung ist gebucht.",
        button: "Buchung öffnen",
        button_note: "Sie öffnet sich ohne Anmeldung, bis einen Tag nach der Sitzung. Behalten Sie den Link für sich.",
    },
    booked_for_coach: Booked {
        says: "Eine Sitzung ist gebucht.",
        button: "Sitzung ansehen",
        button_note: "",
    },
    series: Booked {
        says: "Ihre Sitzungen sind gebucht.",
        button: "",
        button_note: "Jeder Termin öffnet seine Buchung ohne Anmeldung, bis einen Tag nach dieser Sitzung. Behalten Sie die Links für sich.",
    },
    series_for_coach: Booked { says: "Sitzungen sind gebucht.", button: "", button_note: "" },
    booked_by: |who| format!("Gebucht hat {who}."),
    series_by: |who| format!("Gebucht hat {who}."),
    has_words: |who| {
        format!("{who} hat vorab etwas für Sie geschrieben. Sie finden es auf der Seite der Sitzung.")
    },
    attached: "Die Einladung hängt an, und die meisten Kalender nehmen sie von dort. Falls Ihrer das nicht tut:",
    series_attached: "Eine Kalenderdatei mit allen Terminen hängt an.",
    google: "In Google Kalender eintragen",
    outlook: "In Outlook eintragen",
    office: "In Outlook bei der Arbeit eintragen (Microsoft 365)",
    reply: |coach| format!("Eine Antwort auf diese Mail erreicht {coach}."),
    page: |url| format!("Einzelheiten: {url}"),
    why_asked: "Sie erhalten dies, weil jemand mit dieser Adresse gebucht hat. Diese Art von Mail lässt sich nicht abbestellen.",
    why_session: "Sie erhalten dies, weil es um eine Ihrer Sitzungen geht.",
    why_settles: "Sie erhalten dies, weil Sie klären, was bestritten wird.",
    why_booked: "Sie erhalten dies, weil es um eine Ihrer Sitzungen geht. Diese Art von Mail lässt sich nicht abbestellen.",
};

fn after_comma(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(", {words}") }
}
