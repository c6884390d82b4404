//! The rows of a file of pods (rule G5). A pod has as many lines as one likes, one for each member or several members in
//! one: they are put together by company, project, cohort, step and name, and what the first of them says need not be
//! said again.

use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use rules::person::{MailAddress, fold};
use rules::refusal::Problem;
use rules::text::Line;
use rules::time::{Instant, Zone};

use super::{Cells, RowProblem, Sheet, Why, plain, some};
use crate::program::pod::{Joining, POD_MEMBERS_MAX};

/// The first line of a file of pods, in the order of the template.
pub const POD_COLUMNS: [&str; 12] = [
    "pod", "company", "project", "cohort", "step", "coach", "start", "zone", "minimum", "maximum", "joining",
    "members",
];

/// Columns that a file of pods needs.
pub(super) const NEEDED: [&str; 4] = ["pod", "company", "project", "cohort"];

/// A file of pods to start from.
pub const POD_TEMPLATE: &str = "pod,company,project,cohort,step,coach,start,zone,minimum,maximum,joining,members\n\
    Blue,Company,Project,Cohort,2,coach@example.com,2026-03-12 10:00,Europe/Berlin,3,6,closed,ada@company.example\n\
    Blue,Company,Project,Cohort,2,,,,,,,ben@company.example kim@company.example\n";

/// The most characters of a pod's name.
const NAME_MAX_CHARS: u32 = 80;

/// A pod, as far as its lines can be understood by themselves. What is empty is left as it is; what cannot be understood is
/// empty too, and told among the problems of the sheet.
#[derive(Clone, Debug)]
pub struct PodRow {
    /// The first of its lines, from 1.
    pub line: u64,
    /// The columns of its lines that are not understood; with any, it is brought in in no case.
    pub unread: Vec<&'static str>,
    /// What it is called.
    pub name: String,
    /// The company's name.
    pub company: String,
    /// The project's name.
    pub project: String,
    /// The cohort's name.
    pub cohort: String,
    /// The step's number or name; empty is the only one of a pod.
    pub step: String,
    /// The mail address or name of who leads it.
    pub coach: String,
    /// When it meets.
    pub start: Option<When>,
    /// Below so many members the lead is warned.
    pub minimum: Option<u32>,
    /// It holds no more.
    pub maximum: Option<u32>,
    /// Whether participants choose it themselves.
    pub joining: Option<Joining>,
    /// Who is to be in it, each with the line that says so.
    pub members: Vec<(u64, MailAddress)>,
    /// What stands in the column of its start.
    pub typed_start: String,
}

impl PodRow {
    /// On whose clock its start is said, if that is said.
    pub(in crate::program) fn zone(&self) -> Option<&Zone> {
        match &self.start {
            Some(When::Wall(_, zone)) => zone.as_ref(),
            _ => None,
        }
    }
}

/// When something is, as a file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// With its distance from UTC.
    At(Instant),
    /// On a clock of this zone; without one, of the organisation's.
    Wall(DateTime, Option<Zone>),
}

impl When {
    fn parse(text: &str, zone: Option<Zone>) -> Option<When> {
        if let Ok(at) = text.replacen(' ', "T", 1).parse::<Instant>() {
            return Some(When::At(at));
        }
        let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | ' ' | 'T');
        if !text.contains(':') || !text.chars().all(is_plain) {
            return None;
        }
        text.parse().ok().map(|wall| When::Wall(wall, zone))
    }

    /// The moment: of a time that a clock shows twice the first, of one that it never shows none (rule T3).
    pub(in crate::program) fn instant(&self, house: &Zone) -> Option<Instant> {
        match self {
            When::At(at) => Some(*at),
            When::Wall(wall, zone) => {
                let found = zone.as_ref().unwrap_or(house).tz().to_ambiguous_timestamp(*wall);
                if matches!(found.offset(), AmbiguousOffset::Gap { .. }) {
                    return None;
                }
                found.earlier().ok().map(Instant::from_timestamp)
            }
        }
    }
}

