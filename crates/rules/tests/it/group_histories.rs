//! Random histories of a group with one seat or several, beside a small model that was written from the text of the rules
//! (S9, S12, S13): what one member does changes nothing for the others, what the house does changes it for all.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use rules::attendance::Status;
use rules::cancelling::Calling;
use rules::ids::PersonId;
use rules::marking::{Mark, Marker, OthersWhoSettle};
use rules::meeting::{Meeting, Side};
use rules::moving::Wished;
use rules::refusal::Refusal;
use rules::session::Cause;
use rules::time::{Instant, Span};

use crate::histories::{Step, ahead, steps};
use crate::support::{ADA, ADMIN, BEN, COACH, DAY, HOUR, KIM, MINUTE, NOOR, OTTO, Sort, at, ms, planned};

/// Who may be in it.
const MEMBERS: [PersonId; 3] = [BEN, KIM, NOOR];

/// Something that somebody tries: the house with all of it, or somebody with one member's seat.
#[derive(Clone, Copy, Debug)]
enum Act {
    Book(i64),
    HouseMoves(i64),
    CoachCannot(usize),
    HouseDoesNotWant(usize),
    Of(usize, OfOne),
    Nothing,
}

/// What concerns one seat.
#[derive(Clone, Copy, Debug)]
enum OfOne {
    Moves(i64),
    Cancels,
    LeadCancels,
    ComesBack,
    ChangesDate,
    IsTakenOut,
    Mark(Mark, bool),
    Undo(bool),
    Forgive,
    GreyOut,
    Reactivate,
    Contest,
    Uphold,
}

/// Where a member stands, by the reference; whether there is a date is the group's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    In,
    Out,
    Late,
    Well,
    NoShow,
    Grey,
}

#[derive(Clone, Debug)]
struct Member {
    seat: Seat,
    changes: u32,
    marked: i64,
    first_mark: Option<i64>,
    contested: bool,
    settled: bool,
    /// Whether an admin said the last word of it.
    word: Option<bool>,
    /// Whether an admin marked it.
    by_admin: bool,
    told: Option<Seat>,
    tell: Option<i64>,
}

/// The group as a reader of the rules would keep it on paper; times in milliseconds.
#[derive(Clone, Debug)]
struct Paper {
    start: Option<i64>,
    booked: i64,
    imposed: Option<(i64, i64)>,
    members: Vec<Member>,
}

const NO: Result<(), ()> = Err(());

impl Member {
    fn went(&self) -> Option<Seat> {
        matches!(self.seat, Seat::Late | Seat::Well | Seat::NoShow).then_some(self.seat)
    }

    /// S14: `word` is whether an admin says the last one; none of a mark that its marker takes back.
    fn settle(&mut self, word: Option<bool>) {
        if self.contested && !self.settled {
            (self.settled, self.word) = (true, word);
        }
    }

    /// S14: what somebody else has settled only an admin says otherwise.
    fn may_say(&self, admin: bool) -> Result<(), ()> {
        if self.settled && self.word == Some(true) && !admin { NO } else { Ok(()) }
    }

    fn remark(&mut self, now: i64) {
        self.tell = (self.went() != self.told).then_some(now + 15 * MINUTE);
    }

    fn may_correct(&self, admin: bool, now: i64) -> Result<(), ()> {
        let first = self.first_mark.expect("it is marked");
        if admin || now <= first + 7 * DAY { Ok(()) } else { NO }
    }

    /// Another date: what was said of the old one is over.
    fn restart(&mut self) {
        if self.went().is_none() {
            self.first_mark = None;
            (self.contested, self.settled, self.word) = (false, false, None);
        }
    }

    fn reverse(&mut self) {
        if self.seat == Seat::Late {
            self.seat = Seat::Out;
            (self.told, self.tell) = (None, None);
            (self.contested, self.settled, self.word) = (false, false, None);
        }
    }

    fn contest(&mut self, now: i64) -> Result<(), ()> {
        if !matches!(self.seat, Seat::NoShow | Seat::Late) || self.contested || now > self.marked + 7 * DAY {
            return NO;
        }
        self.contested = true;
        // Whoever answers a mark knows it.
        (self.told, self.tell) = (self.went(), None);
        Ok(())
    }

    fn uphold(&mut self) -> Result<(), ()> {
        if !self.contested || self.settled {
            return NO;
        }
        self.settle(Some(true));
        Ok(())
    }
}

impl Paper {
    fn status(&self, member: usize) -> Status {
        match (self.members[member].seat, self.start) {
            (Seat::In, Some(_)) => Status::Booked,
            (Seat::In | Seat::Out, _) => Status::Unbooked,
            (Seat::Well, _) => Status::Completed,
            (Seat::Late | Seat::NoShow, _) => Status::Missed,
            (Seat::Grey, _) => Status::GreyedOut,
        }
    }

