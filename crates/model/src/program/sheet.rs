//! A file of people or of pods, read row by row: pure, and without knowing who there is (rules G2, G5). Which of the two it
//! is, its first line says. Every row that cannot be is named with its column and the reason; blanks around what was
//! written are nothing that anybody meant.

mod pods;

use std::collections::HashMap;

use jiff::civil::Date;
use rules::importing::About;
use rules::person::{MailAddress, PersonName, fold};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::Zone;

pub use self::pods::{POD_COLUMNS, POD_TEMPLATE, PodRow, When};
use super::participant::ExternalId;

/// The most rows of one file, its first line aside.
pub const ROWS_MAX: usize = 10_000;
/// The largest file, in bytes.
pub const FILE_MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most problems that are told of one file.
pub const PROBLEMS_MAX: usize = 200;

/// The first line of a file of people, in the order of the template.
pub const COLUMNS: [&str; 10] =
    ["name", "e-mail", "zone", "company", "project", "cohort", "coach", "pathway", "start", "external id"];

/// Columns that a file needs; the others may be missing or empty.
const NEEDED: [&str; 5] = ["name", "e-mail", "company", "project", "cohort"];

/// A file of people to start from.
pub const TEMPLATE: &str = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id\n\
    Ada Example,ada@company.example,Europe/Berlin,Company,Project,Cohort,coach@example.com,,2026-03-02,A-001\n";

/// One row of a file of people, as far as it can be understood by itself. What cannot is empty, and told among the problems
/// of the sheet: the rest is looked up nevertheless, so that all that is wrong is told at once.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Whether all of it is understood; else it is brought in in no case.
    pub is_well: bool,
    /// As they wish to be called.
    pub name: Option<PersonName>,
    /// Where mail goes.
    pub mail: Option<MailAddress>,
    /// Their zone if it is known.
    pub zone: Option<Zone>,
    /// The company's name.
    pub company: String,
    /// The project's name.
    pub project: String,
    /// The cohort's name.
    pub cohort: String,
    /// The coach's mail address or name; empty is nobody yet.
    pub coach: String,
    /// The pathway's name; empty is the cohort's.
    pub pathway: String,
    /// The day from which the weeks of the pathway count.
    pub start: Option<Date>,
    /// The company's own name for them.
    pub external_id: Option<ExternalId>,
}

impl Row {
    /// Whose it is, as far as that is known.
    pub(super) fn who(&self) -> &str {
        let mail = self.mail.as_ref().map_or("", MailAddress::as_str);
        self.name.as_ref().map_or(mail, PersonName::as_str)
    }

    /// What stands in one of the columns that are looked up.
    pub(super) fn cell(&self, column: &str) -> &str {
        match column {
            "company" => &self.company,
            "project" => &self.project,
            "cohort" => &self.cohort,
            "coach" => &self.coach,
            "pathway" => &self.pathway,
            "external id" => self.external_id.as_ref().map_or("", Line::as_str),
            "e-mail" => self.mail.as_ref().map_or("", MailAddress::as_str),
            _ => "",
        }
    }
}

/// Why something in a row cannot be as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// As an input of a form.
    Problem(Problem),
    /// The same stands in an earlier line.
    Twice {
        /// Which.
        line: u64,
    },
    /// They would coach themselves.
    OwnCoach,
    /// They are put away in that cohort, and nothing begins for them before they are brought back (rule G8).
    PutAway,
    /// An earlier line says something else of the same pod.
    Differs {
        /// Which.
        line: u64,
    },
    /// What would be done by hand is refused so.
    Refused(Refusal),
    /// The file is no table in UTF-8.
    Unreadable,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The column as its first line calls it.
    pub column: String,
    /// The reason.
    pub why: Why,
    /// Whose row it is; empty for what concerns nobody.
    pub who: String,
    /// What stands there; empty is nothing.
    pub value: String,
}

impl RowProblem {
    /// That is wrong in this line and column.
    pub fn new(line: u64, column: &str, problem: Problem) -> RowProblem {
        RowProblem::because(line, column, Why::Problem(problem))
    }

    /// The same for any reason.
    pub fn because(line: u64, column: &str, why: Why) -> RowProblem {
        RowProblem { line, column: column.to_owned(), why, who: String::new(), value: String::new() }
    }

    /// The same, with whose row it is and what stands there.
    #[must_use]
    pub fn of(self, who: &str, value: &str) -> RowProblem {
        RowProblem { who: shown(who), value: shown(value), ..self }
    }
}

/// A file as it was read.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its rows, also those that are not well in themselves.
    pub rows: Rows,
    /// What is wrong with the file and its rows in themselves, at most [`PROBLEMS_MAX`].
    pub problems: Vec<RowProblem>,
}

