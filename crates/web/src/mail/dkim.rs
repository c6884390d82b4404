//! The signature by which a receiving server knows that a message is ours (RFC 6376, RFC 8463).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;

/// What the signature covers: all that a reader sees or a mail program acts upon.
const SIGNED: [&str; 11] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// A key, and where its public half is published: `selector._domainkey.domain`.
#[derive(Debug)]
pub struct Dkim(DkimConfig);

impl Dkim {
    /// Reads a private key as OpenSSL writes it: RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8), or
    /// the 32 bytes of an Ed25519 key in base64.
    pub fn new(domain: &str, selector: &str, private_key_pem: &str) -> Result<Dkim, String> {
        let headers = SIGNED.map(HeaderName::new_from_ascii_str).to_vec();
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let key = signing_key(private_key_pem)?;
        Ok(Dkim(DkimConfig::new(selector.to_owned(), domain.to_owned(), key, headers, relaxed)))
    }

    /// Adds the signature. Nothing of the message may change after it.
    pub fn sign(&self, message: &mut Message) {
        message.sign(&self.0);
    }
}

fn signing_key(pem: &str) -> Result<DkimSigningKey, String> {
    let unreadable = || "the DKIM key is no RSA or Ed25519 private key in PEM form".to_owned();
    let rsa = |pem: &str| DkimSigningKey::new(pem, DkimSigningAlgorithm::Rsa).map_err(|_| unreadable());
    if pem.contains("BEGIN RSA PRIVATE KEY") {
        return rsa(pem);
    }
    if !pem.contains("-----") {
        return DkimSigningKey::new(pem.trim(), DkimSigningAlgorithm::Ed25519).map_err(|_| unreadable());
    }
    let body = pem
        .split_once("-----BEGIN PRIVATE KEY-----")
        .and_then(|(_, rest)| rest.split_once("-----END PRIVATE KEY-----"))
        .map(|(body, _)| body.split_whitespace().collect::<String>())
        .ok_or_else(unreadable)?;
    let der = STANDARD.decode(body).map_err(|_| unreadable())?;
    match unwrap_pkcs8(&der).ok_or_else(unreadable)? {
        (Algorithm::Ed25519, seed) => {
            DkimSigningKey::new(&STANDARD.encode(seed), DkimSigningAlgorithm::Ed25519)
                .map_err(|_| unreadable())
        }
        (Algorithm::Rsa, key) => rsa(&format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n",
            lines_of_64(&STANDARD.encode(key))
        )),
    }
}

enum Algorithm {
    Rsa,
    Ed25519,
}

/// The key inside `SEQUENCE { version, SEQUENCE { algorithm, … }, OCTET STRING { key } }`.
fn unwrap_pkcs8(der: &[u8]) -> Option<(Algorithm, &[u8])> {
    const INTEGER: u8 = 0x02;
    const OCTETS: u8 = 0x04;
    const OID: u8 = 0x06;
    const SEQUENCE: u8 = 0x30;
    const RSA_OID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const ED25519_OID: &[u8] = &[0x2b, 0x65, 0x70];
    let (inside, _) = element(SEQUENCE, der)?;
    let (_version, rest) = element(INTEGER, inside)?;
    let (algorithm, rest) = element(SEQUENCE, rest)?;
    let (oid, _) = element(OID, algorithm)?;
    let (key, _) = element(OCTETS, rest)?;
    match oid {
        RSA_OID => Some((Algorithm::Rsa, key)),
        ED25519_OID => Some((Algorithm::Ed25519, element(OCTETS, key)?.0)),
        _ => None,
    }
}

/// The content of a DER element with this tag, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
        length = digits.iter().try_fold(0usize, |n, &b| n.checked_mul(256)?.checked_add(usize::from(b)))?;
        rest = after;
    }
    (found == tag).then(|| rest.split_at_checked(length)).flatten()
}

fn lines_of_64(text: &str) -> String {
    let chunks: Vec<&str> =
        text.as_bytes().chunks(64).map(|c| str::from_utf8(c).expect("base64 is ASCII")).collect();
    chunks.join("\n")
}
