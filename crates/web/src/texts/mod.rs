//! Every word that a person reads on a page or in a mail, per language. Nothing here decides anything.
//!
//! A page family has a struct of its own, in its own file if it grows; add it to [`Texts`], to [`EN`] and, when it has
//! been translated, to [`DE`]. A field is a `&'static str`, or a function where a word depends on data.
//! English is complete by type. Another language takes what it lacks from English (`..EN`).

pub mod appointments;
pub mod calendar;
mod de;
mod en;
mod events;
pub mod letters;
pub mod life;
mod refusals;
mod toasts;

pub use de::DE;
pub use en::EN;
pub use events::{About, Events};
pub use refusals::{Problems, Refusals};
pub use toasts::Toasts;

pub use rules::person::Language;

use rules::permission::Role;
use rules::scope::Scope;

use crate::status::Status;

/// The texts of a language.
pub const fn texts(language: Language) -> &'static Texts {
    match language {
        Language::English => &EN,
        Language::German => &DE,
    }
}

/// Declares a struct of texts: bare names are fixed words, `name: fn(…)` are sentences made from data.
macro_rules! section {
    ($(#[$about:meta])* $name:ident { $($word:ident),* $(,)? $(; $($sentence:ident: $made:ty),* $(,)?)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            $(#[doc = concat!("The words for `", stringify!($word), "`.")] pub $word: &'static str,)*
            $($(#[doc = concat!("Makes the sentence for `", stringify!($sentence), "`.")] pub $sentence: $made,)*)?
        }
    };
}

mod board;
mod booking;
mod co_coaches;
pub mod endings;
mod enrolment;
mod extras;
mod handover;
mod messages;
mod notices;
mod office;
mod pathways;
mod practice;
mod programs;
mod session;
mod sessions;
mod steps;
mod triggers;

pub use board::{Board, Reminders};
pub use booking::{Booking, Coaches};
pub use co_coaches::CoCoaches;
pub use endings::Endings;
pub use enrolment::Enrolment;
pub use extras::Extras;
pub use handover::Handover;
pub use messages::Messages;
pub use notices::{MailChoices, Notices, Told};
pub use office::{ClientPage, Money, Waiting, Week};
pub use pathways::Pathways;
pub use practice::Practice;
pub use programs::Programs;
pub use session::{Doing, Ending, Moving};
pub use sessions::{Agreements, BookingFor, Sessions};
pub use steps::{Pods, Steps};
pub use triggers::{Said, Triggers};

/// All texts of one language.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// Which language this is.
    pub language: Language,
    /// Words that stand on many pages.
    pub common: Common,
    /// The frame of every page.
    pub shell: Shell,
    /// The six statuses.
    pub status: StatusWords,
    /// The drawing.
    pub cairn: Cairn,
    /// Roles by name and what they are.
    pub roles: Roles,
    /// Signing in, by link or password.
    pub sign_in: SignIn,
    /// The first admin.
    pub set_up: SetUp,
    /// The living example's front page.
    pub demo: Demo,
    /// The front page of a real instance.
    pub welcome: Welcome,
    /// A person's own settings.
    pub profile: Profile,
    /// One's own API tokens, on the same page.
    pub tokens: Tokens,
    /// People, as an admin sees them.
    pub people: People,
    /// Mails on their way, as an admin sees them.
    pub mail_queue: MailQueue,
    /// The mails of an example, as they would arrive.
    pub mailbox: Mailbox,
    /// Who changed what.
    pub audit: Audit,
    /// The organisation's settings.
    pub settings: Settings,
    /// A session in words, wherever one is shown.
    pub meeting: Meeting,
    /// A client's home.
    pub home: Home,
    /// The home of those who run programs or pay for them.
    pub desk: Desk,
    /// A coach's day.
    pub today: Today,
    /// The directory, and a coach's page.
    pub coaches: Coaches,
    /// From the details to what is booked.
    pub booking: Booking,
    /// A coach's practice: profile, offerings, hours, share.
    pub practice: Practice,
    /// Sessions, one by one and in lists.
    pub sessions: Sessions,
    /// Companies, projects, cohorts, and bringing people in.
    pub programs: Programs,
    /// Templates of steps.
    pub pathways: Pathways,
    /// Editing a participant, bringing people in with progress, and coaches to choose from.
    pub enrolment: Enrolment,
    /// Booking what is planned, and pods.
    pub steps: Steps,
    /// Pods, and the steps on a client's home.
    pub pods: Pods,
    /// Moving a session, or asking to.
    pub moving: Moving,
    /// Calling one off.
    pub ending: Ending,
    /// What is done on the page of one.
    pub doing: Doing,
    /// What waits for somebody.
    pub waiting: Waiting,
    /// A coach's week.
    pub week: Week,
    /// What is owed and paid.
    pub money: Money,
    /// A client as their coach sees them.
    pub client: ClientPage,
    /// Another coach.
    pub handover: Handover,
    /// Sessions that are added to one journey.
    pub extras: Extras,
    /// Sessions with several coaches.
    pub co_coaches: CoCoaches,
    /// A cohort's board, and a participant's page.
    pub board: Board,
    /// Asking participants to book.
    pub reminders: Reminders,
    /// Rules that send mail by status.
    pub triggers: Triggers,
    /// The end of journeys: completing, the survey, who has gone quiet, telling sponsors.
    pub endings: Endings,
    /// Booking for somebody else, and recording what has been.
    pub booking_for: BookingFor,
    /// The texts that people agree to.
    pub agreements: Agreements,
    /// Messages between a client and a coach.
    pub messages: Messages,
    /// What people are told inside the program.
    pub notices: Notices,
    /// Which mails they get.
    pub mail_choices: MailChoices,
    /// Pages that say no.
    pub errors: Errors,
    /// What happened, for the audit log.
    pub events: Events,
    /// What is said in passing after an act.
    pub toasts: Toasts,
    /// What every refusal says.
    pub refusals: Refusals,
    /// What is wrong with one input.
    pub problems: Problems,
    /// What every mail says around its message.
    pub mail: MailFrame,
}

section! {
    /// Words that stand on many pages.
    Common {
        save, close, search, search_and_filter, name, e_mail, optional, all, pages, newer, older, next, previous, undo, never, title_of_errors;
        page_title: fn(&str) -> String,
        times_in: fn(&str) -> String,
    }
}

section! {
    /// The frame of every page.
    Shell {
        skip, main_navigation, brand_home, home, today, coaches, people, mail_queue, mailbox, audit, settings, practice, profile, sign_in, sign_out, more,         switch_person, footer, language, notifications, dismiss, demo_notice, demo_notice_more, trial_notice, trial_notice_more, see_mails,
        clock, clock_hour, clock_hours_18, clock_day, clock_days_3, clock_by, clock_by_hint, clock_length, clock_move;
        account_of: fn(&str) -> String,
        clock_shows: fn(&str, &str) -> String,
        clock_moved: fn(&str, &str) -> String,
    }
}

section! {
    /// The six statuses (rules, section 6), and a request that waits.
    StatusWords { unbooked, booked, completed, missed, greyed_out, cancelled }
}

impl Roles {
    /// The name of a role.
    pub const fn name(&self, role: Role) -> &'static str {
        match role {
            Role::Admin => self.admin,
            Role::ProgramLead => self.program_lead,
            Role::Coach => self.coach,
            Role::Client => self.client,
            Role::Sponsor => self.sponsor,
        }
    }

    /// What a role is, in a sentence.
    pub const fn about(&self, role: Role) -> &'static str {
        match role {
            Role::Admin => self.admin_is,
            Role::ProgramLead => self.program_lead_is,
            Role::Coach => self.coach_is,
            Role::Client => self.client_is,
            Role::Sponsor => self.sponsor_is,
        }
    }
}

