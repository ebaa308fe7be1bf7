//! A door in the terminal: a code a line, a verdict that can be read from two metres.

use super::args::AnswersFile;
use super::show::Screen;
use crate::api::{Command, Output, Request, ScanRequest};
use crate::client::Client;
use crate::problem::{Code, Problem};
use std::io::{IsTerminal, Write};

/// Scans every line of standard input until it ends. Refusals are what a door is for, not failures.
pub(crate) fn run(
    client: &Client,
    scan: &ScanRequest,
    answers: &AnswersFile,
    request: &dyn Fn(Command) -> Request,
    screen: &mut Screen,
) -> Result<(), Problem> {
    let ask = |command| client.call(&request(command), &mut |_| {});
    for output in ask(Command::EventShow)? {
        if let Output::Event(event) = output {
            let way = if scan.exit { "EXIT" } else { "entry" };
            screen.say(&format!("{} · gate {} · {way} · {}", event.name, scan.gate, event.state));
        }
    }
    prompt(screen);
    super::each_line(&mut |code| {
        let answers = answers.of(&code);
        let scan = ScanRequest { code, answers, ..scan.clone() };
        match ask(Command::Scan(scan)) {
            Ok(outputs) => {
                screen.all(&outputs);
            }
            // The gate or the event may be put right while the door waits; a sick disk may not.
            Err(problem) if matches!(problem.code, Code::Disk | Code::Damaged) => {
                return Err(problem);
            }
            Err(problem) => screen.problem(&problem),
        }
        prompt(screen);
        Ok(())
    })
}

fn prompt(screen: &mut Screen) {
    if std::io::stdin().is_terminal() {
        screen.prompt("code> ");
    }
}

/// Asks a person to go on.
pub(crate) fn confirm(what: &str) -> Result<(), Problem> {
    let no = || {
        Problem::new(
            Code::NotAllowed,
            "Nothing was done.",
            "Give --yes to do it without being asked.",
        )
    };
    if !std::io::stdin().is_terminal() {
        return Err(no());
    }
    let mut err = std::io::stderr();
    let _ = write!(err, "{what}\nGo on? Type yes: ");
    let _ = err.flush();
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    if read.is_ok() && line.trim() == "yes" { Ok(()) } else { Err(no()) }
}
