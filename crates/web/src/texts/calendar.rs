//! Days, months and lengths of time, per language.

use rules::person::Language;

use crate::words::Unit;

/// The calendar's words in one language.
#[derive(Debug)]
pub struct Calendar {
    /// Monday first.
    pub weekdays: [&'static str; 7],
    /// Monday first, shortened.
    pub weekdays_short: [&'static str; 7],
    /// January first.
    pub months: [&'static str; 12],
    /// January first, shortened.
    pub months_short: [&'static str; 12],
    /// Weekday, day, month, year.
    pub date: fn(&str, i8, &str, i16) -> String,
    /// Weekday, day, month.
    pub short_date: fn(&str, i8, &str) -> String,
    /// Day, month.
    pub day_and_month: fn(i8, &str) -> String,
    /// A day and a time of day.
    pub day_at: fn(&str, &str) -> String,
    /// The local day of now.
    pub today: &'static str,
    /// The one after.
    pub tomorrow: &'static str,
    /// The one before.
    pub yesterday: &'static str,
    /// Less than a minute away.
    pub now: &'static str,
    /// A count of units, as a language has it after "in" and "ago".
    pub amount: fn(i64, Unit) -> String,
    /// Several days that stand for themselves.
    pub whole_days: fn(i64) -> String,
    /// "under 24 hours": not quite so much.
    pub under: fn(&str) -> String,
    /// An amount that has passed.
    pub ago: fn(&str) -> String,
    /// An amount that is to come.
    pub ahead: fn(&str) -> String,
    /// Before how long ago something began.
    pub began: &'static str,
}

/// The calendar of a language.
pub fn calendar(language: Language) -> &'static Calendar {
    match language {
        Language::English => &EN,
        Language::German => &DE,
    }
}

static EN: Calendar = Calendar {
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    weekdays_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    date: |weekday, day, month, year| format!("{weekday} {day} {month} {year}"),
    short_date: |weekday, day, month| format!("{weekday} {day} {month}"),
    day_and_month: |day, month| format!("{day} {month}"),
    day_at: |day, time| format!("{day} at {time}"),
    today: "today",
    tomorrow: "tomorrow",
    yesterday: "yesterday",
    now: "now",
    amount: |count, unit| {
        let unit = match unit {
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    },
    whole_days: |count| format!("{count} days"),
    under: |amount| format!("under {amount}"),
    ago: |amount| format!("{amount} ago"),
    ahead: |amount| format!("in {amount}"),
    began: "began",
};

static DE: Calendar = Calendar {
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    weekdays_short: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    months_short: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
    date: |weekday, day, month, year| format!("{weekday}, {day}. {month} {year}"),
    short_date: |weekday, day, month| format!("{weekday}, {day}. {month}"),
    day_and_month: |day, month| format!("{day}. {month}"),
    day_at: |day, time| format!("{day} um {time}"),
    today: "heute",
    tomorrow: "morgen",
    yesterday: "gestern",
    now: "jetzt",
    amount: |count, unit| match (count, unit) {
        (1, Unit::Minute) => "1 Minute".to_owned(),
        (1, Unit::Hour) => "1 Stunde".to_owned(),
        (1, Unit::Day) => "1 Tag".to_owned(),
        (count, Unit::Minute) => format!("{count} Minuten"),
        (count, Unit::Hour) => format!("{count} Stunden"),
        (count, Unit::Day) => format!("{count} Tagen"),
    },
    whole_days: |count| format!("{count} Tage"),
    under: |amount| format!("unter {amount}"),
    ago: |amount| format!("vor {amount}"),
    ahead: |amount| format!("in {amount}"),
    began: "begann",
};
