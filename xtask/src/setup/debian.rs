//! System packages: looked for by what they bring, and installed in one go where something is missing.
//!
//! Only Debian and Ubuntu are set up from here. Elsewhere, or without the right to install, the error names
//! all that is missing at once, with the words to type.

use std::process::Command;

use anyhow::{Result, bail};

use crate::place::{Place, watch, works};

/// Something that has to be on the machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    pub(super) what: &'static str,
    pub(super) sign: Sign,
    pub(super) packages: &'static [&'static str],
}

/// By what it is seen that it is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    /// A program can be started and succeeds.
    Runs(&'static str, &'static [&'static str]),
    /// A program is on the path.
    Program(&'static str),
    /// What is needed to link with a library.
    Library(&'static str),
    /// A family of fonts.
    Font(&'static str),
    /// A package, where nothing else tells; where there are no such packages, the build will.
    Package(&'static str),
}

impl Need {
    fn is_there(&self, place: &Place) -> bool {
        match self.sign {
            Sign::Runs(program, args) => works(place.command(program).args(args)),
            Sign::Program(program) => place.path_of(program).is_some(),
            Sign::Library(name) => works(place.command("pkg-config").args(["--exists", name])),
            Sign::Package(name) => {
                let status =
                    place.command("dpkg-query").args(["-W", "-f", "${Status}", name]).output();
                status.map_or(true, |output| output.stdout.ends_with(b" installed"))
            }
            Sign::Font(family) => {
                let found = place.command("fc-list").args([family, "file"]).output();
                found.is_ok_and(|output| !output.stdout.is_empty())
            }
        }
    }
}

/// Installs what is missing, all of it at once.
pub(super) fn fetch(place: &Place, needs: &[Need]) -> Result<()> {
    let missing = missing(place, needs);
    if missing.is_empty() {
        return Ok(());
    }
    let what = list(&missing, ", ", |need| vec![need.what]);
    let packages = list(&missing, " ", |need| need.packages.to_vec());
    if !works(place.command("apt-get").arg("--version")) {
        bail!(
            "missing: {what}. Install what your system calls {packages}, then run this again. \
             (Only Debian and Ubuntu are set up from here.)"
        );
    }
    if apt_get(place).is_none() {
        bail!(
            "missing: {what}; installing needs root. Type this, then run this again:\n\
             \n  sudo apt-get update && sudo apt-get install -y {packages}\n"
        );
    }
    println!("missing: {what}; installing {packages} (some minutes, once)");
    install(place, &packages)?;
    let still = self::missing(place, needs);
    if !still.is_empty() {
        let what = list(&still, ", ", |need| vec![need.what]);
        bail!("still missing after the installation: {what}");
    }
    Ok(())
}

fn missing<'need>(place: &Place, needs: &'need [Need]) -> Vec<&'need Need> {
    needs.iter().filter(|need| !need.is_there(place)).collect()
}

fn list<'a>(needs: &[&'a Need], between: &str, part: impl Fn(&'a Need) -> Vec<&'a str>) -> String {
    let parts: Vec<&str> = needs.iter().flat_map(|&need| part(need)).collect();
    parts.join(between)
}

fn install(place: &Place, packages: &str) -> Result<()> {
    let apt = |words: &[&str]| {
        let mut command = apt_get(place).unwrap_or_else(|| place.command("apt-get"));
        command.args(words);
        command
    };
    let words = ["install", "-y", "-q", "--no-install-recommends"];
    let install = || {
        let mut command = apt(&words);
        command.args(packages.split(' '));
        command
    };
    // On a fresh system there are no package lists yet: seen before anything is fetched.
    let known = works(install().arg("--simulate"));
    if known && watch(&mut install()).is_ok() {
        return Ok(());
    }
    // None, or old ones that name packages which are gone.
    watch(&mut apt(&["update", "-q"]))?;
    watch(&mut install())
}

/// `apt-get` as root: directly, else by sudo if that asks for no password.
fn apt_get(place: &Place) -> Option<Command> {
    const QUESTIONS_OFF: &str = "DEBIAN_FRONTEND=noninteractive";
    if is_root(place) {
        let mut command = place.command("env");
        command.args([QUESTIONS_OFF, "apt-get"]);
        return Some(command);
    }
    works(place.command("sudo").args(["-n", "true"])).then(|| {
        let mut command = place.command("sudo");
        command.args(["-n", "env", QUESTIONS_OFF, "apt-get"]);
        command
    })
}

pub(crate) fn is_root(place: &Place) -> bool {
    let id = place.command("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_at_once() {
        let place = Place::find().unwrap();
        let need = |sign, what, packages| Need { what, sign, packages };
        let needs = [
            need(Sign::Runs("cargo", &["--version"]), "cargo", &["cargo"]),
            need(Sign::Program("lanyard-no-such"), "one", &["a", "b"]),
            need(Sign::Runs("lanyard-no-such", &[]), "two", &["c"]),
            need(Sign::Library("lanyard-no-such"), "three", &["d"]),
            need(Sign::Font("Lanyard No Such"), "four", &["e"]),
        ];
        let missing = missing(&place, &needs);
        assert_eq!(list(&missing, ", ", |need| vec![need.what]), "one, two, three, four");
        assert_eq!(list(&missing, " ", |need| need.packages.to_vec()), "a b c d e");
    }
}
