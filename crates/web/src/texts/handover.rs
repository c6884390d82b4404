//! The words of another coach: for participants for good, and for one session.

section! {
    /// Giving participants to another coach: the page, and what is told of it.
    Handover {
        title, lede, to, choose_coach, whose, these, none_now, look, plan_heading, stays, falls, waiting_only, button, keep, nobody_heading, nobody,
        fall_note, request_closes, thread_stays, letter_stays, letter_falls, letter_button, letter_none, letter_why, old_heading, old_stays, new_heading,
        files, stand_in, stand_in_lede, stand_in_who, stand_in_submit, stand_in_end, stand_in_none_heading, stand_in_none, once_note, once_back, once_mails, once_new_heading;
        now: fn(&str) -> String,
        all_of: fn(&str) -> String,
        from_to: fn(&str, &str) -> String,
        waits: fn(usize) -> String,
        mails: fn(usize, &str) -> String,
        sum: fn(usize, usize) -> String,
        letter_subject: fn(&str) -> String,
        letter_heading: fn(&str) -> String,
        letter_says: fn(&str) -> String,
        old_subject: fn(usize) -> String,
        old_says: fn(&str, &str) -> String,
        new_subject: fn(usize) -> String,
        new_says: fn(&str, &str) -> String,
        needs_time: fn(&str) -> String,
        stands_in: fn(&str, &str) -> String,
        once_subject: fn(&str) -> String,
        once_heading: fn(&str) -> String,
        once_old: fn(&str, &str) -> String,
        once_new_subject: fn(&str) -> String,
        once_new: fn(&str, &str) -> String,
    }
}

pub(super) const ENGLISH: Handover = Handover {
    title: "Another coach",
    lede: "What is booked keeps its time where the other coach is free, and waits for another time where not. You see it before anything happens.",
    to: "Who coaches them from now on",
    choose_coach: "Choose a coach",
    whose: "Whose coach changes",
    these: "Those chosen below",
    none_now: "no coach yet",
    look: "See what changes",
    plan_heading: "What changes",
    stays: "Keeps its time",
    falls: "Needs another time",
    waiting_only: "Nothing is booked.",
    button: "Change the coach",
    keep: "Leave it as it is",
    nobody_heading: "Nobody is in this cohort yet",
    nobody: "As soon as somebody has a place in it, their coach can be changed here.",
    fall_note: "The other coach is not free then.",
    request_closes: "The request to move it closes.",
    thread_stays: "What they have written to each other, and what was until now, stays with the coach of before.",
    letter_stays: "These sessions keep their time:",
    letter_falls: "These need another time, for your new coach is not free then:",
    letter_button: "See your sessions",
    letter_none: "Nothing was booked, so nothing changes in your calendar.",
    letter_why: "You get this mail because a session or a program of yours has another coach.",
    old_heading: "Somebody else takes over.",
    old_stays: "What was until now stays with you, and so do your messages. These times are yours again:",
    new_heading: "You have new clients.",
    files: "The attached files change the entries in your calendar.",
    now: |coach| format!("now {coach}"),
    all_of: |coach| format!("All of {coach}"),
    from_to: |from, to| format!("{from} to {to}"),
    waits: |count| {
        if count == 1 {
            "1 session without a time goes along.".to_owned()
        } else {
            format!("{count} sessions without a time go along.")
        }
    },
    mails: |count, coaches| {
        if count == 1 {
            format!("One mail each goes to the participant and to {coaches}.")
        } else {
            format!("One mail each goes to the {count} participants and to {coaches}.")
        }
    },
    sum: |stays, falls| match (stays, falls) {
        (0, 0) => "Nothing is booked ahead.".to_owned(),
        (1, 0) => "The booked session keeps its time.".to_owned(),
        (0, 1) => "The booked session does not keep its time.".to_owned(),
        (stays, 0) => format!("All {stays} booked sessions keep their time."),
        (0, falls) => format!("None of the {falls} booked sessions keeps its time."),
        (stays, falls) => format!("Of the booked sessions {stays} keep their time and {falls} do not."),
    },
    letter_subject: |coach| format!("{coach} coaches you from now on"),
    letter_heading: |coach| format!("{coach} is your coach now."),
    letter_says: |by| {
        format!(
            "{by} has arranged this. What you and your coach of before wrote to each other stays between you."
        )
    },
    old_subject: |count| {
        if count == 1 {
            "A client has another coach".to_owned()
        } else {
            format!("{count} clients have another coach")
        }
    },
    old_says: |by, coach| format!("{by} has given them to {coach}:"),
    new_subject: |count| {
        if count == 1 {
            "You coach a new client".to_owned()
        } else {
            format!("You coach {count} new clients")
        }
    },
    new_says: |by, names| format!("{by} has given you {names}."),
    needs_time: |what| format!("{what}: choose a time"),
    stand_in: "Name a stand-in",
    stand_in_lede: "Somebody else coaches this one session, at the time that it has. They see it and nothing else of its client, and mark it.",
    stand_in_who: "Who is free then",
    stand_in_submit: "Name them",
    stand_in_end: "End the stand-in",
    stand_in_none_heading: "Nobody is free then",
    stand_in_none: "No other coach is open and free at this time. Move the session, or call it off.",
    once_note: "It holds for this session alone.",
    once_back: "Until it begins it can be given back.",
    once_mails: "One mail each goes to its clients, to its coach and to the stand-in.",
    once_new_heading: "A session is yours.",
    stands_in: |who, owner| format!("{who} stands in for {owner}."),
    once_subject: |coach| format!("{coach} takes your session"),
    once_heading: |coach| format!("{coach} takes this session."),
    once_old: |by, coach| format!("{by} has given this session to {coach}. It holds for this session alone:"),
    once_new_subject: |client| format!("A session with {client} is yours"),
    once_new: |by, names| {
        format!("{by} has given you a session with {names}. It holds for this session alone.")
    },
};

