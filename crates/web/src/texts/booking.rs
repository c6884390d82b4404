//! What strangers and clients read on the way to a booking: directory, coach page, the link's page, what is booked.
//! Complete in both languages, because it is the first that anybody reads.

section! {
    /// The directory, a coach's page and the choice of a time.
    Coaches {
        title, heading, lede, search_label, speciality, language, price, currency, time_of_day, any,
        morning, afternoon, evening, find, narrow, clear, no_match_heading, no_match, empty_heading, empty,
        free_intro, next_free, none_free, part_none,
        step_offer, step_which, of_journey, private, program_pays, step_time, step_you, step_note, offer_intro, offer_intro_used, free, times_in, zone_change, zone_label, zone_use,
        earlier, later, works_on, languages, lives_in, your_time, no_offers_heading, no_offers, no_times_heading,
        no_times, no_times_shown, own_page, not_a_client, unlisted, taken_heading, taken_choose, taken_none, new_window;
        found: fn(usize) -> String,
        description: fn(&str) -> String,
        from: fn(&str) -> String,
        page_title: fn(&str, &str) -> String,
        title_of: fn(&str) -> String,
        description_of: fn(&str, &str) -> String,
        to_times: fn(&str) -> String,
        minutes: fn(u16) -> String,
        now: fn(&str) -> String,
        ahead: fn(&str) -> String,
        behind: fn(&str) -> String,
        apart: fn(i32) -> String,
        from_to: fn(&str, &str) -> String,
        times: fn(usize) -> String,
        there: fn(&str, &str) -> String,
        lost: fn(&str) -> String,
    }
}

section! {
    /// From the details to what is booked.
    Booking {
        your_name, your_mail, your_mail_hint, note, optional, agree, agreement_open, book_anyway, mail_comes,
        rule_intro, rule_unpaid, rule_free, overlap_heading, overlap_choose, changed_heading, changed_choose, intro_instead,
        sent_title, sent_heading, sent_press, sent_folder, sent_wrong, sent_again,
        hold_title, hold_heading, hold_note, hold_again, expired_heading, expired, expired_still, expired_choose, gone_heading, gone, to_coaches, to_coach,
        done_title, done_heading, add_heading, add_google, add_outlook, add_file, add_file_all, next_heading, next_mail, next_manage, next_camera, next_sessions, see_session,
        next_mail_of_all, next_manage_of_all, next_camera_of_all,
        manage_title, manage_over_heading, manage_over, manage_note, where_label, when_label, price_label, your_session, all_sessions,
        series_open, series_every, series_weekly, series_two_weekly, series_count, series_show, series_title, series_lede, series_first, series_dates, series_rule, series_free, series_taken, series_instead, series_skip,
        series_none, series_book_these, series_back, signed_in_as, place_room, place_phone, place_address, place_link, in_zone;
        book: fn(&str) -> String,
        slot: fn(&str, &str, &str) -> String,
        rule: fn(u16, u16, u8, u8, u8) -> String,
        line: fn(&str, &str, &str, &str) -> String,
        sent: fn(&str) -> String,
        sent_until: fn(&str) -> String,
        hold_until: fn(&str) -> String,
        expired_at: fn(&str) -> String,
        overlap: fn(&str) -> String,
        changed_from: fn(&str, &str) -> String,
        changed_to: fn(&str) -> String,
        next_pay: fn(&str, &str) -> String,
        next_pay_for_all: fn(&str, &str) -> String,
        with: fn(&str) -> String,
        manage_until: fn(&str) -> String,
        series_book: fn(usize) -> String,
        series_summary: fn(usize, usize, usize) -> String,
        series_total_free: fn(&str, usize, &str) -> String,
        series_total: fn(usize, &str) -> String,
        series_of: fn(usize) -> String,
        series_what: fn(usize, &str, &str) -> String,
        series_when: fn(&str, usize) -> String,
        series_line: fn(&str, &str, &str, &str) -> String,
        series_from: fn(&str, &str) -> String,
    }
}

