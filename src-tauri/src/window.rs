//! The one window: made from the configuration, named by its page, kept on its page, closed when asked twice.

use std::sync::Mutex;
use std::time::{Duration, Instant};
#[cfg(target_os = "linux")]
use std::{ffi::OsStr, path::Path};

use tauri::webview::DownloadEvent;
use tauri::{App, Error, Manager, Url, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent};

/// A second press on close within this time is meant.
const INSISTING: Duration = Duration::from_secs(5);

pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let config = app.config().app.windows.first().ok_or(Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app, config)?
        // The page knows the event's name; the window says it.
        .on_document_title_changed(|window, title| {
            let _ = window.set_title(&title);
        })
        .on_navigation(is_ours)
        .on_download(|_, event| match event {
            DownloadEvent::Requested { url, .. } => is_made_here(&url),
            _ => true,
        })
        .build()?;
    fit(&window)?;
    draw_plainly(&window)?;
    bind(&window)
}

/// Nothing but the app's own page is ever shown, whatever a link says. What the page made itself is its own too: it
/// is asked about here before it is saved.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "blob" => is_made_here(url),
        // What the scheme looks like on Windows.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        scheme => scheme == "about" && url.path() == "blank",
    }
}

/// A page may save what it made itself, such as a report, into the downloads folder. Nothing is fetched.
fn is_made_here(url: &Url) -> bool {
    // The address of such a file is that of the page that made it, and a name.
    let maker = (url.scheme() == "blob").then(|| url.path().parse::<Url>().ok()).flatten();
    maker.is_some_and(|maker| maker.scheme() != "blob" && is_ours(&maker))
}

/// On a screen that is no larger than the window, the whole screen is the door's.
fn fit(window: &WebviewWindow) -> tauri::Result<()> {
    let (Some(monitor), size) = (window.current_monitor()?, window.outer_size()?) else {
        return Ok(());
    };
    let screen = monitor.size();
    if screen.width <= size.width || screen.height <= size.height {
        window.maximize()?;
    }
    Ok(())
}

/// Without a graphics card the processor plays one, and draws the whole window anew for each change: the picture of a
/// camera costs a core then, and holds verdicts up. Drawn plainly, it costs a fifth of that.
#[cfg(target_os = "linux")]
fn draw_plainly(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    if has_graphics_card(Path::new("/dev/dri")) {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Other systems decide by themselves (unproven).
#[cfg(not(target_os = "linux"))]
fn draw_plainly(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Whether there is a device that draws.
#[cfg(target_os = "linux")]
fn has_graphics_card(devices: &Path) -> bool {
    let is_one = |name: &OsStr| name.to_string_lossy().starts_with("renderD");
    devices.read_dir().is_ok_and(|all| all.flatten().any(|device| is_one(&device.file_name())))
}

/// A page whose process died is loaded again, or the window would stay white; a page that lets itself be closed
/// takes the window with it.
#[cfg(target_os = "linux")]
fn bind(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::glib::prelude::ObjectExt;
    use webkit2gtk::{WebViewExt, glib};
    let closing = window.clone();
    window.with_webview(move |webview| {
        let page = webview.inner();
        page.connect_web_process_terminated(|page, _| {
            let page = page.clone();
            // Not at once: a page that dies while loading must not keep the laptop busy.
            glib::timeout_add_seconds_local_once(1, move || page.reload());
        });
        // That is how a page ends that has let itself be closed; what is left is an empty window.
        page.connect_local("destroy", false, move |_| {
            let _ = closing.destroy();
            None
        });
    })
}

/// Other systems do both by themselves (unproven).
#[cfg(not(target_os = "linux"))]
fn bind(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// A page may ask before it lets the window close; a page that does not answer must not hold it.
#[derive(Debug, Default)]
pub(crate) struct Insistence {
    asked: Mutex<Option<Instant>>,
}

impl Insistence {
    pub(crate) fn hear(&self, window: &Window, event: &WindowEvent) {
        let WindowEvent::CloseRequested { api, .. } = event else {
            return;
        };
        if self.again(Instant::now()) {
            let _ = window.destroy();
        } else if ask_the_page(window) {
            api.prevent_close();
        }
    }

    /// Whether the last request is so near that this one is meant.
    fn again(&self, now: Instant) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(|broken| broken.into_inner());
        asked.replace(now).is_some_and(|before| now.duration_since(before) < INSISTING)
    }
}

/// Has the page asked as a browser would (`beforeunload`); what lets itself be closed closes at once.
/// Returns whether there is a page to ask.
#[cfg(target_os = "linux")]
fn ask_the_page(window: &Window) -> bool {
    use webkit2gtk::WebViewExt;
    let page = window.get_webview_window(window.label());
    page.is_some_and(|page| page.with_webview(|webview| webview.inner().try_close()).is_ok())
}

#[cfg(not(target_os = "linux"))]
fn ask_the_page(_window: &Window) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_page_is_shown() {
        let ours = |url: &str| is_ours(&url.parse().unwrap());
        for url in ["tauri://localhost", "tauri://localhost/#door", "http://tauri.localhost/"] {
            assert!(ours(url), "{url}");
        }
        assert!(ours("about:blank"));
        for url in ["https://example.org/", "file:///etc/passwd", "data:text/html,x"] {
            assert!(!ours(url), "{url}");
        }
    }

    #[test]
    fn only_what_the_page_made_is_saved() {
        let saved = |url: &str| is_made_here(&url.parse().unwrap());
        assert!(saved("blob:tauri://localhost/5f0c"));
        assert!(saved("blob:http://tauri.localhost/5f0c"));
        for url in [
            "https://example.org/a.csv",
            "tauri://localhost/a.csv",
            "data:text/csv,x",
            "blob:https://example.org/5f0c",
            "blob:blob:tauri://localhost/5f0c",
            "blob:null/5f0c",
        ] {
            assert!(!saved(url), "{url}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_graphics_card_is_seen_by_its_device() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_graphics_card(&devices.path().join("none")));
        // A screen alone draws nothing.
        std::fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_graphics_card(devices.path()));
        std::fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_graphics_card(devices.path()));
    }

    #[test]
    fn a_window_asked_to_close_twice_closes() {
        let insistence = Insistence::default();
        let start = Instant::now();
        assert!(!insistence.again(start));
        assert!(insistence.again(start + Duration::from_secs(1)));
        assert!(!insistence.again(start + Duration::from_secs(60)));
    }
}
