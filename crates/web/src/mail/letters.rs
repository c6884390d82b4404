//! What each letter says: one function per kind, from the material to the paper. Reads in the reader's language and
//! zone (rules T2, M8).

use jiff::SignedDuration;
use model::mail::Material;
use model::program::participant;
use model::{Result, Tx, organisation, sign_in};
use rules::letters::{Addressee, Letter};
use rules::permission::Roles;
use rules::time::Instant;

use super::message::CalendarFile;
use super::paper::{Block, Paper};
use super::{bookings, co_coaches, endings, handover, journeys, life, messages, triggers};
use crate::forms::encode;
use crate::invites::Side;
use crate::texts::letters::{Letters, Notice, letters};
use crate::texts::{Texts, texts};
use crate::words::Clockface;

/// A link that was asked for longer ago than this, while no mail server was there, surprises more than it helps.
const ASKED_LONG_AGO: SignedDuration = SignedDuration::from_hours(24);

/// The house that letters come from.
#[derive(Clone, Copy, Debug)]
pub struct House<'a> {
    /// The public address of its pages.
    pub home: &'a str,
    /// The mail address that sends.
    pub mail: &'a str,
}

/// A letter that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What it says.
    pub paper: Paper,
    /// The coach who speaks in it; none if the organisation does (rule M8).
    pub coach: Option<String>,
    /// Name and address of who reads the answer; none if the organisation does.
    pub reply_to: Option<(String, String)>,
    /// The calendar file that goes with it.
    pub calendar: Option<CalendarFile>,
    /// When it stops to be true, or a link in it ends.
    pub void_at: Option<Instant>,
}

impl Draft {
    /// This, from the organisation, for as long as it takes.
    fn of(paper: Paper) -> Draft {
        Draft { paper, ..Draft::default() }
    }
}

/// Writes the letter, or gives none if it concerns nobody any more. A link in it is made in this transaction, so that
/// its secret stands in the finished message and nowhere else.
///
/// # Errors
/// Only those of the store.
pub fn write(tx: &mut Tx, material: &Material, house: &House<'_>) -> Result<Option<Draft>> {
    let desk = Desk::new(material, house);
    let reader = &material.reader;
    let says = |paper| Ok(Some(Draft::of(paper)));
    match material.letter {
        // Who cannot sign in needs neither.
        Letter::SignInLink | Letter::Invitation if reader.is_closed => Ok(None),
        Letter::SignInLink if tx.now().since(material.event.at) > ASKED_LONG_AGO => Ok(None),
        Letter::SignInLink => {
            let Some(person) = reader.to.person() else { return Ok(None) };
            let token = sign_in::mint_link(tx, person)?;
            let until = tx.now() + sign_in::LINK_FOR;
            let paper = desk.sign_in_link(token.reveal(), until);
            Ok(Some(Draft { void_at: Some(until), ..Draft::of(paper) }))
        }
        Letter::Invitation => says(desk.invitation(tx)?),
        Letter::PasswordChanged => says(desk.warning(&desk.t.password_changed, "/profile")),
        Letter::NewDevice => says(desk.warning(&desk.t.new_device, "/profile")),
        Letter::TokenMade => says(desk.warning(&desk.t.token_made, "/profile")),
        Letter::SignedOut => says(desk.notice(&desk.t.signed_out, "/sign-in")),
        Letter::AccountClosed => says(desk.notice(&desk.t.account_closed, "/")),
        Letter::RolesChanged => says(desk.roles_changed()),
        Letter::BookingLink => bookings::link(tx, &desk),
        Letter::Booked => bookings::booked(tx, &desk, Side::Client),
        Letter::BookedForCoach => bookings::booked(tx, &desk, Side::Coach),
        Letter::SeriesBooked => bookings::series(tx, &desk, Side::Client),
        Letter::SeriesBookedForCoach => bookings::series(tx, &desk, Side::Coach),
        Letter::Moved
        | Letter::MovedForCoach
        | Letter::MoveAsked
        | Letter::MoveAskedForCoach
        | Letter::MoveUndecided
        | Letter::MoveRejected
        | Letter::MoveWithdrawn
        | Letter::MoveExpired
        | Letter::MoveExpiredForCoach
        | Letter::Cancelled
        | Letter::CancelledForCoach
        | Letter::PlaceOffered
        | Letter::Reminder
        | Letter::ReminderForCoach
        | Letter::MarkWanted
        | Letter::MarkedCompleted
        | Letter::MarkedMissed
        | Letter::MarkCorrected
        | Letter::MarkChangedForCoach
        | Letter::Contested
        | Letter::Upheld
        | Letter::UpheldForCoach
        | Letter::Forgiven
        | Letter::ForgivenForCoach
        | Letter::Waived
        | Letter::WaivedForCoach
        | Letter::Receipt
        | Letter::PaidForCoach
        | Letter::Refunded
        | Letter::RefundedForCoach => life::write(tx, &desk),
        Letter::Test => says(desk.notice(&desk.t.test, "/")),
        Letter::MessageReceived => messages::received(tx, &desk),
        Letter::SessionMessage => messages::about_session(tx, &desk),
        Letter::BookingWanted => journeys::booking_wanted(tx, &desk),
        Letter::CoachChosen => journeys::coach_chosen(tx, &desk),
        Letter::CoachChosenForLead => journeys::coach_chosen_for_lead(tx, &desk),
        Letter::Trigger | Letter::TriggerForCoach => triggers::sent(tx, &desk),
        Letter::TriggerTest => triggers::tested(tx, &desk),
        Letter::PodTooSmall => journeys::pod_too_small(tx, &desk),
        Letter::CoCoachNamed | Letter::CoCoachEnded | Letter::CoCoachJoins | Letter::CoCoachLeaves => {
            co_coaches::write(tx, &desk)
        }
        Letter::CoachChanged | Letter::ClientsGiven | Letter::ClientsTaken => handover::write(tx, &desk),
        Letter::Survey => endings::survey(tx, &desk),
        Letter::SessionsCancelled => endings::called_off(tx, &desk, Side::Client),
        Letter::SessionsCancelledForCoach => endings::called_off(tx, &desk, Side::Coach),
        Letter::InactiveListed => endings::listed(tx, &desk),
        Letter::InactiveTold => endings::quiet(tx, &desk),
        Letter::Escalated => endings::escalated(tx, &desk),
    }
}

