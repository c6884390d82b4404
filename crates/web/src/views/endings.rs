//! The end of journeys: completing one and many, the survey and its answers, who has gone quiet, putting people away, and
//! telling sponsors.

use askama::Template;

use super::board::Crumb;
use super::filters;
use crate::shell::{Choice, FormErrors, Place, Shell};
use crate::texts::Language;

/// A session that is in the way, or a booking that is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRow {
    /// What it is.
    pub title: String,
    /// How it stands, and when.
    pub line: String,
    /// Its page.
    pub href: String,
    /// What its link says.
    pub label: &'static str,
}

/// `GET /journeys/{journey}/completion`
#[derive(Template)]
#[template(path = "endings/completion.html")]
pub struct CompletionPage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// Its own address, without what is done with it.
    pub base: String,
    /// "Complete the journey of Noor Haddad"
    pub heading: String,
    /// The pathway.
    pub line: String,
    /// What is to be said first, a sentence each.
    pub notes: Vec<String>,
    /// Whether there is a proposal that the reader may drop, and what its button says.
    pub drops: Option<&'static str>,
    /// What is in the way.
    pub open: Vec<OpenRow>,
    /// What to say of the sessions.
    pub stands: &'static str,
    /// What the reader can do.
    pub may: May,
    /// Which mails go out.
    pub mails: String,
    /// Whether a reason is needed.
    pub needs_reason: bool,
    /// What was typed as reason.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// What a reader can do with a journey's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// Say that it is complete.
    Complete,
    /// Say that it is not, after all.
    Reopen,
    /// Propose it.
    Propose,
    /// Nothing now.
    Nothing,
}

/// A journey among many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyLine {
    /// Its id, for the form.
    pub id: String,
    /// Whose.
    pub name: String,
    /// The pathway, and what is open.
    pub line: String,
    /// Its own page.
    pub href: String,
}

/// `GET /cohorts/{cohort}/completions`
#[derive(Template)]
#[template(path = "endings/completions.html")]
pub struct CompletionsPage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// Where the form is sent.
    pub action: String,
    /// The board.
    pub base: String,
    /// Those that can be completed as they are.
    pub ready: Vec<JourneyLine>,
    /// Those that need a reason.
    pub open: Vec<JourneyLine>,
    /// Those that are complete, by name.
    pub done: Vec<String>,
    /// Those of the reader's own.
    pub own: Vec<String>,
    /// That the cohort is put away, so that nothing can be completed; empty is none (rule G8).
    pub away: String,
    /// Which mails go out.
    pub mails: &'static str,
    /// What the reason is for, and whether it is needed.
    pub hint: &'static str,
    /// What was typed as reason.
    pub reason: String,
    /// What is wrong.
    pub errors: FormErrors,
}

/// `GET /pathways/{pathway}/survey`
#[derive(Template)]
#[template(path = "endings/survey.html")]
pub struct SurveyPage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// Where the form is sent.
    pub action: String,
    /// Whether these are the usual questions.
    pub is_standard: bool,
    /// Whether nothing is asked.
    pub is_empty: bool,
    /// A row for each question, and some empty ones.
    pub rows: Vec<QuestionRow>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// A question in the form that writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionRow {
    /// Its words.
    pub text: String,
    /// How it is answered.
    pub kinds: Vec<Choice>,
    /// What can be chosen, a line each.
    pub choices: String,
    /// What is wrong with it; empty is nothing.
    pub problem: String,
}

/// Behind the link of a survey, and for whoever is signed in.
#[derive(Template)]
#[template(path = "endings/answer.html")]
pub struct AnswerPage {
    /// The frame.
    pub shell: Shell,
    /// How it stands.
    pub state: AnswerState,
}

/// How a survey stands for whoever opens it.
#[derive(Clone, Debug)]
pub enum AnswerState {
    /// It can be answered.
    Open {
        /// "About Leading through change"
        about: String,
        /// Where the answers are sent.
        action: String,
        /// The questions.
        asks: Vec<Ask>,
        /// What is wrong; empty is nothing.
        problem: String,
    },
    /// It was answered.
    Answered,
    /// Nothing is asked yet.
    NotOpen,
    /// The link leads nowhere.
    Gone,
}

/// A question to answer.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The name of its input.
    pub name: String,
    /// Its words.
    pub text: String,
    /// How it is answered.
    pub form: AskForm,
}

