//! How it went, for each place: marks and their undoing, contests, forgiving, places that an admin disables (rules S2 to
//! S6, S10, S12, S14).

use axum::extract::{Path, State};
use model::Tx;
use model::event::{Actor, Recorded};
use model::idempotency::Answer as Kept;
use model::message::Text;
use model::session::{self, PlaceSeen, Reason, SessionView, Thought, kind};
use rules::attendance::{ContestEnd, Outcome, Status};
use rules::ids::{PersonId, SessionId};
use rules::marking::{CONTESTED_FOR, Mark, WAIT_ADVISED};
use rules::menu::Act;
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;

use super::visit::{Hears, Visit, listed, name_of};
use super::{Offered, Typed, ask, cause, reads_reasons};
use crate::app::App;
use crate::forms::{Form, lead_to, lead_to_undoing};
use crate::pages::Answer;
use crate::texts::{Texts, texts};
use crate::views::session::{Ask, Press, SeatBox, Target};
use crate::visitor::Visitor;
use crate::words::first_name;

/// Somebody before one place of a session.
struct AtPlace {
    visit: Visit,
    client: PersonId,
}

impl AtPlace {
    fn new(visitor: &Visitor, (session, client): &(String, String)) -> Result<AtPlace, Refusal> {
        let client = client.parse().map_err(|_| Refusal::NotFound)?;
        Ok(AtPlace { visit: Visit::signed_in(visitor, session)?, client })
    }

    /// Does something with this place once, and leads back to the page of the session, which says `toast`.
    async fn act(
        self,
        app: &App,
        visitor: &Visitor,
        form: &Form,
        typed: Typed,
        toast: &'static str,
        effect: impl Fn(&mut Tx, &Actor, SessionId, PersonId) -> model::Result<()> + Send + 'static,
    ) -> Answer {
        self.lead(app, visitor, form, typed, effect, move |base, _| lead_to(base, toast)).await
    }

    async fn lead(
        self,
        app: &App,
        visitor: &Visitor,
        form: &Form,
        typed: Typed,
        effect: impl Fn(&mut Tx, &Actor, SessionId, PersonId) -> model::Result<()> + Send + 'static,
        lead: impl Fn(&str, PersonId) -> Kept + Send + 'static,
    ) -> Answer {
        let AtPlace { visit, client } = self;
        let (by, session, base) = (visit.by.clone(), visit.session, visit.base.clone());
        visit
            .act(app, visitor, form, typed, move |tx| {
                effect(tx, &by, session, client)?;
                Ok(lead(&base, client))
            })
            .await
    }

    /// The same with words from the form.
    async fn act_with_words(
        self,
        app: &App,
        visitor: &Visitor,
        form: &Form,
        words: Words,
        effect: impl Fn(&mut Tx, &Actor, SessionId, PersonId, &Reason) -> model::Result<()> + Send + 'static,
    ) -> Answer {
        let Words { id, field, toast } = words;
        let typed = Typed::of(&form_id(id, self.client), form, field);
        let reason = Reason::parse(form.fields.get(field));
        self.act(app, visitor, form, typed, toast, move |tx, by, session, client| {
            must_see(tx, by, session, client)?;
            let reason = reason.clone().map_err(|problem| Refusal::invalid(field, problem))?;
            effect(tx, by, session, client, &reason)
        })
        .await
    }
}

/// Who does not see the session, or somebody's place in it, is told nothing else (rule P4).
fn must_see(tx: &mut Tx, by: &Actor, session: SessionId, client: PersonId) -> model::Result<()> {
    session::view(tx, by, session)?.place_of(client).ok_or(Refusal::NotFound)?;
    Ok(())
}

/// A form that takes words: which, in which field, and what is said afterwards.
struct Words {
    id: &'static str,
    field: &'static str,
    toast: &'static str,
}

const CONTEST: Words = Words { id: "contest", field: "words", toast: "missed_contested" };

fn form_id(id: &str, client: PersonId) -> String {
    format!("{id}-{client}")
}

