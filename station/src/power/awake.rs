//! Keeping a Linux laptop awake: logind is asked to hold off sleep, and the desktop to hold off its screen lock.
//!
//! Both are D-Bus services that let go by themselves when this process ends. A laptop without them is left alone.

use std::future::Future;
use std::time::Duration;
use zbus::connection::{Builder, Connection};
use zbus::{Error, OwnedFd};

/// How long either service is waited for, from the first byte to the last.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// What logind is to hold off, best first: whoever is denied a part asks for less. A laptop whose lid may be shut
/// while it stands at a door asks for that too; only who sits at a laptop is given it, not who came by network.
const WHATS: [&str; 4] = ["sleep:idle:handle-lid-switch", "sleep:idle", "sleep", "idle"];
/// Who asks, as the desktop shows it.
const WHO: &str = "Lanyard";
/// Why, as the desktop shows it.
const WHY: &str = "A gate is open on this laptop.";
const SCREENS: &str = "org.freedesktop.ScreenSaver";
const SCREENS_AT: &str = "/org/freedesktop/ScreenSaver";

/// What keeps the laptop awake.
#[derive(Debug, Default)]
pub(super) struct Hold {
    sleep: Option<Sleep>,
    screen: Option<Screen>,
}

/// Held as long as the file is open.
#[derive(Debug)]
struct Sleep {
    what: &'static str,
    _held: OwnedFd,
}

/// Held as long as the connection is.
#[derive(Debug)]
struct Screen {
    session: Connection,
    cookie: u32,
}

impl Hold {
    /// Takes what it does not have yet.
    pub(super) async fn take(&mut self) {
        if self.sleep.is_none() {
            self.sleep = within(hold_sleep()).await;
        }
        // A desktop that was started anew knows nothing of what it was asked.
        if self.screen.as_ref().is_none_or(|screen| screen.session.is_closed()) {
            self.screen = within(hold_screen()).await;
        }
    }

    /// Lets the laptop sleep.
    pub(super) async fn release(&mut self) {
        self.sleep = None;
        if let Some(screen) = self.screen.take() {
            let _ = within(screen.release()).await;
        }
    }

    /// Whether the laptop is kept from sleeping. A lock screen alone does not close a door, and not every desktop has
    /// the service.
    pub(super) fn is_awake(&self) -> bool {
        self.sleep.as_ref().is_some_and(|sleep| sleep.what.contains("sleep"))
    }
}

/// What comes of it, unless it takes too long or fails.
async fn within<T>(work: impl Future<Output = Result<T, Error>>) -> Option<T> {
    tokio::time::timeout(ANSWER_WITHIN, work).await.ok()?.ok()
}

async fn hold_sleep() -> Result<Sleep, Error> {
    let system = Builder::system().build().await?;
    let mut denied = None;
    for what in WHATS {
        let asked = system
            .call_method(
                Some("org.freedesktop.login1"),
                "/org/freedesktop/login1",
                Some("org.freedesktop.login1.Manager"),
                "Inhibit",
                &(what, WHO, WHY, "block"),
            )
            .await;
        match asked {
            Ok(answer) => return Ok(Sleep { what, _held: answer.body().deserialize()? }),
            // It answered, and said no.
            Err(no @ (Error::MethodError(..) | Error::FDO(_))) => denied = Some(no),
            Err(broken) => return Err(broken),
        }
    }
    Err(denied.unwrap_or(Error::InvalidReply))
}

async fn hold_screen() -> Result<Screen, Error> {
    let session = Builder::session().build().await?;
    let asked = session
        .call_method(Some(SCREENS), SCREENS_AT, Some(SCREENS), "Inhibit", &(WHO, WHY))
        .await?;
    let cookie = asked.body().deserialize()?;
    Ok(Screen { session, cookie })
}

impl Screen {
    async fn release(self) -> Result<(), Error> {
        let Self { session, cookie } = self;
        session
            .call_method(Some(SCREENS), SCREENS_AT, Some(SCREENS), "UnInhibit", &(cookie,))
            .await?;
        Ok(())
    }
}
