//! How often a stranger may try: which buckets a try is counted in. The counting itself is the model's, and so is the
//! limit on letters that signed-in people cause ([`model::mail::queue_letters`]).

use model::attempt::{Limit, Verdict};
use rules::person::MailAddress;
use rules::refusal::Refusal;

use crate::app::App;
use crate::config;
use crate::network::Network;
use crate::visitor::Visitor;

/// The buckets of an attempt to sign in by password.
pub fn sign_in(app: &App, visitor: &Visitor, address: &MailAddress) -> Vec<(String, Limit)> {
    buckets("sign-in", app.config().limits.sign_in, visitor, address)
}

/// The buckets of an act of somebody not signed in that sends mail.
pub fn mail(app: &App, visitor: &Visitor, address: &MailAddress) -> Vec<(String, Limit)> {
    buckets("mail", app.config().limits.mail, visitor, address)
}

fn buckets(
    kind: &str,
    limit: config::Limit,
    visitor: &Visitor,
    address: &MailAddress,
) -> Vec<(String, Limit)> {
    vec![
        (address_bucket(kind, address), limit_of(limit.per_address, limit)),
        (format!("{kind}/network/{}", Network::around(visitor.network)), limit_of(limit.per_network, limit)),
    ]
}

/// An address is personal: its bucket carries a hash.
fn address_bucket(kind: &str, address: &MailAddress) -> String {
    format!("{kind}/address/{}", &model::secret::hash(&address.folded())[..32])
}

fn limit_of(tries: u32, limit: config::Limit) -> Limit {
    Limit { tries, window_s: u32::try_from(limit.window.as_secs()).unwrap_or(u32::MAX) }
}

/// Turns whoever is over a limit away.
///
/// # Errors
/// [`Refusal::RateLimited`].
pub fn hold(verdict: Verdict) -> Result<(), Refusal> {
    match verdict {
        Verdict::Under => Ok(()),
        Verdict::Over { retry_after_s } => Err(Refusal::RateLimited { retry_after_seconds: retry_after_s }),
    }
}