pub(super) const GERMAN: Handover = Handover {
    title: "Anderer Coach",
    lede: "Was gebucht ist, behält seine Zeit, wenn der andere Coach dann frei ist, sonst wartet es auf eine neue. Sie sehen es, ehe etwas geschieht.",
    to: "Wer sie von nun an begleitet",
    choose_coach: "Coach wählen",
    whose: "Wessen Coach wechselt",
    these: "Die unten gewählten",
    none_now: "noch kein Coach",
    look: "Zeigen, was sich ändert",
    plan_heading: "Was sich ändert",
    stays: "Behält seine Zeit",
    falls: "Braucht eine neue Zeit",
    waiting_only: "Nichts ist gebucht.",
    button: "Coach wechseln",
    keep: "So lassen",
    nobody_heading: "In dieser Kohorte ist noch niemand",
    nobody: "Sobald jemand einen Platz darin hat, lässt sich hier der Coach wechseln.",
    fall_note: "Der andere Coach ist dann nicht frei.",
    request_closes: "Die Bitte um Verschiebung erledigt sich.",
    thread_stays: "Was sie einander geschrieben haben und was bisher war, bleibt beim bisherigen Coach.",
    letter_stays: "Diese Sitzungen behalten ihre Zeit:",
    letter_falls: "Diese brauchen eine neue Zeit, denn dann ist Ihr neuer Coach nicht frei:",
    letter_button: "Ihre Sitzungen ansehen",
    letter_none: "Nichts war gebucht, also ändert sich nichts in Ihrem Kalender.",
    letter_why: "Sie erhalten diese Mail, weil eine Sitzung oder ein Programm von Ihnen einen anderen Coach hat.",
    old_heading: "Jemand anderes übernimmt.",
    old_stays: "Was bisher war, bleibt bei Ihnen, Ihre Nachrichten auch. Diese Zeiten gehören wieder Ihnen:",
    new_heading: "Neue Klienten für Sie.",
    files: "Die angehängten Dateien ändern die Einträge in Ihrem Kalender.",
    now: |coach| format!("jetzt {coach}"),
    all_of: |coach| format!("Alle von {coach}"),
    from_to: |from, to| format!("von {from} zu {to}"),
    waits: |count| {
        if count == 1 {
            "1 Sitzung ohne Zeit geht mit.".to_owned()
        } else {
            format!("{count} Sitzungen ohne Zeit gehen mit.")
        }
    },
    mails: |count, coaches| {
        if count == 1 {
            format!("Je eine Mail geht an die teilnehmende Person und an {coaches}.")
        } else {
            format!("Je eine Mail geht an die {count} Teilnehmenden und an {coaches}.")
        }
    },
    sum: |stays, falls| match (stays, falls) {
        (0, 0) => "Nichts ist gebucht.".to_owned(),
        (1, 0) => "Die gebuchte Sitzung behält ihre Zeit.".to_owned(),
        (0, 1) => "Die gebuchte Sitzung behält ihre Zeit nicht.".to_owned(),
        (stays, 0) => format!("Alle {stays} gebuchten Sitzungen behalten ihre Zeit."),
        (0, falls) => format!("Keine der {falls} gebuchten Sitzungen behält ihre Zeit."),
        (stays, falls) => {
            format!("Von den gebuchten Sitzungen behalten {stays} ihre Zeit und {falls} nicht.")
        }
    },
    letter_subject: |coach| format!("{coach} begleitet Sie von nun an"),
    letter_heading: |coach| format!("{coach} ist jetzt Ihr Coach."),
    letter_says: |by| {
        format!(
            "{by} hat das so eingerichtet. Was Sie und Ihr bisheriger Coach einander schrieben, bleibt zwischen Ihnen."
        )
    },
    old_subject: |count| {
        if count == 1 {
            "Ein anderer Coach für Ihren Klienten".to_owned()
        } else {
            format!("Ein anderer Coach für {count} Klienten")
        }
    },
    old_says: |by, coach| format!("{by} hat sie {coach} übergeben:"),
    new_subject: |count| {
        if count == 1 {
            "Sie begleiten jemanden neu".to_owned()
        } else {
            format!("Sie begleiten {count} Klienten neu")
        }
    },
    new_says: |by, names| format!("{by} hat Ihnen {names} übergeben."),
    needs_time: |what| format!("{what}: Zeit wählen"),
    stand_in: "Vertretung benennen",
    stand_in_lede: "Jemand anderes begleitet diese eine Sitzung, zu der Zeit, die sie hat. Die Vertretung sieht sie, nichts anderes von ihrem Klienten, und vermerkt sie.",
    stand_in_who: "Wer dann frei ist",
    stand_in_submit: "Benennen",
    stand_in_end: "Vertretung beenden",
    stand_in_none_heading: "Niemand ist dann frei",
    stand_in_none: "Kein anderer Coach ist zu dieser Zeit offen und frei. Verschieben Sie die Sitzung, oder sagen Sie sie ab.",
    once_note: "Das gilt für diese Sitzung allein.",
    once_back: "Bis sie beginnt, lässt sie sich zurückgeben.",
    once_mails: "Je eine Mail geht an ihre Klienten, an ihren Coach und an die Vertretung.",
    once_new_heading: "Eine Sitzung für Sie.",
    stands_in: |who, owner| format!("{who} vertritt {owner}."),
    once_subject: |coach| format!("{coach} übernimmt Ihre Sitzung"),
    once_heading: |coach| format!("{coach} übernimmt diese Sitzung."),
    once_old: |by, coach| {
        format!("{by} hat diese Sitzung {coach} gegeben. Das gilt für diese Sitzung allein:")
    },
    once_new_subject: |client| format!("Eine Sitzung mit {client} für Sie"),
    once_new: |by, names| {
        format!("{by} hat Ihnen eine Sitzung mit {names} gegeben. Das gilt für diese Sitzung allein.")
    },
};
