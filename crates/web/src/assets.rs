//! What the browser gets besides pages: styles, islands, icons, fonts. Built by `make web`, embedded, served under names
//! that carry their content's hash, so that a browser keeps them for good.
//!
//! Knows nothing of pages, people or the database.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// Where each asset is served, by its logical name.
static ADDRESSES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let file = Dist::get("manifest.json").expect("build.rs has checked that the manifest is there");
    let names: HashMap<String, String> =
        serde_json::from_slice(&file.data).expect("web/build.mjs writes the manifest as a flat object");
    names.into_iter().map(|(logical, hashed)| (logical, format!("/assets/{hashed}"))).collect()
});

/// The address of an asset, hash included: `asset("app.css")`.
///
/// # Panics
/// If the build makes no such file: a misspelt name is ours, and every template is rendered by a test.
pub fn asset(logical: &str) -> &'static str {
    ADDRESSES.get(logical).unwrap_or_else(|| panic!("web/build.mjs emits no {logical:?}"))
}

/// An icon of the sprite, drawn beside words and hidden from readers.
///
/// # Panics
/// If web/icons/list.json has no such icon.
pub fn icon(name: &str) -> String {
    static SPRITE: LazyLock<String> = LazyLock::new(|| {
        let address = asset("icons.svg").trim_start_matches("/assets/");
        let file = Dist::get(address).expect("the manifest names only files that were written");
        String::from_utf8(file.data.into_owned()).expect("the sprite is written as UTF-8")
    });
    assert!(SPRITE.contains(&format!("\"i-{name}\"")), "web/icons/list.json has no {name:?}");
    let mut svg = String::with_capacity(128);
    write!(
        svg,
        r##"<svg class="icon" aria-hidden="true"><use href="{}#i-{name}"/></svg>"##,
        asset("icons.svg")
    )
    .expect("writing to a String does not fail");
    svg
}

/// `GET /assets/{file}`: kept by the browser for a year, because another content has another name.
pub async fn show(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let known = ADDRESSES.values().any(|address| address.strip_prefix("/assets/") == Some(file.as_str()));
    let Some((plain, kind)) = known.then(|| Dist::get(&file)).flatten().zip(content_type(&file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let packed = takes_brotli(&headers).then(|| Dist::get(&format!("{file}.br"))).flatten();
    let encoding = packed.is_some().then_some((header::CONTENT_ENCODING, HeaderValue::from_static("br")));
    let body = match packed.unwrap_or(plain).data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut answer = body.into_response();
    let sent = answer.headers_mut();
    sent.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    sent.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    sent.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    sent.extend(encoding);
    answer
}

/// `GET /embed.js`: the loader that other sites name in their pages, so that its address never changes (rule C4).
pub async fn embed() -> Response {
    let file = Dist::get(asset("embed.js").trim_start_matches("/assets/"))
        .expect("the manifest names only files that were written");
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, file.data.into_owned()).into_response()
}

fn content_type(file: &str) -> Option<&'static str> {
    Some(match file.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("br")
                && !parts.any(|weight| {
                    matches!(weight.replace(' ', "").as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(logical: &str) -> Path<String> {
        Path(asset(logical).trim_start_matches("/assets/").to_owned())
    }

    fn accepting(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_good_and_packed_for_those_who_can_unpack() {
        let packed = show(file("app.css"), accepting("gzip, br")).await;
        assert_eq!(packed.status(), StatusCode::OK);
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(packed.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(packed.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));

        for plain in ["gzip", "br;q=0, gzip"] {
            let answer = show(file("app.css"), accepting(plain)).await;
            assert!(!answer.headers().contains_key(header::CONTENT_ENCODING), "{plain}");
        }
    }

    #[tokio::test]
    async fn only_what_the_manifest_names_is_served() {
        for name in ["manifest.json", "app.css", "../Cargo.toml", ""] {
            let answer = show(Path(name.to_owned()), HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
        let Path(css) = file("app.css");
        assert_eq!(show(Path(format!("{css}.br")), HeaderMap::new()).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    #[should_panic(expected = "emits no")]
    fn a_misspelt_asset_is_our_mistake() {
        asset("apps.css");
    }
}
