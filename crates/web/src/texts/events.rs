//! What happened, as the rest of a sentence that begins with who did it: for the audit log and for a person's history.

use serde_json::Value as Json;

/// One language's sentences.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    pub(super) said: fn(&str, &About<'_>, &Json) -> Option<String>,
    pub(super) names: &'static [(&'static str, &'static str)],
}

/// Whom or what an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Its name; of a meeting, the name of its first client; empty if it has none.
    pub name: &'a str,
    /// How many more clients the meeting has.
    pub others: i64,
    /// When the meeting starts; empty if it is none or has no time.
    pub start: &'a str,
    /// Whether they did it themselves.
    pub themselves: bool,
}

impl About<'_> {
    /// "their password", or "the password of Ada Lindvall".
    fn own(&self, what: &str) -> String {
        if self.themselves { format!("their {what}") } else { format!("the {what} of {}", self.name) }
    }

    /// " of Ada Lindvall and 2 others (tomorrow, 16:30)", as far as there is a name and a time.
    fn of(&self) -> String {
        self.meeting(" of ", |others| format!(" and {others} other{}", if others == 1 { "" } else { "s" }))
    }

    /// " with Ada Lindvall and 2 others (tomorrow, 16:30)", as far as there is a name and a time.
    fn with(&self) -> String {
        self.meeting(" with ", |others| format!(" and {others} other{}", if others == 1 { "" } else { "s" }))
    }

    /// " von Ada Lindvall und 2 weiteren (morgen, 16:30)", as far as there is a name and a time.
    fn von(&self) -> String {
        self.meeting(" von ", |others| format!(" und {others} weiteren"))
    }

    /// " mit Ada Lindvall und 2 weiteren (morgen, 16:30)", as far as there is a name and a time.
    fn mit(&self) -> String {
        self.meeting(" mit ", |others| format!(" und {others} weiteren"))
    }

    fn meeting(&self, word: &str, more: impl Fn(i64) -> String) -> String {
        let name = if self.name.is_empty() { String::new() } else { format!("{word}{}", self.name) };
        let others = if self.others == 0 { String::new() } else { more(self.others) };
        let start = if self.start.is_empty() { String::new() } else { format!(" ({})", self.start) };
        format!("{name}{others}{start}")
    }

    /// " “Northwind”", where there is a name.
    fn called(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" “{}”", self.name) }
    }

    /// The same as German writes it.
    fn genannt(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" „{}“", self.name) }
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
            "company_added" => format!("added the company{}", about.called()),
            "project_added" => format!("added the project{} to a company", about.called()),
            "pathway_added" => format!("wrote the pathway{}", about.called()),
            "cohort_added" => format!("added the cohort{} to a project", about.called()),
            "company_changed" => format!("renamed the company{}", about.called()),
            "project_changed" => format!("changed the project{}", about.called()),
            "cohort_changed" => format!("changed the cohort{}", about.called()),
            "cohort_archived" => format!("put the cohort{} away", about.called()),
            "cohort_restored" => format!("brought the cohort{} back", about.called()),
            "pathway_changed" => format!("changed the pathway{}", about.called()),
            "pathway_archived" => format!("put the pathway{} away", about.called()),
            "pathway_restored" => format!("brought the pathway{} back", about.called()),
            "pool_changed" => format!("put a coach into the pool{}", about.called()),
            "pool_left" => format!("took a coach out of the pool{}", about.called()),
            "coach_chosen" => "chose a coach".to_owned(),
            "coach_given" => format!("gave {name} a coach"),
            "participant_changed" => format!("changed what is noted of {name} in a cohort"),
            "lead_appointed" => format!("made {name} the lead of a program"),
            "lead_dismissed" => format!("took a lead from {name}"),
            "sponsor_added" => format!("made {name} a sponsor"),
            "sponsor_removed" => format!("took {name} off the sponsors"),
            "pods_imported" => format!(
                "brought pods in from a file: {} new, {} changed",
                facts["new"].as_i64().unwrap_or_default(),
                facts["changed"].as_i64().unwrap_or_default()
            ),
            "people_imported" => format!(
                "brought people in from a file: {} new, {} changed",
                facts["new"].as_i64().unwrap_or_default(),
                facts["changed"].as_i64().unwrap_or_default()
            ),
            "participant_added" => format!("added {name} to a cohort"),
            "trigger_added" => format!("made a mail rule{}", about.called()),
            "trigger_changed" => format!("changed a mail rule{}", about.called()),
            "trigger_paused" => format!("paused a mail rule{}", about.called()),
            "trigger_resumed" => format!("let a mail rule{} go on", about.called()),
            "trigger_removed" => format!("removed a mail rule{}", about.called()),
            "trigger_sent" => format!("wrote to or about {name} by a rule"),
            "trigger_tested" => format!("tested the text of a rule with {name}"),
            "participant_reminded" => format!("asked {name} to book"),
            "coach_changed" => format!("gave {name} another coach"),
            "participants_handed_over" => {
                format!("gave participants of the cohort{} to another coach", about.called())
            }
            "session_coach_changed" => format!("gave a session{} to another coach", about.with()),
            "stand_in_named" => format!("named a stand-in for a session{}", about.with()),
            "pod_too_small" => format!("warned that a pod has too few members{}", about.with()),
            "stand_in_ended" => format!("gave a session{} back to its coach", about.with()),
            "co_coach_named" => format!("added a coach to a session{}", about.with()),
            "co_coach_ended" => format!("took a coach out of a session{}", about.with()),
            "extra_added" => format!("added a session to the journey of {name}"),
            "extra_removed" => format!("took an added session out of the journey of {name}"),
            "journey_completed" => format!("marked the journey of {name} complete"),
            "journey_reopened" => format!("reopened the journey of {name}"),
            "completion_proposed" => format!("proposed that the journey of {name} is complete"),
            "proposal_dropped" => format!("dropped the proposal about the journey of {name}"),
            "survey_changed" => format!("changed the survey of the pathway{}", about.called()),
            "survey_sent" => format!("sent the survey to {name}"),
            "survey_answered" => format!("took the answers of {name} to the survey"),
            "participant_gone_quiet" => format!("put {name} on the list of those who have gone quiet"),
            "inactive_listed" => format!("told {name} who has gone quiet"),
            "participant_archived" => format!("put {name} away"),
            "participant_restored" => format!("brought {name} back"),
            "bookings_called_off" => format!("called off bookings of the cohort{}", about.called()),
            "cohort_escalated" => format!("told the sponsors about the cohort{}", about.called()),
            "participant_escalated" => format!("told the sponsors about {name}"),
            "journey_started" => format!("started the journey of {name}"),
            "pod_added" => format!("made the pod{}", about.called()),
            "pod_joined" => format!("put a participant into the pod{}", about.called()),
            "pod_left" => format!("took a participant out of the pod{}", about.called()),
            "pod_changed" => format!("changed the pod{}", about.called()),
            "pod_deleted" => "took a pod away".to_owned(),
            "pod_date_taken" => format!("took the place in a pod{}", about.of()),
            "session_booked" => format!("booked a session{}", about.with()),
            "booking_held" => format!("held a time for a booking{}", about.with()),
            "hold_given_back" => {
                format!("gave a held time{} back, for a newer one with the same address", about.with())
            }
            "series_booked" => format!("booked a series of sessions{}", about.with()),
            "session_recorded" => format!("recorded a past session{}", about.with()),
            "session_cancelled" => format!("cancelled a session{}", about.with()),
            "attendance_marked" => {
                let how = match facts["outcome"].as_str() {
                    Some("completed") => ": they came",
                    Some("no_show") => ": a no-show",
                    _ => "",
                };
                format!("marked the attendance{}{how}", about.of())
            }
            "attendance_greyed_out" => format!("greyed out the session{}", about.of()),
            "attendance_reactivated" => format!("reactivated the session{}", about.of()),
            "session_moved" if facts["how"] == "approved" => {
                format!("agreed to move a session{}", about.with())
            }
            "session_moved" => format!("moved a session{}", about.with()),
            "move_asked" => format!("asked to move a session{}", about.with()),
            "move_reminded" => format!("reminded the coach of a request to move a session{}", about.with()),
            "move_rejected" => format!("did not agree to move a session{}", about.with()),
            "move_withdrawn" => format!("withdrew a request to move a session{}", about.with()),
            "move_expired" => format!("let a request expire to move a session{}", about.with()),
            "session_reminded" => format!("reminded of a session{}", about.with()),
            "session_ended_early" => format!("ended a session early{}", about.with()),
            "mark_wanted" => format!("asked how a session went{}", about.with()),
            "attendance_unmarked" => {
                let was = match facts["was"].as_str() {
                    Some("completed") => ", that they came",
                    Some("no_show") => " as a no-show",
                    _ => "",
                };
                format!("took back the mark{}{was}", about.of())
            }
            "check_in_sent" => {
                format!("asked by message where the client is, before the session{}", about.of())
            }
            "mark_told" => format!("told how the attendance was marked{}", about.of()),
            "attendance_forgiven" => format!("forgave the missed session{}{}", about.of(), missed(facts)),
            "attendance_contested" => format!("contested the missed session{}{}", about.of(), missed(facts)),
            "contest_upheld" => format!("upheld the contested mark{}{}", about.of(), missed(facts)),
            "attendance_left" => format!("gave up the place in a pod{}", about.of()),
            "charge_waived" => format!("waived what was open for the session{}", about.of()),
            "payment_recorded" => format!("recorded a payment for the session{}", about.of()),
            "refund_recorded" => {
                format!("recorded that what was paid for the session{} was paid back", about.of())
            }
            "practice_begun" => format!("opened the practice of {name}"),
            "practice_changed" if about.themselves => "changed what the coach page says".to_owned(),
            "practice_changed" => format!("changed what the coach page of {name} says"),
            "listing_changed" if facts["to"] == true => "went into the directory".to_owned(),
            "listing_changed" => "left the directory".to_owned(),
            "intro_granted" => format!("granted {name} another intro"),
            "offering_added" => format!("added the offering{}", about.called()),
            "offering_changed" => format!("changed the offering{}", about.called()),
            "offering_retired" => format!("ended the offering{}", about.called()),
            "hours_changed" => format!("changed {}", about.own("weekly hours")),
            "day_hours_changed" => {
                let date = facts["date"].as_str().unwrap_or_default();
                format!("changed {} on {date}", about.own("hours"))
            }
            "time_off_added" => "took time off".to_owned(),
            "time_off_dropped" => "took time off back".to_owned(),
            "agreement_published" => "published a new version of an agreement".to_owned(),
            "agreement_accepted" => "accepted an agreement".to_owned(),
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
        ("hold_given_back", "Held time given back"),
        ("series_booked", "Series booked"),
        ("session_recorded", "Past session recorded"),
        ("session_cancelled", "Session cancelled"),
        ("attendance_marked", "Attendance marked"),
        ("attendance_greyed_out", "Greyed out"),
        ("attendance_reactivated", "Reactivated"),
        ("session_moved", "Session moved"),
        ("move_asked", "Asked to move"),
        ("move_reminded", "Reminded of a request"),
        ("move_rejected", "Request rejected"),
        ("move_withdrawn", "Request withdrawn"),
        ("move_expired", "Request expired"),
        ("session_reminded", "Reminded of a session"),
        ("session_ended_early", "Session ended early"),
        ("mark_wanted", "Asked for a mark"),
        ("attendance_unmarked", "Mark taken back"),
        ("mark_told", "Mark told"),
        ("check_in_sent", "Asked where the client is"),
        ("attendance_forgiven", "Missed forgiven"),
        ("attendance_contested", "Missed contested"),
        ("contest_upheld", "Contest settled"),
        ("attendance_left", "Place in a pod given up"),
        ("charge_waived", "Charge waived"),
        ("payment_recorded", "Payment recorded"),
        ("refund_recorded", "Refund recorded"),
        ("company_added", "Company added"),
        ("project_added", "Project added"),
        ("pathway_added", "Pathway written"),
        ("cohort_added", "Cohort added"),
        ("participant_added", "Participant added"),
        ("participant_reminded", "Participant reminded"),
        ("trigger_added", "Mail rule made"),
        ("trigger_changed", "Mail rule changed"),
        ("trigger_paused", "Mail rule paused"),
        ("trigger_resumed", "Mail rule resumed"),
        ("trigger_removed", "Mail rule removed"),
        ("trigger_sent", "Mail by a rule"),
        ("trigger_tested", "Mail rule tested"),
        ("coach_changed", "Coach changed"),
        ("participants_handed_over", "Participants given to another coach"),
        ("session_coach_changed", "Session given to another coach"),
        ("stand_in_named", "Stand-in named"),
        ("pod_too_small", "Warned of a small pod"),
        ("stand_in_ended", "Stand-in ended"),
        ("co_coach_named", "Coach added to a session"),
        ("co_coach_ended", "Coach taken out of a session"),
        ("extra_added", "Session added to a journey"),
        ("extra_removed", "Added session taken away"),
        ("journey_completed", "Journey completed"),
        ("journey_reopened", "Journey reopened"),
        ("completion_proposed", "Completion proposed"),
        ("proposal_dropped", "Proposal dropped"),
        ("survey_changed", "Survey changed"),
        ("survey_sent", "Survey sent"),
        ("survey_answered", "Survey answered"),
        ("participant_gone_quiet", "Participant gone quiet"),
        ("inactive_listed", "List of the quiet told"),
        ("participant_archived", "Participant put away"),
        ("participant_restored", "Participant brought back"),
        ("bookings_called_off", "Bookings called off"),
        ("cohort_escalated", "Sponsors told"),
        ("participant_escalated", "Sponsors told of a participant"),
        ("journey_started", "Journey started"),
        ("pod_added", "Pod made"),
        ("pod_joined", "Pod joined"),
        ("pod_left", "Taken out of a pod"),
        ("pod_changed", "Pod changed"),
        ("pod_deleted", "Pod taken away"),
        ("pod_date_taken", "Place in a pod taken"),
        ("company_changed", "Company renamed"),
        ("project_changed", "Project changed"),
        ("cohort_changed", "Cohort changed"),
        ("cohort_archived", "Cohort put away"),
        ("cohort_restored", "Cohort brought back"),
        ("pathway_changed", "Pathway changed"),
        ("pathway_archived", "Pathway put away"),
        ("pathway_restored", "Pathway brought back"),
        ("pool_changed", "Coach pool changed"),
        ("pool_left", "Coach taken out of a pool"),
        ("coach_chosen", "Coach chosen"),
        ("coach_given", "Coach given"),
        ("participant_changed", "Participant changed"),
        ("lead_appointed", "Lead given"),
        ("lead_dismissed", "Lead taken"),
        ("sponsor_added", "Sponsor added"),
        ("sponsor_removed", "Sponsor removed"),
        ("people_imported", "People brought in"),
        ("pods_imported", "Pods brought in"),
        ("practice_begun", "Practice opened"),
        ("practice_changed", "Coach page changed"),
        ("listing_changed", "Directory entry"),
        ("intro_granted", "Another intro granted"),
        ("offering_added", "Offering added"),
        ("offering_changed", "Offering changed"),
        ("offering_retired", "Offering ended"),
        ("hours_changed", "Weekly hours changed"),
        ("day_hours_changed", "Hours of a day changed"),
        ("time_off_added", "Time off taken"),
        ("time_off_dropped", "Time off taken back"),
        ("agreement_published", "Agreement published"),
        ("agreement_accepted", "Agreement accepted"),
    ],
};

