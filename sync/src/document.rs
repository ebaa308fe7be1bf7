//! Documents that people edit together: flat maps in Automerge, from a text key to a scalar.
//!
//! Keys are flat because objects made at the same key by two people would hide each other. A document is built
//! from the changes in the logs and gives back one change a commit; it is never saved as a whole.

mod holding;

use crate::id::hash16;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ROOT, ReadDoc, ScalarValue, hydrate};
use domain::id::LogId;
use std::collections::BTreeMap;
use std::fmt;

/// A scalar in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<&Scalar> for ScalarValue {
    fn from(scalar: &Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::Str(text.as_str().into()),
            Scalar::Bytes(bytes) => Self::Bytes(bytes.clone()),
        }
    }
}

/// A change that cannot be read, or a value that Automerge refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a change of a document cannot be made or read: {0}")]
pub struct BadChange(String);

impl From<automerge::AutomergeError> for BadChange {
    fn from(problem: automerge::AutomergeError) -> Self {
        Self(problem.to_string())
    }
}

/// Who writes to a document.
///
/// Automerge numbers the changes of an actor, and two with one number spoil a document. So an actor is a log together
/// with one start of its station: one that was put back to an earlier state knows nothing of numbers that it has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    log: LogId,
    start: [u8; 4],
}

impl Author {
    /// The author of a log, since a start of its station with these random bytes.
    #[must_use]
    pub const fn new(log: LogId, start: [u8; 4]) -> Self {
        Self { log, start }
    }

    /// The actor of the next change to a document as it is.
    fn actor(&self, doc: &mut AutoCommit) -> ActorId {
        let mut actor = [self.log.bytes().as_slice(), &self.start].concat();
        if !doc.get_missing_deps(&[]).is_empty() {
            // Own changes may be among those that wait, and their numbers are taken too.
            let heads: Vec<u8> = doc.get_heads().iter().flat_map(|head| head.0).collect();
            actor.extend_from_slice(&hash16("lanyard actor 1", &[&heads]));
        }
        ActorId::from(actor)
    }
}

/// One document.
pub struct Document {
    doc: AutoCommit,
    /// Writes to a document without history are gathered, for building it in one go is six times as fast.
    first: Option<BTreeMap<String, Scalar>>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} keys)", self.doc.length(ROOT))
    }
}

impl Document {
    /// The document that `changes` make, each with the log that carries it, to be written to by `author`. Changes that
    /// cannot hold, and those that build on what is not there, have no effect.
    #[must_use]
    pub fn load<'a>(author: Author, changes: impl IntoIterator<Item = (LogId, &'a [u8])>) -> Self {
        let mut doc = holding::document(changes);
        let actor = author.actor(&mut doc);
        doc.set_actor(actor);
        let is_new = doc.get_heads().is_empty();
        Self { doc, first: is_new.then(BTreeMap::new) }
    }

    /// Sets a key.
    ///
    /// # Errors
    /// Where Automerge refuses the value.
    pub fn put(&mut self, key: &str, value: Scalar) -> Result<(), BadChange> {
        match &mut self.first {
            Some(first) => {
                first.insert(key.to_owned(), value);
            }
            None => self.doc.put(ROOT, key, ScalarValue::from(&value))?,
        }
        Ok(())
    }

    /// Takes a key out.
    ///
    /// # Errors
    /// Where Automerge refuses.
    pub fn delete(&mut self, key: &str) -> Result<(), BadChange> {
        match &mut self.first {
            Some(first) => {
                first.remove(key);
            }
            None => self.doc.delete(ROOT, key)?,
        }
        Ok(())
    }

    /// The change since the last commit; none where nothing was written.
    ///
    /// # Errors
    /// Where Automerge refuses a gathered value.
    pub fn commit(&mut self) -> Result<Option<Vec<u8>>, BadChange> {
        self.commit_as(None)
    }

    /// The same, with words inside the change that say who made it and why.
    ///
    /// # Errors
    /// Where Automerge refuses a gathered value.
    pub fn commit_as(&mut self, message: Option<&str>) -> Result<Option<Vec<u8>>, BadChange> {
        if let Some(first) = self.first.take() {
            if first.is_empty() {
                self.first = Some(first);
                return Ok(None);
            }
            let mut values = hydrate::Map::default();
            for (key, value) in &first {
                let value = hydrate::Value::Scalar(value.into());
                values.insert(key.clone(), hydrate::MapValue { value, conflict: false });
            }
            self.doc.init_root_from_hydrate(&values)?;
        }
        // No time in the change: the record that carries it has one.
        let options = CommitOptions::default().with_time(0);
        let options = match message {
            Some(message) => options.with_message(message),
            None => options,
        };
        if self.doc.commit_with(options).is_none() {
            return Ok(None);
        }
        Ok(self.doc.get_last_local_change().map(|change| change.raw_bytes().to_vec()))
    }

    /// The value that holds at a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Scalar> {
        if let Some(first) = &self.first {
            return first.get(key).cloned();
        }
        self.doc.get(ROOT, key).ok().flatten().and_then(|(value, _)| scalar(&value))
    }

    /// Every value at a key that no other author has replaced knowingly, the one that holds last.
    #[must_use]
    pub fn get_all(&self, key: &str) -> Vec<Scalar> {
        if self.first.is_some() {
            return self.get(key).into_iter().collect();
        }
        let all = self.doc.get_all(ROOT, key).unwrap_or_default();
        all.iter().filter_map(|(value, _)| scalar(value)).collect()
    }

    /// The keys and values that hold, in the order of the keys, of keys in `[from, to)`.
    pub fn range(&self, from: &str, to: &str) -> Vec<(String, Scalar)> {
        if let Some(first) = &self.first {
            let range = first.range(from.to_owned()..to.to_owned());
            return range.map(|(key, value)| (key.clone(), value.clone())).collect();
        }
        self.doc
            .map_range(ROOT, from.to_owned()..to.to_owned())
            .filter_map(|item| {
                let key = item.key.to_string();
                scalar(&item.value.into_value()).map(|value| (key, value))
            })
            .collect()
    }

    /// All keys and values that hold, in the order of the keys.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, Scalar)> {
        self.range("", "\u{10ffff}")
    }
}

