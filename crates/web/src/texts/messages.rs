//! The words of messages between a client and a coach.

use rules::session::PlaceKind;

section! {
    /// Messages between a client and a coach.
    Messages {
        title, lede, empty_heading, empty_client, empty_coach, to_people, find_coach, with_coach, with_client, you,
        text, send, none_heading, none, mark_read, older, to_newest, gone, about_drop, client_page, private;
        unread: fn(u32) -> String,
        with: fn(&str) -> String,
        write_to: fn(&str) -> String,
        by: fn(&str, &str) -> String,
        read: fn(&str, &str) -> String,
        about: fn(&str) -> String,
        check_in: fn(PlaceKind, &str) -> String,
    }
}

pub(super) const ENGLISH: Messages = Messages {
    title: "Messages",
    lede: "Between you and one other person, and read by nobody else.",
    empty_heading: "Nothing is written yet",
    empty_client: "Ask your coach what does not need a session. They are told by mail, and the answer appears here.",
    empty_coach: "Write to a client from their page. They are told by mail, and the answer appears here.",
    to_people: "Choose a client",
    find_coach: "Find a coach",
    with_coach: "Your coach",
    with_client: "Your client",
    you: "You",
    text: "Message",
    send: "Send",
    none_heading: "A first word",
    none: "What you write is read by the two of you alone.",
    mark_read: "Mark as read",
    older: "Older messages",
    to_newest: "Newest messages",
    gone: "Their account is closed, so they read nothing any more.",
    about_drop: "Not about that session",
    client_page: "Their page",
    private: "Only the two of you read this.",
    unread: |count| format!("{count} unread"),
    with: |name| format!("Messages with {name}"),
    write_to: |name| format!("Write to {name}"),
    by: |name, when| format!("{name}, {when}"),
    read: |sent, read| format!("{sent}, read {read}"),
    about: |when| format!("About the session {when}"),
    check_in: |place, name| match place {
        PlaceKind::Room => format!("Hello {name}, I am in our room. Are you on your way?"),
        PlaceKind::Phone => format!("Hello {name}, it is time for our call. Can I reach you by phone now?"),
        PlaceKind::Address => format!("Hello {name}, I am where we meet. Are you on your way?"),
        PlaceKind::Link => format!("Hello {name}, I am in our call and wait for you. Are you coming?"),
    },
};

pub(super) const GERMAN: Messages = Messages {
    title: "Nachrichten",
    lede: "Zwischen Ihnen und einer anderen Person; sonst liest sie niemand.",
    empty_heading: "Noch ist nichts geschrieben",
    empty_client: "Fragen Sie Ihren Coach, wofür es keine Sitzung braucht. Eine Mail sagt Bescheid, und die Antwort steht dann hier.",
    empty_coach: "Schreiben Sie von der Seite einer Person aus. Eine Mail sagt ihr Bescheid, und die Antwort steht dann hier.",
    to_people: "Person auswählen",
    find_coach: "Coach finden",
    with_coach: "Ihr Coach",
    with_client: "Von Ihnen begleitet",
    you: "Sie",
    text: "Nachricht",
    send: "Senden",
    none_heading: "Ein erstes Wort",
    none: "Was Sie schreiben, lesen nur Sie beide.",
    mark_read: "Als gelesen markieren",
    older: "Ältere Nachrichten",
    to_newest: "Neueste Nachrichten",
    gone: "Das Konto ist geschlossen; dort liest niemand mehr.",
    about_drop: "Nicht zu dieser Sitzung",
    client_page: "Zur Person",
    private: "Das lesen nur Sie beide.",
    unread: |count| format!("{count} ungelesen"),
    with: |name| format!("Nachrichten mit {name}"),
    write_to: |name| format!("{name} schreiben"),
    by: |name, when| format!("{name}, {when}"),
    read: |sent, read| format!("{sent}, gelesen {read}"),
    about: |when| format!("Zur Sitzung {when}"),
    check_in: |place, name| match place {
        PlaceKind::Room => format!("Guten Tag {name}, ich bin in unserem Raum. Sind Sie unterwegs?"),
        PlaceKind::Phone => {
            format!("Guten Tag {name}, es ist Zeit für unser Gespräch. Erreiche ich Sie jetzt am Telefon?")
        }
        PlaceKind::Address => format!("Guten Tag {name}, ich bin an unserem Treffpunkt. Sind Sie unterwegs?"),
        PlaceKind::Link => {
            format!("Guten Tag {name}, ich bin in unserem Gespräch und warte auf Sie. Kommen Sie?")
        }
    },
};
