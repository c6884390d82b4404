//! The words of sessions with several coaches: the page, and the letters.

section! {
    /// Who coaches a session beside its coach.
    CoCoaches {
        title, lede, lede_unbooked, marks, add_heading, who, who_unbooked, submit, remove, none_heading, none, mails, to_session,
        full, file_adds, file_changes, file_ends, why, button, request_closes, ended_heading;
        beside: fn(&str) -> String,
        named_subject: fn(&str, &str) -> String,
        named_says: fn(&str, &str) -> String,
        named_marks: fn(&str) -> String,
        ended_subject: fn(&str, &str) -> String,
        ended_says: fn(&str) -> String,
        joins_subject: fn(&str, &str) -> String,
        joins_says: fn(&str) -> String,
        leaves_subject: fn(&str, &str) -> String,
        leaves_says: fn(&str) -> String,
    }
}

pub(super) const ENGLISH: CoCoaches = CoCoaches {
    title: "Coaches of this session",
    lede: "Several coaches can hold one session. It takes the time of all of them, and moves for all of them. All see it; one says how it went.",
    lede_unbooked: "It has no time yet: it can be booked when all of them are free.",
    marks: "Says how it went",
    add_heading: "Add a coach",
    who: "Who is free then",
    who_unbooked: "Who coaches it too",
    submit: "Add them",
    remove: "Remove",
    none_heading: "Nobody else is free then",
    none: "No other coach is open and free at this time. Move the session first, or leave it as it is.",
    mails: "If it has a time, one mail each goes to its clients and to all its coaches.",
    to_session: "To the session",
    full: "It has as many coaches as a session can have.",
    file_adds: "The attached file puts it into your calendar.",
    file_changes: "The attached file changes the entry in your calendar.",
    file_ends: "The attached file takes it out of your calendar.",
    why: "You get this mail because a session of yours has other coaches now.",
    button: "See the session",
    request_closes: "The request to move it is closed.",
    ended_heading: "This session is not yours any more.",
    beside: |names| format!("Together with {names}"),
    named_subject: |what, when| format!("You coach too: {what}, {when}"),
    named_says: |by, coach| format!("{by} has asked you to coach this session together with {coach}."),
    named_marks: |coach| format!("Afterwards {coach} says how it went."),
    ended_subject: |what, when| format!("No longer yours: {what}, {when}"),
    ended_says: |by| {
        format!("{by} has arranged that you do not coach this session any more. The time is yours again.")
    },
    joins_subject: |name, when| format!("{name} coaches too, {when}"),
    joins_says: |name| format!("{name} coaches this session too."),
    leaves_subject: |name, when| format!("Without {name}, {when}"),
    leaves_says: |name| format!("{name} does not coach this session any more. All else stays as it was."),
};

pub(super) const GERMAN: CoCoaches = CoCoaches {
    title: "Coaches dieser Sitzung",
    lede: "Eine Sitzung kann mehrere Coaches haben. Sie nimmt die Zeit von allen und wird für alle verschoben. Alle sehen sie, einer sagt, wie es war.",
    lede_unbooked: "Sie hat noch keinen Termin: Sie lässt sich buchen, wenn alle frei sind.",
    marks: "Sagt, wie es war",
    add_heading: "Coach hinzufügen",
    who: "Wer dann frei ist",
    who_unbooked: "Wer sie auch begleitet",
    submit: "Hinzufügen",
    remove: "Entfernen",
    none_heading: "Niemand sonst ist dann frei",
    none: "Kein anderer Coach ist zu dieser Zeit offen und frei. Verschieben Sie die Sitzung zuerst, oder lassen Sie es, wie es ist.",
    mails: "Hat sie einen Termin, so geht je eine Mail an ihre Klienten und an alle ihre Coaches.",
    to_session: "Zur Sitzung",
    full: "Sie hat so viele Coaches, wie eine Sitzung haben kann.",
    file_adds: "Die Datei im Anhang trägt sie in Ihren Kalender ein.",
    file_changes: "Die Datei im Anhang ändert den Eintrag in Ihrem Kalender.",
    file_ends: "Die Datei im Anhang nimmt sie aus Ihrem Kalender.",
    why: "Sie erhalten diese Mail, weil eine Ihrer Sitzungen nun andere Coaches hat.",
    button: "Zur Sitzung",
    request_closes: "Die Anfrage, sie zu verschieben, ist damit erledigt.",
    ended_heading: "Diese Sitzung ist nicht mehr Ihre.",
    beside: |names| format!("Zusammen mit {names}"),
    named_subject: |what, when| format!("Sie begleiten mit: {what}, {when}"),
    named_says: |by, coach| format!("{by} hat Sie gebeten, diese Sitzung zusammen mit {coach} zu begleiten."),
    named_marks: |coach| format!("Danach sagt {coach}, wie es war."),
    ended_subject: |what, when| format!("Nicht mehr Ihre: {what}, {when}"),
    ended_says: |by| {
        format!(
            "{by} hat eingerichtet, dass Sie diese Sitzung nicht mehr begleiten. Die Zeit gehört wieder Ihnen."
        )
    },
    joins_subject: |name, when| format!("{name} begleitet mit, {when}"),
    joins_says: |name| format!("{name} begleitet diese Sitzung mit."),
    leaves_subject: |name, when| format!("Ohne {name}, {when}"),
    leaves_says: |name| {
        format!("{name} begleitet diese Sitzung nicht mehr. Alles andere bleibt, wie es war.")
    },
};