impl Meeting {
    /// Where a session happens, as a length goes on: "by video".
    pub const fn place(&self, place: rules::session::PlaceKind) -> &'static str {
        match place {
            rules::session::PlaceKind::Room => self.room,
            rules::session::PlaceKind::Phone => self.phone,
            rules::session::PlaceKind::Address => self.address,
            rules::session::PlaceKind::Link => self.link,
        }
    }
}

impl StatusWords {
    /// The word of a status.
    pub const fn word(&self, status: Status) -> &'static str {
        match status {
            Status::Unbooked => self.unbooked,
            Status::Booked => self.booked,
            Status::Completed => self.completed,
            Status::Missed => self.missed,
            Status::GreyedOut => self.greyed_out,
            Status::Cancelled => self.cancelled,
        }
    }
}

section! {
    /// The drawing's label and what stands beside it.
    Cairn { ; label: fn(usize, &str) -> String, all_sessions: fn(usize) -> String }
}

section! {
    /// Roles by name, and in a sentence what they are.
    Roles {
        admin, program_lead, coach, client, sponsor,
        admin_is, program_lead_is, coach_is, client_is, sponsor_is,
    }
}

section! {
    /// Signing in.
    SignIn {
        title, heading, mail_label, mail_hint, send_link, with_password, password_label, sign_in, nothing_to_join,
        wrong, mail_invalid,
        sent_title, sent_heading, sent_advice_folder, sent_advice_address, sent_advice_wait, sent_again,
        link_title, link_heading, link_note, link_gone_heading, link_gone, link_used_heading, link_used, link_new;
        sent: fn(&str) -> String,
        link_button: fn(&str) -> String,
    }
}

