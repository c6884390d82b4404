//! Content lines (RFC 5545, section 3.1): a name, parameters, a value, folded. What a person typed can break neither
//! the line nor the file.

/// No line is longer than this, its end aside; a character is never cut in two.
pub const LINE_OCTETS_MAX: usize = 75;

/// Lines one after the other.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// Adds a line of which every part is made by us: nothing is escaped.
    pub fn raw(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > LINE_OCTETS_MAX {
                // The space that begins a continued line is one of its octets.
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Adds a text that somebody may have typed.
    pub fn text(&mut self, name: &str, value: &str) {
        self.raw(&format!("{name}:{}", escaped(value)));
    }

    /// Adds an address, as of a page.
    pub fn uri(&mut self, name: &str, value: &str) {
        self.raw(&format!("{name}:{}", uri(value)));
    }

    /// All of them.
    pub fn finish(self) -> String {
        self.0
    }
}

/// A text as a value: with line ends as `\n`, without other control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = '\0';
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' if last == '\r' => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        last = c;
    }
    out
}

/// A name as the value of a parameter, in quotes. What no reader agrees on how to write inside of them is left out.
pub(crate) fn quoted(name: &str) -> String {
    let clean: String = name
        .chars()
        .filter(|c| !matches!(c, '"' | '^' | '\\'))
        .map(|c| if breaks(c) { ' ' } else { c })
        .collect();
    format!("\"{}\"", clean.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// An address with what would end it or the line written as octets.
pub(crate) fn uri(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        if c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}') {
            out.push(c);
        } else {
            let mut octets = [0; 4];
            out.extend(c.encode_utf8(&mut octets).bytes().map(|octet| format!("%{octet:02X}")));
        }
    }
    out
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(name: &str, value: &str) -> String {
        let mut lines = Lines::default();
        lines.text(name, value);
        lines.finish()
    }

    fn unfolded(lines: &str) -> String {
        lines.replace("\r\n ", "")
    }

    #[test]
    fn a_text_is_escaped_and_a_name_quoted() {
        let check = |value: &str, expect: &str| assert_eq!(escaped(value), expect, "{value:?}");
        check("a, b; c\\d", "a\\, b\\; c\\\\d");
        check("one\r\ntwo\nthree\rfour", "one\\ntwo\\nthree\\nfour");
        check("tab\tbell\u{7}nul\0", "tab bell nul ");
        check("\u{2028}", "\\n");
        assert_eq!(quoted("Ada \"A\"\r\nX-EVIL:1 ^n \\n Lindholm"), "\"Ada A X-EVIL:1 n n Lindholm\"");
        assert_eq!(uri("https://a.example/ü?b=1&c=\"\r\nX:1"), "https://a.example/%C3%BC?b=1&c=%22%0D%0AX:1");
    }

    #[test]
    fn a_line_is_folded_between_characters() {
        let folded = line("SUMMARY", &"ä".repeat(100));
        assert!(folded.lines().all(|line| line.len() <= LINE_OCTETS_MAX), "{folded}");
        assert_eq!(unfolded(&folded), format!("SUMMARY:{}\r\n", "ä".repeat(100)));
        let exact = line("X", &"a".repeat(LINE_OCTETS_MAX - 2));
        assert_eq!(exact.lines().count(), 1, "{exact}");
    }

    proptest! {
        #[test]
        fn no_text_breaks_its_line(value in "\\PC{0,200}|[\\x00-\\x7f\u{85}\u{2028}😀ä]{0,200}") {
            let folded = line("SUMMARY", &value);
            prop_assert!(folded.ends_with("\r\n"));
            for one in folded.trim_end_matches("\r\n").split("\r\n") {
                prop_assert!(one.len() <= LINE_OCTETS_MAX);
                prop_assert!(!one.contains(['\r', '\n']));
            }
            let whole = unfolded(&folded);
            prop_assert_eq!(whole.matches("\r\n").count(), 1);
            let said = value.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
            let said: String = said.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
            prop_assert_eq!(read_back(whole.trim_end().trim_start_matches("SUMMARY:")), said.trim_end());
        }
    }

    /// As a reader undoes it.
    fn read_back(value: &str) -> String {
        let mut out = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some(c) => out.push(c),
                    None => {}
                },
                c => out.push(c),
            }
        }
        out.trim_end().to_owned()
    }
}