/// `POST /sessions/{session}/attendance/{person}`
pub async fn mark(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let mark = Mark::from_code(form.fields.get("outcome"));
    let toast = if mark == Some(Mark::Completed) { "marked_completed" } else { "marked_no_show" };
    let at = AtPlace::new(&visitor, &at)?;
    let effect = move |tx: &mut Tx, by: &Actor, session, client| {
        must_see(tx, by, session, client)?;
        let mark = mark.ok_or(Refusal::invalid("outcome", Problem::NotAChoice))?;
        session::mark(tx, by, session, client, mark)
    };
    at.lead(&app, &visitor, &form, Typed::default(), effect, move |base, client| {
        lead_to_undoing(base, toast, &format!("{base}/attendance/{client}/undo"))
    })
    .await
}

/// `POST /sessions/{session}/attendance/{person}/undo`
pub async fn undo(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let at = AtPlace::new(&visitor, &at)?;
    at.act(&app, &visitor, &form, Typed::default(), "mark_undone", session::unmark).await
}

/// `POST /sessions/{session}/attendance/{person}/check-in`: asks where they are, in their own language (rule S3).
pub async fn check_in(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let at = AtPlace::new(&visitor, &at)?;
    let effect = |tx: &mut Tx, by: &Actor, session, client| {
        let seen = session::view(tx, by, session)?;
        let place = seen.place_of(client).ok_or(Refusal::NotFound)?;
        let text = Text::parse(&check_in_words(&seen, place));
        let text = text.map_err(|problem| Refusal::invalid("text", problem))?;
        session::check_in(tx, by, session, client, &text)
    };
    at.act(&app, &visitor, &form, Typed::default(), "checked_in", effect).await
}

/// What the client is asked, in their language and as fits the place.
fn check_in_words(seen: &SessionView, place: &PlaceSeen) -> String {
    (texts(place.language).messages.check_in)(seen.session.place.kind, first_name(&place.name))
}

/// `POST /sessions/{session}/attendance/{person}/forgiveness`
pub async fn forgive(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let words = Words { id: "forgiveness", field: "reason", toast: "missed_forgiven" };
    AtPlace::new(&visitor, &at)?.act_with_words(&app, &visitor, &form, words, session::forgive).await
}

/// `POST /sessions/{session}/attendance/{person}/contest`
pub async fn contest(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    AtPlace::new(&visitor, &at)?.act_with_words(&app, &visitor, &form, CONTEST, session::contest).await
}

/// The same for whoever holds a link: they speak for themselves alone.
pub(in crate::pages) async fn contest_by_link(
    app: &App,
    visitor: &Visitor,
    visit: Visit,
    form: &Form,
) -> Answer {
    let client = visit.me.id;
    AtPlace { visit, client }.act_with_words(app, visitor, form, CONTEST, session::contest).await
}

/// `POST /sessions/{session}/attendance/{person}/contest/settlement`
pub async fn settle(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let words = Words { id: "settlement", field: "reason", toast: "contest_settled" };
    AtPlace::new(&visitor, &at)?.act_with_words(&app, &visitor, &form, words, session::uphold).await
}

/// `POST /sessions/{session}/attendance/{person}/greyed-out`
pub async fn grey_out(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let words = Words { id: "greyed-out", field: "reason", toast: "place_greyed_out" };
    AtPlace::new(&visitor, &at)?.act_with_words(&app, &visitor, &form, words, session::grey_out).await
}

/// `POST /sessions/{session}/attendance/{person}/reactivation`
pub async fn reactivate(
    State(app): State<App>,
    visitor: Visitor,
    Path(at): Path<(String, String)>,
    form: Form,
) -> Answer {
    let at = AtPlace::new(&visitor, &at)?;
    at.act(&app, &visitor, &form, Typed::default(), "place_reactivated", session::reactivate).await
}

/// `POST /sessions/{session}/attendance`
pub async fn all_present(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    on_all(&app, &visitor, &id, &form, "all_present", session::mark_all_present).await
}

