//! The table that people read, and every single result beside it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::{boards, reminders, serving, slots};

/// All that was measured.
pub(crate) struct Report {
    date: String,
    machine: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    engine: String,
    unit: String,
    rounds: Vec<f64>,
    remark: String,
}

impl Report {
    pub(crate) fn new(date: &str) -> Report {
        Report { date: date.to_owned(), machine: Vec::new(), rows: Vec::new() }
    }

    /// Begins with what this day's run has left in the folder, if it has: rows measured now take the place of its own.
    pub(crate) fn resume(&mut self, out: &Path) -> std::io::Result<()> {
        let path = self.raw_path(out);
        if !path.exists() {
            return Ok(());
        }
        for line in std::fs::read_to_string(path)?.lines() {
            if let Some(about) = line.strip_prefix("# ") {
                self.on(about.to_owned());
                continue;
            }
            let cells: Vec<&str> = line.split('\t').collect();
            let [what, engine, unit, _, value, remark] = cells[..] else { continue };
            let Ok(value) = value.parse() else { continue };
            match self.find(what, engine) {
                Some(row) => row.rounds.push(value),
                None => self.rows.push(Row {
                    what: what.to_owned(),
                    engine: engine.to_owned(),
                    unit: unit.to_owned(),
                    rounds: vec![value],
                    remark: remark.to_owned(),
                }),
            }
        }
        Ok(())
    }

    fn find(&mut self, what: &str, engine: &str) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.what == what && row.engine == engine)
    }

    fn raw_path(&self, out: &Path) -> PathBuf {
        out.join("benchmarks").join(format!("{}.tsv", self.date))
    }

    /// One more line about where this runs.
    pub(crate) fn on(&mut self, line: String) {
        let about = |line: &str| line.split(' ').next().map(str::to_owned);
        match self.machine.iter_mut().find(|before| about(before) == about(&line)) {
            Some(before) => *before = line,
            None => self.machine.push(line),
        }
    }

    pub(crate) fn row(
        &mut self,
        what: &'static str,
        engine: &'static str,
        unit: &'static str,
        rounds: Vec<f64>,
        remark: String,
    ) {
        let (what, engine, unit) = (what.to_owned(), engine.to_owned(), unit.to_owned());
        let row = Row { what, engine, unit, rounds, remark };
        say(&format!(
            "{}, {}: {} {} {}",
            row.what,
            row.engine,
            thousands(row.median()),
            row.unit,
            row.remark
        ));
        match self.find(&row.what, &row.engine) {
            Some(before) => *before = row,
            None => self.rows.push(row),
        }
    }

    pub(crate) fn write(&self, out: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(out.join("benchmarks"))?;
        std::fs::write(self.raw_path(out), self.raw())?;
        std::fs::write(out.join("benchmarks.md"), self.page())
    }

    fn page(&self) -> String {
        let mut page = format!(
            "# Benchmarks\n\nMeasured on {}, by `make bench`, which writes this page. The median of several rounds \
             counts; every round is in `benchmarks/{}.tsv`.\nLoad and program share the machine:\n\n",
            self.date, self.date
        );
        for line in &self.machine {
            let _ = writeln!(page, "- {line}");
        }
        page.push_str(
            "\n| what | engine | median | lowest to highest | must | |\n|---|---|---:|---:|---|---|\n",
        );
        for row in &self.rows {
            let (lowest, highest) = row.range();
            let (median, lowest, highest) = (thousands(row.median()), thousands(lowest), thousands(highest));
            let Row { what, engine, unit, remark, .. } = row;
            let must = row.must().unwrap_or_default();
            let _ = writeln!(
                page,
                "| {what} | {engine} | {median} {unit} | {lowest} to {highest} | {must} | {remark} |"
            );
        }
        page.push_str(NOTES);
        page
    }

    fn raw(&self) -> String {
        let mut raw: String = self.machine.iter().map(|line| format!("# {line}\n")).collect();
        raw.push_str("what\tengine\tunit\tround\tvalue\tremark\n");
        for Row { what, engine, unit, rounds, remark } in &self.rows {
            for (number, value) in rounds.iter().enumerate() {
                let _ = writeln!(raw, "{what}\t{engine}\t{unit}\t{}\t{value:.3}\t{remark}", number + 1);
            }
        }
        raw
    }
}