pub(super) const COACHES_EN: Coaches = Coaches {
    title: "Coaches",
    heading: "Find a coach who fits.",
    lede: "See who works on what you bring, and who has time. An intro call is free, and you need no account.",
    search_label: "What is it about?",
    speciality: "Speciality",
    language: "Language",
    price: "A session for at most",
    currency: "Currency",
    time_of_day: "Time of day",
    any: "Any",
    morning: "Morning",
    afternoon: "Afternoon",
    evening: "Evening",
    find: "Find coaches",
    narrow: "Narrow it down",
    clear: "Show all coaches",
    no_match_heading: "Nobody fits all of this",
    no_match: "Leave something out: any price, any time of day, or another word for the same thing.",
    empty_heading: "No coaches yet",
    empty: "As soon as a coach lists their page, you find them here.",
    free_intro: "Free intro call",
    next_free: "Next free",
    none_free: "Nothing free in the next four weeks",
    part_none: "Nothing free.",
    step_offer: "What would you like?",
    step_which: "Which shall it be?",
    of_journey: "A step of your journey",
    private: "Or a private session, which you pay yourself",
    program_pays: "Your program pays",
    step_time: "When suits you?",
    step_you: "Who is coming?",
    step_note: "Anything to know before?",
    offer_intro: "to see whether we fit",
    offer_intro_used: "You have had yours, or it is booked.",
    free: "Free",
    times_in: "Times in",
    zone_change: "Change",
    zone_label: "Your time zone",
    zone_use: "Show times there",
    earlier: "Earlier weeks",
    later: "Next four weeks",
    works_on: "Works on",
    languages: "Languages",
    lives_in: "Lives in",
    your_time: "your time too",
    no_offers_heading: "No sessions to book at the moment",
    no_offers: "This coach takes no bookings here right now. Look in again, or at the other coaches.",
    no_times_heading: "No free times",
    no_times: "There is nothing to book at the moment. Another kind of session may still have a time.",
    no_times_shown: "Nothing free in these weeks.",
    own_page: "This is your own page, as clients see it.",
    not_a_client: "Your account has no role of a client, so it cannot book. Sign out to book as somebody else.",
    unlisted: "Only you see this page: it is not listed.",
    taken_heading: "Somebody was faster.",
    taken_choose: "These are the nearest free times. One press books, with everything you typed.",
    taken_none: "There is no other free time for this kind of session. What you typed is still here: choose another kind above.",
    new_window: "opens in a new window",
    found: |count| match count {
        1 => "1 coach".to_owned(),
        count => format!("{count} coaches"),
    },
    description: |organisation| {
        format!(
            "The coaches of {organisation}: what they work on, what it costs, and when they are free. Book a free intro call without an account."
        )
    },
    from: |price| format!("from {price}"),
    page_title: |page, organisation| format!("{page} · {organisation}"),
    title_of: |coach| format!("Book time with {coach}"),
    description_of: |coach, headline| {
        if headline.is_empty() {
            format!("Book a session with {coach}.")
        } else {
            format!("{coach}: {} See free times and book.", sentence(headline))
        }
    },
    to_times: |when| format!("Free times, from {when}"),
    minutes: |minutes| format!("{minutes} minutes"),
    now: |time| format!("now {time}"),
    ahead: |apart| format!("{apart} ahead of you"),
    behind: |apart| format!("{apart} behind you"),
    apart: |minutes| {
        let (hours, rest) = (minutes / 60, minutes % 60);
        let one = |n: i32, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
        match (hours, rest) {
            (0, rest) => one(rest, "minute"),
            (hours, 0) => one(hours, "hour"),
            (hours, rest) => format!("{} {}", one(hours, "hour"), one(rest, "minute")),
        }
    },
    from_to: |first, last| format!("{first} to {last}"),
    times: |count| match count {
        1 => "1 free time".to_owned(),
        count => format!("{count} free times"),
    },
    there: |time, place| format!("{time} in {place}"),
    lost: |when| format!("{when} is not free any more. These are the nearest times."),
};

