//! `cargo xtask run`: Lanyard to try, with invented people, by its public commands only.
//!
//! Until there is a window, the door opens in the terminal. Each run starts a new event in a new folder
//! and leaves the folder there to look at; nothing of an earlier run is touched.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::place::{Place, line, read, watch};
use crate::setup;

const ATTENDEES: &str = "xtask/demo/attendees.csv";

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Handed on to the door as they are.
    door: Vec<String>,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        match args.split_first() {
            None => Ok(Self { door: Vec::new() }),
            Some((first, rest)) if first == "--" => Ok(Self { door: rest.to_vec() }),
            Some((first, _)) => bail!("'{first}': arguments for the door come after --"),
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    println!("== set-up");
    let place = Place::find()?;
    setup::for_build(&place)?;
    println!("\n== build (the first time takes some minutes)");
    let lanyard = build(&place)?;
    let data = fresh_folder(&place.cache)?;
    println!("\n== a new event with invented people, in {}", data.display());
    let command = |words: &[&str]| {
        let mut command = place.command(&lanyard);
        command.args(words).arg("--data").arg(&data);
        command
    };
    let name = ["--name", "Demo Conference", "--timezone", "Europe/Berlin"];
    // No days: the event is on today, whenever that is.
    show(command(&["event", "new"]).args(name))?;
    show(&mut command(&["roster", "import", ATTENDEES]))?;
    println!("\n== the door");
    print!("{}", suggestions(&place)?);
    let mut door = command(&["door", "--gate", "main"]);
    show(door.args(&options.door))?;
    println!("\nThe door is closed. The event stays in {}", data.display());
    Ok(ExitCode::SUCCESS)
}

fn show(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    watch(command)
}

/// Builds the `lanyard` binary and returns its path as cargo tells it.
fn build(place: &Place) -> Result<PathBuf> {
    let what = ["build", "--package", "station", "--bin", "lanyard"];
    let format = ["--message-format", "json-render-diagnostics"];
    let mut cargo = place.cargo(&what);
    cargo.args(format).stderr(std::process::Stdio::inherit());
    let messages = read(&mut cargo)?;
    let path = messages.lines().filter_map(executable).next_back();
    path.context("cargo has built no binary named lanyard")
}

fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    Some(PathBuf::from(message.get("executable")?.as_str()?))
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

/// A row of the attendee file by column name.
type Row = BTreeMap<String, String>;

/// A few codes worth trying, with what the door will say to each.
fn suggestions(place: &Place) -> Result<String> {
    let path = place.root.join(ATTENDEES);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {ATTENDEES}"))?;
    let rows = rows(&text);
    let mut lines = vec!["Type or scan a code, then Enter. A few to try:".to_owned()];
    for (row, expect) in examples(&rows)? {
        lines.push(format!("  {}  {expect}", field(row, "code")));
    }
    lines.push(format!("  {UNKNOWN}  unknown: no ticket of this event"));
    lines.push("Ctrl-D on an empty line closes the door.\n\n".to_owned());
    Ok(lines.join("\n"))
}

/// A well-formed code that nobody in the file has.
const UNKNOWN: &str = "ZZZZ2222ZZZZ2222";

fn examples(rows: &[Row]) -> Result<Vec<(&Row, String)>> {
    let first = |what: &str, fits: &dyn Fn(&Row) -> bool| {
        let found = rows.iter().find(|row| fits(row));
        found.with_context(|| format!("{ATTENDEES} has nobody who is {what}"))
    };
    let is = |row: &Row, column: &str, value: &str| field(row, column) == value;
    let clear = |row: &Row| is(row, "status", "paid") && is(row, "blocked", "");
    let ordinary = first("ordinary", &|row| {
        clear(row) && is(row, "ticket_type", "Regular") && is(row, "notes", "")
    })?;
    let vip = first("a VIP", &|row| clear(row) && is(row, "ticket_type", "VIP"))?;
    let pending = first("unpaid", &|row| is(row, "status", "pending"))?;
    let cancelled = first("cancelled", &|row| is(row, "status", "cancelled"))?;
    let name = |row| format!("{} {}", field(row, "first_name"), field(row, "last_name"));
    let says = |row, what: &str| (row, format!("{}: {what}", name(row).trim()));
    Ok(vec![
        says(ordinary, "goes in; scan it again and it is already in"),
        says(vip, "a VIP, goes in"),
        says(pending, "not paid, stays out"),
        says(cancelled, "cancelled, stays out"),
    ])
}

fn field<'row>(row: &'row Row, column: &str) -> &'row str {
    row.get(column).map_or("", String::as_str)
}

/// Reads our own file: a header, commas, quotes where needed, no line break inside a field.
fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    let header = fields(lines.next().unwrap_or_default());
    let row = |text| header.iter().cloned().zip(fields(text)).collect();
    lines.map(row).collect()
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(field) = fields.last_mut() else {
            break;
        };
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => field.push(other),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_comes_after_two_dashes_is_the_doors() {
        let parse = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            Options::parse(&words).map(|options| options.door)
        };
        assert!(parse(&[]).unwrap().is_empty());
        assert_eq!(parse(&["--", "--exit"]).unwrap(), ["--exit"]);
        assert!(parse(&["--exit"]).is_err());
    }

    #[test]
    fn fields_may_be_quoted() {
        assert_eq!(fields("a,,c"), ["a", "", "c"]);
        assert_eq!(fields(r#""a,b","say ""hi""",c"#), ["a,b", r#"say "hi""#, "c"]);
    }

    #[test]
    fn the_binary_is_found_in_what_cargo_says() {
        assert_eq!(executable(r#"{"executable":"/t/lanyard"}"#), Some("/t/lanyard".into()));
        assert_eq!(executable(r#"{"executable":null}"#), None);
        assert_eq!(executable("not JSON"), None);
    }

    #[test]
    fn the_attendees_are_500_with_good_codes_and_an_example_of_each_kind() {
        let rows = rows(include_str!("../demo/attendees.csv"));
        assert_eq!(rows.len(), 500);
        let codes: BTreeSet<&str> = rows.iter().map(|row| field(row, "code")).collect();
        assert_eq!(codes.len(), rows.len());
        let letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        for code in codes.iter().chain([&UNKNOWN]) {
            let good = code.len() == 16 && code.chars().all(|c| letters.contains(c));
            assert!(good, "{code}");
        }
        assert!(!codes.contains(UNKNOWN));
        let columns = "code first_name last_name email company ticket_type status order notes \
                       blocked language";
        for row in &rows {
            let named: BTreeSet<&str> = row.keys().map(String::as_str).collect();
            assert_eq!(named, columns.split_whitespace().collect(), "{row:?}");
        }
        assert_eq!(examples(&rows).unwrap().len(), 4);
    }

    #[test]
    fn each_run_has_a_new_folder() {
        let cache = std::env::temp_dir().join(format!("lanyard-xtask-{}", std::process::id()));
        let folders = [fresh_folder(&cache).unwrap(), fresh_folder(&cache).unwrap()];
        assert_eq!(folders, [cache.join("demo-1"), cache.join("demo-2")]);
        fs::remove_dir_all(&cache).unwrap();
    }
}
