//! Passwords: argon2id, and the cost of a wrong guess for an unknown address. Slow on purpose, so never called inside
//! a transaction.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// Memory in KiB, passes and lanes: the first recommendation of OWASP for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these parameters are inside argon2's range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// What is stored of a password: a PHC string with its own salt and cost.
pub fn hash(password: &str, salt: [u8; 16]) -> String {
    argon2()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a 16-byte salt and any password can be hashed")
        .to_string()
}

/// Whether `password` is the one that was stored. With nothing stored it takes as long and is false, so that the
/// time of an answer does not tell whether an address is known (rule P4).
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    match stored.map(PasswordHash::new) {
        Some(Ok(stored)) => argon2().verify_password(password.as_bytes(), &stored).is_ok(),
        Some(Err(_)) | None => {
            let _ = hash(password, [0; 16]);
            false
        }
    }
}
