//! The one organisation that a deployment serves, and how its database is used.

use rules::inactivity::{
    INACTIVE_MONTHS, INACTIVE_MONTHS_WITHIN, UNANSWERED_REMINDERS, UNANSWERED_REMINDERS_WITHIN,
};
use rules::permission::{Action, What};
use rules::person::{Language, MailAddress};
use rules::pods::{WARNING_HOURS, WARNING_HOURS_WITHIN};
use rules::refusal::{Problem, Refusal};
use rules::terms::Bands;
use rules::time::Zone;
use serde_json::json;

use crate::event::{self, Actor, Subject, kind};
use crate::{Error, Result, Row, Tx, args};

/// How a database is used. Only a demo or a trial shows mails and moves its clock (rules T4, M7, P6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Real people.
    Serve,
    /// An empty instance to try.
    Trial,
    /// The living example.
    Demo,
}

impl Mode {
    /// Its stored name.
    pub const fn code(self) -> &'static str {
        match self {
            Mode::Serve => "serve",
            Mode::Trial => "trial",
            Mode::Demo => "demo",
        }
    }

    fn parse(code: &str) -> Option<Mode> {
        [Mode::Serve, Mode::Trial, Mode::Demo].into_iter().find(|mode| mode.code() == code)
    }

    /// Whether mails are shown and the clock can be moved.
    pub const fn is_play(self) -> bool {
        matches!(self, Mode::Trial | Mode::Demo)
    }
}

/// The organisation and its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// As it calls itself.
    pub name: String,
    /// The language of whoever has not chosen one.
    pub language: Language,
    /// The zone of whoever has not said one, and of reports.
    pub zone: Zone,
    /// Where concerns go (W7).
    pub support_mail: Option<MailAddress>,
    /// The lower band of section 6, in hours.
    pub late_hours: i64,
    /// The upper band of section 6, in hours.
    pub free_hours: i64,
    /// So many hours before its date a pod with too few members is warned of (rule G5).
    pub pod_warning_hours: i64,
    /// After so many calendar months somebody has gone quiet (rule G8).
    pub inactive_months: i64,
    /// After so many unanswered reminders sponsors may be told (rule G9).
    pub unanswered_reminders: i64,
    /// How this database is used.
    pub mode: Mode,
}

/// What a settings form holds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// See [`Organisation::name`].
    pub name: String,
    /// See [`Organisation::language`].
    pub language: Language,
    /// See [`Organisation::zone`].
    pub zone: Zone,
    /// See [`Organisation::support_mail`].
    pub support_mail: Option<MailAddress>,
    /// See [`Organisation::late_hours`].
    pub late_hours: i64,
    /// See [`Organisation::free_hours`].
    pub free_hours: i64,
    /// See [`Organisation::pod_warning_hours`].
    pub pod_warning_hours: i64,
    /// See [`Organisation::inactive_months`].
    pub inactive_months: i64,
    /// See [`Organisation::unanswered_reminders`].
    pub unanswered_reminders: i64,
}

impl Settings {
    /// What holds now, to be changed in part.
    pub fn of(now: &Organisation) -> Settings {
        Settings {
            name: now.name.clone(),
            language: now.language,
            zone: now.zone.clone(),
            support_mail: now.support_mail.clone(),
            late_hours: now.late_hours,
            free_hours: now.free_hours,
            pod_warning_hours: now.pod_warning_hours,
            inactive_months: now.inactive_months,
            unanswered_reminders: now.unanswered_reminders,
        }
    }

    /// Whether each number is within its bounds.
    fn check(&self) -> std::result::Result<(), Refusal> {
        let bands = i64::from(Bands::MOST_HOURS);
        let numbers = [
            ("late_hours", self.late_hours, 0..=bands),
            ("free_hours", self.free_hours, self.late_hours..=bands),
            ("pod_warning_hours", self.pod_warning_hours, WARNING_HOURS_WITHIN),
            ("inactive_months", self.inactive_months, INACTIVE_MONTHS_WITHIN),
            ("unanswered_reminders", self.unanswered_reminders, UNANSWERED_REMINDERS_WITHIN),
        ];
        let wrong = numbers.into_iter().find(|(_, number, within)| !within.contains(number));
        match wrong {
            Some((field, _, within)) => {
                let problem = Problem::OutOfRange { least: *within.start(), most: *within.end() };
                Err(Refusal::invalid(field, problem))
            }
            None => Ok(()),
        }
    }
}

