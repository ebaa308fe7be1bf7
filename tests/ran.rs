//! What came of one command: its exit code and what it printed.

use serde_json::Value;
use std::io::{Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// No command of a test takes this long, however busy the machine is; one that does hangs.
pub const HANGS_AFTER: Duration = Duration::from_secs(300);

/// A command that has ended.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The command, as a person would repeat it.
    pub command: String,
    /// Exit code; what ended it where a signal did, negative.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The codes that an error may have: the contract's, and those that were added to them.
pub const ERROR_CODES: [&str; 16] = [
    "event_not_open",
    "unknown_gate",
    "unknown_attendee",
    "ambiguous",
    "busy",
    "newer_version",
    "read_only",
    "disk",
    "not_allowed",
    "bad_file",
    "bad_rule",
    "unreachable",
    "no_event",
    "damaged",
    "supervisor_needed",
    "wrong_pin",
];

impl Ran {
    /// Runs a command to its end, with these bytes on its standard input.
    #[must_use]
    pub fn of(mut command: Command, stdin: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        own_group(&mut command);
        let shown = show(&command);
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{shown}: {e}"));
        let mut pipe = child.stdin.take().expect("stdin is piped");
        let out = child.stdout.take().expect("stdout is piped");
        let err = child.stderr.take().expect("stderr is piped");
        std::thread::scope(|scope| {
            // A command that ends early leaves the rest of its input unread; that is no failure of the test.
            scope.spawn(move || pipe.write_all(stdin));
            let out = scope.spawn(move || read_all(out));
            let err = scope.spawn(move || read_all(err));
            let begun = Instant::now();
            let status = loop {
                match child.try_wait().expect("a child can be waited for") {
                    Some(status) => break status,
                    None if begun.elapsed() > HANGS_AFTER => {
                        let _ = child.kill();
                        let _ = child.wait();
                        panic!("{shown} hangs");
                    }
                    None => std::thread::sleep(Duration::from_millis(1)),
                }
            };
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            let (stdout, stderr) =
                (text(out.join().expect("read")), text(err.join().expect("read")));
            Self { command: shown.clone(), code: code_of(status), stdout, stderr }
        })
    }

    /// The objects on standard output; everything there has to be one.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        let read = |line: &str| match serde_json::from_str::<Value>(line) {
            Ok(value @ Value::Object(_)) => value,
            _ => panic!("not an object on standard output: {line:.300}\n{self}"),
        };
        self.stdout.lines().map(read).collect()
    }

    /// The objects of a command that went well.
    #[must_use]
    pub fn ok(&self) -> Vec<Value> {
        assert_eq!(self.code, 0, "should go well: {self}");
        let lines = self.lines();
        assert!(
            lines.iter().all(|line| line.get("error").is_none()),
            "an error and exit 0: {self}"
        );
        lines
    }

    /// The one object of a command that went well.
    #[must_use]
    pub fn one(&self) -> Value {
        let mut lines = self.ok();
        assert_eq!(lines.len(), 1, "should print one line: {self}");
        lines.remove(0)
    }

    /// The objects of a command in which something was refused, and nothing failed.
    #[must_use]
    pub fn refused(&self) -> Vec<Value> {
        assert_eq!(self.code, 1, "should be refused: {self}");
        let lines = self.lines();
        assert!(
            lines.iter().all(|line| line.get("error").is_none()),
            "should be refused, not fail: {self}"
        );
        lines
    }

    /// The error of a command that failed, as the contract wants it: the last line, with code, message and hint.
    #[must_use]
    pub fn error(&self) -> Value {
        assert_eq!(self.code, 1, "should fail: {self}");
        let error = self.lines().pop().map(|line| line["error"].clone()).unwrap_or_default();
        for key in ["code", "message", "hint"] {
            let text = error[key].as_str().unwrap_or_default();
            assert!(!text.trim().is_empty(), "the error should have a {key}: {self}");
        }
        assert!(
            ERROR_CODES.contains(&error["code"].as_str().unwrap_or_default()),
            "an unknown code: {self}"
        );
        error
    }

    /// The code of that error.
    #[must_use]
    pub fn error_code(&self) -> String {
        self.error()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "{command}\nexit {code}\n--- stdout\n{stdout:.4000}\n--- stderr\n{stderr:.4000}")
    }
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| format!("{:.200}", word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// A process group of its own, so that a signal to the tests does not reach the command and the other way round.
pub fn own_group(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    #[cfg(not(unix))]
    let _ = command;
}

/// Exit code; a signal as its negative number.
#[must_use]
pub fn code_of(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    status.code().unwrap_or_else(|| -signal.unwrap_or(1))
}

fn read_all(mut from: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = from.read_to_end(&mut bytes);
    bytes
}
