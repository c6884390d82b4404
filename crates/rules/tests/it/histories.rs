//! Random histories of one session, beside a small model that was written from the text of the rules and not from the
//! code: what may be done, what becomes of it, whose time it takes and what is owed.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use rules::attendance::{Outcome, Status};
use rules::cancelling::Calling;
use rules::ledger::{Balance, LineKind, billed};
use rules::marking::{Mark, Marker, OthersWhoSettle};
use rules::meeting::{Meeting, Side};
use rules::money::Money;
use rules::moving::Wished;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::{Instant, Span};

use crate::support::{ADA, ADMIN, BEN, COACH, DAY, HOUR, MINUTE, OTTO, PRICE, START, Sort, at, ms, planned};

/// Something that somebody tries. A start is given as so long from now.
#[derive(Clone, Copy, Debug)]
enum Act {
    Book(i64),
    ClientMoves(i64),
    HouseMoves(i64),
    Approve,
    Reject,
    Withdraw,
    ClientCancels,
    LeadCancels,
    CoachCannot,
    HouseDoesNotWant,
    Mark(Mark, bool),
    Undo(bool),
    Forgive,
    GreyOut,
    Reactivate,
    Contest,
    Uphold,
    Nothing,
}

/// How it went, by the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Went {
    Well,
    NoShow,
    Late,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Waits,
    Booked,
    Went(Went),
    Off,
    Grey,
}

/// A wish, by the reference.
#[derive(Clone, Copy, Debug)]
struct Wish {
    from: i64,
    to: i64,
    asked: i64,
    ends: i64,
    /// When the coach said no, or nothing for too long.
    refused: Option<i64>,
    withdrawn: bool,
}

/// The session as a reader of the rules would keep it on paper; times in milliseconds.
#[derive(Clone, Debug)]
struct Paper {
    program: bool,
    fate: Fate,
    start: i64,
    booked: i64,
    /// When the house moved it, and from which start; until the client moves.
    imposed: Option<(i64, i64)>,
    changes: u32,
    /// Those for the start now in force.
    wishes: Vec<Wish>,
    marked: i64,
    first_mark: Option<i64>,
    contested: Option<bool>,
    settled: bool,
    /// Whether an admin said the last word of it.
    word: Option<bool>,
    /// Whether an admin marked it.
    by_admin: bool,
    told: Option<Went>,
    tell: Option<i64>,
    /// What the client is asked to pay, once all is told.
    net: i64,
    waived: bool,
}

const NO: Result<(), ()> = Err(());

impl Paper {
    fn expire(&mut self, now: i64) {
        for wish in &mut self.wishes {
            if wish.refused.is_none() && !wish.withdrawn && now >= wish.ends {
                wish.refused = Some(wish.ends);
            }
        }
    }

    fn open(&self) -> Option<usize> {
        self.wishes.iter().position(|wish| wish.refused.is_none() && !wish.withdrawn)
    }

    fn is_free(&self, now: i64) -> bool {
        self.imposed.is_some_and(|(told, old)| now < (told + DAY).max(old) && now < self.start)
    }

    /// S14: `word` is whether an admin says the last one; none of a mark that its marker takes back.
    fn settle(&mut self, word: Option<bool>) {
        if self.contested.is_some() && !self.settled {
            (self.settled, self.word) = (true, word);
        }
    }

    /// S14: what somebody else has settled only an admin says otherwise.
    fn may_say(&self, admin: bool) -> Result<(), ()> {
        if self.settled && self.word == Some(true) && !admin { NO } else { Ok(()) }
    }

    fn restart(&mut self, to: i64) {
        self.start = to;
        self.wishes.clear();
        self.first_mark = None;
        (self.contested, self.settled, self.word) = (None, false, None);
    }

    /// R7: counted from the first request that is open or was refused no more than two hours ago.
    fn fair(&self, now: i64) -> Option<i64> {
        let counts = |wish: &&Wish| !wish.withdrawn && wish.refused.is_none_or(|at| now < at + 2 * HOUR);
        self.wishes.iter().filter(counts).filter(|wish| wish.from == self.start).map(|wish| wish.asked).min()
    }

    fn free_up(&mut self) {
        self.fate = if self.program { Fate::Waits } else { Fate::Off };
        self.imposed = None;
        self.wishes.clear();
        (self.told, self.tell) = (None, None);
    }

    /// Time passes: what is due is told, and money follows (S10).
    fn tell(&mut self, now: i64) {
        if self.tell.is_none_or(|moment| now < moment) {
            return;
        }
        self.tell = None;
        let is = match self.fate {
            Fate::Went(went) => Some(went),
            _ => None,
        };
        if is != self.told {
            self.told = is;
            self.bill(PRICE);
        }
    }

