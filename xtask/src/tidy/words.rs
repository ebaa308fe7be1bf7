//! Words that must not stand in a file, by kind of file and by folder.
//!
//! The words are written here in two halves each, so that this file passes its own check.

use super::Source;

/// How a word is looked for.
#[derive(Clone, Copy)]
enum Find {
    /// Anywhere, also inside a longer word.
    Part,
    /// By itself.
    Word,
    /// By itself, capitals or not.
    AnyCase,
    /// Where an absolute path begins: what follows a file name is a part of a relative one.
    Path,
}

/// A word, where it must not stand, and what to do instead.
struct Ban {
    word: &'static str,
    find: Find,
    applies: fn(&Source) -> bool,
    instead: &'static str,
}

const UNFINISHED: &str = "finish it, or write down as an issue what is left";
const ORDERED: &str = "use the BTree one: every station iterates in the same order";
const CARRIER: &str =
    "only ui/src/carrier/tauri.ts knows the window: screens also run in a browser";
const HOST: &str = "name no registry: the machine's configuration decides";
const ABSOLUTE: &str = "no absolute path: it exists on one machine only";

const BANS: [Ban; 18] = [
    ban(concat!("TO", "DO"), Find::Word, is_code, UNFINISHED),
    ban(concat!("FIX", "ME"), Find::Word, is_code, UNFINISHED),
    ban(concat!("dbg", "!"), Find::Part, is_code, UNFINISHED),
    ban(concat!("de", "mo"), Find::AnyCase, is_product, "only xtask knows it"),
    ban(concat!("@tauri", "-apps"), Find::Part, is_screen, CARRIER),
    ban(concat!("Hash", "Map"), Find::Word, is_replicated, ORDERED),
    ban(concat!("Hash", "Set"), Find::Word, is_replicated, ORDERED),
    ban(concat!("crates", ".io"), Find::Part, is_ours, HOST),
    ban(concat!("pypi", ".org"), Find::Part, is_ours, HOST),
    ban(concat!("python", "hosted.org"), Find::Part, is_ours, HOST),
    ban(concat!("npm", "js.org"), Find::Part, is_ours, HOST),
    ban(concat!("npm", "js.com"), Find::Part, is_ours, HOST),
    ban(concat!("deb.", "debian.org"), Find::Part, is_ours, HOST),
    ban(concat!("archive.", "ubuntu.com"), Find::Part, is_ours, HOST),
    ban(concat!("/wo", "rk/"), Find::Path, is_ours, ABSOLUTE),
    ban(concat!("/ho", "me/"), Find::Path, is_ours, ABSOLUTE),
    ban(concat!("/ro", "ot/"), Find::Path, is_ours, ABSOLUTE),
    ban(concat!("/Us", "ers/"), Find::Path, is_ours, ABSOLUTE),
];

const fn ban(
    word: &'static str,
    find: Find,
    applies: fn(&Source) -> bool,
    instead: &'static str,
) -> Ban {
    Ban { word, find, applies, instead }
}

fn is_code(source: &Source) -> bool {
    let extensions = ["rs", "toml", "py", "c", "sh", "ts", "svelte"];
    extensions.iter().any(|extension| source.is(extension))
}

fn is_product(source: &Source) -> bool {
    source.is("rs") && !source.is_below("xtask")
}

/// What runs in the window and in a browser alike.
fn is_screen(source: &Source) -> bool {
    source.is_below("ui/src") && source.path != "ui/src/carrier/tauri.ts"
}

/// Code whose results have to be the same on every station.
fn is_replicated(source: &Source) -> bool {
    source.is("rs") && (source.is_below("domain/src") || source.is_below("sync/src"))
}

/// Not written by a tool.
fn is_ours(source: &Source) -> bool {
    source.path != "Cargo.lock"
}