/// The words inside a change that say who made it and why.
///
/// # Errors
/// Where the bytes are no change.
pub fn change_message(bytes: &[u8]) -> Result<Option<String>, BadChange> {
    let change =
        automerge::Change::from_bytes(bytes.to_vec()).map_err(|e| BadChange(e.to_string()))?;
    Ok(change.message().map(str::to_owned))
}

/// The hash of a change and those of the changes that it builds on; zeros and none where it cannot be read.
#[cfg(feature = "io")]
pub(crate) fn change_links(bytes: &[u8]) -> ([u8; 32], Vec<[u8; 32]>) {
    automerge::Change::from_bytes(bytes.to_vec()).map_or(([0; 32], Vec::new()), |change| {
        (change.hash().0, change.deps().iter().map(|hash| hash.0).collect())
    })
}

/// What one change sets, key by key; a key that it takes out has no value.
///
/// # Errors
/// Where the bytes are no change.
pub fn describe_change(bytes: &[u8]) -> Result<BTreeMap<String, Option<Scalar>>, BadChange> {
    let change =
        automerge::Change::from_bytes(bytes.to_vec()).map_err(|e| BadChange(e.to_string()))?;
    let operations = change.decode().operations.into_iter();
    let set = operations.filter_map(|operation| {
        let automerge::legacy::Key::Map(key) = &operation.key else {
            return None;
        };
        let (key, value) = (key.to_string(), operation.primitive_value());
        Some((key, value.and_then(|value| scalar(&value.into()))))
    });
    Ok(set.collect())
}