section! {
    /// The first admin of a new instance.
    SetUp {
        title, heading, lede, organisation, organisation_hint, your_name, your_mail, your_mail_hint, zone, zone_hint, password,
        password_hint, create, gone_heading, gone,
    }
}

section! {
    /// The front page of the living example.
    Demo {
        title, heading, lede, point_one, point_clock, point_mail, own_window;
        sign_in_as: fn(&str) -> String,
        own_window_of: fn(&str) -> String,
    }
}

section! {
    /// The front page of a real instance, for somebody not signed in.
    Welcome { title, heading, lede, sign_in, have_link, nothing_yet_heading, nothing_yet }
}

section! {
    /// A person's own settings.
    Profile {
        title, heading, lede,
        you_heading, you_heading_other, you_note, name_hint, mail_hint,
        photo_heading, photo_note, photo_label, photo_hint, photo_upload, photo_remove,         time_heading, time_note, zone, zone_hint, zone_differs, zone_use, clock_format, clock_24, clock_12,
        language_heading, language_note,
        password_heading, password_note, password_set, password_none, password_current, password_new, password_hint, password_save, password_remove,
        devices_heading, devices_note, device_this, device_unknown, device_sign_out, devices_sign_out_all, devices_sign_out_all_note, saved;
        device_since: fn(&str, &str) -> String,
    }
}

section! {
    /// One's own API tokens, on the profile.
    Tokens {
        heading, note, made, made_label, revoke, new, label, label_hint, scopes, days, make;
        scope: fn(Scope) -> &'static str,
        until: fn(&str) -> String,
    }
}

section! {
    /// People, as an admin sees them.
    People {
        title, heading, search_label, role_filter, invite, invite_heading, invite_lede, invite_mail_hint, invite_roles, invite_send, invite_send_note, last_seen, roles,
        left_heading, left_note, left_ahead, left_waiting, left_unmarked, roles_heading, roles_note, roles_save, roles_last_admin, time_zone, language, since, no_match_heading, no_match, clear_search,
        history_heading, history_none, send_link, send_link_note, grant_intro, grant_intro_note, closed, access_heading, access_note, reopen, reopen_note, sign_out, sign_out_note, close, close_note, coach_page;
        closed_since: fn(&str) -> String,
        count: fn(usize) -> String,
        found: fn(usize, &str) -> String,
    }
}

section! {
    /// Mails on their way, as an admin sees them.
    MailQueue {
        title, heading, lede, to, kind, state, attempts, due, error, retry, waiting, sending, sent, dead, test, all_states, empty_heading, empty, dead_banner, dead_banner_advice;
        next_try: fn(&str) -> String,
    }
}

section! {
    /// The mails of an example, as they would arrive.
    Mailbox {
        title, heading, lede, list, to_filter, everybody, from, to, reply_to, subject, sent_at, attached, as_text, frame_title, empty_heading, empty, pick;
        message_id: fn(&str) -> String,
    }
}

