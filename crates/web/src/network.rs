//! Networks of internet addresses: which proxies are believed, and who shares a rate limit.
//! Knows nothing of requests or sockets.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses, such as `10.0.0.0/8` or `2001:db8::/32`; a bare address is a block of one.
///
/// An IPv4 address that arrived over an IPv6 socket (`::ffff:10.0.0.1`) counts as the IPv4 address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    base: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// The household or office around an address: the first 24 bits of an IPv4 address, 56 of an IPv6 one.
    /// What one person controls is counted as one, and neighbours are rarely counted together.
    pub fn around(address: IpAddr) -> Network {
        match address.to_canonical() {
            IpAddr::V4(_) => Network::new(address, 24),
            IpAddr::V6(_) => Network::new(address, 56),
        }
    }

    /// The block of `prefix_bits` that holds `address`.
    fn new(address: IpAddr, prefix_bits: u8) -> Network {
        let base = match address.to_canonical() {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix_bits)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix_bits)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
            }
        };
        Network { base, prefix_bits }
    }

    /// Whether `address` lies in this block.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.base.is_ipv4() && Network::new(address, self.prefix_bits).base == self.base
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let wrong = || "a network looks like `10.0.0.0/8`, `2001:db8::/32` or a single address".to_owned();
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let address = address.to_canonical();
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|bits| *bits <= widest).ok_or_else(wrong)?,
            None => widest,
        };
        Ok(Network::new(address, prefix_bits))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix_bits)
    }
}

/// Whose request it is: `peer` is who holds the connection, `forwarded` the values of `X-Forwarded-For` in the order
/// in which they came. Each proxy adds at the right, so the list is read from there, and only as long as who
/// speaks is in `trusted`: what a stranger writes into the header is never believed.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[Network],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut speaker = peer.to_canonical();
    for named in forwarded.flat_map(|value| value.split(',')).rev() {
        if !is_trusted(speaker) {
            break;
        }
        let Ok(address) = named.trim().parse::<IpAddr>() else { break };
        speaker = address.to_canonical();
    }
    speaker
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_holds_what_shares_its_prefix() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
        ];
        for (block, address, expected) in cases {
            assert_eq!(network(block).contains(ip(address)), expected, "{address} in {block}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "::1/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "example.org"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn neighbours_share_a_network_and_strangers_do_not() {
        assert_eq!(Network::around(ip("192.0.2.1")), Network::around(ip("192.0.2.200")));
        assert_ne!(Network::around(ip("192.0.2.1")), Network::around(ip("192.0.3.1")));
        assert_eq!(Network::around(ip("::ffff:192.0.2.1")).to_string(), "192.0.2.0/24");
        assert_eq!(Network::around(ip("2001:db8:1:2ff::1")).to_string(), "2001:db8:1:200::/56");
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = [network("10.0.0.0/8"), network("127.0.0.1")];
        let check = |peer: &str, forwarded: &[&str], expected: &str| {
            let found = client_address(ip(peer), forwarded.iter().copied(), &trusted);
            assert_eq!(found, ip(expected), "{peer} {forwarded:?}");
        };
        check("203.0.113.9", &[], "203.0.113.9");
        check("203.0.113.9", &["192.0.2.1"], "203.0.113.9");
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &["192.0.2.1"], "192.0.2.1");
        check("::ffff:127.0.0.1", &["192.0.2.1"], "192.0.2.1");
        check("127.0.0.1", &["198.51.100.1, 192.0.2.1, 10.1.1.1"], "192.0.2.1");
        check("127.0.0.1", &["198.51.100.1", "192.0.2.1"], "192.0.2.1");
        check("127.0.0.1", &["192.0.2.1, unknown"], "127.0.0.1");
    }
}
