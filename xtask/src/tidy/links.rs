//! Relative links in Markdown lead to a file of the repository.
//!
//! Links to the web are not followed: no check needs a network.

use super::Source;

/// `exists` answers for a path relative to the root.
pub(super) fn check(source: &Source, exists: impl Fn(&str) -> bool) -> Vec<String> {
    if !source.is("md") {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let mut in_code = false;
    for (number, text) in source.text.lines().enumerate() {
        if text.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for target in targets(text).into_iter().filter(|target| is_relative(target)) {
            match resolve(&source.path, &target) {
                Some(path) if exists(&path) => {}
                Some(path) => wrong.push(source.at(number + 1, &format!("no file {path}"))),
                None => {
                    let what = format!("{target} leaves the repository");
                    wrong.push(source.at(number + 1, &what));
                }
            }
        }
    }
    wrong
}

/// Targets of `[text](target "title")` and of `[label]: target`, outside of inline code.
fn targets(text: &str) -> Vec<String> {
    let prose: String = text.split('`').step_by(2).collect();
    let inline = prose.split("](").skip(1).filter_map(|rest| {
        let (target, _) = rest.split_once(')')?;
        target.split_whitespace().next()
    });
    let label = prose
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"))
        .and_then(|(_, target)| target.split_whitespace().next());
    inline.chain(label).map(str::to_owned).collect()
}

fn is_relative(target: &str) -> bool {
    let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme);
    let has_scheme = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric());
    !target.starts_with('#') && !has_scheme
}

/// The target as a path from the root; `None` where it climbs out.
fn resolve(from: &str, target: &str) -> Option<String> {
    let target = target.trim_matches(['<', '>']);
    let target = target.split(['#', '?']).next().unwrap_or_default();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            name => path.push(name),
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn check_text(path: &str, text: &str, complaints: usize) {
        let known = ["README.md", "docs/STYLE.md", "docs", "LICENSE-MIT"];
        let wrong = check(&file(path, text), |path| known.contains(&path));
        assert_eq!(wrong.len(), complaints, "{path}: {text}: {wrong:?}");
    }

    #[test]
    fn relative_links_lead_somewhere() {
        check_text("README.md", "[a](docs/STYLE.md), [b](docs/STYLE.md#size) [c](docs/)", 0);
        check_text("README.md", "[a](docs/GONE.md) and [b](STYLE.md \"title\")", 2);
        check_text("docs/STYLE.md", "[up](../README.md), [beside](STYLE.md), [self](#size)", 0);
        check_text("docs/STYLE.md", "[out](../../README.md)", 1);
        check_text("README.md", "[mit]: LICENSE-MIT\n[gone]: LICENSE-GONE", 1);
    }

    #[test]
    fn what_is_no_relative_link_is_left_alone() {
        check_text("README.md", "[a](https://example.org/x) [b](mailto:a@example.org)", 0);
        check_text("README.md", "`[a](gone.md)`\n```\n[b](gone.md)\n```\n", 0);
        check_text("src/lib.rs", "[a](gone.md)", 0);
    }
}