pub(super) const GERMAN: Events = Events {
    said: |kind, about, facts| {
        let name = about.name;
        let setting = facts["setting"].as_str().unwrap_or_default().replace('_', " ");
        let by = facts["by"].as_str().unwrap_or_default();
        let own = |own: &str, others: &str| if about.themselves { own.to_owned() } else { others.to_owned() };
        Some(match kind {
            "set_up" => "hat die Organisation eingerichtet".to_owned(),
            "person_added" => format!("hat ein Konto für {name} angelegt"),
            "profile_changed" => {
                format!(
                    "hat {} geändert{}",
                    own("das eigene Profil", &format!("das Profil von {name}")),
                    fields(facts)
                )
            }
            "roles_changed" => format!("hat die Rollen von {name} geändert"),
            "person_closed" => format!("hat das Konto von {name} geschlossen"),
            "person_reopened" => format!("hat das Konto von {name} wieder geöffnet"),
            "link_asked" => format!("hat einen Link verlangt, um sich als {name} anzumelden"),
            "invited" => format!("hat {name} eingeladen"),
            "signed_in" => own("hat sich angemeldet", &format!("hat sich als {name} angemeldet")),
            "signed_out" => own("hat ein Gerät abgemeldet", &format!("hat ein Gerät von {name} abgemeldet")),
            "signed_out_everywhere" => {
                own("hat sich überall abgemeldet", &format!("hat {name} überall abgemeldet"))
            }
            "password_changed" => {
                own("hat das eigene Passwort geändert", &format!("hat das Passwort von {name} geändert"))
            }
            "token_made" => {
                own("hat ein API-Token gemacht", &format!("hat ein API-Token für {name} gemacht"))
            }
            "token_revoked" => {
                own("hat ein API-Token widerrufen", &format!("hat ein API-Token von {name} widerrufen"))
            }
            "setting_changed" => format!("hat die Einstellung „{setting}“ geändert"),
            "mail_retried" => "hat eine Mail noch einmal gesendet".to_owned(),
            "clock_moved" => format!("hat die Uhr um {by} vorgestellt"),
            "company_added" => format!("hat das Unternehmen{} angelegt", about.genannt()),
            "project_added" => format!("hat für ein Unternehmen das Projekt{} angelegt", about.genannt()),
            "pathway_added" => format!("hat den Pfad{} geschrieben", about.genannt()),
            "cohort_added" => format!("hat in einem Projekt die Kohorte{} angelegt", about.genannt()),
            "company_changed" => format!("hat die Firma{} umbenannt", about.genannt()),
            "project_changed" => format!("hat das Projekt{} geändert", about.genannt()),
            "cohort_changed" => format!("hat die Kohorte{} geändert", about.genannt()),
            "cohort_archived" => format!("hat die Kohorte{} abgelegt", about.genannt()),
            "cohort_restored" => format!("hat die Kohorte{} zurückgeholt", about.genannt()),
            "pathway_changed" => format!("hat den Pfad{} geändert", about.genannt()),
            "pathway_archived" => format!("hat den Pfad{} abgelegt", about.genannt()),
            "pathway_restored" => format!("hat den Pfad{} zurückgeholt", about.genannt()),
            "pool_changed" => {
                format!("hat einen Coach in den Kreis{} aufgenommen", about.genannt())
            }
            "pool_left" => format!("hat einen Coach aus dem Kreis{} genommen", about.genannt()),
            "coach_chosen" => "hat einen Coach gewählt".to_owned(),
            "coach_given" => format!("hat {name} einen Coach gegeben"),
            "participant_changed" => format!("hat geändert, was in einer Kohorte über {name} vermerkt ist"),
            "lead_appointed" => format!("hat {name} die Leitung eines Programms gegeben"),
            "lead_dismissed" => format!("hat {name} eine Leitung genommen"),
            "sponsor_added" => format!("hat {name} zum Sponsor gemacht"),
            "sponsor_removed" => format!("hat {name} als Sponsor gestrichen"),
            "pods_imported" => format!(
                "hat Gruppen aus einer Datei eingelesen: {} neu, {} geändert",
                facts["new"].as_i64().unwrap_or_default(),
                facts["changed"].as_i64().unwrap_or_default()
            ),
            "people_imported" => format!(
                "hat Personen aus einer Datei eingelesen: {} neu, {} geändert",
                facts["new"].as_i64().unwrap_or_default(),
                facts["changed"].as_i64().unwrap_or_default()
            ),
            "participant_added" => format!("hat {name} in eine Kohorte aufgenommen"),
            "trigger_added" => format!("hat eine Mail-Regel{} gemacht", about.genannt()),
            "trigger_changed" => format!("hat eine Mail-Regel{} geändert", about.genannt()),
            "trigger_paused" => format!("hat eine Mail-Regel{} angehalten", about.genannt()),
            "trigger_resumed" => format!("hat eine Mail-Regel{} weiterlaufen lassen", about.genannt()),
            "trigger_removed" => format!("hat eine Mail-Regel{} entfernt", about.genannt()),
            "trigger_sent" => format!("hat nach einer Regel an oder über {name} geschrieben"),
            "trigger_tested" => format!("hat den Text einer Regel mit {name} getestet"),
            "participant_reminded" => format!("hat {name} ans Buchen erinnert"),
            "coach_changed" => format!("hat {name} einen anderen Coach gegeben"),
            "participants_handed_over" => {
                format!("hat Teilnehmende der Kohorte{} einem anderen Coach übergeben", about.called())
            }
            "session_coach_changed" => format!("hat die Sitzung{} einem anderen Coach gegeben", about.von()),
            "pod_too_small" => {
                format!("hat gewarnt, dass eine Gruppe zu wenige Mitglieder hat{}", about.von())
            }
            "stand_in_named" => format!("hat für die Sitzung{} eine Vertretung benannt", about.von()),
            "stand_in_ended" => format!("hat die Sitzung{} ihrem Coach zurückgegeben", about.von()),
            "co_coach_named" => format!("hat der Sitzung{} einen Coach hinzugefügt", about.von()),
            "co_coach_ended" => format!("hat einen Coach aus der Sitzung{} genommen", about.von()),
            "extra_added" => format!("hat dem Weg von {name} eine Sitzung hinzugefügt"),
            "extra_removed" => format!("hat eine hinzugefügte Sitzung aus dem Weg von {name} genommen"),
            "journey_completed" => format!("hat den Weg von {name} abgeschlossen"),
            "journey_reopened" => format!("hat den Weg von {name} wieder geöffnet"),
            "completion_proposed" => format!("hat den Abschluss des Weges von {name} vorgeschlagen"),
            "proposal_dropped" => format!("hat den Vorschlag zum Weg von {name} fallen lassen"),
            "survey_changed" => format!("hat die Umfrage des Ablaufs{} geändert", about.genannt()),
            "survey_sent" => format!("hat {name} die Umfrage geschickt"),
            "survey_answered" => format!("hat die Antworten von {name} auf die Umfrage angenommen"),
            "participant_gone_quiet" => format!("hat {name} auf die Liste der Stillen gesetzt"),
            "inactive_listed" => format!("hat {name} gesagt, wer still geworden ist"),
            "participant_archived" => format!("hat {name} abgelegt"),
            "participant_restored" => format!("hat {name} zurückgeholt"),
            "bookings_called_off" => format!("hat Termine der Kohorte{} abgesagt", about.genannt()),
            "cohort_escalated" => {
                format!("hat die Auftraggeber über die Kohorte{} informiert", about.genannt())
            }
            "participant_escalated" => format!("hat die Auftraggeber über {name} informiert"),
            "journey_started" => format!("hat den Weg von {name} begonnen"),
            "pod_added" => format!("hat die Gruppe{} gebildet", about.genannt()),
            "pod_joined" => format!("hat jemanden in die Gruppe{} aufgenommen", about.genannt()),
            "pod_left" => format!("hat jemanden aus der Gruppe{} genommen", about.genannt()),
            "pod_changed" => format!("hat die Gruppe{} geändert", about.genannt()),
            "pod_deleted" => "hat eine Gruppe aufgelöst".to_owned(),
            "pod_date_taken" => format!("hat den Platz in einer Gruppe{} genommen", about.von()),
            "session_booked" => format!("hat eine Sitzung{} gebucht", about.mit()),
            "booking_held" => format!("hat eine Zeit für eine Buchung{} freigehalten", about.mit()),
            "hold_given_back" => format!(
                "hat eine freigehaltene Zeit{} zurückgegeben, für eine neuere mit derselben Adresse",
                about.mit()
            ),
            "series_booked" => format!("hat eine Reihe von Sitzungen{} gebucht", about.mit()),
            "session_recorded" => format!("hat eine vergangene Sitzung{} eingetragen", about.mit()),
            "session_cancelled" => format!("hat eine Sitzung{} abgesagt", about.mit()),
            "attendance_marked" => {
                let how = match facts["outcome"].as_str() {
                    Some("completed") => ": anwesend",
                    Some("no_show") => ": nicht erschienen",
                    _ => "",
                };
                format!("hat die Teilnahme{} vermerkt{how}", about.von())
            }
            "attendance_greyed_out" => format!("hat die Sitzung{} ausgegraut", about.von()),
            "attendance_reactivated" => format!("hat die Sitzung{} reaktiviert", about.von()),
            "session_moved" if facts["how"] == "approved" => {
                format!("hat zugestimmt, eine Sitzung{} zu verschieben", about.mit())
            }
            "session_moved" => format!("hat eine Sitzung{} verschoben", about.mit()),
            "move_asked" => format!("hat gebeten, eine Sitzung{} zu verschieben", about.mit()),
            "move_reminded" => format!("hat an eine Anfrage zu einer Sitzung{} erinnert", about.mit()),
            "move_rejected" => format!("hat nicht zugestimmt, eine Sitzung{} zu verschieben", about.mit()),
            "move_withdrawn" => format!("hat die Anfrage zu einer Sitzung{} zurückgezogen", about.mit()),
            "move_expired" => format!("hat eine Anfrage zu einer Sitzung{} ablaufen lassen", about.mit()),
            "session_reminded" => format!("hat an eine Sitzung{} erinnert", about.mit()),
            "session_ended_early" => format!("hat eine Sitzung{} früher beendet", about.mit()),
            "mark_wanted" => format!("hat gefragt, wie eine Sitzung{} war", about.mit()),
            "attendance_unmarked" => {
                let was = match facts["was"].as_str() {
                    Some("completed") => " (anwesend)",
                    Some("no_show") => " (nicht erschienen)",
                    _ => "",
                };
                format!("hat den Vermerk{}{was} zurückgenommen", about.von())
            }
            "check_in_sent" => {
                format!("hat zu Beginn der Sitzung{} per Nachricht gefragt, wo der Klient ist", about.von())
            }
            "mark_told" => format!("hat mitgeteilt, wie die Teilnahme{} vermerkt ist", about.von()),
            "attendance_forgiven" => {
                format!("hat die versäumte Sitzung{} entschuldigt{}", about.von(), versaeumt(facts))
            }
            "attendance_contested" => {
                format!("hat der versäumten Sitzung{} widersprochen{}", about.von(), versaeumt(facts))
            }
            "contest_upheld" => {
                format!("hat den bestrittenen Vermerk{} bestätigt{}", about.von(), versaeumt(facts))
            }
            "attendance_left" => format!("hat den Platz in einer Gruppe{} aufgegeben", about.von()),
            "charge_waived" => format!("hat erlassen, was für die Sitzung{} offen war", about.von()),
            "payment_recorded" => format!("hat eine Zahlung für die Sitzung{} eingetragen", about.von()),
            "refund_recorded" => format!("hat eine Rückzahlung für die Sitzung{} eingetragen", about.von()),
            "practice_begun" => format!("hat die Praxis von {name} eröffnet"),
            "practice_changed" => own(
                "hat die eigene Coach-Seite geändert",
                &format!("hat die Coach-Seite von {name} geändert"),
            ),
            "listing_changed" if facts["to"] == true => "steht jetzt im Verzeichnis".to_owned(),
            "listing_changed" => "steht nicht mehr im Verzeichnis".to_owned(),
            "intro_granted" => format!("hat {name} noch ein Kennenlernen gewährt"),
            "offering_added" => format!("hat das Angebot{} angelegt", about.genannt()),
            "offering_changed" => format!("hat das Angebot{} geändert", about.genannt()),
            "offering_retired" => format!("hat das Angebot{} beendet", about.genannt()),
            "hours_changed" => own(
                "hat die eigenen Wochenzeiten geändert",
                &format!("hat die Wochenzeiten von {name} geändert"),
            ),
            "day_hours_changed" => {
                let date = facts["date"].as_str().unwrap_or_default();
                format!(
                    "hat {} am {date} geändert",
                    own("die eigenen Zeiten", &format!("die Zeiten von {name}"))
                )
            }
            "time_off_added" => "hat sich freigenommen".to_owned(),
            "time_off_dropped" => "hat freie Zeit zurückgenommen".to_owned(),
            "agreement_published" => "hat eine Vereinbarung neu veröffentlicht".to_owned(),
            "agreement_accepted" => "hat eine Vereinbarung angenommen".to_owned(),
            _ => return None,
        })
    },
    names: &[
        ("set_up", "Einrichtung"),
        ("person_added", "Konto angelegt"),
        ("profile_changed", "Profil geändert"),
        ("roles_changed", "Rollen geändert"),
        ("person_closed", "Konto geschlossen"),
        ("person_reopened", "Konto wieder geöffnet"),
        ("link_asked", "Link zum Anmelden verlangt"),
        ("invited", "Eingeladen"),
        ("signed_in", "Angemeldet"),
        ("signed_out", "Gerät abgemeldet"),
        ("signed_out_everywhere", "Überall abgemeldet"),
        ("password_changed", "Passwort geändert"),
        ("token_made", "API-Token gemacht"),
        ("token_revoked", "API-Token widerrufen"),
        ("setting_changed", "Einstellung geändert"),
        ("mail_retried", "Mail noch einmal gesendet"),
        ("clock_moved", "Uhr vorgestellt"),
        ("session_booked", "Sitzung gebucht"),
        ("booking_held", "Zeit freigehalten"),
        ("hold_given_back", "Zeit zurückgegeben"),
        ("series_booked", "Reihe gebucht"),
        ("session_recorded", "Vergangene Sitzung eingetragen"),
        ("session_cancelled", "Sitzung abgesagt"),
        ("attendance_marked", "Teilnahme vermerkt"),
        ("attendance_greyed_out", "Ausgegraut"),
        ("attendance_reactivated", "Reaktiviert"),
        ("session_moved", "Sitzung verschoben"),
        ("move_asked", "Bitte um Verschiebung"),
        ("move_reminded", "An Anfrage erinnert"),
        ("move_rejected", "Anfrage abgelehnt"),
        ("move_withdrawn", "Anfrage zurückgezogen"),
        ("move_expired", "Anfrage abgelaufen"),
        ("session_reminded", "An Sitzung erinnert"),
        ("session_ended_early", "Sitzung früher beendet"),
        ("mark_wanted", "Nach Vermerk gefragt"),
        ("attendance_unmarked", "Vermerk zurückgenommen"),
        ("mark_told", "Vermerk mitgeteilt"),
        ("check_in_sent", "Gefragt, wo der Klient ist"),
        ("attendance_forgiven", "Versäumnis entschuldigt"),
        ("attendance_contested", "Versäumnis bestritten"),
        ("contest_upheld", "Streit entschieden"),
        ("attendance_left", "Platz aufgegeben"),
        ("charge_waived", "Forderung erlassen"),
        ("payment_recorded", "Zahlung eingetragen"),
        ("refund_recorded", "Rückzahlung eingetragen"),
        ("company_added", "Unternehmen angelegt"),
        ("project_added", "Projekt angelegt"),
        ("pathway_added", "Pfad geschrieben"),
        ("cohort_added", "Kohorte angelegt"),
        ("participant_added", "In eine Kohorte aufgenommen"),
        ("participant_reminded", "Ans Buchen erinnert"),
        ("trigger_added", "Mail-Regel gemacht"),
        ("trigger_changed", "Mail-Regel geändert"),
        ("trigger_paused", "Mail-Regel angehalten"),
        ("trigger_resumed", "Mail-Regel läuft weiter"),
        ("trigger_removed", "Mail-Regel entfernt"),
        ("trigger_sent", "Mail nach einer Regel"),
        ("trigger_tested", "Mail-Regel getestet"),
        ("coach_changed", "Coach gewechselt"),
        ("participants_handed_over", "Teilnehmende einem anderen Coach übergeben"),
        ("session_coach_changed", "Sitzung einem anderen Coach gegeben"),
        ("stand_in_named", "Vertretung benannt"),
        ("pod_too_small", "Vor kleiner Gruppe gewarnt"),
        ("stand_in_ended", "Vertretung beendet"),
        ("co_coach_named", "Coach zur Sitzung hinzugefügt"),
        ("co_coach_ended", "Coach aus der Sitzung genommen"),
        ("extra_added", "Sitzung zum Weg hinzugefügt"),
        ("extra_removed", "Hinzugefügte Sitzung entfernt"),
        ("journey_completed", "Weg abgeschlossen"),
        ("journey_reopened", "Weg wieder geöffnet"),
        ("completion_proposed", "Abschluss vorgeschlagen"),
        ("proposal_dropped", "Vorschlag fallen gelassen"),
        ("survey_changed", "Umfrage geändert"),
        ("survey_sent", "Umfrage verschickt"),
        ("survey_answered", "Umfrage beantwortet"),
        ("participant_gone_quiet", "Still geworden"),
        ("inactive_listed", "Liste der Stillen mitgeteilt"),
        ("participant_archived", "Person abgelegt"),
        ("participant_restored", "Person zurückgeholt"),
        ("bookings_called_off", "Termine abgesagt"),
        ("cohort_escalated", "Auftraggeber informiert"),
        ("participant_escalated", "Auftraggeber über eine Person informiert"),
        ("journey_started", "Weg begonnen"),
        ("pod_added", "Gruppe gebildet"),
        ("pod_joined", "In eine Gruppe aufgenommen"),
        ("pod_left", "Aus einer Gruppe genommen"),
        ("pod_changed", "Gruppe geändert"),
        ("pod_deleted", "Gruppe aufgelöst"),
        ("pod_date_taken", "Platz in einer Gruppe genommen"),
        ("company_changed", "Firma umbenannt"),
        ("project_changed", "Projekt geändert"),
        ("cohort_changed", "Kohorte geändert"),
        ("cohort_archived", "Kohorte abgelegt"),
        ("cohort_restored", "Kohorte zurückgeholt"),
        ("pathway_changed", "Pfad geändert"),
        ("pathway_archived", "Pfad abgelegt"),
        ("pathway_restored", "Pfad zurückgeholt"),
        ("pool_changed", "Kreis der Coaches geändert"),
        ("pool_left", "Coach aus einem Kreis genommen"),
        ("coach_chosen", "Coach gewählt"),
        ("coach_given", "Coach gegeben"),
        ("participant_changed", "Vermerk in einer Kohorte geändert"),
        ("lead_appointed", "Leitung gegeben"),
        ("lead_dismissed", "Leitung genommen"),
        ("sponsor_added", "Sponsor aufgenommen"),
        ("sponsor_removed", "Sponsor gestrichen"),
        ("people_imported", "Personen eingelesen"),
        ("pods_imported", "Gruppen eingelesen"),
        ("practice_begun", "Praxis eröffnet"),
        ("practice_changed", "Coach-Seite geändert"),
        ("listing_changed", "Eintrag im Verzeichnis"),
        ("intro_granted", "Weiteres Kennenlernen gewährt"),
        ("offering_added", "Angebot angelegt"),
        ("offering_changed", "Angebot geändert"),
        ("offering_retired", "Angebot beendet"),
        ("hours_changed", "Wochenzeiten geändert"),
        ("day_hours_changed", "Zeiten eines Tages geändert"),
        ("time_off_added", "Freigenommen"),
        ("time_off_dropped", "Freie Zeit zurückgenommen"),
        ("agreement_published", "Vereinbarung veröffentlicht"),
        ("agreement_accepted", "Vereinbarung angenommen"),
    ],
};