/// The input of a question.
#[derive(Clone, Debug)]
pub enum AskForm {
    /// From 1 to 5, and which was chosen.
    Scale(Vec<Choice>),
    /// One of a few.
    Choice(Vec<Choice>),
    /// Their own words, as typed.
    Text(String),
}

/// `GET /cohorts/{cohort}/feedback`
#[derive(Template)]
#[template(path = "endings/feedback.html")]
pub struct FeedbackPage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// "7 of 9 have answered"; empty while nobody was asked.
    pub count: String,
    /// The questions.
    pub questions: Vec<FeedbackRow>,
}

/// What was answered to one question.
#[derive(Clone, Debug)]
pub struct FeedbackRow {
    /// Its words.
    pub text: String,
    /// Whether it is asked no more.
    pub is_removed: bool,
    /// "7 people"; empty where they are too few.
    pub people: String,
    /// What came of it.
    pub summary: FeedbackSummary,
}

/// What came of a question.
#[derive(Clone, Debug)]
pub enum FeedbackSummary {
    /// Too few have answered.
    Few,
    /// The average in words, and in tenths of the scale.
    Average(String, u32),
    /// Each choice, and how many chose it.
    Choices(Vec<(String, String)>),
    /// What was written.
    Texts(Vec<String>),
}

/// `GET /inactive`, `GET /cohorts/{cohort}/inactive`
#[derive(Template)]
#[template(path = "endings/inactive.html")]
pub struct InactivePage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// Who stands here.
    pub definition: String,
    /// What is said where nobody does.
    pub none: String,
    /// The list of all cohorts; none if this is it.
    pub all: Option<&'static str>,
    /// Cohort by cohort.
    pub cohorts: Vec<QuietCohort>,
}

/// Those of one cohort who have gone quiet.
#[derive(Clone, Debug)]
pub struct QuietCohort {
    /// What it is called.
    pub name: String,
    /// Its board.
    pub href: String,
    /// Where the form is sent.
    pub action: String,
    /// Who.
    pub people: Vec<QuietRow>,
}

/// Somebody who has gone quiet.
#[derive(Clone, Debug)]
pub struct QuietRow {
    /// Their place, for the form.
    pub id: String,
    /// Who.
    pub name: String,
    /// Why they are listed.
    pub line: String,
    /// What they would be put away as.
    pub proposed: &'static str,
    /// Their page.
    pub href: String,
}

/// `GET /cohorts/{cohort}/participants/archive`, `GET /participants/{participant}/archive`
#[derive(Template)]
#[template(path = "endings/archive.html")]
pub struct ArchivePage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// Where the form is sent.
    pub action: String,
    /// The page before.
    pub base: String,
    /// "Put 3 people away"
    pub heading: String,
    /// Who would be put away.
    pub people: Vec<LeavingRow>,
    /// "4 bookings ahead"; empty is none.
    pub ahead: String,
    /// Who is away already.
    pub away: Vec<String>,
    /// What was typed as reason.
    pub reason: String,
    /// What stands in the way; empty is nothing.
    pub problem: String,
}

/// Somebody who would be put away.
#[derive(Clone, Debug)]
pub struct LeavingRow {
    /// Their place, for the form.
    pub id: String,
    /// Who.
    pub name: String,
    /// Why, or since when nothing has happened.
    pub line: String,
    /// As what.
    pub endings: Vec<Choice>,
    /// What is still booked.
    pub ahead: Vec<OpenRow>,
}

/// `GET /cohorts/{cohort}/escalation`
#[derive(Template)]
#[template(path = "endings/escalation.html")]
pub struct EscalationPage {
    /// The frame.
    pub shell: Shell,
    /// What it belongs to.
    pub crumbs: Vec<Crumb>,
    /// Where the form is sent.
    pub action: String,
    /// The board.
    pub base: String,
    /// Who does not answer: id, name, line.
    pub people: Vec<(String, String, String)>,
    /// The sponsors: name, and what is special.
    pub sponsors: Vec<(String, String)>,
    /// Why it cannot be sent; empty if it can.
    pub impossible: &'static str,
    /// After how many reminders it is offered.
    pub lede: String,
    /// When it is offered, where it is not.
    pub none: String,
    /// What the message says, and what it never does.
    pub about: &'static str,
    /// The message, paragraph by paragraph.
    pub message: Vec<String>,
    /// The language that it is in.
    pub language: &'static str,
    /// What is added to it, as typed.
    pub note: String,
    /// What is wrong with `note`.
    pub errors: FormErrors,
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb { label: "Autumn 2026".to_owned(), href: Some("/cohorts/coh_1".to_owned()) }]
}