    /// Our terms keep all of the price for what took place and for a no-show.
    fn bill(&mut self, share: i64) {
        if !self.program && !self.waived {
            self.net = share;
        }
    }

    fn remark(&mut self, now: i64) {
        let is = match self.fate {
            Fate::Went(went) => Some(went),
            _ => None,
        };
        self.tell = (is != self.told).then_some(now + 15 * MINUTE);
    }

    fn mark(&mut self, mark: Mark, admin: bool, now: i64) -> Result<(), ()> {
        let went = if mark == Mark::Completed { Went::Well } else { Went::NoShow };
        let opens = if mark == Mark::Completed { self.start + HOUR } else { self.start + 10 * MINUTE };
        let was = self.fate;
        match was {
            Fate::Booked => {}
            Fate::Went(was) if was != Went::Late && was != went => self.may_correct(admin, now)?,
            _ => return NO,
        }
        if [was, Fate::Went(went)].contains(&Fate::Went(Went::NoShow)) {
            self.may_say(admin)?;
        }
        if now < opens {
            return NO;
        }
        if went == Went::Well {
            self.settle(Some(admin).filter(|_| was != Fate::Booked && self.by_admin != admin));
        } else if self.word.is_none() {
            // Whoever takes a mark back and gives it again has settled nothing.
            self.settled = false;
        }
        self.by_admin = admin;
        self.fate = Fate::Went(went);
        self.marked = now;
        self.first_mark = self.first_mark.or(Some(now));
        self.remark(now);
        Ok(())
    }

    fn may_correct(&self, admin: bool, now: i64) -> Result<(), ()> {
        let first = self.first_mark.expect("it is marked");
        if admin || now <= first + 7 * DAY { Ok(()) } else { NO }
    }

    fn client_moves(&mut self, to: i64, now: i64) -> Result<(), ()> {
        let notice = self.start - now;
        if self.fate != Fate::Booked || notice <= 0 || to == self.start {
            return NO;
        }
        if self.is_free(now) {
            if to <= now {
                return NO;
            }
            self.imposed = None;
            self.restart(to);
            return Ok(());
        }
        if self.changes >= 3 || notice < DAY {
            return NO;
        }
        if notice > 2 * DAY {
            if to <= now {
                return NO;
            }
            self.changes += 1;
            self.imposed = None;
            self.restart(to);
            return Ok(());
        }
        if self.open().is_some() || self.wishes.len() >= 2 || to - now < 2 * HOUR {
            return NO;
        }
        let ends = (now + 2 * DAY).min(self.start - HOUR).min(to - HOUR);
        self.wishes.push(Wish { from: self.start, to, asked: now, ends, refused: None, withdrawn: false });
        Ok(())
    }

    fn client_cancels(&mut self, by_themselves: bool, now: i64) -> Result<(), ()> {
        let notice = self.start - now;
        if self.fate != Fate::Booked || notice <= 0 {
            return NO;
        }
        let free = self.is_free(now);
        let just_now = now <= self.booked + 15 * MINUTE;
        let fair = self.fair(now).map(|asked| self.start - asked);
        let is_late = !free && notice < DAY && !just_now && fair.is_none();
        if self.program && !free && !is_late {
            if by_themselves && self.changes >= 3 {
                return NO;
            }
            self.changes += 1;
        }
        let counted = notice.max(fair.unwrap_or(0));
        let kept = match () {
            () if free || counted >= 2 * DAY => 0,
            () if is_late => PRICE,
            () => PRICE / 2,
        };
        self.bill(kept);
        if is_late {
            self.wishes.clear();
            self.fate = Fate::Went(Went::Late);
            self.marked = now;
            (self.told, self.tell) = (Some(Went::Late), self.tell);
        } else {
            self.free_up();
        }
        Ok(())
    }

    fn house_cancels(&mut self, remains: bool, now: i64) -> Result<(), ()> {
        if self.fate != Fate::Booked || (now >= self.start && !remains) {
            return NO;
        }
        self.bill(0);
        self.free_up();
        Ok(())
    }

