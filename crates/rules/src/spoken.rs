//! The languages that people speak with each other, each by its tag and by its own name for itself. Which of them pages
//! and mails are written in is another matter: [`crate::person::Language`].

use std::fmt;
use std::str::FromStr;

use crate::refusal::Problem;

/// A language that a coach speaks (rule C1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spoken(&'static (&'static str, &'static str));

/// Tags of BCP 47 and own names, by own name as its readers would look for it.
const SPOKEN: &[(&str, &str)] = &[
    ("af", "Afrikaans"),
    ("id", "Bahasa Indonesia"),
    ("ms", "Bahasa Melayu"),
    ("bs", "Bosanski"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("et", "Eesti"),
    ("en", "English"),
    ("es", "Español"),
    ("eu", "Euskara"),
    ("fil", "Filipino"),
    ("fr", "Français"),
    ("ga", "Gaeilge"),
    ("gl", "Galego"),
    ("ha", "Hausa"),
    ("hr", "Hrvatski"),
    ("ig", "Igbo"),
    ("zu", "isiZulu"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("rw", "Kinyarwanda"),
    ("sw", "Kiswahili"),
    ("lv", "Latviešu"),
    ("lb", "Lëtzebuergesch"),
    ("lt", "Lietuvių"),
    ("hu", "Magyar"),
    ("mt", "Malti"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("uz", "Oʻzbekcha"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("gsw", "Schwiizerdütsch"),
    ("sq", "Shqip"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("so", "Soomaali"),
    ("sr", "Srpski"),
    ("fi", "Suomi"),
    ("sv", "Svenska"),
    ("vi", "Tiếng Việt"),
    ("tr", "Türkçe"),
    ("yo", "Yorùbá"),
    ("el", "Ελληνικά"),
    ("bg", "Български"),
    ("kk", "Қазақша"),
    ("mk", "Македонски"),
    ("ru", "Русский"),
    ("uk", "Українська"),
    ("ka", "ქართული"),
    ("hy", "Հայերեն"),
    ("he", "עברית"),
    ("ar", "العربية"),
    ("fa", "فارسی"),
    ("ur", "اردو"),
    ("ne", "नेपाली"),
    ("mr", "मराठी"),
    ("hi", "हिन्दी"),
    ("bn", "বাংলা"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("gu", "ગુજરાતી"),
    ("ta", "தமிழ்"),
    ("te", "తెలుగు"),
    ("kn", "ಕನ್ನಡ"),
    ("ml", "മലയാളം"),
    ("si", "සිංහල"),
    ("th", "ไทย"),
    ("am", "አማርኛ"),
    ("ko", "한국어"),
    ("zh", "中文"),
    ("ja", "日本語"),
    // Spoken with the hands.
    ("ase", "American Sign Language"),
    ("bfi", "British Sign Language"),
    ("gsg", "Deutsche Gebärdensprache"),
    ("ils", "International Sign"),
];

impl Spoken {
    /// All that there are, in the order of their own names.
    pub fn all() -> impl Iterator<Item = Spoken> {
        SPOKEN.iter().map(Spoken)
    }

    /// The one with this tag.
    pub fn from_tag(tag: &str) -> Option<Spoken> {
        Spoken::all().find(|spoken| spoken.tag().eq_ignore_ascii_case(tag.trim()))
    }

    /// Its tag of BCP 47, for `lang` and for programs.
    pub const fn tag(self) -> &'static str {
        self.0.0
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        self.0.1
    }
}

impl FromStr for Spoken {
    type Err = Problem;
    fn from_str(tag: &str) -> Result<Spoken, Problem> {
        Spoken::from_tag(tag).ok_or(Problem::NotAChoice)
    }
}

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl fmt::Debug for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Language;

    #[test]
    fn each_language_has_one_tag_and_one_name() {
        for pick in [|s: Spoken| s.tag(), |s: Spoken| s.name()] {
            let mut picked: Vec<&str> = Spoken::all().map(pick).collect();
            picked.sort_unstable();
            picked.dedup();
            assert_eq!(picked.len(), SPOKEN.len());
        }
        assert!(Spoken::all().all(|spoken| Spoken::from_tag(spoken.tag()) == Some(spoken)));
        assert!(Spoken::all().all(|spoken| (2..=3).contains(&spoken.tag().len())));
        assert_eq!("DE".parse::<Spoken>().map(Spoken::name), Ok("Deutsch"));
        assert_eq!("xx".parse::<Spoken>(), Err(Problem::NotAChoice));
    }

    #[test]
    fn whoever_writes_a_language_may_speak_it() {
        for language in Language::ALL {
            assert_eq!(Spoken::from_tag(language.tag()).map(Spoken::name), Some(language.name()));
        }
    }
}