fn shell(title: &str) -> Shell {
    Shell::sample(Language::English, title, Place::Elsewhere)
}

fn booked() -> OpenRow {
    OpenRow {
        title: "3 Pod: feedback".to_owned(),
        line: "Booked, Thu 26 Nov, 10:15".to_owned(),
        href: "/sessions/ses_1".to_owned(),
        label: "See it",
    }
}

impl CompletionPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, CompletionPage)> {
        let page = |may, open: Vec<OpenRow>| CompletionPage {
            shell: shell("Complete"),
            crumbs: crumbs(),
            base: "/journeys/jou_1".to_owned(),
            heading: "Complete the journey of Noor Haddad".to_owned(),
            line: "Leading through change".to_owned(),
            notes: vec!["Mara Lindqvist has proposed yesterday that it is complete.".to_owned()],
            drops: Some("Put aside"),
            needs_reason: !open.is_empty(),
            open,
            stands: "Everything that counts is completed or missed.",
            may,
            mails: "In a quarter of an hour Noor Haddad gets the survey by mail.".to_owned(),
            reason: String::new(),
            errors: FormErrors::NONE,
        };
        vec![
            ("ready", page(May::Complete, Vec::new())),
            ("open", page(May::Complete, vec![booked()])),
            ("done", page(May::Reopen, Vec::new())),
            ("coach", page(May::Propose, vec![booked()])),
            ("nothing", page(May::Nothing, Vec::new())),
        ]
    }
}

impl CompletionsPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, CompletionsPage)> {
        let line = |id: &str, name: &str| JourneyLine {
            id: id.to_owned(),
            name: name.to_owned(),
            line: "Leading through change".to_owned(),
            href: "/journeys/jou_1/completion".to_owned(),
        };
        let page = |ready: Vec<JourneyLine>, open: Vec<JourneyLine>| CompletionsPage {
            shell: shell("Complete journeys"),
            crumbs: crumbs(),
            action: "/cohorts/coh_1/completions".to_owned(),
            base: "/cohorts/coh_1".to_owned(),
            ready,
            open,
            done: vec!["Aiko Tanaka".to_owned()],
            own: Vec::new(),
            away: String::new(),
            mails: "A quarter of an hour later a survey goes to each of the chosen of whom it is said above.",
            hint: "Stands in the history. You may leave it out.",
            reason: String::new(),
            errors: FormErrors::NONE,
        };
        let full = page(vec![line("jou_1", "Noor Haddad")], vec![line("jou_2", "Jonas Weber")]);
        vec![("full", full), ("nobody", page(Vec::new(), Vec::new()))]
    }
}

impl SurveyPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, SurveyPage)> {
        let row = |text: &str, problem: &str| QuestionRow {
            text: text.to_owned(),
            kinds: ["scale", "choice", "text"].map(|kind| Choice::new(kind, kind, "scale")).to_vec(),
            choices: String::new(),
            problem: problem.to_owned(),
        };
        let page = |rows: Vec<QuestionRow>| SurveyPage {
            shell: shell("Survey"),
            crumbs: crumbs(),
            action: "/pathways/pat_1/survey".to_owned(),
            is_standard: true,
            is_empty: rows.is_empty(),
            rows,
            errors: FormErrors::NONE,
        };
        vec![
            ("full", page(vec![row("How was it?", ""), row("Which?", "Two at least.")])),
            ("empty", page(Vec::new())),
        ]
    }
}

impl AnswerPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, AnswerPage)> {
        let page =
            |state| AnswerPage { shell: Shell::sample_public(Language::English, "How was it?"), state };
        let ask = |name: &str, form| Ask { name: name.to_owned(), text: "How was it?".to_owned(), form };
        let choices = |words: &[&str]| words.iter().map(|word| Choice::new(*word, *word, "")).collect();
        let open = AnswerState::Open {
            about: "About Leading through change".to_owned(),
            action: "/surveys/abc".to_owned(),
            asks: vec![
                ask("que_1", AskForm::Scale(choices(&["1", "2", "3", "4", "5"]))),
                ask("que_2", AskForm::Choice(choices(&["Often", "Seldom"]))),
                ask("que_3", AskForm::Text(String::new())),
            ],
            problem: String::new(),
        };
        vec![
            ("open", page(open)),
            ("answered", page(AnswerState::Answered)),
            ("not-open", page(AnswerState::NotOpen)),
            ("gone", page(AnswerState::Gone)),
        ]
    }
}

