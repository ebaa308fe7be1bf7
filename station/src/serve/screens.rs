//! The built screens, as they were put into this program.

/// Every file: its path and its bytes.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/screens.rs"));

/// What is shown where this program was built without the screens.
const NONE: &[u8] = b"<!doctype html><meta charset=utf-8><title>Lanyard</title>\
<p>This <code>lanyard</code> was built without its screens. <code>cargo xtask run</code> builds both.";

/// A file by the path in its address, with its media type; the first page where the path is none of a file.
pub(super) fn file(path: &str) -> (&'static [u8], &'static str) {
    let path = path.trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    match FILES.iter().find(|(name, _)| *name == path) {
        Some((name, bytes)) => (bytes, media_type(name)),
        None if path == "index.html" => (NONE, "text/html; charset=utf-8"),
        None => (&[], ""),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