/// The column that a word of the first line means.
pub(super) fn known(word: &str) -> Option<&'static str> {
    Some(match plain(word).as_str() {
        "pod" | "podname" => "pod",
        "company" => "company",
        "project" => "project",
        "cohort" => "cohort",
        "step" => "step",
        "coach" | "facilitator" => "coach",
        "start" | "starts" | "date" | "startsat" => "start",
        "zone" | "timezone" => "zone",
        "minimum" | "min" => "minimum",
        "maximum" | "max" => "maximum",
        "joining" => "joining",
        "members" | "member" => "members",
        _ => return None,
    })
}

/// By company, project, cohort, step and name, as folded.
type Key = [String; 5];

/// The pods of a file while its lines are read.
#[derive(Default)]
pub(super) struct Groups {
    /// In the order of their first lines.
    pub(super) rows: Vec<PodRow>,
    places: HashMap<Key, usize>,
}

impl Groups {
    /// One more line.
    pub(super) fn row(&mut self, sheet: &mut Sheet, cells: &Cells) {
        let mut problems = Vec::new();
        let row = read(cells, &mut problems);
        problems.into_iter().for_each(|problem| sheet.note(problem));
        // Without its name, or what it is in, a line belongs to no other.
        if [&row.name, &row.company, &row.project, &row.cohort].iter().any(|one| one.is_empty()) {
            self.rows.push(row);
            return;
        }
        let key = [&row.company, &row.project, &row.cohort, &row.step, &row.name].map(|word| fold(word));
        match self.places.get(&key) {
            None => {
                self.places.insert(key, self.rows.len());
                self.rows.push(PodRow { members: Vec::new(), ..row.clone() });
                let place = self.rows.len() - 1;
                self.seat(sheet, place, row);
            }
            Some(place) => {
                let place = *place;
                for (column, value) in differs(&self.rows[place], &row) {
                    let why = Why::Differs { line: self.rows[place].line };
                    sheet.note(RowProblem::because(row.line, column, why).of(&row.name, &value));
                    self.rows[place].unread.push(column);
                }
                self.rows[place].unread.extend(&row.unread);
                self.seat(sheet, place, row);
            }
        }
    }

    fn seat(&mut self, sheet: &mut Sheet, place: usize, row: PodRow) {
        let pod = &mut self.rows[place];
        for (line, mail) in row.members {
            let wrong = |why| RowProblem::because(line, "members", why).of(&pod.name, mail.as_str());
            let first = pod.members.iter().find(|(_, one)| one.folded() == mail.folded());
            if let Some((first, _)) = first {
                sheet.note(wrong(Why::Twice { line: *first }));
                pod.unread.push("members");
            } else if pod.members.len() >= POD_MEMBERS_MAX as usize {
                sheet.note(wrong(Why::Problem(Problem::TooMany { most: POD_MEMBERS_MAX })));
                pod.unread.push("members");
                return;
            } else {
                pod.members.push((line, mail));
            }
        }
    }
}

/// What a further line says otherwise than the first, column by column with what stands there. What is not understood in
/// the first is compared with nothing.
fn differs(first: &PodRow, row: &PodRow) -> Vec<(&'static str, String)> {
    let size = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let said = [
        ("coach", !row.coach.is_empty() && fold(&row.coach) != fold(&first.coach), row.coach.clone()),
        ("start", row.start.is_some() && row.start != first.start, row.typed_start.clone()),
        ("minimum", row.minimum.is_some() && row.minimum != first.minimum, size(row.minimum)),
        ("maximum", row.maximum.is_some() && row.maximum != first.maximum, size(row.maximum)),
        ("joining", row.joining.is_some() && row.joining != first.joining, String::new()),
    ];
    let differs = said.into_iter().filter(|(column, differs, _)| *differs && !first.unread.contains(column));
    differs.map(|(column, _, value)| (column, value)).collect()
}

