//! Instants in words, for one reader: their zone, their language, their way of writing the hour (rules T2, M8).

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use model::person::Person;
use rules::availability::Minute;
use rules::ledger::Cost;
use rules::money::Money;
use rules::person::{HourStyle, Language};
use rules::time::{Instant, Zone};

use crate::texts::calendar::{Calendar, calendar};

/// Writes times for one reader.
#[derive(Clone, Debug)]
pub struct Clockface {
    zone: Zone,
    hour_style: HourStyle,
    calendar: &'static Calendar,
}

impl Clockface {
    /// For a reader with these habits.
    pub fn new(zone: Zone, hour_style: HourStyle, language: Language) -> Clockface {
        Clockface { zone, hour_style, calendar: calendar(language) }
    }

    /// For this person.
    pub fn of(person: &Person) -> Clockface {
        Clockface::new(person.zone.clone(), person.hour_style, person.language)
    }

    /// The zone's name as people read it: the place, without underscores.
    pub fn place(&self) -> String {
        let name = self.zone.as_str();
        name.rsplit('/').next().unwrap_or(name).replace('_', " ")
    }

    /// Whose wall clock it is.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The date of an instant here.
    pub fn day(&self, at: Instant) -> Date {
        self.local(at).date()
    }

    /// The first instant of a date here (rule T3).
    pub fn begin_of(&self, date: Date) -> Option<Instant> {
        self.zone.begin_of(date)
    }

    /// A time of a date here; in a daylight-saving gap the instant after it, in a fold the earlier one (rule T3).
    pub fn at(&self, date: Date, minute: Minute) -> Option<Instant> {
        let midnight = date.to_datetime(Time::midnight());
        let wall = midnight.checked_add(jiff::Span::new().minutes(i64::from(minute.get()))).ok()?;
        Some(Instant::from_timestamp(wall.to_zoned(self.zone.tz().clone()).ok()?.timestamp()))
    }

    /// Date and time as inputs of a form hold them: `2026-11-23` and `16:48`.
    pub fn typed(&self, at: Instant) -> (String, String) {
        let local = self.local(at);
        (local.date().to_string(), format!("{:02}:{:02}", local.hour(), local.minute()))
    }

    fn local(&self, at: Instant) -> DateTime {
        self.zone.local(at)
    }

    /// `16:48`, or `4:48 pm`.
    pub fn time(&self, at: Instant) -> String {
        let local = self.local(at);
        let (hour, minute) = (local.hour(), local.minute());
        match self.hour_style {
            HourStyle::H24 => format!("{hour:02}:{minute:02}"),
            HourStyle::H12 => {
                let half = if hour < 12 { "am" } else { "pm" };
                let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
                format!("{hour}:{minute:02} {half}")
            }
        }
    }

    /// `Monday 23 November 2026`.
    pub fn date(&self, at: Instant) -> String {
        let local = self.local(at);
        let weekday = self.calendar.weekdays[usize_of(local.weekday().to_monday_zero_offset())];
        let month = self.calendar.months[usize_of(local.month() - 1)];
        (self.calendar.date)(weekday, local.day(), month, local.year())
    }

    /// `Mon 23 Nov`; with the year when it is another than that of `now`.
    pub fn short_date(&self, at: Instant, now: Instant) -> String {
        self.short_day(self.day(at), now)
    }

    /// The same of a date that is one wherever it is read, like the days of suggested weeks.
    pub fn short_day(&self, date: Date, now: Instant) -> String {
        let weekday = self.calendar.weekdays_short[usize_of(date.weekday().to_monday_zero_offset())];
        let month = self.calendar.months_short[usize_of(date.month() - 1)];
        let year = date.year();
        let text = (self.calendar.short_date)(weekday, date.day(), month);
        if year == self.local(now).year() { text } else { format!("{text} {year}") }
    }

    /// `Monday 23 November 2026, 16:48`.
    pub fn long(&self, at: Instant) -> String {
        format!("{}, {}", self.date(at), self.time(at))
    }

    /// `Mon 23 Nov, 16:48`.
    pub fn short(&self, at: Instant, now: Instant) -> String {
        format!("{}, {}", self.short_date(at, now), self.time(at))
    }