pub(super) const BOOKING_EN: Booking = Booking {
    your_name: "Your name",
    your_mail: "Your e-mail",
    your_mail_hint: "We send one link there; it confirms the booking",
    note: "What should be different afterwards?",
    optional: "optional",
    agree: "I have read the coaching agreement and accept it.",
    agreement_open: "Read the coaching agreement",
    book_anyway: "Book anyway",
    mail_comes: "We mail you one link to confirm; no account needed.",
    rule_intro: "You can move or cancel it until it starts.",
    rule_unpaid: "You can cancel it until it starts.",
    rule_free: "Cancel free of charge until it starts.",
    overlap_heading: "You have something else at that time.",
    overlap_choose: "Book it anyway, or choose another time.",
    changed_heading: "Price or terms have changed while you looked. Nothing is booked yet.",
    changed_choose: "Book it as it is now, or choose something else.",
    intro_instead: "Any of these can be booked:",
    sent_title: "Look into your mail",
    sent_heading: "Look into your mail.",
    sent_press: "Press the button behind its link: only then is it booked, and only then does your coach hear of it.",
    sent_folder: "Nothing there? Look among the unwanted mails, too.",
    sent_wrong: "A wrong address? Go back and book again; what nobody confirms ends by itself.",
    sent_again: "Back to the times",
    hold_title: "Confirm your booking",
    hold_heading: "One press, and it is yours.",
    hold_note: "Opening this page has booked nothing. The button does, and signs you in on this device.",
    hold_again: "Choose another time",
    expired_heading: "Your time was given back.",
    expired: "The button was not pressed in time, or a newer booking with the same address took its place. So others could book it.",
    expired_still: "It is still free. Press once to have it kept again; a new mail comes with it.",
    expired_choose: "These times are free. One press keeps one for you, with everything you typed; a new mail comes with it.",
    gone_heading: "This link has ended.",
    gone: "It is too old, or it was never ours. Your booking, if you have one, is behind the newest mail about it.",
    to_coaches: "See the coaches",
    to_coach: "See the free times",
    done_title: "Booked",
    done_heading: "Booked.",
    add_heading: "Add to your calendar",
    add_google: "Google Calendar",
    add_outlook: "Outlook",
    add_file: "Calendar file",
    add_file_all: "One calendar file with all of them",
    next_heading: "What happens next",
    next_mail: "A mail with the invitation is on its way to both of you.",
    next_manage: "The mail holds a link to this booking; it needs no password.",
    next_camera: "It is by video. See beforehand that your camera and microphone work.",
    next_sessions: "You are signed in, and find your sessions on your first page.",
    see_session: "See the session",
    next_mail_of_all: "A mail with all dates and their invitations is on its way to both of you.",
    next_manage_of_all: "In the mail each date is a link to its booking; it needs no password.",
    next_camera_of_all: "They are by video. See beforehand that your camera and microphone work.",
    manage_title: "Your booking",
    manage_over_heading: "This link has ended.",
    manage_over: "It showed one booking until a day after its end. Your sessions are on your own page when you sign in.",
    manage_note: "This link opens this one booking and nothing else. Whoever has it sees what you see.",
    where_label: "Where",
    when_label: "When",
    price_label: "Price",
    your_session: "Your session",
    all_sessions: "All your sessions",
    series_open: "Make it a series",
    series_every: "How often",
    series_weekly: "Every week",
    series_two_weekly: "Every two weeks",
    series_count: "How many sessions",
    series_show: "Show the dates",
    series_title: "Your series",
    series_lede: "Same day, same hour on your coach's clock. All of these are booked together, or none of them.",
    series_first: "the first",
    series_dates: "All dates",
    series_rule: "This holds for each session by itself.",
    series_free: "Free",
    series_taken: "Taken",
    series_instead: "Instead",
    series_skip: "Leave this one out",
    series_none: "Nothing near it is free, so this one is left out.",
    series_book_these: "Book these dates",
    series_back: "Choose another time",
    signed_in_as: "You book as",
    place_room: "by video",
    place_phone: "by phone",
    place_address: "in person",
    place_link: "by video",
    in_zone: "in",
    book: |when| format!("Book {when}"),
    slot: |date, from, until| format!("{date}, {from} to {until}"),
    rule: |free, late, early, between, kept| {
        let mut rule = if early == 0 {
            format!("Cancel free of charge until {free} h before")
        } else {
            format!("Cancelled until {free} h before, {early} % is to be paid")
        };
        if between == kept || late == free {
            rule.push_str(&format!("; after that {kept} % is to be paid."));
        } else {
            rule.push_str(&format!("; after that {between} % is to be paid, in the last {late} h {kept} %."));
        }
        rule
    },
    line: |zone, name, price, place| format!("in {zone}: {name}, {price}, {place}"),
    sent: |mail| format!("We sent a link to {mail}."),
    sent_until: |time| format!("The time is kept for you until {time}."),
    hold_until: |time| format!("Kept for you until {time}."),
    expired_at: |when| format!("It was {when}."),
    overlap: |when| format!("A session of yours begins {when}."),
    changed_from: |before, now| format!("You saw: {before}. Now it is: {now}."),
    changed_to: |now| format!("Now it is: {now}."),
    next_pay: |price, coach| {
        format!("{price} is owed for it. Nothing is paid online: {coach} tells you how.")
    },
    next_pay_for_all: |sum, coach| {
        format!("{sum} is owed for them. Nothing is paid online: {coach} tells you how.")
    },
    with: |coach| format!("with {coach}"),
    manage_until: |when| format!("It works until {when}."),
    series_book: |count| match count {
        1 => "Book 1 session".to_owned(),
        count => format!("Book {count} sessions"),
    },
    series_summary: |free, open, all| {
        let said = format!("{free} of {all} dates are free");
        match (open, all - free - open) {
            (0, 0) => format!("All {all} dates are free."),
            (0, 1) => format!("{said}; the other is left out."),
            (0, lost) => format!("{said}; the other {lost} are left out."),
            (1, 0) => format!("{said}; for the other you choose, or leave it out."),
            (open, 0) => format!("{said}; for the other {open} you choose, or leave them out."),
            (open, lost) => {
                format!("{said}; for {open} more you choose, or leave them out. {lost} cannot be had.")
            }
        }
    },
    series_total_free: |each, free, sum| format!("{each} each; for the {free} that are free: {sum}"),
    series_total: |count, sum| match count {
        1 => format!("For the one that can be had: {sum}"),
        count => format!("For all {count}: {sum}"),
    },
    series_of: |count| format!("{count} sessions"),
    series_what: |count, name, minutes| format!("{count} sessions: {name}, {minutes} each"),
    series_when: |first, more| format!("{first}, and {more} more"),
    series_line: |name, minutes, from, place| format!("{name}, {minutes} each, {place}: {from}"),
    series_from: |every, first| format!("{}, from {first}", every.to_lowercase()),
};

