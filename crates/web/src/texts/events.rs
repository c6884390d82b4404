//! What happened, as the rest of a sentence that begins with who did it: for the audit log and for a person's history.

use serde_json::Value as Json;

/// One language's sentences.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    pub(super) said: fn(&str, &About<'_>, &Json) -> Option<String>,
    pub(super) names: &'static [(&'static str, &'static str)],
}

/// Whom an event is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Their name; empty if it is about no person.
    pub name: &'a str,
    /// Whether they did it themselves.
    pub themselves: bool,
}

impl About<'_> {
    /// "their password", or "the password of Ada Lindvall".
    fn own(&self, what: &str) -> String {
        if self.themselves { format!("their {what}") } else { format!("the {what} of {}", self.name) }
    }

    /// " of Ada Lindvall", where there is a name.
    fn of(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" of {}", self.name) }
    }

    /// " with Ada Lindvall", where there is a name.
    fn with(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" with {}", self.name) }
    }
}

impl Events {
    /// "changed the roles of Ada Lindqvist". A kind that has no words yet is shown by its name.
    pub fn say(&self, kind: &str, about: &About<'_>, facts: &Json) -> String {
        (self.said)(kind, about, facts)
            .unwrap_or_else(|| format!("{}: {}", kind.replace('_', " "), about.name))
    }

    /// The kinds that the filter offers, with what it calls them.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.names.iter().copied()
    }
}

pub(super) const ENGLISH: Events = Events {
    said: |kind, about, facts| {
        let name = about.name;
        let setting = facts["setting"].as_str().unwrap_or_default().replace('_', " ");
        let by = facts["by"].as_str().unwrap_or_default();
        Some(match kind {
            "set_up" => "set up the organisation".to_owned(),
            "person_added" => format!("made an account for {name}"),
            "profile_changed" => format!("changed {}{}", about.own("profile"), fields(facts)),
            "roles_changed" => format!("changed the roles of {name}"),
            "person_closed" => format!("closed the account of {name}"),
            "person_reopened" => format!("opened the account of {name} again"),
            "link_asked" => format!("asked for a link to sign in as {name}"),
            "invited" => format!("invited {name}"),
            "signed_in" if about.themselves => "signed in".to_owned(),
            "signed_in" => format!("signed in as {name}"),
            "signed_out" if about.themselves => "signed out a device".to_owned(),
            "signed_out" => format!("signed out a device of {name}"),
            "signed_out_everywhere" if about.themselves => "signed out everywhere".to_owned(),
            "signed_out_everywhere" => format!("signed {name} out everywhere"),
            "password_changed" => format!("changed {}", about.own("password")),
            "token_made" if about.themselves => "made an API token".to_owned(),
            "token_made" => format!("made an API token for {name}"),
            "token_revoked" if about.themselves => "revoked an API token".to_owned(),
            "token_revoked" => format!("revoked an API token of {name}"),
            "setting_changed" => format!("changed the setting “{setting}”"),
            "mail_retried" => "sent a mail once more".to_owned(),
            "clock_moved" => format!("moved the clock by {by}"),
            "company_added" => "added a company".to_owned(),
            "project_added" => "added a project to a company".to_owned(),
            "pathway_added" => "wrote a pathway".to_owned(),
            "cohort_added" => "added a cohort to a project".to_owned(),
            "participant_added" => "added a participant to a cohort".to_owned(),
            "journey_started" => "started a journey".to_owned(),
            "pod_added" => "made a pod".to_owned(),
            "pod_joined" => "put a participant into a pod".to_owned(),
            "session_booked" => format!("booked a session{}", about.with()),
            "booking_held" => "held a time for a booking".to_owned(),
            "series_booked" => "booked a series of sessions".to_owned(),
            "session_recorded" => "recorded a session that had been".to_owned(),
            "session_cancelled" => format!("cancelled a session{}", about.with()),
            "attendance_marked" => format!("marked the attendance{}", about.of()),
            "attendance_greyed_out" => format!("greyed out the session{}", about.of()),
            _ => return None,
        })
    },
    names: &[
        ("set_up", "Set-up"),
        ("person_added", "Account made"),
        ("profile_changed", "Profile changed"),
        ("roles_changed", "Roles changed"),
        ("person_closed", "Account closed"),
        ("person_reopened", "Account opened again"),
        ("link_asked", "Sign-in link asked for"),
        ("invited", "Invited"),
        ("signed_in", "Signed in"),
        ("signed_out", "Device signed out"),
        ("signed_out_everywhere", "Signed out everywhere"),
        ("password_changed", "Password changed"),
        ("token_made", "API token made"),
        ("token_revoked", "API token revoked"),
        ("setting_changed", "Setting changed"),
        ("mail_retried", "Mail sent once more"),
        ("clock_moved", "Clock moved"),
        ("session_booked", "Session booked"),
        ("booking_held", "Time held"),
        ("series_booked", "Series booked"),
        ("session_recorded", "Past session recorded"),
        ("session_cancelled", "Session cancelled"),
        ("attendance_marked", "Attendance marked"),
        ("attendance_greyed_out", "Greyed out"),
        ("company_added", "Company added"),
        ("project_added", "Project added"),
        ("pathway_added", "Pathway written"),
        ("cohort_added", "Cohort added"),
        ("participant_added", "Participant added"),
        ("journey_started", "Journey started"),
        ("pod_added", "Pod made"),
        ("pod_joined", "Pod joined"),
    ],
};

/// What of a profile changed, from what to what: ": zone Europe/Berlin → Europe/Lisbon".
fn fields(facts: &Json) -> String {
    let changes = facts.as_object().into_iter().flatten().map(|(field, change)| {
        let field = field.replace('_', " ");
        match (change["from"].as_str(), change["to"].as_str()) {
            (Some(from), Some(to)) => format!("{field} {from} → {to}"),
            _ => field,
        }
    });
    let changes: Vec<String> = changes.collect();
    if changes.is_empty() { String::new() } else { format!(": {}", changes.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule P5
    #[test]
    fn every_kind_of_event_has_its_words() {
        let ada = About { name: "Ada", themselves: false };
        let known = |code: &str| ENGLISH.names.iter().any(|(name, _)| *name == code);
        assert!(model::event::kind::ALL.iter().all(|kind| known(kind.0)));
        for (code, _) in ENGLISH.kinds() {
            assert!((ENGLISH.said)(code, &ada, &Json::Null).is_some(), "{code}");
        }
        assert_eq!(ENGLISH.say("pod_closed", &ada, &Json::Null), "pod closed: Ada");
        let facts = serde_json::json!({ "zone": { "from": "UTC", "to": "Europe/Rome" }, "name": "changed" });
        let herself = About { name: "Ada", themselves: true };
        assert_eq!(
            ENGLISH.say("profile_changed", &herself, &facts),
            "changed their profile: name, zone UTC → Europe/Rome"
        );
        assert_eq!(ENGLISH.say("signed_in", &herself, &Json::Null), "signed in");
    }
}