    /// `today`, `tomorrow`, `yesterday`, else [`Self::short_date`]; then the time.
    pub fn near(&self, at: Instant, now: Instant) -> String {
        let day = match self.days_between(now, at) {
            0 => self.calendar.today.to_owned(),
            1 => self.calendar.tomorrow.to_owned(),
            -1 => self.calendar.yesterday.to_owned(),
            _ => self.short_date(at, now),
        };
        (self.calendar.day_at)(&day, &self.time(at))
    }

    /// `Today`, `Tomorrow`, else [`Self::short_date`], as a label begins.
    pub fn near_day(&self, at: Instant, now: Instant) -> String {
        let day = match self.days_between(now, at) {
            0 => self.calendar.today.to_owned(),
            1 => self.calendar.tomorrow.to_owned(),
            _ => return self.short_date(at, now),
        };
        let mut letters = day.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// `Thursday`.
    pub fn weekday(&self, at: Instant) -> &'static str {
        self.calendar.weekdays[usize_of(self.local(at).weekday().to_monday_zero_offset())]
    }

    /// `Thursday 26 November`, the day at this moment.
    pub fn plain_date(&self, at: Instant) -> String {
        self.plain_day(self.local(at).date())
    }

    /// The same of a date.
    pub fn plain_day(&self, date: Date) -> String {
        let weekday = self.calendar.weekdays[usize_of(date.weekday().to_monday_zero_offset())];
        (self.calendar.short_date)(weekday, date.day(), self.calendar.months[usize_of(date.month() - 1)])
    }

    /// `26 November`.
    pub fn day_and_month(&self, date: Date) -> String {
        (self.calendar.day_and_month)(date.day(), self.calendar.months[usize_of(date.month() - 1)])
    }

    /// `1 Dec`.
    pub fn short_day_and_month(&self, date: Date) -> String {
        (self.calendar.day_and_month)(date.day(), self.calendar.months_short[usize_of(date.month() - 1)])
    }

    /// `Mon 23`.
    pub fn short_weekday_and_day(&self, date: Date) -> String {
        let weekday = self.calendar.weekdays_short[usize_of(date.weekday().to_monday_zero_offset())];
        format!("{weekday} {}", date.day())
    }

    /// What the reader's clock shows.
    pub fn time_of_day(&self, at: Instant) -> Time {
        self.local(at).time()
    }

    /// The days of the week, Monday first, written out and shortened.
    pub fn weekdays(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.calendar.weekdays.into_iter().zip(self.calendar.weekdays_short)
    }

    /// The same habits in another place.
    pub fn in_zone(&self, zone: &Zone) -> Clockface {
        Clockface { zone: zone.clone(), ..self.clone() }
    }

    /// `today`, `tomorrow`, `yesterday`, else [`Self::date`].
    pub fn relative_day(&self, at: Instant, now: Instant) -> String {
        match self.days_between(now, at) {
            0 => self.calendar.today.to_owned(),
            1 => self.calendar.tomorrow.to_owned(),
            -1 => self.calendar.yesterday.to_owned(),
            _ => self.date(at),
        }
    }

    /// Local days from one instant to another: 1 is tomorrow.
    pub fn days_between(&self, from: Instant, to: Instant) -> i32 {
        self.local(from).date().until(self.local(to).date()).map_or(i32::MAX, |span| span.get_days())
    }

    /// `78 minutes`, `29 hours 45 minutes`, `17 days 19 hours`, as the notice from `now` to `at` is told. Its minutes are those
    /// that a clock shows, as in [`Self::relative`]; what lacks seconds to a bound is `under 24 hours`. Notice is elapsed time,
    /// so that a day of it is twenty-four hours, and its hours are said beside them; the days of a calendar are those of
    /// [`Self::relative`].
    pub fn notice(&self, at: Instant, now: Instant) -> String {
        let amount = self.calendar.amount;
        let left = at.since(now).max(SignedDuration::ZERO);
        let shown = (minute_of(at) - minute_of(now)).max(0);
        let hours = left.as_hours();
        match (shown, shown % 60) {
            // Every bound is so many hours, and none is said to be reached that is not.
            (60..=2999, 0) if hours < shown / 60 => (self.calendar.under)(&spelled(amount, shown)),
            (0..=2999, _) => spelled(amount, shown),
            (3000..=7199, _) => amount(hours, Unit::Hour),
            _ => match (hours / 24, hours % 24) {
                (days, 0) => (self.calendar.whole_days)(days),
                (days, rest) => format!("{} {}", (self.calendar.whole_days)(days), amount(rest, Unit::Hour)),
            },
        }
    }