pub(super) const COACHES_DE: Coaches = Coaches {
    title: "Coaches",
    heading: "Finden Sie einen Coach, der passt.",
    lede: "Sehen Sie, wer an Ihrem Thema arbeitet und wer Zeit hat. Ein Kennenlernen kostet nichts und braucht kein Konto.",
    search_label: "Worum geht es?",
    speciality: "Schwerpunkt",
    language: "Sprache",
    price: "Eine Sitzung für höchstens",
    currency: "Währung",
    time_of_day: "Tageszeit",
    any: "Beliebig",
    morning: "Vormittag",
    afternoon: "Nachmittag",
    evening: "Abend",
    find: "Coaches finden",
    narrow: "Eingrenzen",
    clear: "Alle Coaches zeigen",
    no_match_heading: "Zu all dem passt niemand",
    no_match: "Lassen Sie etwas weg: den Preis, die Tageszeit, oder nehmen Sie ein anderes Wort für dasselbe.",
    empty_heading: "Noch keine Coaches",
    empty: "Sobald ein Coach die eigene Seite zeigt, steht sie hier.",
    free_intro: "Kostenloses Kennenlernen",
    next_free: "Als Nächstes frei",
    none_free: "In den nächsten vier Wochen ist nichts frei",
    part_none: "Nichts frei.",
    step_offer: "Was möchten Sie?",
    step_which: "Was soll es sein?",
    of_journey: "Ein Schritt Ihres Programms",
    private: "Oder eine private Sitzung, die Sie selbst zahlen",
    program_pays: "Zahlt Ihr Programm",
    step_time: "Wann passt es Ihnen?",
    step_you: "Wer kommt?",
    step_note: "Was ist vorher gut zu wissen?",
    offer_intro: "um zu sehen, ob es passt",
    offer_intro_used: "Ihres hatten Sie schon, oder es ist gebucht.",
    free: "Kostenlos",
    times_in: "Zeiten in",
    zone_change: "Ändern",
    zone_label: "Ihre Zeitzone",
    zone_use: "Zeiten dort zeigen",
    earlier: "Frühere Wochen",
    later: "Die nächsten vier Wochen",
    works_on: "Themen",
    languages: "Sprachen",
    lives_in: "Lebt in",
    your_time: "dieselbe Zeit wie bei Ihnen",
    no_offers_heading: "Im Augenblick ist nichts zu buchen",
    no_offers: "Dieser Coach nimmt hier gerade keine Buchungen an. Schauen Sie wieder vorbei oder bei den anderen.",
    no_times_heading: "Nichts frei",
    no_times: "Gerade lässt sich nichts buchen. Eine andere Art von Sitzung hat vielleicht noch eine Zeit.",
    no_times_shown: "In diesen Wochen ist nichts frei.",
    own_page: "Das ist Ihre eigene Seite, wie andere sie sehen.",
    not_a_client: "Ihr Konto hat nicht die Rolle Klient:in und kann darum nicht buchen. Melden Sie sich ab, um als jemand anderes zu buchen.",
    unlisted: "Nur Sie sehen diese Seite: Sie steht in keiner Liste.",
    taken_heading: "Jemand war schneller.",
    taken_choose: "Das sind die nächsten freien Zeiten. Ein Druck bucht, mit allem, was Sie geschrieben haben.",
    taken_none: "Für diese Art von Sitzung ist nichts anderes frei. Was Sie geschrieben haben, steht noch da: Wählen Sie oben eine andere Art.",
    new_window: "öffnet ein neues Fenster",
    found: |count| match count {
        1 => "1 Coach".to_owned(),
        count => format!("{count} Coaches"),
    },
    description: |organisation| {
        format!(
            "Die Coaches von {organisation}: woran sie arbeiten, was es kostet und wann sie Zeit haben. Ein Kennenlernen kostet nichts und braucht kein Konto."
        )
    },
    from: |price| format!("ab {price}"),
    page_title: |page, organisation| format!("{page} · {organisation}"),
    title_of: |coach| format!("Zeit mit {coach} buchen"),
    description_of: |coach, headline| {
        if headline.is_empty() {
            format!("Eine Sitzung mit {coach} buchen.")
        } else {
            format!("{coach}: {} Freie Zeiten sehen und buchen.", sentence(headline))
        }
    },
    to_times: |when| format!("Freie Zeiten, ab {when}"),
    minutes: |minutes| format!("{minutes} Minuten"),
    now: |time| format!("jetzt {time}"),
    ahead: |apart| format!("{apart} später als bei Ihnen"),
    behind: |apart| format!("{apart} früher als bei Ihnen"),
    apart: |minutes| {
        let (hours, rest) = (minutes / 60, minutes % 60);
        let hours_said = format!("{hours} {}", if hours == 1 { "Stunde" } else { "Stunden" });
        match (hours, rest) {
            (0, rest) => format!("{rest} Minuten"),
            (_, 0) => hours_said,
            (_, rest) => format!("{hours_said} {rest} Minuten"),
        }
    },
    from_to: |first, last| format!("{first} bis {last}"),
    times: |count| match count {
        1 => "1 freie Zeit".to_owned(),
        count => format!("{count} freie Zeiten"),
    },
    there: |time, place| format!("{time} in {place}"),
    lost: |when| format!("{when} ist nicht mehr frei. Das sind die nächsten Zeiten."),
};

