//! The words of sessions that are added to one journey beside its steps.

section! {
    /// Adding a session to a journey, and taking it away.
    Extras {
        add, lede, name, name_hint, minutes, kind, is_more, counts, counts_about, place, place_detail, submit, keep, remove, made_up_none, counts_not;
        heading: fn(&str) -> String,
        makes_up: fn(&str) -> String,
        made_up: fn(&str) -> String,
        with: fn(&str) -> String,
    }
}

pub(super) const ENGLISH: Extras = Extras {
    add: "Add a session",
    lede: "One more session for this journey alone, beside the steps of its pathway. It waits for a time like every step.",
    name: "What it is called",
    name_hint: "What everybody reads who sees the session, its participant too.",
    minutes: "Length in minutes",
    kind: "What it is",
    is_more: "Extra: simply one more",
    counts: "It counts",
    counts_about: "In all numbers of the journey and the board. Unless it counts, it changes none of them, and the journey can be completed without it.",
    place: "Where",
    place_detail: "Number, address or link",
    submit: "Add it",
    keep: "Leave it as it is",
    remove: "Take it out of the journey",
    made_up_none: "extra",
    counts_not: "counts nowhere",
    heading: |name| format!("Add a session for {name}"),
    makes_up: |step| format!("Makes up for {step}"),
    made_up: |step| format!("makes up for {step}"),
    with: |coach| format!("Coached by {coach}."),
};

pub(super) const GERMAN: Extras = Extras {
    add: "Sitzung hinzufügen",
    lede: "Eine weitere Sitzung nur für diesen Weg, neben den Schritten seines Programms. Sie wartet wie jeder Schritt auf einen Termin.",
    name: "Wie sie heißt",
    name_hint: "Das lesen alle, die die Sitzung sehen, auch wer daran teilnimmt.",
    minutes: "Dauer in Minuten",
    kind: "Was sie ist",
    is_more: "Zusätzlich: einfach eine mehr",
    counts: "Sie zählt",
    counts_about: "In allen Zahlen des Weges und der Übersicht. Zählt sie nicht, ändert sie keine davon, und der Weg lässt sich ohne sie abschließen.",
    place: "Wo",
    place_detail: "Nummer, Adresse oder Link",
    submit: "Hinzufügen",
    keep: "Lassen, wie es ist",
    remove: "Aus dem Weg nehmen",
    made_up_none: "zusätzlich",
    counts_not: "zählt nirgends",
    heading: |name| format!("Eine Sitzung für {name} hinzufügen"),
    makes_up: |step| format!("Ersetzt {step}"),
    made_up: |step| format!("ersetzt {step}"),
    with: |coach| format!("Coach ist {coach}."),
};