/// Why it was missed (rule S6).
fn missed(facts: &Json) -> &'static str {
    match facts["outcome"].as_str() {
        Some("no_show") => ": a no-show",
        Some("late_cancellation") => ": cancelled late",
        _ => "",
    }
}

/// The same in German.
fn versaeumt(facts: &Json) -> &'static str {
    match facts["outcome"].as_str() {
        Some("no_show") => ": nicht erschienen",
        Some("late_cancellation") => ": spät abgesagt",
        _ => "",
    }
}

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
        let ada = About { name: "Ada", ..About::default() };
        for events in [ENGLISH, GERMAN] {
            let known = |code: &str| events.names.iter().any(|(name, _)| *name == code);
            assert!(model::event::kinds().all(|kind| known(kind.0)));
            assert_eq!(events.names.len(), model::event::kinds().count());
            for (code, _) in events.kinds() {
                assert!((events.said)(code, &ada, &Json::Null).is_some(), "{code}");
            }
        }
        assert_eq!(ENGLISH.say("pod_closed", &ada, &Json::Null), "pod closed: Ada");
        let facts = serde_json::json!({ "zone": { "from": "UTC", "to": "Europe/Rome" }, "name": "changed" });
        let herself = About { name: "Ada", themselves: true, ..About::default() };
        assert_eq!(
            ENGLISH.say("profile_changed", &herself, &facts),
            "changed their profile: name, zone UTC → Europe/Rome"
        );
        assert_eq!(ENGLISH.say("signed_in", &herself, &Json::Null), "signed in");
        let pod = About { name: "Ben", others: 2, start: "tomorrow, 16:30", ..About::default() };
        assert_eq!(
            ENGLISH.say("session_booked", &pod, &Json::Null),
            "booked a session with Ben and 2 others (tomorrow, 16:30)"
        );
        assert_eq!(
            GERMAN.say("session_booked", &pod, &Json::Null),
            "hat eine Sitzung mit Ben und 2 weiteren (tomorrow, 16:30) gebucht"
        );
    }
}
