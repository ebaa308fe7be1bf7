//! `cargo xtask run`: Lanyard to try, with invented people, by its public commands only.
//!
//! Opens the window; without a display the same screens are served to a browser, and `--terminal` opens a door
//! in the terminal. Each run starts a new event in a new folder and leaves the folder there to look at; nothing
//! of an earlier run is touched.

mod people;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::place::{Place, line, watch};
use crate::{binaries, screens, setup};
use people::{ATTENDEES, suggestions};

/// Who works at the event; the first is at the door when it opens.
const OPERATORS: [&str; 2] = ["Robin", "Noor"];
const SUPERVISOR: &str = "Alex";
const PIN: &str = "4711";

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// A door in the terminal, with these arguments as they are.
    terminal: Option<Vec<String>>,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let args = match args.split_first() {
            Some((first, rest)) if first == "--" => rest,
            _ => args,
        };
        match args.split_first() {
            None => Ok(Self { terminal: None }),
            Some((first, rest)) if first == "--terminal" => {
                Ok(Self { terminal: Some(rest.to_vec()) })
            }
            Some((first, _)) => bail!("'{first}': arguments for the door come after --terminal"),
        }
    }
}

/// How Lanyard is shown, with the binaries that it takes.
enum Shown {
    Window { lanyard: PathBuf, desktop: PathBuf },
    Browser { lanyard: PathBuf },
    Terminal { lanyard: PathBuf, door: Vec<String> },
}

impl Shown {
    fn lanyard(&self) -> &Path {
        match self {
            Self::Window { lanyard, .. }
            | Self::Browser { lanyard }
            | Self::Terminal { lanyard, .. } => lanyard,
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let place = Place::find()?;
    place.own_target()?;
    let shown = build(&place, options)?;
    let data = fresh_folder(&place.cache)?;
    println!("\n== a new event with invented people, in {} (seconds)", data.display());
    let command = |program: &Path, words: &[&str]| {
        let mut command = place.command(program);
        command.args(words).arg("--data").arg(&data);
        command
    };
    event(|words| command(shown.lanyard(), words))?;
    println!("\n{}\n", suggestions(&place)?);
    println!(
        "{SUPERVISOR} is the supervisor, with the PIN {PIN}. {} is at the door.",
        OPERATORS[0]
    );
    match &shown {
        Shown::Window { desktop, .. } => {
            println!("\n== the window (close it, or Ctrl-C here, to end)");
            show(&mut command(desktop, &[]))?;
        }
        Shown::Browser { lanyard } => {
            println!(
                "\n== no display here: open this address in a browser of this machine (Ctrl-C ends)"
            );
            show(&mut command(lanyard, &["serve"]))?;
        }
        Shown::Terminal { lanyard, door } => {
            println!("\n== the door (Ctrl-D on an empty line closes it)");
            show(command(lanyard, &["door", "--gate", "main"]).args(door))?;
        }
    }
    println!("\nThe event stays in {}", data.display());
    Ok(ExitCode::SUCCESS)
}

/// Set-up and build of just what will be shown.
fn build(place: &Place, options: &Options) -> Result<Shown> {
    const BUILD: &str = "\n== build (the first time takes";
    if let Some(door) = &options.terminal {
        println!("== set-up: what the build needs from this machine");
        setup::for_terminal(place)?;
        println!("{BUILD} some minutes, later seconds)");
        return Ok(Shown::Terminal { lanyard: binaries::lanyard(place)?, door: door.clone() });
    }
    println!(
        "== set-up: what the build needs from this machine (the first time takes some minutes)"
    );
    let window = place.has_display();
    if window {
        setup::for_window(place)?
    } else {
        setup::for_screens(place)?
    }
    println!("\n== screens (seconds)");
    screens::build(place)?;
    if window {
        println!("{BUILD} five to fifteen minutes, later seconds)");
        let binaries::Both { lanyard, desktop } = binaries::both(place, false)?;
        return Ok(Shown::Window { lanyard, desktop });
    }
    println!("{BUILD} some minutes, later seconds)");
    Ok(Shown::Browser { lanyard: binaries::lanyard(place)? })
}

/// Makes the event by what everybody can type.
fn event(lanyard: impl Fn(&[&str]) -> Command) -> Result<()> {
    let name = ["--name", "Demo Conference", "--timezone", "Europe/Berlin"];
    // No days: the event is on today, whenever that is.
    show(lanyard(&["event", "new"]).args(name))?;
    show(&mut lanyard(&["roster", "import", ATTENDEES]))?;
    for operator in OPERATORS {
        show(&mut lanyard(&["operator", "set", "--name", operator]))?;
    }
    show(&mut lanyard(&["station", "set", "--gate", "main", "--operator", OPERATORS[0]]))?;
    // Last: from here on a supervisor is asked for.
    let supervisor = ["--name", SUPERVISOR, "--role", "supervisor", "--pin", PIN];
    show(lanyard(&["operator", "set"]).args(supervisor))
}

fn show(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    watch(command)
}

/// The first of `demo-1`, `demo-2`, ... that is not there yet.
fn fresh_folder(cache: &Path) -> Result<PathBuf> {
    fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    for number in 1..=u32::MAX {
        let folder = cache.join(format!("demo-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot make {}", folder.display()));
            }
        }
    }
    bail!("no free name for a folder in {}", cache.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_terminal_is_the_doors() {
        let parse = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            Options::parse(&words).map(|options| options.terminal)
        };
        assert_eq!(parse(&[]).unwrap(), None);
        assert_eq!(parse(&["--"]).unwrap(), None);
        assert_eq!(parse(&["--terminal"]).unwrap(), Some(Vec::new()));
        let door = parse(&["--", "--terminal", "--exit"]).unwrap().unwrap();
        assert_eq!(door, ["--exit"]);
        assert!(parse(&["--exit"]).is_err() && parse(&["--", "--exit"]).is_err());
    }

    #[test]
    fn each_run_has_a_new_folder() {
        let cache = std::env::temp_dir().join(format!("lanyard-xtask-{}", std::process::id()));
        let folders = [fresh_folder(&cache).unwrap(), fresh_folder(&cache).unwrap()];
        assert_eq!(folders, [cache.join("demo-1"), cache.join("demo-2")]);
        fs::remove_dir_all(&cache).unwrap();
    }
}
