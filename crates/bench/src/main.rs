//! `cairn-bench`: measures the program and writes `docs/benchmarks.md`.
//!
//! Sees everything and is seen by nothing. Each row is run several times, the median counts, and every
//! single result is kept beside the table.

mod boards;
mod load;
mod machine;
mod reminders;
mod report;
mod serving;
mod slots;
mod store;

use std::path::PathBuf;
use std::time::Duration;

use model::Clock;
use report::Report;

const USAGE: &str =
    "cairn-bench [--date YYYY-MM-DD] [--seconds N] [--rounds N] [--cases N] [--only TEXT] [--redo TEXT] [--slack N] [--sessions N] [--grown FOLDER] [--out FOLDER]
Measures, and writes FOLDER/benchmarks.md and FOLDER/benchmarks/DATE.tsv (FOLDER is docs unless said).\n\
With --only, it measures the rows that contain TEXT (\"read\", \"SQLite\") and writes nothing; with --redo, it\n\
puts them among the others of the same date. With --slack, an answer\n\
may take N times as long as it should, for a machine that is not quiet; then it writes nothing either. With --sessions,\n\
boards are measured among so many and not among ten million. With --grown, the large organisation is made in FOLDER\n\
and stays there for the next time.";

/// How the rows are run.
struct Plan {
    date: String,
    out: PathBuf,
    only: String,
    is_redone: bool,
    rounds: usize,
    round: Duration,
    cases: u64,
    slack: f64,
    sessions: u64,
    grown: Option<PathBuf>,
}

fn main() {
    let plan = match Plan::parse(std::env::args().skip(1)) {
        Ok(plan) => plan,
        Err(problem) => return report::say(&format!("{problem}\n{USAGE}")),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut report = Report::new(&plan.date);
    if plan.is_redone {
        report.resume(&plan.out).expect("reading what was measured before");
    }
    machine::describe().into_iter().for_each(|line| report.on(line));
    // What is done again is kept as it comes.
    let keep = |report: &Report, is_last: bool| {
        let is_kept = plan.is_redone || (is_last && plan.only.is_empty());
        if is_kept && plan.slack <= 1.0 && plan.sessions == model::demo::SESSIONS_MAX {
            report.write(&plan.out).expect("writing the report");
        }
    };
    slots::measure(&plan, &mut report);
    keep(&report, false);
    runtime.block_on(store::measure(&plan, &mut report));
    keep(&report, false);
    runtime.block_on(reminders::measure(&plan, &mut report));
    drop(runtime);
    keep(&report, false);
    serving::measure(&plan, &mut report);
    keep(&report, false);
    boards::measure(&plan, &mut report);
    keep(&report, true);
}

impl Plan {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
        let mut plan = Plan {
            date: Clock::machine().now().to_string()[..10].to_owned(),
            out: PathBuf::from("docs"),
            only: String::new(),
            is_redone: false,
            rounds: 5,
            round: Duration::from_secs(3),
            cases: 1_000_000,
            slack: 1.0,
            sessions: model::demo::SESSIONS_MAX,
            grown: None,
        };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            let number = || value.parse::<usize>().map_err(|_| format!("{value} is no number"));
            match word.as_str() {
                "--date" => plan.date = value,
                "--out" => plan.out = PathBuf::from(value),
                "--only" => plan.only = value,
                "--redo" => (plan.only, plan.is_redone) = (value, true),
                "--rounds" => plan.rounds = number()?.max(1),
                "--seconds" => plan.round = Duration::from_secs(number()?.max(1) as u64),
                "--slack" => plan.slack = number()?.max(1) as f64,
                "--sessions" => plan.sessions = number()?.max(1) as u64,
                "--grown" => plan.grown = Some(PathBuf::from(value)),
                "--cases" => plan.cases = number()?.max(1) as u64,
                _ => return Err(format!("{word} means nothing here")),
            }
        }
        Ok(plan)
    }

    fn wants(&self, what: &str, engine: &str) -> bool {
        format!("{what}, {engine}").contains(&self.only)
    }
}
