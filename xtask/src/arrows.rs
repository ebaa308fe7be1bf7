//! The arrows between the crates point down, and the pure ones stay free of what touches the outside.
//!
//! Cargo itself is asked: `cargo metadata` for what the manifests say about each other, `cargo tree` for
//! what one crate pulls in when it is built by itself (metadata mixes the features of all crates).

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::place::{Place, read, watch};

/// Each crate by its folder, and the crates of ours that it may use.
const MAY_USE: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("sync", &["domain"]),
    ("hardware", &[]),
    ("station", &["sync", "domain", "hardware"]),
    ("hub", &["sync", "domain"]),
    ("src-tauri", &["station"]),
    ("tests", &["domain", "sync", "hardware", "station", "hub", "src-tauri"]),
    ("xtask", &[]),
];

/// A crate that must stay free of others, however far down they are.
struct Free {
    name: &'static str,
    features: &'static str,
    of: &'static [&'static str],
    why: &'static str,
}

const FREE: [Free; 3] = [
    Free {
        name: "domain",
        features: "--all-features",
        // Not `serde_json`: a rule that is a list, such as a gate's questions, is one JSON text, and reading it is pure.
        of: &[
            "tokio",
            "rusqlite",
            "libsqlite3-sys",
            "tauri",
            "wry",
            "automerge",
            "getrandom",
            "rand",
        ],
        why: "rules are pure: no IO, no async, no randomness, no documents",
    },
    Free {
        name: "sync",
        features: "--no-default-features",
        of: &["tokio", "rusqlite", "libsqlite3-sys", "tauri", "wry"],
        why: "without its feature `io` the replica is a pure engine: no sockets, no store",
    },
    Free {
        name: "station",
        features: "--all-features",
        of: &["tauri", "wry"],
        why: "a station runs without a window",
    },
];

pub(crate) fn check(place: &Place) -> Result<()> {
    let mut wrong = Vec::new();
    let metadata = read(&mut place.cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let members = members(&metadata)?;
    for member in &members {
        wrong.extend(wrong_edges(member));
    }
    for free in &FREE {
        if members.iter().any(|member| member.folder == free.name) {
            let name = ["tree", "-p", free.name, free.features];
            // Of every target: what only Windows would pull in is found on Linux too.
            let edges = ["-e", "normal,build", "--target", "all"];
            let shape = ["--prefix", "depth", "-f", " {p}"];
            let tree = read(place.cargo(&name).args(edges).args(shape))?;
            wrong.extend(unwanted_paths(free, &tree));
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    println!("{} crates, all arrows as they should be", members.len());
    // The compiler's word: the pure crates build by themselves.
    let pure = ["check", "-p", "domain", "-p", "sync", "--no-default-features"];
    watch(&mut place.cargo(&pure))
}

/// A crate of the workspace and the crates of ours that its manifest names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) folder: String,
    uses: Vec<String>,
}

/// Reads the output of `cargo metadata --no-deps`.
pub(crate) fn members(metadata: &str) -> Result<Vec<Member>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is no JSON")?;
    let list = |value: &Value, key: &str| {
        let items = value.get(key).and_then(Value::as_array);
        items.cloned().unwrap_or_default()
    };
    let mut members = Vec::new();
    for package in list(&metadata, "packages") {
        let manifest = package.get("manifest_path").and_then(Value::as_str);
        let folder = manifest
            .and_then(|path| folder_name(Path::new(path).parent()?))
            .context("cargo metadata names a package without a folder")?;
        // Only dependencies by path have one: those are ours.
        let uses = list(&package, "dependencies")
            .iter()
            .filter_map(|dependency| folder_name(Path::new(dependency.get("path")?.as_str()?)))
            .collect();
        members.push(Member { folder, uses });
    }
    Ok(members)
}

fn folder_name(folder: &Path) -> Option<String> {
    Some(folder.file_name()?.to_string_lossy().into_owned())
}

fn wrong_edges(member: &Member) -> Vec<String> {
    let from = &member.folder;
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == from) else {
        return vec![format!(
            "{from}: a new crate; say in xtask/src/arrows.rs which crates it may use"
        )];
    };
    let wrong = |to: &&String| !allowed.contains(&to.as_str());
    let words = |to: &String| {
        let may = match allowed {
            [] => "none of our crates".to_owned(),
            some => format!("only {}", some.join(", ")),
        };
        format!("{from} -> {to}: this arrow does not point down; {from} may use {may}")
    };
    member.uses.iter().filter(wrong).map(words).collect()
}

/// Reads `cargo tree --prefix depth`, where the first mention of a package stands on its full path.
fn unwanted_paths(free: &Free, tree: &str) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for text in tree.lines() {
        let Some((depth, package)) = text.split_once(' ') else {
            continue;
        };
        let Ok(depth) = depth.parse::<usize>() else {
            continue;
        };
        let name = package.split(' ').next().unwrap_or(package);
        path.truncate(depth);
        path.push(name);
        // What hangs below an unwanted crate is no news.
        let above = path.iter().rev().skip(1);
        if free.of.contains(&name) && !above.into_iter().any(|crate_| free.of.contains(crate_)) {
            let (from, path) = (free.name, path.join(" -> "));
            let (features, why) = (free.features, free.why);
            wrong.push(format!(
                "{from} must be free of {name}, and has it by {path}: {why}\n  \
                 see: cargo tree -p {from} {features} -e normal,build --target all -i {name}"
            ));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(folder: &str, uses: &[&str]) -> Member {
        Member {
            folder: folder.to_owned(),
            uses: uses.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn members_are_known_by_folder() {
        let metadata = r#"{"packages":[
            {"name":"lanyard-desktop","manifest_path":"/x/src-tauri/Cargo.toml","dependencies":[
                {"name":"station","path":"/x/station"},{"name":"tauri"}]},
            {"name":"domain","manifest_path":"/x/domain/Cargo.toml","dependencies":[]}]}"#;
        let expected = [member("src-tauri", &["station"]), member("domain", &[])];
        assert_eq!(members(metadata).unwrap(), expected);
    }

    #[test]
    fn arrows_point_down() {
        let good = [
            member("domain", &[]),
            member("station", &["domain", "sync", "hardware"]),
            member("tests", &["station", "sync"]),
        ];
        for member in &good {
            assert_eq!(wrong_edges(member), Vec::<String>::new());
        }
        let up = wrong_edges(&member("domain", &["sync"]));
        assert_eq!(
            up,
            ["domain -> sync: this arrow does not point down; domain may use none of our crates"]
        );
        assert_eq!(wrong_edges(&member("xtask", &["domain"])).len(), 1);
        assert_eq!(wrong_edges(&member("utils", &[])).len(), 1);
    }

    #[test]
    fn an_unwanted_crate_is_named_with_the_way_to_it() {
        let tree = "0 domain v0.1.0 (/x/domain)\n1 csv v1.4.0\n2 ryu v1.0.0\n1 jiff v0.2.0\n\
                    2 helper v1.0.0\n3 tokio v1.0.0\n4 rand v0.9.0\n2 csv v1.4.0 (*)\n";
        let [domain, ..] = &FREE;
        let wrong = unwanted_paths(domain, tree);
        let [only] = wrong.as_slice() else {
            panic!("one path expected: {wrong:?}");
        };
        assert!(only.contains("domain -> jiff -> helper -> tokio"), "{only}");
        let harmless = "0 domain v0.1.0\n1 tokio-like v1.0.0\n";
        assert_eq!(unwanted_paths(domain, harmless), Vec::<String>::new());
    }
}
