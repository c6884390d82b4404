//! Tokens: what a link, a cookie or a bearer header carries. Only their hash is ever stored.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::Tx;

/// A freshly made token: 256 bits of randomness as 52 characters that survive any mail program.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn new(tx: &mut Tx) -> Token {
        Token::from_bytes(tx.random::<32>())
    }

    /// The token for these random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Token {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut text = String::with_capacity(52);
        let (mut buffer, mut bits) = (0u32, 0u32);
        for byte in bytes {
            buffer = (buffer << 8) | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                text.push(char::from(ALPHABET[((buffer >> bits) & 31) as usize]));
            }
        }
        text.push(char::from(ALPHABET[((buffer << (5 - bits)) & 31) as usize]));
        Token(text)
    }

    /// What the holder is given. It is shown once and never stored.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The SHA-256 of a presented token, in hexadecimal. Tokens are long and random, so no salt or stretching is needed.
pub fn hash(presented: &str) -> String {
    Sha256::digest(presented.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        use fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
