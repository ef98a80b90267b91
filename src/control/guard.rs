//! Who may use the control API: a client that asked for this machine by a name that is this machine's alone.
//!
//! A browser sends the page's idea of the host in `Host` and the page's origin in `Origin`. A page of another site
//! that reaches us by its own name, rebound to a loopback address, is refused by the first; a page that sends a form
//! or a script to our address is refused by the second.

use std::net::{IpAddr, SocketAddr};

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Request, StatusCode};

use super::Refusal;

/// Lets a request in whose host is a loopback name or the listen address, and whose origin, if it has one, is that
/// same host.
///
/// # Errors
/// 403 with a sentence.
pub fn check<B>(request: &Request<B>, listen: SocketAddr) -> Result<(), Refusal> {
    let host = only(request.headers(), HOST.as_str()).and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host.filter(|host| is_ours(host, listen)) else {
        return Err(refused(
            "the control API answers only where `Host` is a loopback name, such as `localhost`, or the listen address",
        ));
    };
    if request.uri().authority().is_some_and(|authority| !is_ours(authority, listen)) {
        return Err(refused("the control API answers only to this machine's own names"));
    }
    let same_origin = match request.headers().contains_key(ORIGIN) {
        false => true,
        true => only(request.headers(), ORIGIN.as_str())
            .is_some_and(|origin| origin.strip_prefix("http://").is_some_and(|origin| origin == host.as_str())),
    };
    let same_site = match request.headers().contains_key("sec-fetch-site") {
        false => true,
        true => only(request.headers(), "sec-fetch-site").is_some_and(|site| matches!(site, "same-origin" | "none")),
    };
    if same_origin && same_site {
        return Ok(());
    }
    Err(refused("the control API does not answer pages of another origin"))
}

fn refused(sentence: &str) -> Refusal {
    Refusal { status: StatusCode::FORBIDDEN, sentence: sentence.to_owned(), allow: None }
}

/// The value of a header that comes exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_ours(authority: &Authority, listen: SocketAddr) -> bool {
    // A name before an `@` is a user's, and no client sends one here.
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
    match bare.parse::<IpAddr>() {
        Ok(address) => {
            address.to_canonical().is_loopback()
                || (address == listen.ip() && authority.port_u16().unwrap_or(80) == listen.port())
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn verdict(listen: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/_passrole/health");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap(), listen.parse().unwrap()).is_ok()
    }

    #[test]
    fn hosts_of_this_machine_and_no_others() {
        let loopback = "127.0.0.1:4566";
        for (listen, host, expected) in [
            (loopback, "localhost", true),
            (loopback, "LOCALHOST:4566", true),
            (loopback, "localhost.:4566", true),
            (loopback, "passrole.localhost:9999", true),
            (loopback, "127.0.0.1:4566", true),
            (loopback, "127.9.9.9", true),
            (loopback, "[::1]:4566", true),
            (loopback, "[::ffff:127.0.0.1]:4566", true),
            ("192.168.1.5:4566", "192.168.1.5:4566", true),
            ("192.168.1.5:4566", "192.168.1.5:4567", false),
            ("192.168.1.5:4566", "192.168.1.6:4566", false),
            (loopback, "evil.example", false),
            (loopback, "evil.example:4566", false),
            (loopback, "localhost.evil.example", false),
            (loopback, "notlocalhost", false),
            (loopback, "127.0.0.1.evil.example", false),
            (loopback, "localhost@evil.example", false),
            (loopback, "evil.example@localhost", false),
            (loopback, "", false),
        ] {
            assert_eq!(verdict(listen, &[("host", host)]), expected, "{listen} {host}");
        }
        assert!(!verdict(loopback, &[]));
        assert!(!verdict(loopback, &[("host", "localhost"), ("host", "localhost")]));
    }

    #[test]
    fn pages_of_other_origins_stay_out() {
        for (name, value, expected) in [
            ("origin", "http://localhost:4566", true),
            ("origin", "http://localhost:3000", false),
            ("origin", "https://localhost:4566", false),
            ("origin", "http://evil.example", false),
            ("origin", "null", false),
            ("origin", "", false),
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
        ] {
            let passed = verdict("127.0.0.1:4566", &[("host", "localhost:4566"), (name, value)]);
            assert_eq!(passed, expected, "{name}: {value}");
        }
    }
}