/// `POST /sessions/{session}/end`
pub async fn end(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    on_all(&app, &visitor, &id, &form, "session_ended", session::end_early).await
}

/// Runs a verb that is about the whole session and not about one client's place.
async fn on_all<T: 'static>(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: &Form,
    toast: &'static str,
    verb: fn(&mut Tx, &Actor, SessionId) -> model::Result<T>,
) -> Answer {
    let visit = Visit::signed_in(visitor, id)?;
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    let act = move |tx: &mut Tx| {
        verb(tx, &by, id)?;
        Ok(lead_to(&base, toast))
    };
    visit.act(app, visitor, form, Typed::default(), act).await
}

/// A press that changes a place.
pub(super) fn press(visit: &Visit, client: PersonId, act: Act, t: &Texts) -> Option<Press> {
    let (icon, to, fields) = match act {
        Act::MarkCompleted => ("check", "", vec![("outcome", Mark::Completed.code().to_owned())]),
        Act::MarkNoShow => ("cross", "", vec![("outcome", Mark::NoShow.code().to_owned())]),
        Act::Unmark => ("undo", "/undo", Vec::new()),
        Act::CheckIn => ("message", "/check-in", Vec::new()),
        Act::Reactivate => ("retry", "/reactivation", Vec::new()),
        _ => return None,
    };
    let target = Target::Send(format!("{}/attendance/{client}{to}", visit.base), fields);
    Some(Press { label: (t.doing.act)(act).to_owned(), icon, target })
}

/// Where the page is of an act that has one.
pub(super) fn page_of(visit: &Visit, client: PersonId, act: Act) -> Option<String> {
    (act == Act::DeleteAndGreyOut).then(|| format!("{}/attendance/{client}/deletion", visit.base))
}

/// Where on the page the form of an act is that takes words.
pub(super) fn anchor(act: Act, client: PersonId) -> Option<String> {
    let id = match act {
        Act::Contest => "contest",
        Act::Uphold => "settlement",
        Act::Forgive => "forgiveness",
        Act::GreyOut => "greyed-out",
        _ => return None,
    };
    Some(form_id(id, client))
}

/// What stands beside an act.
pub(super) fn icon(act: Act) -> &'static str {
    match act {
        Act::MarkCompleted | Act::Uphold => "check",
        Act::MarkNoShow => "cross",
        Act::Unmark => "undo",
        Act::Forgive => "star",
        Act::GreyOut | Act::DeleteAndGreyOut => "greyed",
        Act::Reactivate => "retry",
        Act::CheckIn => "message",
        _ => "warn",
    }
}

/// A form for a place that takes words.
fn ask_for(visit: &Visit, typed: &Typed, act: Act, client: PersonId, t: &Texts) -> Option<Ask> {
    let d = &t.doing;
    let at = |to: &str| format!("attendance/{client}/{to}");
    let (id, to, field) = match act {
        Act::Contest => ("contest", at("contest"), "words"),
        Act::Uphold => ("settlement", at("contest/settlement"), "reason"),
        Act::Forgive => ("forgiveness", at("forgiveness"), "reason"),
        Act::GreyOut => ("greyed-out", at("greyed-out"), "reason"),
        _ => return None,
    };
    // A link speaks for its person alone.
    let to = if visit.is_signed_in() { to } else { id.to_owned() };
    let (title, label, hint, is_needed) = match act {
        Act::Contest => (d.contest, d.contest_words, d.contest_hint, true),
        Act::Uphold => ((d.act)(Act::Uphold), d.reason_for, d.settle_hint, false),
        Act::Forgive => (d.forgive, d.reason_for, d.forgive_hint, true),
        _ => ((d.act)(act), d.reason_for, d.grey_hint, false),
    };
    let form = ask(visit, typed, &form_id(id, client), &to, field);
    Some(Ask { title, label, hint: hint.to_owned(), is_needed, ..form })
}

