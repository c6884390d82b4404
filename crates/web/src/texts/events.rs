//! What happened, as the rest of a sentence that begins with who did it: for the audit log and for a person's history.

use serde_json::Value as Json;

/// One language's sentences.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    pub(super) said: fn(&str, &str, &Json) -> Option<String>,
    pub(super) names: &'static [(&'static str, &'static str)],
}

impl Events {
    /// "changed the roles of Ada Lindqvist". A kind that has no words yet is shown by its name.
    pub fn say(&self, kind: &str, subject: &str, facts: &Json) -> String {
        (self.said)(kind, subject, facts).unwrap_or_else(|| format!("{}: {subject}", kind.replace('_', " ")))
    }

    /// What the filter calls a kind.
    pub fn name(&self, kind: &str) -> String {
        let known = self.names.iter().find(|(code, _)| *code == kind);
        known.map_or_else(|| kind.replace('_', " "), |(_, name)| (*name).to_owned())
    }
}

pub(super) const ENGLISH: Events = Events {
    said: |kind, name, facts| {
        let setting = facts["setting"].as_str().unwrap_or_default().replace('_', " ");
        let by = facts["by"].as_str().unwrap_or_default();
        Some(match kind {
            "set_up" => "set up the organisation".to_owned(),
            "person_added" => format!("made an account for {name}"),
            "profile_changed" => format!("changed the profile of {name}"),
            "roles_changed" => format!("changed the roles of {name}"),
            "person_closed" => format!("closed the account of {name}"),
            "person_reopened" => format!("opened the account of {name} again"),
            "link_asked" => format!("asked for a sign-in link for {name}"),
            "invited" => format!("invited {name}"),
            "signed_in" => format!("signed in as {name}"),
            "signed_out" => format!("signed out a device of {name}"),
            "signed_out_everywhere" => format!("signed {name} out everywhere"),
            "password_changed" => format!("changed the password of {name}"),
            "token_made" => format!("made an API token for {name}"),
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
            "session_booked" => "booked a session".to_owned(),
            "session_cancelled" => "cancelled a session".to_owned(),
            "attendance_marked" => "marked an attendance".to_owned(),
            "attendance_greyed_out" => "greyed out an attendance".to_owned(),
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
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    // Rule P5
    #[test]
    fn every_kind_of_event_has_its_words() {
        for kind in model::event::kind::ALL {
            assert!((ENGLISH.said)(kind.0, "Ada", &Json::Null).is_some(), "{}", kind.0);
            assert!(ENGLISH.names.iter().any(|(code, _)| *code == kind.0), "{}", kind.0);
        }
        assert_eq!(ENGLISH.say("pod_made", "North", &Json::Null), "pod made: North");
    }
}