    fn is_free(&self, start: i64, now: i64) -> bool {
        self.imposed.is_some_and(|(told, old)| now < (told + DAY).max(old) && now < start)
    }

    /// S13: there is a date, and everybody has left it or is disabled.
    fn is_for_nobody(&self) -> bool {
        let is_out = |member: &Member| matches!(member.seat, Seat::Out | Seat::Late | Seat::Grey);
        self.start.is_some() && self.members.iter().all(is_out)
    }

    /// Nobody is said to have come or not, and somebody still could: they are in, or nobody is.
    fn is_unmarked(&self) -> bool {
        let is = |seat| self.members.iter().any(|member| member.seat == seat);
        let is_to_come = self.is_for_nobody() || is(Seat::In);
        self.start.is_some() && is_to_come && !is(Seat::Well) && !is(Seat::NoShow)
    }

    fn cancels(&mut self, member: usize, by_themselves: bool, now: i64) -> Result<(), ()> {
        let start = self.start.filter(|start| now < *start).ok_or(())?;
        let (free, just_now) = (self.is_free(start, now), now <= self.booked + 15 * MINUTE);
        let member = &mut self.members[member];
        if member.seat != Seat::In {
            return NO;
        }
        if !free && !just_now && start - now < DAY {
            (member.seat, member.marked, member.told) = (Seat::Late, now, Some(Seat::Late));
            return Ok(());
        }
        if !free {
            if by_themselves && member.changes >= 3 {
                return NO;
            }
            member.changes += 1;
        }
        member.seat = Seat::Out;
        Ok(())
    }

    fn house_cancels(&mut self, member: usize, remains: bool, now: i64) -> Result<(), ()> {
        let is_in = self.members[member].seat == Seat::In || self.is_for_nobody();
        if !is_in || !self.is_unmarked() || self.start.is_none_or(|start| now >= start && !remains) {
            return NO;
        }
        (self.start, self.imposed) = (None, None);
        for member in &mut self.members {
            member.reverse();
            (member.told, member.tell) = (None, None);
        }
        Ok(())
    }

    fn mark(&mut self, member: usize, mark: Mark, admin: bool, now: i64) -> Result<(), ()> {
        let start = self.start.ok_or(())?;
        let (went, opens) = match mark {
            Mark::Completed => (Seat::Well, start + HOUR),
            Mark::NoShow => (Seat::NoShow, start + 10 * MINUTE),
        };
        let member = &mut self.members[member];
        let was = member.seat;
        match was {
            Seat::In => {}
            Seat::Well | Seat::NoShow if member.seat != went => member.may_correct(admin, now)?,
            _ => return NO,
        }
        if [was, went].contains(&Seat::NoShow) {
            member.may_say(admin)?;
        }
        if now < opens {
            return NO;
        }
        if went == Seat::Well {
            member.settle(Some(admin).filter(|_| was != Seat::In && member.by_admin != admin));
        } else if member.word.is_none() {
            member.settled = false;
        }
        member.by_admin = admin;
        (member.seat, member.marked) = (went, now);
        member.first_mark = member.first_mark.or(Some(now));
        member.remark(now);
        Ok(())
    }

