//! The words of steps and pods: booking what a journey has planned, and the groups that share it.

use rules::menu::WhyNot;
use rules::pods::WithoutDate;

section! {
    /// Booking what is planned: a step of a journey, or a pod's date.
    Steps {
        title, when_heading, pick_time, choose_first, if_booked, submit, none_heading, none, instead, more_days, to_hours, to_session,
        brings_back, submit_bring_back, for_all, overlap_known, greyed_out, others_keep, deletion, deletion_submit, delete_booking, cancel_all, book, all_deletion, all_heading, all_greyed_out, all_called_off;
        heading: fn(&str) -> String,
        deletion_heading: fn(&str) -> String,
        length: fn(u16) -> String,
        why_not: fn(WhyNot) -> &'static str,
        best: fn(&str, &str) -> String,
        mails: fn(&str, usize) -> String,
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
    brings_back: "It is greyed out. Booking it reactivates it, and its client sees it again.",
    submit_bring_back: "Reactivate and book it",
    for_all: "The date is for all members of the pod.",
    overlap_known: "Book it although there is another session at that time",
    greyed_out: "It is greyed out then: its client does not see it, and it counts nowhere.",
    others_keep: "The others keep their date.",
    deletion: "Delete booking and grey out",
    deletion_submit: "Delete it and grey out",
    delete_booking: "Delete booking",
    cancel_all: "Cancel it for everybody",
    why_not: |why| match why {
        WhyNot::NoTime => "It has no time yet",
        WhyNot::NotIn => "They are not in at this date",
        WhyNot::HasTime => "It has its time already",
        WhyNot::Begun => "It has begun",
        WhyNot::Over => "It is over",
        WhyNot::SoAlready => "That is what it is marked as",
        WhyNot::CalledOffLate => "It was called off late, and counts as missed for that",
        WhyNot::GreyedOut => "It is greyed out",
        WhyNot::NotGreyedOut => "It is not greyed out",
        WhyNot::OthersBook => "Only its client, its coach, a program lead or an admin does this",
        WhyNot::OthersBookPods => "Only its coach, a program lead or an admin does this",
        WhyNot::OthersMark => "Only its coach or an admin marks",
        WhyNot::AdminsGreyOut => "Only an admin greys out",
        WhyNot::AdminsReactivate => "Only an admin reactivates it",
    },
    book: "Book",
    all_deletion: "Grey out all of it",
    all_heading: "Grey out all places of this pod",
    all_greyed_out: "All places that wait for a date are greyed out then: their clients do not see them, and they count nowhere.",
    all_called_off: "The date that it has is called off first.",
    heading: |what| format!("Book {what}"),
    deletion_heading: |name| format!("Delete {name}’s booking and grey it out"),
    length: |minutes| format!("{minutes} minutes."),
    best: |first, last| format!("Best between {first} and {last}."),
    mails: |names, count| match count {
        1 => format!("A mail goes to {names}, with the date for the calendar."),
        _ => format!("One mail each goes to {names}, with the date for the calendar."),
    },
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
    brings_back: "Die Sitzung ist ausgegraut. Wird sie gebucht, ist sie reaktiviert, und ihr Klient sieht sie wieder.",
    submit_bring_back: "Reaktivieren und buchen",
    for_all: "Der Termin gilt für alle Mitglieder der Gruppe.",
    overlap_known: "Trotzdem buchen, obwohl dann schon eine andere Sitzung ist",
    greyed_out: "Danach ist sie ausgegraut: Ihr Klient sieht sie nicht, und sie zählt nirgends.",
    others_keep: "Die anderen behalten ihren Termin.",
    deletion: "Buchung löschen und ausgrauen",
    deletion_submit: "Löschen und ausgrauen",
    delete_booking: "Buchung löschen",
    cancel_all: "Für alle absagen",
    why_not: |why| match why {
        WhyNot::NoTime => "Sie hat noch keinen Termin",
        WhyNot::NotIn => "Bei diesem Termin nicht dabei",
        WhyNot::HasTime => "Sie hat schon ihren Termin",
        WhyNot::Begun => "Sie hat begonnen",
        WhyNot::Over => "Sie ist vorbei",
        WhyNot::SoAlready => "So ist sie schon vermerkt",
        WhyNot::CalledOffLate => "Sie wurde spät abgesagt und zählt darum als versäumt",
        WhyNot::GreyedOut => "Sie ist ausgegraut",
        WhyNot::NotGreyedOut => "Sie ist nicht ausgegraut",
        WhyNot::OthersBook => "Das tun nur ihr Klient, ihr Coach, die Programmleitung oder ein Admin",
        WhyNot::OthersBookPods => "Das tun nur ihr Coach, die Programmleitung oder ein Admin",
        WhyNot::OthersMark => "Nur ihr Coach oder ein Admin vermerkt das",
        WhyNot::AdminsGreyOut => "Nur ein Admin graut aus",
        WhyNot::AdminsReactivate => "Nur ein Admin reaktiviert sie",
    },
    book: "Buchen",
    all_deletion: "Ganz ausgrauen",
    all_heading: "Alle Plätze dieser Gruppe ausgrauen",
    all_greyed_out: "Alle Plätze, die auf einen Termin warten, sind danach ausgegraut: Ihre Klienten sehen sie nicht, und sie zählen nirgends.",
    all_called_off: "Der Termin, den sie hat, wird zuerst abgesagt.",
    heading: |what| format!("{what} buchen"),
    deletion_heading: |name| format!("Buchung von {name} löschen und ausgrauen"),
    length: |minutes| format!("{minutes} Minuten."),
    // A shortened month brings its own full stop.
    best: |first, last| format!("Am besten zwischen {first} und {}.", last.trim_end_matches('.')),
    mails: |names, count| match count {
        1 => format!("Eine Mail geht an {names}, mit dem Termin für den Kalender."),
        _ => format!("Je eine Mail geht an {names}, mit dem Termin für den Kalender."),
    },
};

section! {
    /// Pods, and the steps on a client's home.
    Pods {
        new, new_lede, step, name_hint, facilitator, facilitator_hint, joining, closed, open, closed_about, open_about, min, min_hint, max, make,
        no_steps_heading, no_steps, no_date, book, see_session, choose_heading, choose_about, choose, members, you, nobody, remove, add, add_hint,
        add_button, change, delete, wait_for_date, no_date_left, no_coach, come_back, all_present, others_present, return_heading, small_heading, small_button, small_why,
        title, lede, none_of_step, see, stuck_button, small_many_about, another_date, others_heading, others_about, book_extra;
        small_subject: fn(&str, &str) -> String,
        without: fn(WithoutDate) -> &'static str,
        stuck: fn(usize) -> String,
        stuck_about: fn(bool) -> &'static str,
        stuck_way_out: fn(&str, bool) -> String,
        small_many: fn(usize) -> String,
        waiting: fn(&str) -> String,
        led_by: fn(&str) -> String,
        small_says: fn(i64, i64) -> String,
        line: fn(&str, u16) -> String,
        size: fn(u32, u32) -> String,
        below: fn(u32) -> String,
        after: fn(u32) -> String,
        book_step: fn(u32) -> String,
        choose_date: fn(u32) -> String,
        about_step: fn(&str, u16) -> String,
        room: fn(u32) -> String,
    }
}

pub(super) const ENGLISH_PODS: Pods = Pods {
    new: "A new pod",
    new_lede: "A small group that does one step together. It gets its date afterwards, for all its members at once.",
    step: "Step",
    name_hint: "As its members will know it, like “Tuesday mornings”",
    facilitator: "Who leads it",
    facilitator_hint: "Changes only while it has no date",
    joining: "Who says who is in it",
    closed: "You name its members",
    open: "Participants choose it by its date",
    closed_about: "Its members are named.",
    open_about: "Participants choose it themselves, and can change to another date until 24 hours before.",
    min: "At least",
    min_hint: "With fewer members the lead is warned; nothing is cancelled by itself",
    max: "At most",
    make: "Make the pod",
    no_steps_heading: "No step of this pathway is a group’s",
    no_steps: "A pod meets for a step that is planned for groups.",
    no_date: "No date yet",
    book: "Give it a date",
    see_session: "See the session",
    choose_heading: "Take a place",
    choose_about: "You get the date for your calendar by mail.",
    choose: "Take this date",
    members: "Members",
    you: "you",
    nobody: "Nobody is in it yet.",
    remove: "Take out",
    add: "Put in",
    add_hint: "Those of the cohort who wait at this step and are in no pod for it; if it has a date, they are told by mail",
    add_button: "Put them in",
    change: "Change it",
    delete: "Take the pod away",
    wait_for_date: "The date of your group is still open",
    no_date_left: "No date left. Whoever leads your program sees it and will find a way",
    no_coach: "Your coach is still to be named",
    come_back: "Take your place",
    all_present: "Mark all present",
    others_present: "Mark the others present",
    small_heading: "Fewer members than it should have.",
    small_button: "See the session",
    small_why: "You get this mail because you look after this program.",
    title: "Pods",
    lede: "The small groups of this cohort, step by step: when they meet, who leads them, and how many are in.",
    none_of_step: "No pod yet.",
    see: "See the pod",
    another_date: "Another date",
    others_heading: "Other dates",
    others_about: "If this one does not suit you, you can change to one of these.",
    small_many_about: "They were warned of, and nothing is called off by itself.",
    stuck_about: |greys_out| match greys_out {
        true => "Nobody can book it any more: make another pod, add a make-up session, or grey it out.",
        false => "Nobody can book it any more: make another pod, or add a make-up session.",
    },
    stuck_button: "See the pods",
    without: |why| match why {
        WithoutDate::NoDateLeft => "no date left",
        WithoutDate::NoPodYet => "no group yet",
    },
    stuck: |steps| {
        if steps == 1 {
            "1 step cannot be booked".to_owned()
        } else {
            format!("{steps} steps cannot be booked")
        }
    },
    stuck_way_out: |steps, greys_out| match greys_out {
        true => format!("{steps}: another pod, a make-up, or grey out"),
        false => format!("{steps}: another pod or a make-up"),
    },
    small_many: |pods| format!("{pods} pods have too few members"),
    waiting: |names| format!("Wait here: {names}."),
    led_by: |name| format!("Led by {name}."),
    small_subject: |pod, when| format!("Too few members: {pod}, {when}"),
    small_says: |members, least| {
        let are_in = match members {
            0 => "Nobody is in".to_owned(),
            1 => "1 is in".to_owned(),
            members => format!("{members} are in"),
        };
        format!(
            "{are_in}, and it should have {least} at least. Nothing is called off by itself: move it, call it off, or let it take place."
        )
    },
    return_heading: "You have left this date. There is still a place for you.",
    line: |name, minutes| format!("Led by {name}, {minutes} minutes"),
    size: |count, most| format!("{count} of {most} places are taken."),
    below: |least| format!("Fewer than the {least} that it needs at least."),
    after: |number| format!("Opens when step {number} is booked"),
    book_step: |number| format!("Book step {number}"),
    book_extra: "Book your added session",
    choose_date: |number| format!("Choose a date for step {number}"),
    about_step: |name, minutes| format!("{name}, {minutes} minutes."),
    room: |left| if left == 1 { "1 place left".to_owned() } else { format!("{left} places left") },
};

pub(super) const GERMAN_PODS: Pods = Pods {
    new: "Eine neue Gruppe",
    new_lede: "Eine kleine Gruppe, die einen Schritt gemeinsam geht. Ihren Termin bekommt sie danach, für alle Mitglieder zugleich.",
    step: "Schritt",
    name_hint: "Wie ihre Mitglieder sie kennen werden, etwa „Dienstagmorgen“",
    facilitator: "Wer sie leitet",
    facilitator_hint: "Ändert sich nur, solange sie keinen Termin hat",
    joining: "Wer sagt, wer dazugehört",
    closed: "Sie benennen die Mitglieder",
    open: "Teilnehmende wählen sie nach ihrem Termin",
    closed_about: "Ihre Mitglieder sind benannt.",
    open_about: "Teilnehmende wählen sie selbst und können bis 24 Stunden vorher zu einem anderen Termin wechseln.",
    min: "Mindestens",
    min_hint: "Bei weniger Mitgliedern wird die Programmleitung gewarnt; von selbst fällt nichts aus",
    max: "Höchstens",
    make: "Gruppe bilden",
    no_steps_heading: "Kein Schritt dieses Wegs ist der einer Gruppe",
    no_steps: "Eine Gruppe trifft sich zu einem Schritt, der für Gruppen geplant ist.",
    no_date: "Noch kein Termin",
    book: "Termin geben",
    see_session: "Zur Sitzung",
    choose_heading: "Einen Platz nehmen",
    choose_about: "Den Termin für Ihren Kalender erhalten Sie per Mail.",
    choose: "Diesen Termin nehmen",
    members: "Mitglieder",
    you: "Sie",
    nobody: "Noch gehört niemand dazu.",
    remove: "Herausnehmen",
    add: "Aufnehmen",
    add_hint: "Wer aus der Kohorte auf diesen Schritt wartet und dafür in keiner Gruppe ist; hat sie einen Termin, geht eine Mail hinaus",
    add_button: "Aufnehmen",
    change: "Ändern",
    delete: "Gruppe auflösen",
    wait_for_date: "Der Termin Ihrer Gruppe steht noch nicht fest",
    no_date_left: "Kein Termin mehr. Ihre Programmleitung sieht es und findet einen Weg",
    no_coach: "Ihr Coach steht noch nicht fest",
    come_back: "Platz einnehmen",
    all_present: "Alle waren da",
    others_present: "Die anderen waren da",
    small_heading: "Weniger Mitglieder, als es sein sollten.",
    small_button: "Zur Sitzung",
    small_why: "Sie erhalten diese Mail, weil Sie dieses Programm betreuen.",
    title: "Gruppen",
    lede: "Die kleinen Gruppen dieser Kohorte, Schritt für Schritt: wann sie sich treffen, wer sie leitet und wie viele dabei sind.",
    none_of_step: "Noch keine Gruppe.",
    see: "Zur Gruppe",
    another_date: "Anderer Termin",
    others_heading: "Andere Termine",
    others_about: "Passt dieser nicht, können Sie zu einem von diesen wechseln.",
    small_many_about: "Davor wurde gewarnt, und nichts sagt sich von selbst ab.",
    stuck_about: |greys_out| match greys_out {
        true => {
            "Niemand kann ihn mehr buchen: Bilden Sie eine weitere Gruppe, geben Sie eine Nachholsitzung dazu, oder grauen Sie ihn aus."
        }
        false => {
            "Niemand kann ihn mehr buchen: Bilden Sie eine weitere Gruppe, oder geben Sie eine Nachholsitzung dazu."
        }
    },
    stuck_button: "Zu den Gruppen",
    without: |why| match why {
        WithoutDate::NoDateLeft => "kein Termin mehr",
        WithoutDate::NoPodYet => "noch keine Gruppe",
    },
    stuck: |steps| {
        let steps =
            if steps == 1 { "1 Schritt lässt".to_owned() } else { format!("{steps} Schritte lassen") };
        format!("{steps} sich nicht buchen")
    },
    stuck_way_out: |steps, greys_out| match greys_out {
        true => format!("{steps}: weitere Gruppe, Nachholen oder ausgrauen"),
        false => format!("{steps}: weitere Gruppe oder Nachholen"),
    },
    small_many: |pods| format!("{pods} Gruppen haben zu wenige Mitglieder"),
    waiting: |names| format!("Hier warten: {names}."),
    led_by: |name| format!("Leitung: {name}."),
    small_subject: |pod, when| format!("Zu wenige Mitglieder: {pod}, {when}"),
    small_says: |members, least| {
        let are_in = match members {
            0 => "Niemand ist dabei".to_owned(),
            1 => "1 Person ist dabei".to_owned(),
            members => format!("{members} sind dabei"),
        };
        format!(
            "{are_in}, und es sollten mindestens {least} sein. Nichts sagt sich von selbst ab: Verschieben Sie, sagen Sie ab, oder lassen Sie es stattfinden."
        )
    },
    return_heading: "Sie haben diesen Termin aufgegeben. Es gibt noch einen Platz für Sie.",
    line: |name, minutes| format!("Leitung: {name}, {minutes} Minuten"),
    size: |count, most| format!("{count} von {most} Plätzen sind vergeben."),
    below: |least| format!("Weniger als die {least}, die sie mindestens braucht."),
    after: |number| format!("Öffnet, wenn Schritt {number} gebucht ist"),
    book_step: |number| format!("Schritt {number} buchen"),
    book_extra: "Zusätzliche Sitzung buchen",
    choose_date: |number| format!("Termin für Schritt {number} wählen"),
    about_step: |name, minutes| format!("{name}, {minutes} Minuten."),
    room: |left| if left == 1 { "noch 1 Platz".to_owned() } else { format!("noch {left} Plätze") },
};
