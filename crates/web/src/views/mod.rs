//! One struct per template, with what it shows: the words and figures are made by `pages`, views only place them.
//!
//! Each has a `sample`, which tests render and people look at. Knows no database and no request.

pub mod agreements;
pub mod audit;
pub mod board;
pub mod booking;
pub mod calendar;
pub mod co_coaches;
pub mod coaches;
pub mod demo;
pub mod endings;
pub mod error;
pub mod extras;
pub mod filters;
pub mod front;
pub mod gallery;
pub mod handover;
pub mod home;
pub mod mail_queue;
pub mod mailbox;
pub mod messages;
pub mod money;
pub mod notifications;
pub mod parts;
pub mod pathways;
pub mod people;
pub mod pods;
pub mod pools;
pub mod practice;
pub mod profile;
pub mod programs;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod steps;
pub mod today;
pub mod triggers;

use askama::Template;

/// Every page with each of its samples, rendered: for tests, and for looking at (`cargo run --example looks`).
///
/// # Panics
/// If a template cannot be rendered, which is ours to mend.
pub fn samples() -> Vec<(String, String)> {
    fn add<T: Template>(all: &mut Vec<(String, String)>, page: &str, samples: Vec<(&'static str, T)>) {
        for (name, sample) in samples {
            let html = sample.render().unwrap_or_else(|wrong| panic!("{page}, {name}: {wrong}"));
            all.push((format!("{page}-{name}"), html));
        }
    }
    let mut all = Vec::new();
    add(&mut all, "sign-in", sign_in::SignInPage::samples());
    add(&mut all, "sign-in-sent", sign_in::LinkSentPage::samples());
    add(&mut all, "sign-in-link", sign_in::LinkPage::samples());
    add(&mut all, "demo", demo::DemoPage::samples());
    add(&mut all, "error", error::ErrorPage::samples());
    add(&mut all, "profile", profile::ProfilePage::samples());
    add(&mut all, "welcome", front::WelcomePage::samples());
    add(&mut all, "set-up", front::SetUpPage::samples());
    add(&mut all, "gallery", gallery::GalleryPage::samples());
    add(&mut all, "people", people::PeoplePage::samples());
    add(&mut all, "person", people::PersonPage::samples());
    add(&mut all, "person-new", people::NewPersonPage::samples());
    add(&mut all, "programs", programs::ProgramsPage::samples());
    add(&mut all, "company", programs::CompanyPage::samples());
    add(&mut all, "project", programs::ProjectPage::samples());
    add(&mut all, "cohort-edit", programs::CohortPage::samples());
    add(&mut all, "participant-new", programs::NewParticipantPage::samples());
    add(&mut all, "participant-edit", programs::EditParticipantPage::samples());
    add(&mut all, "imports", programs::NewImportPage::samples());
    add(&mut all, "import", programs::ImportPage::samples());
    add(&mut all, "mail-queue", mail_queue::MailQueuePage::samples());
    add(&mut all, "mailbox", mailbox::MailboxPage::samples());
    add(&mut all, "audit", audit::AuditPage::samples());
    add(&mut all, "settings", settings::SettingsPage::samples());
    add(&mut all, "coaches", coaches::DirectoryPage::samples());
    add(&mut all, "coach", coaches::CoachPage::samples());
    add(&mut all, "series", coaches::SeriesPage::samples());
    add(&mut all, "booking-sent", booking::SentPage::samples());
    add(&mut all, "booking-hold", booking::HoldPage::samples());
    add(&mut all, "booking-done", booking::DonePage::samples());
    add(&mut all, "manage", booking::ManagePage::samples());
    add(&mut all, "home", home::HomePage::samples());
    add(&mut all, "desk", home::DeskPage::samples());
    add(&mut all, "today", today::TodayPage::samples());
    add(&mut all, "practice", practice::PracticePage::samples());
    add(&mut all, "practice-profile", practice::ProfilePage::samples());
    add(&mut all, "practice-offerings", practice::OfferingsPage::samples());
    add(&mut all, "practice-offering", practice::OfferingPage::samples());
    add(&mut all, "practice-hours", practice::HoursPage::samples());
    add(&mut all, "practice-share", practice::SharePage::samples());
    add(&mut all, "calendar", calendar::CalendarPage::samples());
    add(&mut all, "money", money::MoneyPage::samples());
    add(&mut all, "sessions", sessions::SessionsPage::samples());
    add(&mut all, "session", session::SessionPage::samples());
    add(&mut all, "session-move", session::MovePage::samples());
    add(&mut all, "pod", pods::PodPage::samples());
    add(&mut all, "pod-new", pods::PodNewPage::samples());
    add(&mut all, "pods", pods::PodsPage::samples());
    add(&mut all, "session-deletion", steps::DeletionPage::samples());
    add(&mut all, "session-booking", steps::BookStepPage::samples());
    add(&mut all, "session-cancel", session::EndingPage::samples());
    add(&mut all, "session-book", sessions::BookPage::samples());
    add(&mut all, "session-record", sessions::RecordPage::samples());
    add(&mut all, "agreements", agreements::AgreementsPage::samples());
    add(&mut all, "messages", messages::ThreadsPage::samples());
    add(&mut all, "thread", messages::ThreadPage::samples());
    add(&mut all, "notifications", notifications::NotificationsPage::samples());
    add(&mut all, "board", board::BoardPage::samples());
    add(&mut all, "reminders", board::RemindersPage::samples());
    add(&mut all, "handover", handover::HandoverPage::samples());
    add(&mut all, "stand-in", handover::StandInPage::samples());
    add(&mut all, "co-coaches", co_coaches::CoCoachesPage::samples());
    add(&mut all, "extra", extras::NewExtraPage::samples());
    add(&mut all, "participant", board::ParticipantPage::samples());
    add(&mut all, "pool", pools::PoolPage::samples());
    add(&mut all, "choose-coach", pools::ChoicePage::samples());
    add(&mut all, "pathways", pathways::PathwaysPage::samples());
    add(&mut all, "pathway", pathways::PathwayPage::samples());
    add(&mut all, "pathway-edit", pathways::EditPathwayPage::samples());
    add(&mut all, "triggers", triggers::TriggersPage::samples());
    add(&mut all, "trigger", triggers::TriggerPage::samples());
    add(&mut all, "trigger-pause", triggers::PausePage::samples());
    add(&mut all, "completion", endings::CompletionPage::samples());
    add(&mut all, "completions", endings::CompletionsPage::samples());
    add(&mut all, "survey", endings::SurveyPage::samples());
    add(&mut all, "answer", endings::AnswerPage::samples());
    add(&mut all, "feedback", endings::FeedbackPage::samples());
    add(&mut all, "inactive", endings::InactivePage::samples());
    add(&mut all, "archive", endings::ArchivePage::samples());
    add(&mut all, "escalation", endings::EscalationPage::samples());
    add(&mut all, "mail-choice", notifications::MailChoicePage::samples());
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn every_page_renders_with_its_samples_and_keeps_to_the_content_security_policy() {
        for (page, html) in super::samples() {
            assert!(!html.contains(" style="), "{page} has a style attribute");
            assert!(!html.contains("<style"), "{page} has an inline style");
            assert!(
                !html.contains("javascript:") && !html.contains(" onclick"),
                "{page} has an inline script"
            );
            for script in html.split("<script").skip(1) {
                assert!(script.starts_with(" src=\"/assets/"), "{page} has an inline script");
            }
        }
    }

    #[test]
    fn no_page_uses_an_id_twice_or_labels_what_is_not_there() {
        for (page, html) in super::samples() {
            let ids: Vec<&str> = attributes(&html, " id=\"").collect();
            let known: HashSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), known.len(), "{page} uses an id twice: {ids:?}");
            for name in
                [" for=\"", " aria-describedby=\"", " aria-labelledby=\"", " popovertarget=\"", " form=\""]
            {
                for target in attributes(&html, name).flat_map(str::split_whitespace) {
                    assert!(known.contains(target), "{page}:{name}{target}\" points nowhere");
                }
            }
        }
    }

    fn attributes<'a>(html: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
        html.split(opening).skip(1).filter_map(|rest| rest.split('"').next())
    }
}