    fn of_one(&mut self, n: usize, act: OfOne, now: i64) -> Result<(), ()> {
        let status = self.status(n);
        let member = &mut self.members[n];
        match act {
            // Nobody moves a date that is also others' (S13).
            OfOne::Moves(_) => NO,
            OfOne::Cancels => self.cancels(n, true, now),
            OfOne::LeadCancels => self.cancels(n, false, now),
            // Who left takes their place again before it begins, and what was contested is over.
            OfOne::ComesBack => {
                let is_ahead = self.start.is_some_and(|start| now < start);
                if member.seat != Seat::Out || !is_ahead {
                    return NO;
                }
                member.seat = Seat::In;
                (member.contested, member.settled, member.word) = (false, false, None);
                Ok(())
            }
            // S13: while notice is no less than a day, three times, or freely in answer to a move. Whoever finds them the
            // other date counts it.
            OfOne::ChangesDate => {
                let start = self.start.filter(|start| now < *start).ok_or(())?;
                let is_free = self.imposed.is_some_and(|(told, old)| now < (told + DAY).max(old));
                let in_time = member.changes < 3 && start - now >= DAY;
                if member.seat != Seat::In || !(is_free || in_time) {
                    return NO;
                }
                member.seat = Seat::Out;
                Ok(())
            }
            OfOne::IsTakenOut => {
                let is_ahead = self.start.is_some_and(|start| now < start);
                if member.seat != Seat::In || !is_ahead {
                    return NO;
                }
                member.seat = Seat::Out;
                Ok(())
            }
            OfOne::Mark(mark, admin) => self.mark(n, mark, admin, now),
            OfOne::Undo(admin) if matches!(member.seat, Seat::Well | Seat::NoShow) => {
                member.may_correct(admin, now)?;
                if member.seat == Seat::NoShow {
                    member.may_say(admin)?;
                }
                member.settle(Some(admin).filter(|_| member.by_admin != admin));
                member.seat = Seat::In;
                member.remark(now);
                Ok(())
            }
            OfOne::Forgive if matches!(member.seat, Seat::NoShow | Seat::Late) => {
                member.settle(Some(true));
                member.seat = Seat::Out;
                (member.told, member.tell) = (None, None);
                Ok(())
            }
            OfOne::GreyOut if status == Status::Unbooked => {
                member.seat = Seat::Grey;
                Ok(())
            }
            OfOne::Reactivate if member.seat == Seat::Grey => {
                member.seat = Seat::Out;
                Ok(())
            }
            OfOne::Undo(_) | OfOne::Forgive | OfOne::GreyOut | OfOne::Reactivate => NO,
            OfOne::Contest => member.contest(now),
            OfOne::Uphold => member.uphold(),
        }
    }

    fn act(&mut self, act: Act, now: i64) -> Result<(), ()> {
        match act {
            Act::Nothing => Ok(()),
            Act::Book(ahead) => {
                let waits = (0..self.members.len()).any(|n| self.status(n) == Status::Unbooked);
                if self.start.is_some() || !waits {
                    return NO;
                }
                (self.start, self.booked, self.imposed) = (Some(now + ahead), now, None);
                for member in &mut self.members {
                    if member.seat == Seat::Out {
                        member.seat = Seat::In;
                    }
                    member.restart();
                }
                Ok(())
            }
            Act::HouseMoves(ahead) => {
                let (to, start) = (now + ahead, self.start.ok_or(())?);
                if !self.is_unmarked() || to == start || to <= now {
                    return NO;
                }
                (self.start, self.imposed) = (Some(to), Some((now, start)));
                for member in &mut self.members {
                    member.reverse();
                    member.restart();
                }
                Ok(())
            }
            Act::CoachCannot(member) => self.house_cancels(member, true, now),
            Act::HouseDoesNotWant(member) => self.house_cancels(member, false, now),
            Act::Of(member, act) => self.of_one(member, act, now),
        }
    }

    fn tell(&mut self, now: i64) {
        for member in &mut self.members {
            if member.tell.is_some_and(|moment| moment <= now) {
                (member.tell, member.told) = (None, member.went());
            }
        }
    }

    fn owned(&self) -> Vec<Span> {
        self.start.map(|start| Span::of(at(start), ms(HOUR))).into_iter().collect()
    }
}

fn by_code(meeting: &Meeting, act: Act, now: Instant) -> Result<Meeting, Refusal> {
    let meeting = meeting.clone();
    let off = |client, side, cause| {
        if cause != Cause::Client && meeting.is_for_nobody() {
            return meeting.clone().called_off_for_nobody(side, cause, now).map(|(after, _)| after);
        }
        let calling = Calling { by: if side == Side::Client { client } else { ADA }, side, cause };
        let quote = meeting.quote(client, &calling, now);
        let (after, done) = meeting.clone().called_off(client, &calling, now)?;
        assert_eq!(quote, Ok(done), "what is said before is what is done");
        Ok(after)
    };
    let marker = |admin: bool| -> Marker { if admin { ADMIN } else { COACH } };
    let (client, act) = match act {
        Act::Nothing => return Ok(meeting),
        Act::Book(ahead) => return meeting.booked(now + ms(ahead), now),
        Act::HouseMoves(ahead) => return meeting.moved_by_coach(now + ms(ahead), now),
        Act::CoachCannot(member) => return off(MEMBERS[member], Side::Coach, Cause::Coach),
        Act::HouseDoesNotWant(member) => return off(MEMBERS[member], Side::Coach, Cause::Organisation),
        Act::Of(member, act) => (MEMBERS[member], act),
    };
    match act {
        OfOne::Moves(ahead) => Ok(match meeting.moved_by_client(client, now + ms(ahead), 0, now)? {
            Wished::Moved(after) | Wished::Asked(after, _) => after,
        }),
        OfOne::Cancels => off(client, Side::Client, Cause::Client),
        OfOne::LeadCancels => off(client, Side::Lead, Cause::Client),
        OfOne::ComesBack => meeting.returned(client, now),
        OfOne::ChangesDate => meeting.given_up_for_another(client, now).map(|(after, _)| after),
        OfOne::IsTakenOut => meeting.taken_out(client, now),
        OfOne::Mark(mark, admin) => meeting.marked(client, mark, &marker(admin), now),
        OfOne::Undo(admin) => meeting.unmarked(client, &marker(admin), now),
        OfOne::Forgive => meeting.forgiven(client, OTTO, now),
        OfOne::GreyOut => meeting.greyed_out(client, OTTO, now),
        OfOne::Reactivate => meeting.reactivated(client, now),
        OfOne::Contest => meeting.contested(client, now),
        OfOne::Uphold => meeting.upheld(client, OTTO, OthersWhoSettle::None, now),
    }
}