/// What a file is about, row by row.
#[derive(Clone, Debug)]
pub enum Rows {
    /// People, one row for each and cohort.
    People(Vec<Row>),
    /// Pods, whose lines are put together.
    Pods(Vec<PodRow>),
}

impl Default for Rows {
    fn default() -> Rows {
        Rows::People(Vec::new())
    }
}

impl Rows {
    /// How many there are: people and cohorts, or pods.
    pub fn len(&self) -> usize {
        match self {
            Rows::People(rows) => rows.len(),
            Rows::Pods(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are about.
    pub fn about(&self) -> About {
        match self {
            Rows::People(_) => About::People,
            Rows::Pods(_) => About::Pods,
        }
    }
}

/// Whether nothing stands in a file.
pub fn is_blank(file: &str) -> bool {
    file.trim_start_matches('\u{feff}').trim().is_empty()
}

/// Reads a file: commas, semicolons or tabs between its cells, as its first line has them.
pub fn read(file: &[u8]) -> Sheet {
    let mut sheet = Sheet::default();
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    if file.len() > FILE_MAX_BYTES {
        sheet.unreadable(1);
        return sheet;
    }
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = [b'\t', b';'].into_iter().find(|separator| first.contains(separator)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(file);
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        sheet.unreadable(1);
        return sheet;
    };
    let about =
        if header.iter().any(|name| pods::known(name) == Some("pod")) { About::Pods } else { About::People };
    let (known, needed): (Known, &[&'static str]) = match about {
        About::People => (known, &NEEDED),
        About::Pods => (pods::known, &pods::NEEDED),
    };
    let Some(columns) = sheet.columns(&header, known, needed) else { return sheet };
    let mut seen = Seen::default();
    let mut pods = pods::Groups::default();
    let mut count = 0;
    for record in records {
        let Ok(record) = record else {
            sheet.unreadable(count as u64 + 2);
            return sheet;
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        count += 1;
        if count > ROWS_MAX {
            let line = record.position().map_or(0, csv::Position::line);
            sheet.note(RowProblem::new(line, "", Problem::TooMany { most: ROWS_MAX as u32 }));
            return sheet;
        }
        let cells = Cells::of(&columns, &record);
        match about {
            About::People => sheet.row(&cells, &mut seen),
            About::Pods => pods.row(&mut sheet, &cells),
        }
    }
    if count == 0 {
        sheet.note(RowProblem::new(2, needed[0], Problem::Missing));
    }
    if about == About::Pods {
        sheet.rows = Rows::Pods(pods.rows);
    }
    sheet
}

/// What a file is about, as its first line says.
pub(super) fn about(file: &str) -> About {
    let first = file.lines().next().unwrap_or_default();
    let is_of_pods = first.split([',', ';', '\t']).any(|name| pods::known(name) == Some("pod"));
    if is_of_pods { About::Pods } else { About::People }
}

/// A column of the templates by its name.
pub(super) fn column_named(name: &str) -> Option<&'static str> {
    COLUMNS.into_iter().chain(POD_COLUMNS).find(|column| *column == name)
}

/// The column that a word of the first line means, if any.
type Known = fn(&str) -> Option<&'static str>;

/// Where each column of the template stands in a file.
type Places = HashMap<&'static str, usize>;

/// What stood in earlier lines: a person in a cohort, an external id in a company.
#[derive(Default)]
struct Seen {
    places: HashMap<(String, String, String, String), u64>,
    external_ids: HashMap<(String, String), u64>,
}

impl Sheet {
    /// Whether every row is well.
    pub fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// Notes a problem, unless there are as many as are told.
    pub fn note(&mut self, problem: RowProblem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    fn unreadable(&mut self, line: u64) {
        self.note(RowProblem::because(line, "", Why::Unreadable));
    }

    fn columns(
        &mut self,
        header: &csv::StringRecord,
        known: Known,
        needed: &[&'static str],
    ) -> Option<Places> {
        let mut places = Places::new();
        for (place, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            match known(name) {
                Some(column) if places.contains_key(column) => {
                    self.note(RowProblem::new(1, name, Problem::Taken));
                }
                Some(column) => drop(places.insert(column, place)),
                None => self.note(RowProblem::new(1, &shown(name), Problem::Unknown)),
            }
        }
        for needed in needed.iter().filter(|needed| !places.contains_key(*needed)) {
            self.note(RowProblem::new(1, needed, Problem::Missing));
        }
        self.is_fine().then_some(places)
    }

    fn row(&mut self, cells: &Cells, seen: &mut Seen) {
        let line = cells.line;
        let cell = |column: &str| cells.get(column);
        let mut problems = Vec::new();
        let who = Some(cell("name")).filter(|name| !name.is_empty()).unwrap_or(cell("e-mail"));
        let mut wrong = |column: &str, problem| {
            problems.push(RowProblem::new(line, column, problem).of(who, cell(column)));
        };
        let name = PersonName::parse(cell("name")).map_err(|problem| wrong("name", problem)).ok();
        let mail = MailAddress::parse(cell("e-mail")).map_err(|problem| wrong("e-mail", problem)).ok();
        let zone = some(cell("zone"))
            .and_then(|zone| zone.parse().map_err(|_| wrong("zone", Problem::UnknownZone)).ok());
        let start = some(cell("start"))
            .and_then(|day| day.parse().map_err(|_| wrong("start", Problem::NotADate)).ok());
        let external_id = some(cell("external id"))
            .and_then(|id| ExternalId::parse(id).map_err(|problem| wrong("external id", problem)).ok());
        let mut word = |column: &str, needed: bool| match Line::<200>::parse(cell(column)) {
            Ok(line) if line.as_str().is_empty() && needed => {
                wrong(column, Problem::Missing);
                String::new()
            }
            Ok(line) => line.as_str().to_owned(),
            Err(problem) => {
                wrong(column, problem);
                String::new()
            }
        };
        let (company, project, cohort) = (word("company", true), word("project", true), word("cohort", true));
        let (coach, pathway) = (word("coach", false), word("pathway", false));
        let mut again = |column: &str, first: Option<u64>, what: &str| {
            let twice = first.map(|first| RowProblem::because(line, column, Why::Twice { line: first }));
            problems.extend(twice.map(|twice| twice.of(who, what)));
        };
        if let Some(mail) =
            mail.as_ref().filter(|_| ![&company, &project, &cohort].iter().any(|one| one.is_empty()))
        {
            let place = (fold(&company), fold(&project), fold(&cohort), mail.folded());
            again("e-mail", seen.places.insert(place, line), mail.as_str());
        }
        if let Some(id) = external_id.as_ref().filter(|_| !company.is_empty()) {
            let first = seen.external_ids.insert((fold(&company), id.as_str().to_owned()), line);
            again("external id", first, id.as_str());
        }
        let is_well = problems.is_empty();
        problems.into_iter().for_each(|problem| self.note(problem));
        let row = Row {
            line,
            is_well,
            name,
            mail,
            zone,
            company,
            project,
            cohort,
            coach,
            pathway,
            start,
            external_id,
        };
        if let Rows::People(rows) = &mut self.rows {
            rows.push(row);
        }
    }
}

/// What stands in a line, column by column.
struct Cells {
    line: u64,
    texts: HashMap<&'static str, String>,
}

impl Cells {
    /// A break or a run of blanks inside a cell is a blank.
    fn of(columns: &Places, record: &csv::StringRecord) -> Cells {
        let text =
            |place: usize| record.get(place).unwrap_or_default().split_whitespace().collect::<Vec<_>>();
        Cells {
            line: record.position().map_or(0, csv::Position::line),
            texts: columns.iter().map(|(column, place)| (*column, text(*place).join(" "))).collect(),
        }
    }

    fn get(&self, column: &str) -> &str {
        self.texts.get(column).map_or("", String::as_str)
    }
}

fn some(cell: &str) -> Option<&str> {
    Some(cell).filter(|cell| !cell.is_empty())
}

/// What is shown of a word that nobody knows.
fn shown(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The column that a word of the first line means.
fn known(word: &str) -> Option<&'static str> {
    Some(match plain(word).as_str() {
        "name" => "name",
        "email" | "mail" | "emailaddress" => "e-mail",
        "zone" | "timezone" => "zone",
        "company" => "company",
        "project" => "project",
        "cohort" => "cohort",
        "coach" => "coach",
        "pathway" => "pathway",
        "start" | "starton" | "startson" => "start",
        "externalid" => "external id",
        _ => return None,
    })
}

/// A word of the first line, however it is written.
fn plain(word: &str) -> String {
    fold(word).chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "name,e-mail,zone,company,project,cohort,coach,pathway,start,external id\n";

    fn problems(file: &str) -> Vec<(u64, String, Why)> {
        let sheet = read(file.as_bytes());
        sheet.problems.into_iter().map(|problem| (problem.line, problem.column, problem.why)).collect()
    }

    // Rule G2
    #[test]
    fn each_bad_row_is_named_with_its_column_and_the_reason() {
        fn check(row: &str, column: &str, why: Why) {
            assert_eq!(problems(&format!("{HEADER}{row}\n")), [(2, column.to_owned(), why)], "{row}");
        }
        let problem = |problem| Why::Problem(problem);
        check("Kim,kim@n.example,Mars/Base,N,P,C,,,,", "zone", problem(Problem::UnknownZone));
        check("Kim,kim@n.example,,N,P,C,,,2.3.2026,", "start", problem(Problem::NotADate));
        check("Kim,kim@n.example,,N,P,C,,,2026-02-30,", "start", problem(Problem::NotADate));
        check("Kim,kim,,N,P,C,,,,", "e-mail", problem(Problem::NotAMailAddress));
        check("Kim,,,N,P,C,,,,", "e-mail", problem(Problem::Missing));
        check(",kim@n.example,,N,P,C,,,,", "name", problem(Problem::Missing));
        check("Kim,kim@n.example,,N,P,,,,,", "cohort", problem(Problem::Missing));
        check("Kim,kim@n.example,,N,,C", "project", problem(Problem::Missing));
        // All that is wrong with a row and with the others is told at once.
        let rows = "Kim,kim,Mars/Base,N,P,C,,,2.3.2026,7\nNoor,noor@n.example,,N,P,C,,,,7\nNoor,noor@n.example,,N,P,C,,,soon,7\n";
        let told = problems(&format!("{HEADER}{rows}"));
        let told: Vec<_> = told.iter().map(|(line, column, _)| (*line, column.as_str())).collect();
        let expect = [
            (2, "e-mail"),
            (2, "zone"),
            (2, "start"),
            (3, "external id"),
            (4, "start"),
            (4, "e-mail"),
            (4, "external id"),
        ];
        assert_eq!(told, expect);
    }

    // Rule G2
    #[test]
    fn what_stands_twice_is_named_with_the_line_of_the_first() {
        let twice = "Kim,kim@n.example,,N,P,C,,,,\nKim Berg, KIM@n.example ,,n,p,c,,,,\n";
        assert_eq!(problems(&format!("{HEADER}{twice}")), [(3, "e-mail".to_owned(), Why::Twice { line: 2 })]);
        let ids = "Kim,kim@n.example,,N,P,C,,,,7\nNoor,noor@n.example,,N,P,C,,,,7\n";
        assert_eq!(
            problems(&format!("{HEADER}{ids}")),
            [(3, "external id".to_owned(), Why::Twice { line: 2 })]
        );
        let two_cohorts = "Kim,kim@n.example,,N,P,C,,,,\nKim,kim@n.example,,N,P,D,,,,\n";
        assert_eq!(problems(&format!("{HEADER}{two_cohorts}")), []);
    }

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        for file in [
            "\u{feff}Name;E-Mail;Time zone;Company;Project;Cohort\r\n  Kim Berg ; kim@n.example ;Europe/Berlin;N;P;C\r\n\r\n",
            "name\temail\tzone\tcompany\tproject\tcohort\nKim Berg\tkim@n.example\tEurope/Berlin\tN\tP\tC\n",
            "cohort,project,company,zone,mail,name,\nC,P,N,Europe/Berlin,kim@n.example,\"Kim\n Berg\",\n",
        ] {
            let sheet = read(file.as_bytes());
            assert_eq!((sheet.problems, sheet.rows.len()), (vec![], 1), "{file}");
            let Rows::People(rows) = &sheet.rows else { panic!("people") };
            assert_eq!((rows[0].cell("e-mail"), rows[0].cohort.as_str()), ("kim@n.example", "C"));
            assert_eq!(rows[0].zone.as_ref().map(Zone::as_str), Some("Europe/Berlin"));
        }
        assert_eq!(read(TEMPLATE.as_bytes()).problems, []);
    }

    #[test]
    fn a_first_line_that_is_not_understood_is_said_before_anything_else() {
        let missing = problems("name,e-mail,company,project\nKim,kim@n.example,N,P\n");
        assert_eq!(missing, [(1, "cohort".to_owned(), Why::Problem(Problem::Missing))]);
        let unknown = problems("name,e-mail,company,project,cohort,shoe size\n");
        assert_eq!(unknown, [(1, "shoe size".to_owned(), Why::Problem(Problem::Unknown))]);
        assert_eq!(problems(HEADER), [(2, "name".to_owned(), Why::Problem(Problem::Missing))]);
        assert!(matches!(problems("")[0].2, Why::Unreadable));
        assert!(matches!(read(b"name,e-mail\n\xff\xfe,x\n").problems[..], [RowProblem { line: 1, .. }, ..]));
    }

    #[test]
    fn a_file_has_a_limit() {
        let rows = |count: usize| {
            let row = |n| format!("P{n},p{n}@n.example,,N,P,C,,,,\n");
            format!("{HEADER}{}", (0..count).map(row).collect::<String>())
        };
        assert_eq!(read(rows(ROWS_MAX).as_bytes()).rows.len(), ROWS_MAX);
        let over = problems(&rows(ROWS_MAX + 1));
        assert_eq!(over.len(), 1);
        assert_eq!(over[0].2, Why::Problem(Problem::TooMany { most: 10_000 }));
    }
}