const NOTES: &str = "
- **Slot search**: the function alone. A coach of Berlin, open from 8 to 20 every day over a change of the clocks, 60 of \
the spans sessions with buffers, a daily cap; the slots are then split into the days of a reader in New York.
- **Who is free**: one thread asks for a time of day in the asker's zone at which one coach in a hundred can start, so \
that nearly all are looked at over all 28 days.
- **Naive oracle**: random calendars, zones and questions; the oracle walks the minutes of UTC and asks what the wall \
shows. One difference ends the run.
- **Durable write**: a transaction as a booking makes it: a session, its twelve quanta of coach time and the coach's \
version, thirteen rows inserted and one raised, on disk before it is acknowledged. 64 at the same time. *Contended*: all \
of them for one coach, so that each raises the same row. *Spread*: each for a coach of its own.
- **Read**: a snapshot with five queries by key. 64 at the same time.
- **Over HTTP**: requests leave at the moments that a rate sets, whether or not answers have come, and the time of an \
answer counts from when its request was due; an answer that is not the one wanted counts as a failure, and a rate holds \
only without any. 64 connections. *Most with*: the highest rate that held in most of the rounds.
- **Booking over HTTP**: `POST /api/v1/sessions` with a token: each for another time, of 398 coaches, by 1,000 clients; \
acknowledged when it is on disk, with event, ledger line and two letters queued, which the program also writes meanwhile.
- **1,000 clients on one slot**: all at the same moment, each on a connection that is open.
- **Reminders**: 50,000 sessions begin at the same moment; until all letters to clients and coaches stand in the outbox.
- **Boards**: an organisation of ten million program sessions, made by the generator of `cairn demo --size`; each page is \
asked for forty times, one after the other, and all of them count. *Looked at for mail by rule*: each company has a rule \
of which nothing is due yet; all cohorts are looked at once.
- SQLite runs with `synchronous=FULL` and commits waiting writes as a group; PostgreSQL with `fsync` on, writes \
serialisable, reads repeatable. On PostgreSQL a contended write may run several times: what is counted is what was kept.
";

/// What a row must hold, in its own unit.
enum Must {
    AtMost(f64),
    AtLeast(f64),
}

/// The rows that have a budget.
const MUSTS: [(&str, Must); 16] = [
    (slots::SEARCH, Must::AtMost(100.0)),
    (slots::WHO, Must::AtMost(100.0)),
    (reminders::REMINDERS, Must::AtMost(10.0)),
    (serving::SIZE, Must::AtMost(40.0)),
    (serving::START, Must::AtMost(200.0)),
    (serving::IDLE, Must::AtMost(40.0)),
    (serving::WITH_FONTS, Must::AtMost(60.0)),
    (serving::SEARCH, Must::AtMost(5.0)),
    (serving::SIGNED_IN, Must::AtLeast(3_000.0)),
    (serving::BOOKING, Must::AtLeast(3_000.0)),
    (boards::BOARD, Must::AtMost(50.0)),
    (boards::LIST, Must::AtMost(100.0)),
    (boards::LEADS_LIST, Must::AtMost(100.0)),
    (boards::DESK, Must::AtMost(100.0)),
    (boards::LEADS_DESK, Must::AtMost(100.0)),
    (boards::SWEEP, Must::AtMost(30.0)),
];

impl Row {
    /// Its budget, and whether the median holds it.
    fn must(&self) -> Option<String> {
        let (_, must) = MUSTS.iter().find(|(what, _)| *what == self.what)?;
        let (sign, bound, is_held) = match *must {
            Must::AtMost(most) => ("≤", most, self.median() <= most),
            Must::AtLeast(least) => ("≥", least, self.median() >= least),
        };
        let word = if is_held { "held" } else { "**missed**" };
        Some(format!("{sign} {} {}: {word}", whole(bound), self.unit))
    }

    fn median(&self) -> f64 {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }

    fn range(&self) -> (f64, f64) {
        self.rounds.iter().fold((f64::MAX, 0.0), |(low, high), value| (low.min(*value), value.max(high)))
    }
}

fn thousands(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    whole(value)
}

fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tells whoever waits how far it is.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