/// What is good to know before marking: how long to wait, when anybody hears of it, and what a check-in says (rules S3,
/// S10).
pub(super) fn advice(
    visit: &Visit,
    seen: &SessionView,
    offered: &Offered,
    now: Instant,
    t: &Texts,
) -> String {
    let asks = |place: &&PlaceSeen| {
        let client = place.attendance.client;
        offered.can(client, Act::CheckIn) && visit.letters_to(seen, client).is_some()
    };
    let missing: Vec<&PlaceSeen> = seen.places.iter().filter(asks).collect();
    let mut words = vec![when_told(seen, offered, now, t)];
    words.extend(check_in_says(seen, &missing, t));
    words.join(" ").trim().to_owned()
}

/// What one press asks whom: of several the same words go to all who read one language, each with their own name.
fn check_in_says(seen: &SessionView, missing: &[&PlaceSeen], t: &Texts) -> Vec<String> {
    if let [only] = missing {
        return vec![(t.doing.check_in_says)(first_name(&only.name), &check_in_words(seen, only))];
    }
    let in_one_language = |language: &Language| {
        let readers: Vec<&str> = missing
            .iter()
            .filter(|place| place.language == *language)
            .map(|place| first_name(&place.name))
            .collect();
        let said = (texts(*language).messages.check_in)(seen.session.place.kind, "…");
        (!readers.is_empty()).then(|| (t.doing.check_in_says)(&listed(&readers, t), &said))
    };
    Language::ALL.iter().filter_map(in_one_language).collect()
}

/// What a hint says, and who hears of it besides.
pub(super) fn too(hint: String, coaches: &[&str], t: &Texts) -> String {
    if coaches.is_empty() { hint } else { format!("{hint}{}", (t.doing.told_too)(&listed(coaches, t))) }
}

fn when_told(seen: &SessionView, offered: &Offered, now: Instant, t: &Texts) -> String {
    let is_offered = |act| {
        seen.places
            .iter()
            .any(|place| place.status == Status::Booked && offered.can(place.attendance.client, act))
    };
    let is_soon = seen.session.facts.time.is_some_and(|time| now < time.starts_at + WAIT_ADVISED);
    match (is_offered(Act::MarkNoShow), is_offered(Act::MarkCompleted)) {
        (true, _) if is_soon => t.doing.wait_advice.to_owned(),
        (true, _) | (_, true) => t.doing.told_later.to_owned(),
        (false, false) => String::new(),
    }
}

/// Everybody's place, of which there is something to say or to do here.
pub(super) fn seats(
    visit: &Visit,
    seen: &SessionView,
    offers: (&Offered, &Hears),
    events: &[Recorded],
    typed: &Typed,
    now: Instant,
    t: &Texts,
) -> Vec<SeatBox> {
    let boxes = seen.places.iter().map(|place| seat(visit, seen, place, offers, events, typed, now, t));
    boxes.flatten().collect()
}