fn scalar(value: &automerge::Value<'_>) -> Option<Scalar> {
    match value.as_scalar()? {
        ScalarValue::Str(text) => Some(Scalar::Text(text.to_string())),
        ScalarValue::Bytes(bytes) => Some(Scalar::Bytes(bytes.clone())),
        // Of a later version; what it means is not known here.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Scalar {
        Scalar::Text(text.to_owned())
    }

    fn author(number: u8) -> Author {
        Author::new(LogId::new([number; 16]), [0; 4])
    }

    fn carried<'a>(changes: &[(u8, &'a Vec<u8>)]) -> Vec<(LogId, &'a [u8])> {
        let carried =
            |(log, change): &(u8, &'a Vec<u8>)| (LogId::new([*log; 16]), change.as_slice());
        changes.iter().map(carried).collect()
    }

    /// A change that sets a key to its number.
    fn set(doc: &mut Document, key: &str) -> Vec<u8> {
        doc.put(key, text(key)).unwrap();
        doc.commit().unwrap().unwrap()
    }

    #[test]
    fn a_document_is_its_changes() {
        let mut ours = Document::load(author(1), []);
        assert_eq!(ours.commit().unwrap(), None);
        ours.put("b", text("2")).unwrap();
        ours.put("a", text("1")).unwrap();
        let first = ours.commit().unwrap().unwrap();
        ours.put("a", text("3")).unwrap();
        ours.delete("b").unwrap();
        let second = ours.commit().unwrap().unwrap();
        assert_eq!(ours.commit().unwrap(), None);
        assert_eq!(change_message(&second).unwrap(), None);
        ours.put("a", text("4")).unwrap();
        let third = ours.commit_as(Some("Kim")).unwrap().unwrap();
        assert_eq!(change_message(&third).unwrap().as_deref(), Some("Kim"));

        let theirs = Document::load(author(2), carried(&[(1, &first), (1, &second)]));
        assert_eq!(theirs.entries(), [("a".to_owned(), text("3"))]);
        let half = first[..first.len() / 2].to_vec();
        let theirs = Document::load(author(2), carried(&[(1, &first), (3, &half), (1, &second)]));
        assert_eq!(theirs.entries(), [("a".to_owned(), text("3"))]);
    }

    #[test]
    fn authors_who_did_not_know_of_each_other_are_both_seen() {
        let mut a = Document::load(author(1), []);
        a.put("name", text("Fair")).unwrap();
        let base = a.commit().unwrap().unwrap();
        let mut b = Document::load(author(2), carried(&[(1, &base)]));
        a.put("name", text("Spring fair")).unwrap();
        b.put("name", text("Fair 2027")).unwrap();
        b.put("zone", text("UTC")).unwrap();
        let (from_a, from_b) = (a.commit().unwrap().unwrap(), b.commit().unwrap().unwrap());
        let (base, from_a, from_b) = ((1, &base), (1, &from_a), (2, &from_b));
        let orders = [[base, from_a, from_b], [base, from_b, from_a]];
        let merged = orders.map(|order| Document::load(author(3), carried(&order)));
        assert_eq!(merged[0].entries(), merged[1].entries());
        assert_eq!(merged[0].get_all("name").len(), 2);
        assert_eq!(merged[0].get("zone"), Some(text("UTC")));
    }

    fn keys(doc: &Document) -> Vec<String> {
        doc.entries().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn of_two_changes_with_one_number_the_same_one_holds_everywhere() {
        let base = set(&mut Document::load(author(1), []), "base");
        let again = || Document::load(author(1), carried(&[(1, &base)]));
        let (one, other) = (set(&mut again(), "one"), set(&mut again(), "other"));
        let mut third = Document::load(author(2), carried(&[(1, &base), (1, &one)]));
        let built_on_one = set(&mut third, "third");
        let all = [(1, &base), (1, &one), (1, &other), (2, &built_on_one)];
        let found = keys(&Document::load(author(3), carried(&all)));
        for turn in 1..all.len() {
            let mut turned = all;
            turned.rotate_left(turn);
            assert_eq!(keys(&Document::load(author(3), carried(&turned))), found);
        }
        assert!(found.contains(&"one".to_owned()) != found.contains(&"other".to_owned()));
        assert_eq!(found.contains(&"one".to_owned()), found.contains(&"third".to_owned()));
    }

    #[test]
    fn nobody_takes_anothers_numbers() {
        let base = set(&mut Document::load(author(1), []), "base");
        let again = || Document::load(author(1), carried(&[(1, &base)]));
        let (own, forged) = (set(&mut again(), "own"), set(&mut again(), "forged"));
        let doc = Document::load(author(3), carried(&[(1, &base), (2, &forged), (1, &own)]));
        assert_eq!(keys(&doc), ["base", "own"]);
    }

    #[test]
    fn while_an_own_change_waits_its_number_is_not_given_again() {
        let base = set(&mut Document::load(author(1), []), "base");
        let lost = set(&mut Document::load(author(2), carried(&[(1, &base)])), "lost");
        let mut knows = Document::load(author(1), carried(&[(1, &base), (2, &lost)]));
        let waits = set(&mut knows, "waits");
        let known = [(1, &base), (1, &waits)];
        let next = set(&mut Document::load(author(1), carried(&known)), "next");
        let known = [known[0], known[1], (1, &next)];
        let after = set(&mut Document::load(author(1), carried(&known)), "after");
        let all = [known[0], known[1], known[2], (1, &after)];
        assert_eq!(keys(&Document::load(author(3), carried(&all))), ["after", "base", "next"]);
        let all = [all[0], all[1], all[2], all[3], (2, &lost)];
        let all = keys(&Document::load(author(3), carried(&all)));
        assert_eq!(all, ["after", "base", "lost", "next", "waits"]);
    }
}