fn read(cells: &Cells, problems: &mut Vec<RowProblem>) -> PodRow {
    let (line, who) = (cells.line, cells.get("pod"));
    let mut unread = Vec::new();
    let mut wrong = |column: &'static str, problem| {
        unread.push(column);
        problems.push(RowProblem::new(line, column, problem).of(who, cells.get(column)));
    };
    let name = match Line::<NAME_MAX_CHARS>::parse_some(who) {
        Ok(name) => name.as_str().to_owned(),
        Err(problem) => {
            wrong("pod", problem);
            String::new()
        }
    };
    let mut word = |column: &'static str, needed: bool| match Line::<200>::parse(cells.get(column)) {
        Ok(word) if word.as_str().is_empty() && needed => {
            wrong(column, Problem::Missing);
            String::new()
        }
        Ok(word) => word.as_str().to_owned(),
        Err(problem) => {
            wrong(column, problem);
            String::new()
        }
    };
    let (company, project, cohort) = (word("company", true), word("project", true), word("cohort", true));
    let (step, coach) = (word("step", false), word("coach", false));
    let zone: Option<Zone> = some(cells.get("zone"))
        .and_then(|zone| zone.parse().map_err(|_| wrong("zone", Problem::UnknownZone)).ok());
    let has_zone = cells.get("zone").is_empty() || zone.is_some();
    let typed_start = cells.get("start").to_owned();
    let start = some(&typed_start).and_then(|typed| {
        let when = When::parse(typed, zone.clone());
        if when.is_none() {
            wrong("start", Problem::NotADateAndTime);
        }
        // On a clock that nobody knows it is no moment, and not another one either.
        when.filter(|_| has_zone)
    });
    let mut number = |column: &'static str| {
        let found = some(cells.get(column))?.parse::<u32>().ok();
        if found.is_none_or(|found| !(1..=POD_MEMBERS_MAX).contains(&found)) {
            wrong(column, Problem::OutOfRange { least: 1, most: POD_MEMBERS_MAX.into() });
            return None;
        }
        found
    };
    let (minimum, maximum) = (number("minimum"), number("maximum"));
    let joining = some(cells.get("joining")).and_then(|word| {
        let joining = Joining::from_code(&fold(word));
        if joining.is_none() {
            wrong("joining", Problem::NotAChoice);
        }
        joining
    });
    let mut members = Vec::new();
    for one in cells.get("members").split([' ', ',', ';']).filter(|one| !one.is_empty()) {
        match MailAddress::parse(one) {
            Ok(mail) => members.push((line, mail)),
            Err(problem) => {
                problems.push(RowProblem::new(line, "members", problem).of(who, one));
                unread.push("members");
            }
        }
    }
    if !has_zone {
        unread.push("start");
    }
    PodRow {
        line,
        unread,
        name,
        company,
        project,
        cohort,
        step,
        coach,
        start,
        minimum,
        maximum,
        joining,
        members,
        typed_start,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rows, read};
    use super::*;

    const HEADER: &str = "pod,company,project,cohort,step,coach,start,zone,minimum,maximum,joining,members\n";

    fn pods(file: &str) -> Vec<PodRow> {
        let sheet = read(format!("{HEADER}{file}").as_bytes());
        assert_eq!(sheet.problems, [], "{file}");
        match sheet.rows {
            Rows::Pods(rows) => rows,
            Rows::People(_) => panic!("a file of pods"),
        }
    }

    fn problems(file: &str) -> Vec<(u64, String, Why)> {
        let sheet = read(format!("{HEADER}{file}").as_bytes());
        sheet.problems.into_iter().map(|problem| (problem.line, problem.column, problem.why)).collect()
    }

    // Rule G5
    #[test]
    fn the_lines_of_a_pod_are_put_together() {
        let file = "Blue,N,P,C,2,Ada,2026-03-12 10:00,,2,6,open,kim@n.example\n\
            Green,N,P,C,2,Ada,,,2,6,,\n\
             blue ,n,p,c,2,,,,,,,noor@n.example; ben@n.example\n";
        let found = pods(file);
        let told: Vec<_> = found
            .iter()
            .map(|pod| {
                let members: Vec<_> = pod.members.iter().map(|(line, mail)| (*line, mail.as_str())).collect();
                (pod.line, pod.name.as_str(), members)
            })
            .collect();
        let blue = vec![(2, "kim@n.example"), (4, "noor@n.example"), (4, "ben@n.example")];
        assert_eq!(told, [(2, "Blue", blue), (3, "Green", vec![])]);
        assert_eq!(
            (found[0].minimum, found[0].joining, found[1].joining),
            (Some(2), Some(Joining::Open), None)
        );
        let template = read(POD_TEMPLATE.as_bytes());
        assert_eq!((template.problems, template.rows.len()), (vec![], 1));
    }

    // Rule G5
    #[test]
    fn each_bad_line_of_a_pod_is_named_with_its_column_and_the_reason() {
        fn check(row: &str, column: &str, why: Why) {
            assert_eq!(problems(&format!("{row}\n")), [(2, column.to_owned(), why)], "{row}");
        }
        let problem = |problem| Why::Problem(problem);
        let range = || problem(Problem::OutOfRange { least: 1, most: 15 });
        check(",N,P,C,2,,,,,,,", "pod", problem(Problem::Missing));
        check("Blue,N,,C,2,,,,,,,", "project", problem(Problem::Missing));
        check("Blue,N,P,C,2,,12.3.2026 10:00,,,,,", "start", problem(Problem::NotADateAndTime));
        check("Blue,N,P,C,2,,2026-03-12,,,,,", "start", problem(Problem::NotADateAndTime));
        check("Blue,N,P,C,2,,2026-02-30 10:00,,,,,", "start", problem(Problem::NotADateAndTime));
        check("Blue,N,P,C,2,,2026-03-12 10:00,Mars/Base,,,,", "zone", problem(Problem::UnknownZone));
        check("Blue,N,P,C,2,,,,0,,,", "minimum", range());
        check("Blue,N,P,C,2,,,,,many,,", "maximum", range());
        check("Blue,N,P,C,2,,,,,,maybe,", "joining", problem(Problem::NotAChoice));
        check("Blue,N,P,C,2,,,,,,,kim", "members", problem(Problem::NotAMailAddress));
        let twice = "Blue,N,P,C,2,,,,,,,kim@n.example\nBlue,N,P,C,2,,,,,,,KIM@n.example\n";
        assert_eq!(problems(twice), [(3, "members".to_owned(), Why::Twice { line: 2 })]);
        let other = "Blue,N,P,C,2,Ada,,,,,,\nBlue,N,P,C,2,Finn,,,,,,\n";
        assert_eq!(problems(other), [(3, "coach".to_owned(), Why::Differs { line: 2 })]);
        let all =
            "Blue,N,P,C,2,Ada,soon,Mars/Base,0,many,maybe,kim\nBlue,N,P,C,2,Finn,2026-03-12 10:00,,,,,\n";
        let told = problems(all);
        let told: Vec<_> = told.iter().map(|(line, column, _)| (*line, column.as_str())).collect();
        let columns = ["zone", "start", "minimum", "maximum", "joining", "members"].map(|column| (2, column));
        assert_eq!(told, [&columns[..], &[(3, "coach")]].concat(), "all that can be told, at once");
        let many: String = (0..16).map(|n| format!("Blue,N,P,C,2,,,,,,,p{n}@n.example\n")).collect();
        assert_eq!(problems(&many), [(17, "members".to_owned(), problem(Problem::TooMany { most: 15 }))]);
    }

    // Rule G5
    #[test]
    fn a_start_in_a_file_is_on_the_clock_of_its_zone_or_of_the_organisation() {
        fn check(typed: &str, zone: &str, expect: Option<&str>) {
            let zone = some(zone).map(|zone| zone.parse().expect("a zone"));
            let house: Zone = "Europe/Berlin".parse().expect("a zone");
            let at = When::parse(typed, zone).and_then(|when| when.instant(&house));
            assert_eq!(at, expect.map(|expect| expect.parse().expect("a time")), "{typed}");
        }
        check("2026-03-12 10:00", "", Some("2026-03-12T09:00:00Z"));
        check("2026-03-12T10:00", "America/New_York", Some("2026-03-12T14:00:00Z"));
        check("2026-03-12T10:00:00Z", "Europe/Berlin", Some("2026-03-12T10:00:00Z"));
        check("2026-03-12T10:00:00+02:00", "", Some("2026-03-12T08:00:00Z"));
        // The clock shows this twice, and that never.
        check("2026-10-25 02:30", "", Some("2026-10-25T00:30:00Z"));
        check("2026-03-29 02:30", "", None);
        check("2026-03-12", "", None);
    }
}