impl FeedbackPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, FeedbackPage)> {
        let row = |text: &str, summary| FeedbackRow {
            text: text.to_owned(),
            is_removed: false,
            people: "7 people".to_owned(),
            summary,
        };
        let page = |questions| FeedbackPage {
            shell: shell("Feedback"),
            crumbs: crumbs(),
            count: "7 of 9 have answered".to_owned(),
            questions,
        };
        let full = page(vec![
            row("How was it?", FeedbackSummary::Average("4.3 of 5 on average".to_owned(), 43)),
            row("Which?", FeedbackSummary::Choices(vec![("Often".to_owned(), "7".to_owned())])),
            row("What else?", FeedbackSummary::Texts(vec!["It was good.".to_owned()])),
            row("And?", FeedbackSummary::Few),
        ]);
        vec![("full", full), ("nobody", page(Vec::new()))]
    }
}

impl InactivePage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, InactivePage)> {
        let row = QuietRow {
            id: "par_1".to_owned(),
            name: "Noor Haddad".to_owned(),
            line: "The last session was completed: 3 August".to_owned(),
            proposed: "Did not finish",
            href: "/participants/par_1".to_owned(),
        };
        let cohort = QuietCohort {
            name: "Autumn 2026".to_owned(),
            href: "/cohorts/coh_1".to_owned(),
            action: "/cohorts/coh_1/participants/archive".to_owned(),
            people: vec![row],
        };
        let page = |cohorts| InactivePage {
            shell: shell("Gone quiet"),
            crumbs: crumbs(),
            definition: "Somebody stands here who for three calendar months has had no booking made."
                .to_owned(),
            none: "Everybody has booked, met or joined within three months.".to_owned(),
            all: Some("/inactive"),
            cohorts,
        };
        vec![("full", page(vec![cohort])), ("nobody", page(Vec::new()))]
    }
}

impl ArchivePage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, ArchivePage)> {
        let row = LeavingRow {
            id: "par_1".to_owned(),
            name: "Noor Haddad".to_owned(),
            line: "Nothing since joining: 3 August".to_owned(),
            endings: vec![Choice::new("not_started", "Did not start", "not_started")],
            ahead: vec![booked()],
        };
        let page = |people: Vec<LeavingRow>| ArchivePage {
            shell: shell("Put away"),
            crumbs: crumbs(),
            action: "/cohorts/coh_1/participants/archive".to_owned(),
            base: "/cohorts/coh_1".to_owned(),
            heading: "Put one person away".to_owned(),
            ahead: if people.is_empty() { String::new() } else { "1 booking ahead".to_owned() },
            people,
            away: vec!["Aiko Tanaka".to_owned()],
            reason: String::new(),
            problem: String::new(),
        };
        vec![("full", page(vec![row])), ("nobody", page(Vec::new()))]
    }
}

impl EscalationPage {
    /// Rendered by tests, and for looking at.
    pub fn samples() -> Vec<(&'static str, EscalationPage)> {
        let page = |impossible| EscalationPage {
            shell: shell("Tell the sponsors"),
            crumbs: crumbs(),
            action: "/cohorts/coh_1/escalation".to_owned(),
            base: "/cohorts/coh_1".to_owned(),
            people: vec![("par_1".to_owned(), "Noor Haddad".to_owned(), "2 reminders".to_owned())],
            sponsors: vec![("Cara Jensen".to_owned(), String::new())],
            impossible,
            lede: "These participants were reminded twice at least.".to_owned(),
            none: "It is offered a week after the second reminder.".to_owned(),
            about: "Nobody is named.",
            message: vec!["Some of your people have sessions that wait for a date.".to_owned()],
            language: "en",
            note: String::new(),
            errors: FormErrors::NONE,
        };
        vec![("full", page("")), ("impossible", page("There is no sponsor who could be told."))]
    }
}