    fn act(&mut self, act: Act, now: i64) -> Result<(), ()> {
        self.expire(now);
        match act {
            Act::Nothing => Ok(()),
            Act::Book(ahead) => {
                if self.fate != Fate::Waits {
                    return NO;
                }
                self.fate = Fate::Booked;
                self.booked = now;
                self.restart(now + ahead);
                Ok(())
            }
            Act::ClientMoves(ahead) => self.client_moves(now + ahead, now),
            Act::HouseMoves(ahead) => {
                let to = now + ahead;
                if self.fate != Fate::Booked || to == self.start || to <= now {
                    return NO;
                }
                self.imposed = Some((now, self.start));
                self.restart(to);
                Ok(())
            }
            Act::Approve => {
                let open = self.open().ok_or(())?;
                let to = self.wishes[open].to;
                self.changes += 1;
                self.imposed = None;
                self.restart(to);
                Ok(())
            }
            Act::Reject => {
                let open = self.open().ok_or(())?;
                self.wishes[open].refused = Some(now);
                Ok(())
            }
            Act::Withdraw => {
                let open = self.open().ok_or(())?;
                self.wishes[open].withdrawn = true;
                Ok(())
            }
            Act::ClientCancels => self.client_cancels(true, now),
            Act::LeadCancels => self.client_cancels(false, now),
            Act::CoachCannot => self.house_cancels(true, now),
            Act::HouseDoesNotWant => self.house_cancels(false, now),
            Act::Mark(mark, admin) => self.mark(mark, admin, now),
            Act::Undo(admin) => {
                if !matches!(self.fate, Fate::Went(Went::Well | Went::NoShow)) {
                    return NO;
                }
                self.may_correct(admin, now)?;
                if self.fate == Fate::Went(Went::NoShow) {
                    self.may_say(admin)?;
                }
                self.settle(Some(admin).filter(|_| self.by_admin != admin));
                self.fate = Fate::Booked;
                self.remark(now);
                Ok(())
            }
            Act::Forgive => {
                if !matches!(self.fate, Fate::Went(Went::NoShow | Went::Late)) {
                    return NO;
                }
                self.settle(Some(true));
                (self.net, self.waived) = (0, true);
                self.free_up();
                Ok(())
            }
            Act::GreyOut if self.fate == Fate::Waits => {
                self.fate = Fate::Grey;
                Ok(())
            }
            Act::Reactivate if self.fate == Fate::Grey => {
                self.fate = Fate::Waits;
                Ok(())
            }
            Act::GreyOut | Act::Reactivate => NO,
            Act::Contest => {
                let missed = matches!(self.fate, Fate::Went(Went::NoShow | Went::Late));
                if !missed || self.contested.is_some() || now > self.marked + 7 * DAY {
                    return NO;
                }
                self.contested = Some(true);
                // Whoever answers it knows it: it is told, and money follows.
                if let Fate::Went(Went::NoShow) = self.fate {
                    self.tell = Some(now);
                    self.tell(now);
                }
                Ok(())
            }
            Act::Uphold => {
                if self.contested.is_none() || self.settled {
                    return NO;
                }
                self.settle(Some(true));
                Ok(())
            }
        }
    }

    fn status(&self) -> Status {
        match self.fate {
            Fate::Waits => Status::Unbooked,
            Fate::Booked => Status::Booked,
            Fate::Went(Went::Well) => Status::Completed,
            Fate::Went(_) => Status::Missed,
            Fate::Off => Status::Cancelled,
            Fate::Grey => Status::GreyedOut,
        }
    }

    /// Whose time it is: its own, and what an open request asks for.
    fn owned(&self) -> Vec<Span> {
        if matches!(self.fate, Fate::Waits | Fate::Off | Fate::Grey) {
            return Vec::new();
        }
        let hour = |from: i64| Span::of(at(from), ms(HOUR));
        let asked = self.open().map(|open| hour(self.wishes[open].to));
        [Some(hour(self.start)), asked].into_iter().flatten().collect()
    }
}

/// The session as the rules' code has it, with the lines that the ledger would get.
#[derive(Clone)]
struct Code {
    meeting: Meeting,
    balance: Balance,
}

impl Code {
    fn bill(&mut self, target: Option<Money>) {
        if let Some((kind, minor)) = target.and_then(|target| self.balance.settle(target.minor)) {
            self.balance = self.balance.with(kind, minor);
        }
    }

    fn off(&mut self, side: Side, cause: Cause, now: Instant) -> Result<Meeting, Refusal> {
        let by = if side == Side::Client { BEN } else { ADA };
        let calling = Calling { by, side, cause };
        let quote = self.meeting.quote(BEN, &calling, now);
        let (after, done) = self.meeting.clone().called_off(BEN, &calling, now)?;
        assert_eq!(quote, Ok(done), "what is said before is what is done");
        self.bill(done.kept);
        Ok(after)
    }

