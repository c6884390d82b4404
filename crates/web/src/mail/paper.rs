//! A letter before it is a message: what it says, in order. Both parts of the message, HTML and plain text, are
//! made from it, so that they always say the same. Knows no addresses and no headers.

use askama::Template;

/// What a letter says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// The subject line.
    pub subject: String,
    /// What a mail program shows beside the subject.
    pub preview: String,
    /// The large line at the top.
    pub heading: String,
    /// What belongs to it, in small type; may be empty.
    pub under: String,
    /// What follows, in order.
    pub blocks: Vec<Block>,
    /// What stands beside the address that a button leads to, for whom the button does nothing.
    pub fallback: String,
    /// Why the reader gets this, and whether it can be switched off.
    pub why: String,
}

/// One thing that a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Some sentences.
    Paragraph(String),
    /// The one thing to do, as a link to a page that asks before anything happens (rule P2).
    Button {
        /// What it does.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// Some sentences in small type.
    Note(String),
    /// Names and values.
    Facts(Vec<(String, String)>),
    /// Names of pages, and where they are.
    Links(Vec<(String, String)>),
}

impl Block {
    /// A paragraph of these words.
    pub fn says(text: impl Into<String>) -> Block {
        Block::Paragraph(text.into())
    }

    /// A note of these words.
    pub fn note(text: impl Into<String>) -> Block {
        Block::Note(text.into())
    }

    /// Its sentences, if it has some.
    pub fn first_words(&self) -> Option<String> {
        match self {
            Block::Paragraph(text) | Block::Note(text) => Some(text.clone()),
            Block::Button { .. } | Block::Facts(_) | Block::Links(_) => None,
        }
    }

    /// A button with this label to this address.
    pub fn button(label: impl Into<String>, url: impl Into<String>) -> Block {
        Block::Button { label: label.into(), url: url.into() }
    }
}

/// What stands around every letter of one organisation, in the reader's language.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'a> {
    /// The code of the language that the letter is in.
    pub language: &'a str,
    /// The organisation's name.
    pub organisation: &'a str,
    /// The public address of its pages.
    pub home: &'a str,
}

impl Paper {
    /// The HTML part.
    pub fn html(&self, head: &Letterhead<'_>) -> String {
        let Letterhead { language, organisation, home } = *head;
        let page = Html { paper: self, language, organisation, home };
        page.render().expect("a letter writes to memory")
    }

    /// The plain part.
    pub fn text(&self, head: &Letterhead<'_>) -> String {
        let Letterhead { organisation, home, .. } = *head;
        let text = Text { paper: self, organisation, home };
        text.render().expect("a letter writes to memory")
    }
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    paper: &'a Paper,
    language: &'a str,
    organisation: &'a str,
    home: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    paper: &'a Paper,
    organisation: &'a str,
    home: &'a str,
}