    /// `in 12 minutes`, `3 days ago`, in the largest unit that says enough. Minutes are those that a clock shows, which has no
    /// seconds: at 9:00:20 ten o'clock is in 60 of them. Days are those of the calendar.
    pub fn relative(&self, at: Instant, now: Instant) -> String {
        let minutes = minute_of(at) - minute_of(now);
        let days = i64::from(self.days_between(now, at)).abs();
        let (count, unit) = largest(minutes.abs()).unwrap_or((days, Unit::Day));
        if count == 0 {
            return self.calendar.now.to_owned();
        }
        let amount = (self.calendar.amount)(count, unit);
        if minutes < 0 { (self.calendar.ago)(&amount) } else { (self.calendar.ahead)(&amount) }
    }

    /// The same of the start of something: `in 12 minutes`, and once it has come `began 3 minutes ago`.
    pub fn start(&self, at: Instant, now: Instant) -> String {
        let far = self.relative(at, now);
        if minute_of(at) < minute_of(now) { format!("{} {far}", self.calendar.began) } else { far }
    }
}

/// `119 minutes`, `2 hours`, `2 hours 1 minute`.
fn spelled(amount: fn(i64, Unit) -> String, minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0..=1, _) => amount(minutes, Unit::Minute),
        (hours, 0) => amount(hours, Unit::Hour),
        (hours, rest) => format!("{} {}", amount(hours, Unit::Hour), amount(rest, Unit::Minute)),
    }
}

/// What one calls a person by in few words: the first of their names.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// What several cost together, with how that comes about: `3 × € 60 = € 180`.
pub fn money_times(each: Money, count: usize, language: Language) -> String {
    let times = i64::try_from(count).unwrap_or(i64::MAX);
    let all = Money::new(each.minor.saturating_mul(times), each.currency);
    match count {
        1 => money(each, language),
        _ => format!("{count}\u{a0}×\u{a0}{} = {}", money(each, language), money(all, language)),
    }
}

/// An amount as a language writes it: `€ 95`, `95 €`, `SEK 950.50`. What is whole has no digits after the point.
pub fn money(amount: Money, language: Language) -> String {
    let (currency, digits) = (amount.currency, usize::from(amount.currency.digits()));
    let sign = match currency.code() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        code => code,
    };
    let whole = 10_u64.pow(u32::from(currency.digits()));
    let (units, rest) = (amount.minor.unsigned_abs() / whole, amount.minor.unsigned_abs() % whole);
    let (point, group) = match language {
        Language::English => ('.', ','),
        Language::German => (',', '.'),
    };
    let mut number = grouped(units, group);
    if rest > 0 {
        number.push_str(&format!("{point}{rest:0digits$}"));
    }
    let minus = if amount.minor < 0 { "-" } else { "" };
    // Between sign and number a line does not end.
    match language {
        Language::English => format!("{minus}{sign}\u{a0}{number}"),
        Language::German => format!("{minus}{number}\u{a0}{sign}"),
    }
}