    fn tell(&mut self, now: Instant) {
        let (after, telling) = self.meeting.clone().told(BEN, now).expect("his seat");
        self.meeting = after;
        if telling.is_some() {
            let seat = &self.meeting.seats()[0];
            let target = billed(seat, seat.facts.told);
            self.bill(target);
        }
    }

    fn act(&mut self, act: Act, now: Instant) -> Result<(), Refusal> {
        let meeting = self.meeting.clone();
        let marker = |admin: bool| -> Marker { if admin { ADMIN } else { COACH } };
        self.meeting = match act {
            Act::Nothing => meeting,
            Act::Book(ahead) => meeting.booked(now + ms(ahead), now)?,
            Act::ClientMoves(ahead) => match meeting.moved_by_client(BEN, now + ms(ahead), 0, now)? {
                Wished::Moved(after) | Wished::Asked(after, _) => after,
            },
            Act::HouseMoves(ahead) => meeting.moved_by_coach(now + ms(ahead), now)?,
            Act::Approve => meeting.approved(now)?,
            Act::Reject => meeting.rejected(now)?,
            Act::Withdraw => meeting.withdrawn(now)?,
            Act::ClientCancels => self.off(Side::Client, Cause::Client, now)?,
            Act::LeadCancels => self.off(Side::Lead, Cause::Client, now)?,
            Act::CoachCannot => self.off(Side::Coach, Cause::Coach, now)?,
            Act::HouseDoesNotWant => self.off(Side::Coach, Cause::Organisation, now)?,
            Act::Mark(mark, admin) => meeting.marked(BEN, mark, &marker(admin), now)?,
            Act::Undo(admin) => meeting.unmarked(BEN, &marker(admin), now)?,
            Act::Forgive => {
                let after = meeting.forgiven(BEN, OTTO, now)?;
                let net = self.balance.net();
                if net > 0 {
                    self.balance = self.balance.with(LineKind::Waiver, net);
                }
                after
            }
            Act::GreyOut => meeting.greyed_out(BEN, OTTO, now)?,
            Act::Reactivate => meeting.reactivated(BEN, now)?,
            Act::Contest => {
                let after = meeting.contested(BEN, now)?;
                let (was, is) = (&self.meeting.seats()[0], &after.seats()[0]);
                let target = billed(is, is.facts.told).filter(|_| was.facts.told != is.facts.told);
                self.bill(target);
                after
            }
            Act::Uphold => meeting.upheld(BEN, OTTO, OthersWhoSettle::None, now)?,
        };
        Ok(())
    }
}

pub(crate) fn ahead() -> impl Strategy<Value = i64> {
    let around = prop_oneof![Just(2 * HOUR), Just(DAY), Just(2 * DAY), Just(5 * DAY), -DAY..10 * DAY];
    (around, prop_oneof![Just(0), Just(-1), Just(1)]).prop_map(|(ahead, more)| ahead + more)
}

fn acts() -> impl Strategy<Value = Act> {
    let mark = prop_oneof![Just(Mark::Completed), Just(Mark::NoShow)];
    prop_oneof![
        2 => ahead().prop_map(Act::Book),
        5 => ahead().prop_map(Act::ClientMoves),
        2 => ahead().prop_map(Act::HouseMoves),
        2 => Just(Act::Approve),
        2 => Just(Act::Reject),
        1 => Just(Act::Withdraw),
        1 => Just(Act::ClientCancels),
        1 => Just(Act::LeadCancels),
        1 => Just(Act::CoachCannot),
        1 => Just(Act::HouseDoesNotWant),
        4 => (mark, any::<bool>()).prop_map(|(mark, admin)| Act::Mark(mark, admin)),
        2 => any::<bool>().prop_map(Act::Undo),
        1 => Just(Act::Forgive),
        1 => Just(Act::GreyOut),
        1 => Just(Act::Reactivate),
        1 => Just(Act::Contest),
        1 => Just(Act::Uphold),
        2 => Just(Act::Nothing),
    ]
}

/// How the clock goes on: a little, by a round step, or to a boundary of what is booked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    By(i64),
    /// To so long from the start now in force, if that is ahead.
    ToStart(i64),
}

