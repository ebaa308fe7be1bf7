//! How a command reaches the station of a folder: it owns the folder itself, or speaks to the process that does.

use crate::api::{Answer, Request};
use crate::folder::Folder;
use crate::limits::{BUSY_AFTER, RETRY_EVERY};
use crate::owner::{Owner, Progress, pause};
use crate::problem::{Code, Problem};
use crate::remote::{CallProblem, Line};
use std::time::Instant;

/// A way to the station.
pub(crate) struct Link {
    folder: Folder,
    way: Way,
}

enum Way {
    Owner(Owner),
    Line(Line),
}

impl Link {
    /// Owns the folder, or reaches who does, within five seconds.
    pub(crate) fn open(folder: &Folder) -> Result<Self, Problem> {
        let way = find(folder, deadline())?;
        Ok(Self { folder: folder.clone(), way })
    }

    /// Asks. An owner that stops before it has taken the request is replaced by the next one, or by this process.
    pub(crate) fn call(&mut self, request: &Request, progress: &mut dyn FnMut(Progress)) -> Answer {
        let deadline = deadline();
        loop {
            match &mut self.way {
                Way::Owner(owner) => return owner.handle().ask(request.clone(), progress),
                Way::Line(line) => match line.call(request, progress) {
                    Ok(outputs) => return Ok(outputs),
                    Err(CallProblem::Answered(problem)) => return Err(problem),
                    Err(CallProblem::NotTaken) if now() >= deadline => {
                        return Err(busy(&self.folder));
                    }
                    Err(CallProblem::NotTaken) => {
                        pause(RETRY_EVERY);
                        self.way = find(&self.folder, deadline)?;
                    }
                },
            }
        }
    }
}

fn find(folder: &Folder, deadline: Instant) -> Result<Way, Problem> {
    if !folder.is_there() {
        return Err(Problem::new(
            Code::NoEvent,
            format!("There is no Lanyard data in {}.", folder.path().display()),
            "Make an event with `lanyard event new --name NAME --timezone ZONE`, or give the right folder with --data.",
        ));
    }
    loop {
        if let Some(lock) = folder.lock()? {
            return Owner::start(folder.clone(), lock).map(Way::Owner);
        }
        if let Some(line) = Line::reach(&folder.canonical()) {
            return Ok(Way::Line(line));
        }
        if now() >= deadline {
            return Err(busy(folder));
        }
        pause(RETRY_EVERY);
    }
}

fn deadline() -> Instant {
    now() + BUSY_AFTER
}

fn now() -> Instant {
    Instant::now()
}

fn busy(folder: &Folder) -> Problem {
    let who =
        folder.owner().map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    Problem::new(
        Code::Busy,
        format!("{} is owned by {who}, which does not answer.", folder.path().display()),
        "Wait until it is done, or end it if it hangs; nothing that it has shown as done is lost.",
    )
}