/// Makes the organisation's row in a new database and returns it; in an old one checks that it is used as before.
///
/// # Errors
/// [`Error::WrongMode`] when, say, `cairn demo` meets the data of `cairn serve`.
pub fn open(tx: &mut Tx, mode: Mode) -> Result<Organisation> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO organisation (id, name, language, zone, support_mail, late_hours, free_hours, pod_warning_hours,
             inactive_months, unanswered_reminders, mode, created_at)
         VALUES (1, 'Cairn', 'en', 'UTC', NULL, 24, 48, $3, $4, $5, $1, $2) ON CONFLICT (id) DO NOTHING",
        args![mode.code(), now, WARNING_HOURS, INACTIVE_MONTHS, UNANSWERED_REMINDERS],
    )?;
    let organisation = get(tx)?;
    if organisation.mode != mode {
        return Err(Error::WrongMode { is: organisation.mode.code(), wanted: mode.code() });
    }
    Ok(organisation)
}

/// The bounds of notice that new bookings get (section 6 of the rules).
///
/// # Errors
/// Only those of the store.
pub(crate) fn bands(tx: &mut Tx) -> Result<Bands> {
    let hours = "SELECT late_hours, free_hours FROM organisation WHERE id = 1";
    let hours = tx.opt(hours, args![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    hours
        .map_or(Some(Bands::DEFAULT), |(late, free)| Bands::new(late, free))
        .ok_or_else(|| Error::database("the organisation's bands are none that can be"))
}

/// The mode of a database, if it has been opened before.
///
/// # Errors
/// Only those of the store.
pub fn mode(tx: &mut Tx) -> Result<Option<Mode>> {
    let code = tx.opt("SELECT mode FROM organisation WHERE id = 1", args![], |row| row.get::<String>(0))?;
    Ok(code.as_deref().and_then(Mode::parse))
}

/// The organisation.
///
/// # Errors
/// Only those of the store.
pub fn get(tx: &mut Tx) -> Result<Organisation> {
    tx.one(
        "SELECT name, language, zone, support_mail, late_hours, free_hours, mode, pod_warning_hours, inactive_months,
             unanswered_reminders FROM organisation WHERE id = 1",
        args![],
        from_row,
    )
}

fn from_row(row: &Row) -> Result<Organisation> {
    Ok(Organisation {
        name: row.get(0)?,
        language: row.parse(1)?,
        zone: row.get(2)?,
        support_mail: row.parse_opt(3)?,
        late_hours: row.get(4)?,
        free_hours: row.get(5)?,
        pod_warning_hours: row.get(7)?,
        inactive_months: row.get(8)?,
        unanswered_reminders: row.get(9)?,
        mode: Mode::parse(&row.get::<String>(6)?)
            .ok_or_else(|| Error::database("organisation.mode is none that is known"))?,
    })
}

/// Changes the settings and writes down each one that differs (rule P5).
///
/// # Errors
/// [`Refusal::MayNot`]; [`Refusal::Invalid`] for a number that is out of its bounds.
pub fn change(tx: &mut Tx, by: &Actor, new: &Settings) -> Result<()> {
    by.may(Action::ManageSettings, &What::of_the_organisation())?;
    new.check()?;
    let old = get(tx)?;
    tx.exec(
        "UPDATE organisation SET name = $1, language = $2, zone = $3, support_mail = $4, late_hours = $5,
             free_hours = $6, pod_warning_hours = $7, inactive_months = $8, unanswered_reminders = $9 WHERE id = 1",
        args![
            &new.name,
            new.language.code(),
            &new.zone,
            new.support_mail.as_ref().map(MailAddress::as_str),
            new.late_hours,
            new.free_hours,
            new.pod_warning_hours,
            new.inactive_months,
            new.unanswered_reminders
        ],
    )?;
    let mail =
        |address: &Option<MailAddress>| address.as_ref().map(|a| a.as_str().to_owned()).unwrap_or_default();
    let differences = [
        ("name", old.name.clone(), new.name.clone()),
        ("language", old.language.code().to_owned(), new.language.code().to_owned()),
        ("zone", old.zone.to_string(), new.zone.to_string()),
        ("support_mail", mail(&old.support_mail), mail(&new.support_mail)),
        ("late_hours", old.late_hours.to_string(), new.late_hours.to_string()),
        ("free_hours", old.free_hours.to_string(), new.free_hours.to_string()),
        ("pod_warning_hours", old.pod_warning_hours.to_string(), new.pod_warning_hours.to_string()),
        ("inactive_months", old.inactive_months.to_string(), new.inactive_months.to_string()),
        ("unanswered_reminders", old.unanswered_reminders.to_string(), new.unanswered_reminders.to_string()),
    ];
    for (setting, from, to) in differences {
        if from != to {
            let facts = json!({ "setting": setting, "from": from, "to": to });
            event::record(tx, by, kind::SETTING_CHANGED, &Subject::organisation(), &facts)?;
        }
    }
    Ok(())
}