#[expect(clippy::too_many_arguments, reason = "one place of the page, which is made of all of it")]
fn seat(
    visit: &Visit,
    seen: &SessionView,
    place: &PlaceSeen,
    (offered, hears): (&Offered, &Hears),
    events: &[Recorded],
    typed: &Typed,
    now: Instant,
    t: &Texts,
) -> Option<SeatBox> {
    let (d, face) = (&t.doing, &visit.clockface);
    let (client, facts) = (place.attendance.client, &place.attendance.facts);
    let is_own = client == visit.me.id;
    let is_pod = seen.places.len() > 1;
    let first = first_name(&place.name);
    let mut lines = Vec::new();
    if let Some(marked) = facts.outcome.filter(|_| matches!(place.status, Status::Completed | Status::Missed))
    {
        let who = match name_of(seen, marked.by) {
            _ if marked.by == visit.me.id => t.sessions.by_you.to_owned(),
            "" => String::new(),
            name => (t.sessions.by)(name),
        };
        let is_a_mark = marked.outcome != Outcome::LateCancellation;
        if is_a_mark && !who.is_empty() {
            lines.push((d.marked)(&who, &face.near(marked.at, now)));
        }
    }
    if let Some(at) = facts.tell_at.filter(|at| now < *at) {
        lines.push(if is_own { (d.tells_you)(&face.time(at)) } else { (d.tells)(first, &face.time(at)) });
    }
    let can = |act| offered.can(client, act);
    if facts.told.is_some() && can(Act::Unmark) {
        lines.push((d.corrects)(first));
    }
    if can(Act::Unmark) {
        let markers = hears.coaches(Thought::Unmark(client), visit.me.id, seen);
        lines.extend(markers.into_iter().map(d.tells_marker));
    }
    // Without a mark there is nothing to contest; the timeline tells what was.
    let contested = facts.contested.filter(|_| facts.outcome.is_some());
    let is_contested = contested.is_some_and(|contested| contested.is_open());
    if let Some(contested) = contested {
        let when = face.near(contested.at, now);
        lines.push(match (is_own, contested.is_open()) {
            (true, true) => {
                (d.contested_you)(&when, facts.outcome.is_some_and(|it| is_coach_of(seen, it.by)))
            }
            (true, false) => (d.contested_once_you)(&when),
            (false, true) => (d.contested)(first, &when),
            (false, false) => (d.contested_once)(first, &when),
        });
        if reads_reasons(visit, seen) {
            lines.extend(words_of(events, place).map(|words| (t.waiting.quoted)(&words)));
        }
        lines.extend(contested.end.map(|end| {
            // What was taken back bears no outcome: what is settled and still counts stands.
            let stands = matches!(end, ContestEnd::Settled { .. }) && place.status == Status::Missed;
            let says = if stands { d.upheld } else { d.settled };
            says(&face.near(end.at(), now))
        }));
    }
    if can(Act::Contest)
        && let Some(marked) = facts.outcome
    {
        lines.push((d.contest_until)(&face.near(marked.at + CONTESTED_FOR, now)));
    }
    let acts = [Act::MarkCompleted, Act::MarkNoShow, Act::Unmark, Act::Reactivate];
    // For a single client the buttons of what is booked stand at the head of the page.
    let at_head = !is_pod && place.status == Status::Booked;
    let presses: Vec<Press> = acts
        .into_iter()
        .filter(|act| can(*act) && !at_head)
        .filter_map(|act| press(visit, client, act, t))
        .collect();
    let asks: Vec<Ask> = [Act::Contest, Act::Uphold, Act::Forgive, Act::GreyOut]
        .into_iter()
        .filter(|act| can(*act))
        .filter_map(|act| {
            let mut ask = ask_for(visit, typed, act, client, t)?;
            // Of a late cancellation there is no mark to undo or correct.
            let is_late = facts.outcome.is_some_and(|it| it.outcome == Outcome::LateCancellation);
            if act == Act::Uphold && is_late {
                d.settle_hint_late.clone_into(&mut ask.hint);
            }
            let thought = match act {
                Act::Uphold => Thought::Uphold(client),
                Act::Forgive => Thought::Forgive(client),
                _ => return Some(ask),
            };
            Some(Ask { hint: too(ask.hint, &hears.coaches(thought, visit.me.id, seen), t), ..ask })
        })
        .collect();
    let is_said = is_pod || !lines.is_empty() || !presses.is_empty() || !asks.is_empty();
    is_said.then(|| SeatBox {
        name: place.name.clone(),
        is_named: is_pod || !is_own,
        status: place.status,
        cause: facts.outcome.and_then(|marked| cause(marked.outcome, t)).unwrap_or_default().to_owned(),
        is_contested,
        lines,
        presses,
        asks,
    })
}

fn is_coach_of(seen: &SessionView, person: PersonId) -> bool {
    seen.coaches.iter().any(|coach| coach.person == person)
}

/// What a client wrote when they contested it.
fn words_of(events: &[Recorded], place: &PlaceSeen) -> Option<String> {
    let is_theirs =
        |event: &&Recorded| event.kind == kind::CONTESTED.0 && event.subject.id == place.attendance.id.raw();
    events.iter().find(is_theirs).and_then(|event| event.reason.clone())
}