pub(super) fn check(source: &Source) -> Vec<String> {
    let bans: Vec<&Ban> = BANS.iter().filter(|ban| (ban.applies)(source)).collect();
    let mut wrong = Vec::new();
    for (number, text) in source.text.lines().enumerate() {
        for ban in bans.iter().filter(|ban| ban.is_in(text)) {
            let what = format!("`{}`: {}", ban.word, ban.instead);
            wrong.push(source.at(number + 1, &what));
        }
    }
    wrong
}

impl Ban {
    fn is_in(&self, text: &str) -> bool {
        let stands = |text: &str, alone: fn(&str, &str) -> bool| {
            text.match_indices(self.word).any(|(start, _)| {
                let (before, rest) = text.split_at(start);
                alone(before, rest.strip_prefix(self.word).unwrap_or_default())
            })
        };
        let word: fn(&str, &str) -> bool = |before, after| {
            !before.ends_with(char::is_alphabetic) && !after.starts_with(char::is_alphabetic)
        };
        match self.find {
            Find::Part => text.contains(self.word),
            Find::Word => stands(text, word),
            Find::AnyCase => stands(&text.to_lowercase(), word),
            Find::Path => stands(text, |before, _| {
                !before.ends_with(|c: char| c.is_alphanumeric() || "._-~}".contains(c))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn complaints(path: &str, text: &str) -> usize {
        check(&file(path, text)).len()
    }

    #[test]
    fn unfinished_work_is_found_in_code() {
        let mark = concat!("TO", "DO");
        assert_eq!(complaints("sync/src/a.rs", &format!("// {mark}: later")), 1);
        assert_eq!(complaints("docs/STYLE.md", mark), 0);
        assert_eq!(complaints("sync/src/a.rs", "let todos = 1;"), 0);
        assert_eq!(complaints("Cargo.toml", "todo = \"warn\""), 0);
        assert_eq!(complaints("tests/a.rs", concat!("dbg", "!(x)")), 1);
    }

    #[test]
    fn unordered_maps_are_found_where_stations_must_agree() {
        let line = concat!("use std::collections::Hash", "Map;");
        assert_eq!(complaints("domain/src/a.rs", line), 1);
        assert_eq!(complaints("sync/src/store/a.rs", line), 1);
        assert_eq!(complaints("station/src/a.rs", line), 0);
        assert_eq!(complaints("domain/src/a.rs", "use std::collections::BTreeMap;"), 0);
    }

    #[test]
    fn one_file_knows_the_window() {
        let line = concat!("import { invoke } from \"@tauri", "-apps/api/core\";");
        assert_eq!(complaints("ui/src/door/Door.svelte", line), 1);
        assert_eq!(complaints("ui/src/carrier/http.ts", line), 1);
        assert_eq!(complaints("ui/src/carrier/tauri.ts", line), 0);
        assert_eq!(complaints("ui/package.json", line), 0);
    }

    #[test]
    fn invented_events_stay_in_xtask() {
        let line = concat!("\"De", "mo Conference\"");
        assert_eq!(complaints("station/src/a.rs", line), 1);
        assert_eq!(complaints("station/src/a.rs", concat!("let de", "mo_event = 1;")), 1);
        assert_eq!(complaints("xtask/src/run.rs", line), 0);
        assert_eq!(complaints("station/src/a.rs", "it demonstrates"), 0);
    }

    #[test]
    fn hosts_and_absolute_paths_are_found_anywhere() {
        let host = concat!("https://crates", ".io/crates/csv");
        assert_eq!(complaints("README.md", host), 1);
        assert_eq!(complaints("Cargo.lock", host), 0);
        assert_eq!(complaints("README.md", concat!("see /ho", "me/somebody/x")), 1);
        assert_eq!(complaints("a.sh", concat!("cd \"/wo", "rk/main\"")), 1);
        assert_eq!(complaints("README.md", concat!("docs/wo", "rk/x and ~/ho", "me/x")), 0);
    }
}
