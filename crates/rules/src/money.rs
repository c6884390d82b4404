//! Amounts in minor units of a currency, and shares of them. Knows no exchange rate and no invoice.

use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217, by its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Codes in use, by the digits that follow the point. A payment provider takes no others.
const CODES: [(u8, &str); 3] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
         CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
         IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
         MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD \
         SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR \
         ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
];

/// A code that no currency has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the code of a currency, like EUR")
    }
}

impl std::error::Error for UnknownCurrency {}

impl Currency {
    /// The euro.
    pub const EUR: Currency = Currency(*b"EUR");
    /// The dollar of the United States.
    pub const USD: Currency = Currency(*b"USD");

    /// Every one, by code.
    pub fn all() -> Vec<Currency> {
        let codes = CODES.iter().flat_map(|(_, codes)| codes.split(' '));
        let mut all: Vec<Currency> = codes.filter_map(|code| code.parse().ok()).collect();
        all.sort_unstable();
        all
    }

    /// Its three letters.
    pub fn code(&self) -> &str {
        str::from_utf8(&self.0).expect("a code is ASCII")
    }

    /// How many digits follow the point: 100 minor units make one euro, one makes a yen.
    pub fn digits(self) -> u8 {
        CODES
            .iter()
            .find(|(_, codes)| codes.split(' ').any(|code| code == self.code()))
            .map(|(digits, _)| *digits)
            .expect("a Currency is only made from a known code")
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(code: &str) -> Result<Currency, UnknownCurrency> {
        let known = CODES.iter().any(|(_, codes)| codes.split(' ').any(|known| known == code));
        let code = <[u8; 3]>::try_from(code.as_bytes()).map_err(|_| UnknownCurrency)?;
        if known { Ok(Currency(code)) } else { Err(UnknownCurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A share of something, in whole percent from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// Nothing of it.
    pub const NONE: Percent = Percent(0);
    /// Half of it.
    pub const HALF: Percent = Percent(50);
    /// The whole.
    pub const ALL: Percent = Percent(100);

    /// So many hundredths, unless that is more than the whole.
    pub const fn new(percent: u8) -> Option<Percent> {
        if percent <= 100 { Some(Percent(percent)) } else { None }
    }

    /// So many hundredths.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// An amount of one currency, in its minor units; negative for what goes back.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Cents, pence, yen.
    pub minor: i64,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// Is it nothing?
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Both together; nothing to say if the currencies differ or the sum is beyond all measure.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Money { minor, ..self })
    }

    /// What is left; nothing to say if the currencies differ or the rest is beyond all measure.
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        let minor = self.minor.checked_sub(other.minor)?;
        (self.currency == other.currency).then_some(Money { minor, ..self })
    }

    /// A share of it, rounded to the nearest minor unit, halves away from zero.
    pub fn share(self, percent: Percent) -> Money {
        let hundredths = i128::from(self.minor) * i128::from(percent.0);
        let rounded = (hundredths + 50 * hundredths.signum()) / 100;
        Money { minor: i64::try_from(rounded).expect("a share is no more than the whole"), ..self }
    }
}

/// Plain and the same everywhere, as `120.00 EUR`; pages write amounts as their language does.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.currency.digits());
        let unit = 10u64.pow(digits as u32);
        let (whole, part) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        let sign = if self.minor < 0 { "-" } else { "" };
        if digits == 0 {
            return write!(f, "{sign}{whole} {}", self.currency);
        }
        write!(f, "{sign}{whole}.{part:0digits$} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Rule F1
    #[test]
    fn amounts_are_minor_units_of_a_known_currency() {
        fn check(minor: i64, code: &str, expect: &str) {
            assert_eq!(Money::new(minor, code.parse().expect(code)).to_string(), expect);
        }
        check(12_000, "EUR", "120.00 EUR");
        check(5, "USD", "0.05 USD");
        check(-5, "USD", "-0.05 USD");
        check(1_500, "JPY", "1500 JPY");
        check(1_500, "KWD", "1.500 KWD");
        check(i64::MIN, "EUR", "-92233720368547758.08 EUR");
        for unknown in ["", "eur", "EURO", "XXX", "E R", "EUR ", "ÜÜ"] {
            assert_eq!(unknown.parse::<Currency>(), Err(UnknownCurrency), "{unknown}");
        }
    }

    #[test]
    fn different_currencies_do_not_add() {
        let (euro, dollar) = (Money::new(100, Currency::EUR), Money::new(100, Currency::USD));
        assert_eq!(euro.checked_add(dollar), None);
        assert_eq!(euro.checked_sub(dollar), None);
        assert_eq!(euro.checked_sub(euro), Some(Money::zero(Currency::EUR)));
        assert_eq!(Money::new(i64::MAX, Currency::EUR).checked_add(euro), None);
    }

    // Rule F3
    #[test]
    fn a_share_rounds_to_the_nearest_minor_unit() {
        fn check(minor: i64, percent: u8, expect: i64) {
            let share = Money::new(minor, Currency::EUR).share(Percent::new(percent).expect("a percentage"));
            assert_eq!(share.minor, expect, "{percent} % of {minor}");
        }
        check(9_999, 0, 0);
        check(9_999, 50, 5_000);
        check(9_999, 100, 9_999);
        check(-9_999, 50, -5_000);
        check(1, 49, 0);
        check(1, 50, 1);
        check(i64::MAX, 100, i64::MAX);
        assert_eq!(Percent::new(101), None);
    }

    proptest! {
        #[test]
        fn a_share_is_never_more_than_the_whole(minor: i64, percent in 0u8..=100) {
            let whole = Money::new(minor, Currency::EUR);
            let share = whole.share(Percent::new(percent).expect("a percentage"));
            prop_assert!(share.minor.unsigned_abs() <= whole.minor.unsigned_abs());
        }
    }
}