/// What lies in front of whoever writes a letter.
pub(super) struct Desk<'a> {
    pub(super) material: &'a Material,
    pub(super) house: &'a House<'a>,
    pub(super) t: &'static Letters,
    pub(super) texts: &'static Texts,
    pub(super) clock: Clockface,
}

impl<'a> Desk<'a> {
    fn new(material: &'a Material, house: &'a House<'a>) -> Desk<'a> {
        let reader = &material.reader;
        Desk {
            material,
            house,
            t: letters(reader.language),
            texts: texts(reader.language),
            clock: Clockface::new(reader.zone.clone(), reader.hour_style, reader.language),
        }
    }

    fn sign_in_link(&self, token: &str, until: Instant) -> Paper {
        let words = &self.t.sign_in_link;
        let address = format!("{}/sign-in/link/{token}", self.house.home);
        self.paper(
            (words.subject)(self.organisation()),
            words.heading.to_owned(),
            vec![
                Block::says(words.says),
                Block::button(words.button, address),
                Block::says((words.until)(&self.moment(until))),
                Block::note(words.not_asked),
            ],
        )
    }

    /// Who takes part in a program reads in which, with whom, from when on, and what comes first.
    fn invitation(&self, tx: &mut Tx) -> Result<Paper> {
        let words = &self.t.invitation;
        let reader = &self.material.reader;
        let taken_into = match reader.to.person() {
            Some(person) => participant::taken_into(tx, person)?,
            None => None,
        };
        let mut blocks = vec![Block::says((words.says)(self.by(), &reader.mail))];
        if let Some(program) = taken_into {
            // A day of the organisation, as on every page.
            let begins = organisation::get(tx)?.zone.local(program.starts_at).date();
            let mut facts = vec![
                (words.company.to_owned(), program.company),
                (words.cohort.to_owned(), program.cohort),
                (words.coach.to_owned(), program.coach.unwrap_or_else(|| words.no_coach.to_owned())),
                (words.starts.to_owned(), self.clock.short_day(begins, tx.now())),
            ];
            facts.extend(
                program.first.map(|(number, name)| (words.first.to_owned(), format!("{number} {name}"))),
            );
            blocks.push(Block::says(words.program));
            blocks.push(Block::Facts(facts));
        }
        let address = format!("{}/sign-in?mail={}", self.house.home, encode(&reader.mail));
        blocks.push(Block::button(words.button, address));
        blocks.push(Block::says(words.how));
        Ok(self.paper((words.subject)(self.organisation()), (words.heading)(self.organisation()), blocks))
    }

    fn roles_changed(&self) -> Paper {
        let words = &self.t.roles_changed;
        let facts = &self.material.event.facts;
        let names = |codes: &str| {
            let roles = codes.parse::<Roles>().unwrap_or_default();
            let names: Vec<&str> = roles.iter().map(|role| self.texts.roles.name(role)).collect();
            if names.is_empty() { words.none.to_owned() } else { names.join(", ") }
        };
        let row = |name: &str, fact: &str| (name.to_owned(), names(facts[fact].as_str().unwrap_or_default()));
        self.paper(
            (words.subject)(self.organisation()),
            words.heading.to_owned(),
            vec![
                Block::says(self.sentence(words.says)),
                Block::Facts(vec![row(words.before, "from"), row(words.now, "to")]),
                Block::button(words.button, format!("{}/", self.house.home)),
            ],
        )
    }

    /// Something happened that could be a thief's work.
    fn warning(&self, words: &Notice, path: &str) -> Paper {
        self.happened(words, path, Some(self.t.not_you.to_owned()))
    }

    /// Something happened that somebody else decided.
    fn notice(&self, words: &Notice, path: &str) -> Paper {
        let support = self.material.organisation.support_mail.as_deref();
        self.happened(words, path, support.map(self.t.ask_for_help))
    }

    fn happened(&self, words: &Notice, path: &str, advice: Option<String>) -> Paper {
        let mut blocks = vec![Block::says(self.sentence(words.says))];
        if !words.button.is_empty() {
            blocks.push(Block::button(words.button, format!("{}{path}", self.house.home)));
        }
        blocks.extend(advice.map(Block::note));
        self.paper((words.subject)(self.organisation()), words.heading.to_owned(), blocks)
    }

    fn paper(&self, subject: String, heading: String, blocks: Vec<Block>) -> Paper {
        let frame = &self.texts.mail;
        let why = format!("{} {}", frame.why_account, frame.cannot_be_switched_off);
        self.paper_because(subject, heading, String::new(), blocks, why)
    }

    pub(super) fn paper_because(
        &self,
        subject: String,
        heading: String,
        under: String,
        blocks: Vec<Block>,
        why: String,
    ) -> Paper {
        let preview = blocks.iter().find_map(Block::first_words).unwrap_or_default();
        let reader = &self.material.reader;
        // What a stranger typed as their name says nothing to whom the address belongs: it may be anybody's words.
        let greeting = match reader.to {
            Addressee::Person(_) => (self.t.greeting)(&reader.name),
            Addressee::Holder(_) => self.t.greeting_nobody.to_owned(),
        };
        Paper {
            subject,
            preview,
            heading,
            under,
            blocks: std::iter::once(Block::says(greeting)).chain(blocks).collect(),
            fallback: self.texts.mail.button_fallback.to_owned(),
            why,
        }
    }

    /// A sentence of when and by whom, beginning with a capital whoever it was.
    fn sentence(&self, says: fn(&str, &str) -> String) -> String {
        let sentence = says(&self.moment(self.material.event.at), self.by());
        let mut letters = sentence.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    pub(super) fn moment(&self, at: Instant) -> String {
        (self.t.moment)(&self.clock.long(at), &self.clock.place())
    }

    pub(super) fn by(&self) -> &str {
        self.material.event.by.as_deref().unwrap_or(self.t.the_operator)
    }

    fn organisation(&self) -> &str {
        &self.material.organisation.name
    }
}