pub(crate) fn steps() -> impl Strategy<Value = Step> {
    let by =
        prop_oneof![Just(0), Just(1), Just(MINUTE), Just(15 * MINUTE), Just(HOUR), Just(DAY), 0..3 * DAY];
    let bounds = prop_oneof![
        Just(-2 * DAY),
        Just(-DAY),
        Just(-30 * HOUR),
        Just(-HOUR),
        Just(0),
        Just(10 * MINUTE),
        Just(HOUR),
        Just(7 * DAY)
    ];
    let near = (bounds, prop_oneof![Just(-1), Just(0), Just(1)]).prop_map(|(bound, more)| bound + more);
    prop_oneof![by.prop_map(Step::By), near.prop_map(Step::ToStart)]
}

fn run(program: bool, history: &[(Step, Act, bool)]) {
    let mut now: i64 = -10 * DAY;
    let sort = if program { Sort::Program } else { Sort::Practice };
    // A practice session is booked from the beginning, a step of a program waits.
    let mut code = Code { meeting: planned(sort), balance: Balance::default() };
    let mut paper = Paper {
        program,
        fate: Fate::Waits,
        start: 0,
        booked: 0,
        imposed: None,
        changes: 0,
        wishes: Vec::new(),
        marked: 0,
        first_mark: None,
        contested: None,
        settled: false,
        word: None,
        by_admin: false,
        told: None,
        tell: None,
        net: 0,
        waived: false,
    };
    if !program {
        code.act(Act::Book(-now), at(now)).expect("it waits");
        paper.act(Act::Book(-now), now).expect("it waits");
        code.balance = code.balance.with(LineKind::Charge, PRICE);
        paper.net = PRICE;
        assert_eq!(code.meeting.session().time.map(|time| time.starts_at), Some(START));
    }
    // The one is swept at every step and more than once, the other never.
    let mut unswept = code.clone();
    for (step, act, sweep_late) in history {
        now = match *step {
            Step::By(millis) => now + millis,
            Step::ToStart(offset) => now.max(paper.start + offset),
        };
        let moment = at(now);
        for code in [&mut code, &mut unswept] {
            code.tell(moment);
            code.tell(moment);
        }
        paper.tell(now);
        code.meeting = code.meeting.expired(moment);
        if !sweep_late {
            code.meeting = code.meeting.expired(moment);
        }
        let before = code.meeting.clone();
        let (got, got_unswept) = (code.act(*act, moment), unswept.act(*act, moment));
        assert_eq!(got, got_unswept, "{act:?}: whether a sweep ran decides nothing");
        assert_eq!(got.is_ok(), paper.act(*act, now).is_ok(), "{act:?} at {now}: {got:?}, by {paper:#?}");
        if got.is_err() {
            assert_eq!(code.meeting, before, "what is refused changes nothing");
        }
        let seat = &code.meeting.seats()[0];
        assert_eq!(code.meeting.status(seat), paper.status(), "{act:?}");
        assert_eq!(unswept.meeting.status(&unswept.meeting.seats()[0]), paper.status(), "{act:?}");
        let swept = unswept.meeting.clone().expired(moment);
        for meeting in [&code.meeting, &swept] {
            assert_eq!(meeting.owned(), paper.owned(), "{act:?}");
        }
        assert!(unswept.meeting.owned().len() <= 2);
        let undecided = code.meeting.requests().iter().filter(|request| request.decided.is_none()).count();
        assert!(undecided <= 1, "one request waits, or none");
        assert_eq!(seat.facts.changes, paper.changes, "{act:?}");
        assert_eq!(code.balance.net(), paper.net, "{act:?}: what is owed");
        assert_eq!(code.balance, unswept.balance, "{act:?}");
        assert!(code.balance.net() >= 0);
        if seat.facts.outcome.is_some_and(|marked| marked.outcome == Outcome::LateCancellation) {
            assert_eq!(seat.facts.told, Some(Outcome::LateCancellation), "its letter says so at once");
        }
        // What a program would load again: the requests of other starts are history.
        for code in [&mut code, &mut unswept] {
            let start = code.meeting.session().time.map(|time| time.starts_at);
            let requests = code.meeting.requests().iter().copied();
            let kept = requests.filter(|request| request.decided.is_none() || Some(request.from) == start);
            code.meeting =
                Meeting::new(code.meeting.session().clone(), code.meeting.seats().to_vec(), kept.collect());
        }
    }
}

// Rules S2, S10, S11, R3, R4, R5, R7, R8, F3, T4
#[test]
fn random_histories_go_as_the_rules_say_whether_swept_or_not() {
    let mut runner = TestRunner::new(Config { cases: 1_500, failure_persistence: None, ..Config::default() });
    let histories = (any::<bool>(), proptest::collection::vec((steps(), acts(), any::<bool>()), 1..40));
    let outcome = runner.run(&histories, |(program, history)| {
        run(program, &history);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