section! {
    /// Who changed what.
    Audit {
        title, heading, lede, who, what, changed, when, person_filter, kind_filter, from_day, to_day, filter, reset, system, operator, visitor, empty_heading, empty, nothing;
        on_behalf: fn(&str) -> String,
    }
}

section! {
    /// The organisation's settings.
    Settings {
        title, heading, lede, organisation, organisation_hint, organisation_note, name, name_hint, support_mail, support_mail_hint, language, language_hint, zone, zone_hint, bands, bands_note, late, late_hint, free, free_hint, programs, programs_note, pod_warning, pod_warning_hint, inactive, inactive_hint, unanswered, unanswered_hint, no_mail_server, public_address, database, mail_server, save, fixed_heading, fixed_note
    }
}

section! {
    /// A session in words, wherever one is shown.
    Meeting {
        intro, one_to_one, pod, room, phone, address, link, no_show, late_cancellation;
        step: fn(&str, &str, u32) -> String,
        with: fn(&str, &str) -> String,
        length: fn(u16, &str) -> String,
        until: fn(&str, &str) -> String,
        from_to: fn(&str, &str) -> String,
        there: fn(&str, &str, &str) -> String,
        people: fn(usize) -> String,
        best: fn(&str, &str) -> String,
    }
}

section! {
    /// The home of those who run programs or pay for them.
    Desk {
        title, admin_lede, lead_lede, sponsor_heading, sponsor_lede, sponsor_never, no_role_heading, no_role_lede,
        people, people_about, participants, participants_about, waiting, waiting_about, given_up, given_up_about,
        cohorts_heading, coachless_about, give_coach, dateless_about, give_date, no_outcome_about, no_outcome_list, ways_heading, invite, invite_about, audit, audit_about, settings, settings_about, profile, profile_about;
        greeting: fn(&str) -> String,
        coachless: fn(usize) -> String,
        dateless: fn(usize) -> String,
        no_outcome: fn(usize) -> String,
        more_of_them: fn(usize) -> String,
        people_of: fn(&str, usize) -> String,
    }
}

section! {
    /// A client's home.
    Home {
        title, next_eyebrow, sessions_heading, journey_heading, empty_heading, empty, empty_steps_heading, empty_step_1, empty_step_2, empty_step_3,
        nothing_booked, nothing_booked_lede, coach_comes_heading, coach_comes, program_heading, program_lede, rests, put_away, ask_support, past_heading, book_next, more_times, no_times;
        book_with: fn(&str) -> String,
        greeting: fn(&str) -> String,
        journey_line: fn(usize, usize, usize) -> String,
        none_line: fn(usize) -> String,
    }
}

section! {
    /// A coach's day.
    Today {
        title, day_heading, now, free_day, next_sessions, empty_heading, empty, nothing_heading, nothing,
        needs_heading, displaced, outside, unmarked_chip;
        tomorrow: fn(usize) -> String,
        not_marked: fn(&str) -> String,
        agreed_for: fn(&str) -> String,
        eyebrow: fn(&str, &str) -> String,
        greeting: fn(&str) -> String,
    }
}

section! {
    /// Pages that say no: what happened, what to do.
    Errors {
        back_home, sign_in,
        forbidden_title, forbidden, forbidden_do,
        not_found_title, not_found, not_found_do,
        wrong_method_title, wrong_method, wrong_method_do,
        conflict_title, conflict, conflict_do,
        invalid_title, invalid, invalid_do,
        too_large_title, too_large, too_large_do,
        too_many_title, too_many, too_many_do,
        broken_title, broken, broken_do,
        busy_title, busy, busy_do,
        bad_request_title, bad_request, bad_request_do,
        unauthorized_title, unauthorized, unauthorized_do;
        reference: fn(&str) -> String,
        retry_after: fn(u64) -> String,
        unreadable_at: fn(usize, usize, &str) -> String,
    }
}

section! {
    /// What every mail says around its message.
    MailFrame { why_account, cannot_be_switched_off, button_fallback; }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule M8
    #[test]
    fn a_second_language_speaks_where_it_has_words_and_falls_back_where_not() {
        assert_eq!(texts(Language::German).sign_in.send_link, "Link zusenden");
        assert_eq!(DE.set_up.title, EN.set_up.title);
    }
}