fn acts(size: usize) -> impl Strategy<Value = Act> {
    let mark = prop_oneof![Just(Mark::Completed), Just(Mark::NoShow)];
    let of_one = prop_oneof![
        1 => ahead().prop_map(OfOne::Moves),
        4 => Just(OfOne::Cancels),
        2 => Just(OfOne::LeadCancels),
        3 => Just(OfOne::ComesBack),
        2 => Just(OfOne::ChangesDate),
        1 => Just(OfOne::IsTakenOut),
        6 => (mark, any::<bool>()).prop_map(|(mark, admin)| OfOne::Mark(mark, admin)),
        2 => any::<bool>().prop_map(OfOne::Undo),
        2 => Just(OfOne::Forgive),
        2 => Just(OfOne::GreyOut),
        2 => Just(OfOne::Reactivate),
        2 => Just(OfOne::Contest),
        1 => Just(OfOne::Uphold),
    ];
    prop_oneof![
        3 => ahead().prop_map(Act::Book),
        2 => ahead().prop_map(Act::HouseMoves),
        1 => (0..size).prop_map(Act::CoachCannot),
        1 => (0..size).prop_map(Act::HouseDoesNotWant),
        12 => (0..size, of_one).prop_map(|(member, act)| Act::Of(member, act)),
        1 => Just(Act::Nothing),
    ]
}

fn run(size: usize, history: &[(Step, Act)]) {
    let mut now: i64 = -10 * DAY;
    let whole = planned(Sort::Pod);
    let mut meeting = Meeting::new(whole.session().clone(), whole.seats()[..size].to_vec(), Vec::new());
    let member = Member {
        seat: Seat::In,
        changes: 0,
        marked: 0,
        first_mark: None,
        contested: false,
        settled: false,
        word: None,
        by_admin: false,
        told: None,
        tell: None,
    };
    let mut paper = Paper { start: None, booked: 0, imposed: None, members: vec![member; size] };
    for (step, act) in history {
        now = match *step {
            Step::By(millis) => now + millis,
            Step::ToStart(offset) => now.max(paper.start.unwrap_or(now) + offset),
        };
        let moment = at(now);
        for client in &MEMBERS[..size] {
            meeting = meeting.told(*client, moment).expect("their seat").0;
        }
        paper.tell(now);
        let before = meeting.clone();
        let got = by_code(&meeting, *act, moment);
        assert_eq!(got.is_ok(), paper.act(*act, now).is_ok(), "{act:?} at {now}: {got:?}, by {paper:#?}");
        meeting = got.unwrap_or(meeting);
        for (n, seat) in meeting.seats().iter().enumerate() {
            assert_eq!(meeting.status(seat), paper.status(n), "{act:?}: {n}");
            assert_eq!(seat.facts.changes, paper.members[n].changes, "{act:?}: {n}");
            if let Act::Of(actor, _) = act
                && *actor != n
            {
                assert_eq!(seat, &before.seats()[n], "{act:?} changes nothing for another member");
            }
        }
        if let Act::Of(..) = act {
            assert_eq!(meeting.session(), before.session(), "{act:?}: the group keeps its date");
        }
        assert_eq!(meeting.owned(), paper.owned(), "{act:?}");
        assert!(meeting.requests().is_empty(), "nobody asks to move what is not theirs alone");
    }
}

// Rules S9, S13
#[test]
fn random_histories_of_a_group_go_as_the_rules_say() {
    let mut runner = TestRunner::new(Config { cases: 1_500, failure_persistence: None, ..Config::default() });
    let histories = (1..=MEMBERS.len())
        .prop_flat_map(|size| (Just(size), proptest::collection::vec((steps(), acts(size)), 1..40)));
    let outcome = runner.run(&histories, |(size, history)| {
        run(size, &history);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