pub(super) const BOOKING_DE: Booking = Booking {
    your_name: "Ihr Name",
    your_mail: "Ihre E-Mail",
    your_mail_hint: "Dorthin geht ein Link; er bestätigt die Buchung",
    note: "Was soll danach anders sein?",
    optional: "freiwillig",
    agree: "Ich habe die Coaching-Vereinbarung gelesen und bin einverstanden.",
    agreement_open: "Die Coaching-Vereinbarung lesen",
    book_anyway: "Trotzdem buchen",
    mail_comes: "Wir senden Ihnen einen Link zum Bestätigen; ein Konto brauchen Sie nicht.",
    rule_intro: "Verlegen und absagen können Sie bis zum Beginn.",
    rule_unpaid: "Absagen können Sie bis zum Beginn.",
    rule_free: "Bis zum Beginn kostenlos abzusagen.",
    overlap_heading: "Zu dieser Zeit haben Sie schon etwas.",
    overlap_choose: "Buchen Sie trotzdem, oder wählen Sie eine andere Zeit.",
    changed_heading: "Preis oder Bedingungen haben sich inzwischen geändert. Noch ist nichts gebucht.",
    changed_choose: "Buchen Sie, wie es jetzt ist, oder wählen Sie etwas anderes.",
    intro_instead: "Das hier können Sie buchen:",
    sent_title: "Schauen Sie in Ihre Mail",
    sent_heading: "Schauen Sie in Ihre Mail.",
    sent_press: "Drücken Sie den Knopf hinter dem Link: Erst dann ist gebucht, und erst dann erfährt Ihr Coach davon.",
    sent_folder: "Nichts da? Schauen Sie auch bei den unerwünschten Mails.",
    sent_wrong: "Eine falsche Adresse? Gehen Sie zurück und buchen Sie neu; was niemand bestätigt, endet von selbst.",
    sent_again: "Zurück zu den Zeiten",
    hold_title: "Buchung bestätigen",
    hold_heading: "Ein Druck, und die Zeit gehört Ihnen.",
    hold_note: "Das Öffnen dieser Seite hat nichts gebucht. Der Knopf bucht und meldet Sie auf diesem Gerät an.",
    hold_again: "Eine andere Zeit wählen",
    expired_heading: "Ihre Zeit ist wieder frei geworden.",
    expired: "Der Knopf wurde nicht rechtzeitig gedrückt, oder eine neuere Buchung mit derselben Adresse ist an ihre Stelle getreten. Darum konnten andere sie buchen.",
    expired_still: "Sie ist noch frei. Ein Druck hält sie wieder für Sie fest; dazu kommt eine neue Mail.",
    expired_choose: "Diese Zeiten sind frei. Ein Druck hält eine für Sie fest, mit allem, was Sie geschrieben haben; dazu kommt eine neue Mail.",
    gone_heading: "Dieser Link gilt nicht mehr.",
    gone: "Er ist zu alt, oder er war nie von uns. Ihre Buchung, wenn Sie eine haben, steht hinter der neuesten Mail dazu.",
    to_coaches: "Zu den Coaches",
    to_coach: "Zu den freien Zeiten",
    done_title: "Gebucht",
    done_heading: "Gebucht.",
    add_heading: "In Ihren Kalender",
    add_google: "Google Kalender",
    add_outlook: "Outlook",
    add_file: "Kalenderdatei",
    add_file_all: "Eine Kalenderdatei mit allen",
    next_heading: "Wie es weitergeht",
    next_mail: "Eine Mail mit der Einladung ist an Sie beide unterwegs.",
    next_manage: "In der Mail steht ein Link zu dieser Buchung; er braucht kein Passwort.",
    next_camera: "Sie sehen sich per Video. Prüfen Sie vorher, dass Kamera und Mikrofon gehen.",
    next_sessions: "Sie sind angemeldet und finden Ihre Sitzungen auf Ihrer ersten Seite.",
    see_session: "Zur Sitzung",
    next_mail_of_all: "Eine Mail mit allen Terminen und ihren Einladungen ist an Sie beide unterwegs.",
    next_manage_of_all: "In der Mail ist jeder Termin ein Link zu seiner Buchung; er braucht kein Passwort.",
    next_camera_of_all: "Sie sehen sich per Video. Prüfen Sie vorher, dass Kamera und Mikrofon gehen.",
    manage_title: "Ihre Buchung",
    manage_over_heading: "Dieser Link gilt nicht mehr.",
    manage_over: "Er zeigte eine Buchung bis einen Tag nach ihrem Ende. Ihre Sitzungen sehen Sie, wenn Sie sich anmelden.",
    manage_note: "Dieser Link öffnet diese eine Buchung und sonst nichts. Wer ihn hat, sieht, was Sie sehen.",
    where_label: "Wo",
    when_label: "Wann",
    price_label: "Preis",
    your_session: "Ihre Sitzung",
    all_sessions: "Alle Ihre Sitzungen",
    series_open: "Eine Reihe daraus machen",
    series_every: "Wie oft",
    series_weekly: "Jede Woche",
    series_two_weekly: "Alle zwei Wochen",
    series_count: "Wie viele Sitzungen",
    series_show: "Die Termine zeigen",
    series_title: "Ihre Reihe",
    series_lede: "Derselbe Tag, dieselbe Stunde auf der Uhr Ihres Coachs. Alle zusammen werden gebucht, oder keine.",
    series_first: "die erste",
    series_dates: "Alle Termine",
    series_rule: "Das gilt für jede Sitzung einzeln.",
    series_free: "Frei",
    series_taken: "Vergeben",
    series_instead: "Stattdessen",
    series_skip: "Diese auslassen",
    series_none: "In der Nähe ist nichts frei; darum fällt diese aus.",
    series_book_these: "Diese Termine buchen",
    series_back: "Eine andere Zeit wählen",
    signed_in_as: "Sie buchen als",
    place_room: "per Video",
    place_phone: "am Telefon",
    place_address: "vor Ort",
    place_link: "per Video",
    in_zone: "in",
    book: |when| format!("{when} buchen"),
    slot: |date, from, until| format!("{date}, {from} bis {until}"),
    rule: |free, late, early, between, kept| {
        let mut rule = if early == 0 {
            format!("Bis {free} Std. vorher kostenlos abzusagen")
        } else {
            format!("Bei Absage bis {free} Std. vorher bleiben {early} % zu zahlen")
        };
        if between == kept || late == free {
            rule.push_str(&format!("; danach bleiben {kept} % zu zahlen."));
        } else {
            rule.push_str(&format!(
                "; danach bleiben {between} %, in den letzten {late} Std. {kept} % zu zahlen."
            ));
        }
        rule
    },
    line: |zone, name, price, place| format!("in {zone}: {name}, {price}, {place}"),
    sent: |mail| format!("Wir haben einen Link an {mail} gesendet."),
    sent_until: |time| format!("Die Zeit bleibt bis {time} für Sie frei."),
    hold_until: |time| format!("Für Sie frei gehalten bis {time}."),
    expired_at: |when| format!("Es war {when}."),
    overlap: |when| format!("Eine Ihrer Sitzungen beginnt {when}."),
    changed_from: |before, now| format!("Sie sahen: {before}. Jetzt gilt: {now}."),
    changed_to: |now| format!("Jetzt gilt: {now}."),
    next_pay: |price, coach| {
        format!("Offen sind dafür {price}. Online wird nichts bezahlt: {coach} sagt Ihnen, wie.")
    },
    next_pay_for_all: |sum, coach| {
        format!("Offen sind dafür zusammen {sum}. Online wird nichts bezahlt: {coach} sagt Ihnen, wie.")
    },
    with: |coach| format!("mit {coach}"),
    manage_until: |when| format!("Er gilt bis {when}."),
    series_book: |count| match count {
        1 => "1 Sitzung buchen".to_owned(),
        count => format!("{count} Sitzungen buchen"),
    },
    series_summary: |free, open, all| {
        let said = format!("{free} von {all} Terminen sind frei");
        match (open, all - free - open) {
            (0, 0) => format!("Alle {all} Termine sind frei."),
            (0, 1) => format!("{said}; der andere fällt aus."),
            (0, lost) => format!("{said}; die anderen {lost} fallen aus."),
            (1, 0) => format!("{said}; für den anderen wählen Sie, oder Sie lassen ihn aus."),
            (open, 0) => format!("{said}; für die anderen {open} wählen Sie, oder Sie lassen sie aus."),
            (open, lost) => {
                format!(
                    "{said}; für {open} weitere wählen Sie, oder Sie lassen sie aus. {lost} sind nicht zu haben."
                )
            }
        }
    },
    series_total_free: |each, free, sum| format!("Je {each}; für die {free} freien: {sum}"),
    series_total: |count, sum| match count {
        1 => format!("Für die eine, die möglich ist: {sum}"),
        count => format!("Für alle {count} zusammen: {sum}"),
    },
    series_of: |count| format!("{count} Sitzungen"),
    series_what: |count, name, minutes| format!("{count} Sitzungen: {name}, je {minutes}"),
    series_when: |first, more| format!("{first}, und {more} weitere"),
    series_line: |name, minutes, from, place| format!("{name}, je {minutes}, {place}: {from}"),
    series_from: |every, first| format!("{every} ab {first}"),
};

/// With a full stop, unless it ends like a sentence already.
fn sentence(words: &str) -> String {
    let words = words.trim_end();
    let stop = if words.ends_with(['.', '!', '?', '…', ':']) { "" } else { "." };
    format!("{words}{stop}")
}
