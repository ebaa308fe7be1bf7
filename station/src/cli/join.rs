//! Joining an event from a terminal: the digits are shown, then it waits for a person's word.

use super::show::Screen;
use crate::api::{Answer, Command, JoinLine, Output};
use crate::client::Client;
use crate::problem::{Code, Problem};
use crate::serve::SyncArgs;
use std::time::Duration;

/// How often it looks whether somebody has let this laptop in.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Joins; returns when that is decided.
pub(crate) fn run(
    client: &Client,
    ticket: &str,
    name: Option<&str>,
    sync: &SyncArgs,
    ask: &dyn Fn(Command) -> Answer,
    screen: &mut Screen,
) -> Result<bool, Problem> {
    client.keep_in_touch(sync.options())?;
    ask(Command::Join { ticket: ticket.to_owned(), name: name.map(str::to_owned) })?;
    let mut shown = None;
    loop {
        let line = line_of(ask(Command::JoinShow)?);
        if line.digits.is_some() && line.digits != shown {
            shown.clone_from(&line.digits);
            screen.digits(&line);
        }
        match line.state.as_str() {
            "joined" => {
                screen.joined(&line);
                return Ok(true);
            }
            "failed" | "none" => {
                let problem = line.problem.unwrap_or_else(|| "It was given up.".to_owned());
                return Err(Problem::new(Code::NotAllowed, problem, line.hint.unwrap_or_default()));
            }
            _ => crate::owner::pause(LOOK_EVERY),
        }
    }
}

fn line_of(outputs: Vec<Output>) -> JoinLine {
    let line = outputs.into_iter().find_map(|output| match output {
        Output::Join(line) => Some(line),
        _ => None,
    });
    line.unwrap_or_default()
}