/// What something comes to, beside what was paid of it (rule F3), with its amounts written out.
#[derive(Clone, Copy, Debug)]
pub enum CostSaid<'a> {
    /// Nothing, and nothing was paid.
    Nothing,
    /// Nothing, and this goes back.
    AllBack(&'a str),
    /// This, still to pay.
    StillToPay(&'a str),
    /// All of it, what of that is paid, and what is not.
    PartlyPaid(&'a str, &'a str, &'a str),
    /// This is kept.
    Kept(&'a str),
    /// This is kept, and this goes back.
    PartlyKept(&'a str, &'a str),
}

/// A cost in the words of somebody.
pub fn cost_in_words(cost: Cost, language: Language, say: impl Fn(CostSaid<'_>) -> String) -> String {
    let amount = |amount| money(amount, language);
    match cost {
        Cost::Nothing => say(CostSaid::Nothing),
        Cost::AllBack { back } => say(CostSaid::AllBack(&amount(back))),
        Cost::StillToPay { billed } => say(CostSaid::StillToPay(&amount(billed))),
        Cost::PartlyPaid { billed, paid, owed } => {
            say(CostSaid::PartlyPaid(&amount(billed), &amount(paid), &amount(owed)))
        }
        Cost::Kept { kept } => say(CostSaid::Kept(&amount(kept))),
        Cost::PartlyKept { kept, back } => say(CostSaid::PartlyKept(&amount(kept), &amount(back))),
    }
}

/// The same words as a sentence of their own.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn grouped(number: u64, group: char) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    out
}

/// A unit of [`Clockface::relative`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// Twenty-four hours.
    Day,
}

/// The number of the minute that a clock shows.
fn minute_of(at: Instant) -> i64 {
    at.millis().div_euclid(60_000)
}

/// In minutes or hours; none for what is counted in days.
fn largest(minutes: i64) -> Option<(i64, Unit)> {
    match minutes {
        0..=89 => Some((minutes, Unit::Minute)),
        90..=2159 => Some(((minutes + 30) / 60, Unit::Hour)),
        _ => None,
    }
}

fn usize_of(small: i8) -> usize {
    usize::try_from(small).expect("weekdays and months count from zero here")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn face(zone: &str, style: HourStyle, language: Language) -> Clockface {
        Clockface::new(zone.parse().expect(zone), style, language)
    }

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    // Rules T2, M8
    #[test]
    fn each_reader_has_their_own_zone_language_and_hour() {
        let instant = at("2026-11-23T15:48:00Z");
        assert_eq!(
            face("Europe/Berlin", HourStyle::H24, Language::English).long(instant),
            "Monday 23 November 2026, 16:48"
        );
        assert_eq!(
            face("America/New_York", HourStyle::H12, Language::English).long(instant),
            "Monday 23 November 2026, 10:48 am"
        );
        assert_eq!(
            face("Asia/Kathmandu", HourStyle::H24, Language::German).long(instant),
            "Montag, 23. November 2026, 21:33"
        );
        assert_eq!(
            face("UTC", HourStyle::H12, Language::English).time(at("2026-11-23T00:05:00Z")),
            "12:05 am"
        );
        assert_eq!(face("America/New_York", HourStyle::H24, Language::English).place(), "New York");
    }

    #[test]
    fn near_days_have_names_and_counts_their_largest_unit() {
        let now = at("2026-11-23T22:30:00Z");
        let berlin = face("Europe/Berlin", HourStyle::H24, Language::English);
        assert_eq!(berlin.near(at("2026-11-23T22:40:00Z"), now), "today at 23:40");
        assert_eq!(berlin.near(at("2026-11-23T23:10:00Z"), now), "tomorrow at 00:10");
        assert_eq!(berlin.near(at("2027-01-04T08:00:00Z"), now), "Mon 4 Jan 2027 at 09:00");
        let check = |to: &str, expect: &str| assert_eq!(berlin.relative(at(to), now), expect, "{to}");
        check("2026-11-23T22:30:30Z", "now");
        check("2026-11-23T22:31:00Z", "in 1 minute");
        check("2026-11-23T22:42:00Z", "in 12 minutes");
        check("2026-11-23T23:30:00Z", "in 60 minutes");
        check("2026-11-23T22:29:59Z", "1 minute ago");
        check("2026-11-24T02:30:00Z", "in 4 hours");
        check("2026-11-20T22:30:00Z", "3 days ago");
        // Days are counted as a calendar has them: half past eleven in the evening is Monday.
        check("2026-11-30T08:00:00Z", "in 7 days");
        check("2026-11-30T22:40:00Z", "in 7 days");
        check("2026-11-30T23:10:00Z", "in 8 days");
    }

    // Rule T2
    #[test]
    fn how_far_off_a_start_is_goes_by_the_minutes_that_a_clock_shows() {
        let start = at("2026-11-23T10:00:00Z");
        let check = |now: &str, said: [&str; 2]| {
            let faces = [Language::English, Language::German];
            let faces = faces.map(|language| face("Europe/Berlin", HourStyle::H24, language));
            assert_eq!(faces.map(|face| face.start(start, at(now))), said, "{now}");
        };
        check("2026-11-23T09:00:00Z", ["in 60 minutes", "in 60 Minuten"]);
        check("2026-11-23T09:00:59.999Z", ["in 60 minutes", "in 60 Minuten"]);
        check("2026-11-23T09:01:00Z", ["in 59 minutes", "in 59 Minuten"]);
        check("2026-11-23T09:59:59.999Z", ["in 1 minute", "in 1 Minute"]);
        check("2026-11-23T10:00:00Z", ["now", "jetzt"]);
        check("2026-11-23T10:00:59.999Z", ["now", "jetzt"]);
        check("2026-11-23T10:01:00Z", ["began 1 minute ago", "begann vor 1 Minute"]);
        check("2026-11-23T10:03:59.999Z", ["began 3 minutes ago", "begann vor 3 Minuten"]);
        check("2026-11-26T09:00:00Z", ["began 3 days ago", "begann vor 3 Tagen"]);
    }

    // Rules R2, R9
    #[test]
    fn notice_is_told_as_far_as_its_bounds_are_and_never_as_more_than_it_is() {
        const MINUTE: i64 = 60_000;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        let (english, german) = (
            face("Europe/Berlin", HourStyle::H24, Language::English),
            face("Europe/Berlin", HourStyle::H24, Language::German),
        );
        // Until half past eleven in the evening, and over the night in which the clock is set back.
        for then in ["2026-12-01T22:30:00Z", "2026-10-26T22:30:00Z"].map(at) {
            let check = |millis: i64, said: [&str; 2]| {
                let now = then - SignedDuration::from_millis(millis);
                assert_eq!(
                    [&english, &german].map(|face| face.notice(then, now)),
                    said,
                    "{millis} before {then}"
                );
            };
            check(-MINUTE, ["0 minutes", "0 Minuten"]);
            check(2 * HOUR - MINUTE, ["119 minutes", "119 Minuten"]);
            check(2 * HOUR - 1, ["under 2 hours", "unter 2 Stunden"]);
            check(2 * HOUR, ["2 hours", "2 Stunden"]);
            check(24 * HOUR - MINUTE, ["23 hours 59 minutes", "23 Stunden 59 Minuten"]);
            check(24 * HOUR - 1, ["under 24 hours", "unter 24 Stunden"]);
            check(24 * HOUR, ["24 hours", "24 Stunden"]);
            check(48 * HOUR - 1, ["under 48 hours", "unter 48 Stunden"]);
            check(48 * HOUR, ["48 hours", "48 Stunden"]);
            check(48 * HOUR + MINUTE, ["48 hours 1 minute", "48 Stunden 1 Minute"]);
            check(51 * HOUR - 1, ["50 hours", "50 Stunden"]);
            check(5 * DAY - HOUR, ["119 hours", "119 Stunden"]);
            check(5 * DAY, ["5 days", "5 Tage"]);
            check(6 * DAY - 1, ["5 days 23 hours", "5 Tage 23 Stunden"]);
            check(6 * DAY, ["6 days", "6 Tage"]);
            check(7 * DAY - HOUR, ["6 days 23 hours", "6 Tage 23 Stunden"]);
        }
    }

    // Rule R2
    #[test]
    fn the_minutes_of_notice_are_those_until_the_start() {
        let start = at("2026-11-23T10:20:00Z");
        for language in [Language::English, Language::German] {
            let berlin = face("Europe/Berlin", HourStyle::H24, language);
            for seconds in [0, 1, 20, 59] {
                let now = at("2026-11-23T09:01:00Z") + SignedDuration::from_secs(seconds);
                assert_eq!(berlin.start(start, now), format!("in {}", berlin.notice(start, now)));
            }
        }
    }

    // Rule F1
    #[test]
    fn an_amount_is_written_as_its_reader_writes_it() {
        let check = |minor, currency: &str, english: &str, german: &str| {
            let amount = Money::new(minor, currency.parse().expect(currency));
            let said = [Language::English, Language::German].map(|l| money(amount, l).replace('\u{a0}', " "));
            assert_eq!(said, [english, german]);
        };
        check(9_500, "EUR", "€ 95", "95 €");
        check(9_550, "EUR", "€ 95.50", "95,50 €");
        check(5, "USD", "$ 0.05", "0,05 $");
        check(123_456_700, "GBP", "£ 1,234,567", "1.234.567 £");
        check(-4_000, "SEK", "-SEK 40", "-40 SEK");
        check(1_200, "JPY", "JPY 1,200", "1.200 JPY");
        check(1_250, "KWD", "KWD 1.250", "1,250 KWD");
    }
}
