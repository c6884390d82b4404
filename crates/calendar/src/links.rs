//! Addresses that open another company's calendar with an event filled in. Whoever follows one tells that company what
//! stands in it, so that it never holds a secret link or anybody's mail address.

use rules::time::Instant;

use crate::zone;

/// What such a link may say of an event.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What it is called.
    pub summary: &'a str,
    /// What one should know, with the public address of its page and no other.
    pub description: &'a str,
    /// Where it is.
    pub location: &'a str,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
}

/// Opens Google Calendar.
pub fn google(entry: &Entry<'_>) -> String {
    let dates = format!("{}/{}", zone::utc(entry.starts_at), zone::utc(entry.ends_at));
    let fields = [
        ("action", "TEMPLATE"),
        ("text", entry.summary),
        ("dates", &dates),
        ("details", entry.description),
        ("location", entry.location),
    ];
    address("https://calendar.google.com/calendar/render", &fields)
}

/// Opens the calendar of a private Outlook account.
pub fn outlook(entry: &Entry<'_>) -> String {
    compose("https://outlook.live.com/calendar/0/deeplink/compose", entry)
}

/// Opens the calendar of an Outlook account at work.
pub fn office(entry: &Entry<'_>) -> String {
    compose("https://outlook.office.com/calendar/0/deeplink/compose", entry)
}

fn compose(page: &str, entry: &Entry<'_>) -> String {
    let (starts_at, ends_at) = (entry.starts_at.to_string(), entry.ends_at.to_string());
    let fields = [
        ("path", "/calendar/action/compose"),
        ("rru", "addevent"),
        ("subject", entry.summary),
        ("startdt", &starts_at),
        ("enddt", &ends_at),
        ("body", entry.description),
        ("location", entry.location),
    ];
    address(page, &fields)
}

fn address(page: &str, fields: &[(&str, &str)]) -> String {
    let mut out = page.to_owned();
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    for (nth, (name, value)) in filled.enumerate() {
        out.push(if nth == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        for octet in value.bytes() {
            match octet {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(octet.into()),
                octet => out.push_str(&format!("%{octet:02X}")),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_fills_in_the_event() {
        let entry = Entry {
            summary: "Intro call & more, Ada",
            description: "See\nhttps://cairn.example/sessions/ses_1",
            location: "",
            starts_at: "2026-11-26T09:15:00Z".parse().expect("an instant"),
            ends_at: "2026-11-26T09:30:00Z".parse().expect("an instant"),
        };
        assert_eq!(
            google(&entry),
            "https://calendar.google.com/calendar/render?action=TEMPLATE&text=Intro%20call%20%26%20more%2C%20Ada\
             &dates=20261126T091500Z%2F20261126T093000Z\
             &details=See%0Ahttps%3A%2F%2Fcairn.example%2Fsessions%2Fses_1"
        );
        assert_eq!(
            outlook(&entry),
            "https://outlook.live.com/calendar/0/deeplink/compose?path=%2Fcalendar%2Faction%2Fcompose&rru=addevent\
             &subject=Intro%20call%20%26%20more%2C%20Ada&startdt=2026-11-26T09%3A15%3A00Z\
             &enddt=2026-11-26T09%3A30%3A00Z&body=See%0Ahttps%3A%2F%2Fcairn.example%2Fsessions%2Fses_1"
        );
        let same = outlook(&entry).replace("outlook.live.com", "outlook.office.com");
        assert_eq!(office(&entry), same);
    }
}
