//! How often one may try: which buckets a try is counted in. The counting itself is the model's.

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
    let window_s = u32::try_from(limit.window.as_secs()).unwrap_or(u32::MAX);
    let of = |tries| Limit { tries, window_s };
    // An address is personal: the bucket carries its hash.
    let address = &model::secret::hash(&address.folded())[..32];
    vec![
        (format!("{kind}/address/{address}"), of(limit.per_address)),
        (format!("{kind}/network/{}", Network::around(visitor.network)), of(limit.per_network)),
    ]
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
