//! Documents that people edit together: flat maps in Automerge, from a text key to a scalar.
//!
//! Keys are flat because objects made at the same key by two people would hide each other. A document is built
//! from the changes in the logs and gives back one change a commit; it is never saved as a whole.

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

/// A change that cannot be applied: damaged, or not one of this document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a change of this document cannot be read: {0}")]
pub struct BadChange(String);

impl From<automerge::AutomergeError> for BadChange {
    fn from(problem: automerge::AutomergeError) -> Self {
        Self(problem.to_string())
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
    /// The document that `changes` make, to be written to by the author of the log `actor`.
    ///
    /// # Errors
    /// Where a change cannot be read.
    pub fn load<'a>(
        actor: LogId,
        changes: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, BadChange> {
        let mut doc = AutoCommit::new();
        doc.set_actor(ActorId::from(actor.bytes().as_slice()));
        let mut all = Vec::new();
        changes.into_iter().for_each(|change| all.extend_from_slice(change));
        if !all.is_empty() {
            doc.load_incremental(&all)?;
        }
        let first = all.is_empty().then(BTreeMap::new);
        Ok(Self { doc, first })
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

    #[test]
    fn a_document_is_its_changes() {
        let actor = LogId::new([1; 16]);
        let mut ours = Document::load(actor, []).unwrap();
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

        let theirs = Document::load(LogId::new([2; 16]), [first.as_slice(), &second]).unwrap();
        assert_eq!(theirs.entries(), [("a".to_owned(), text("3"))]);
        assert!(Document::load(actor, [&first[..first.len() / 2]]).is_err());
    }

    #[test]
    fn authors_who_did_not_know_of_each_other_are_both_seen() {
        let mut a = Document::load(LogId::new([1; 16]), []).unwrap();
        a.put("name", text("Fair")).unwrap();
        let base = a.commit().unwrap().unwrap();
        let mut b = Document::load(LogId::new([2; 16]), [base.as_slice()]).unwrap();
        a.put("name", text("Spring fair")).unwrap();
        b.put("name", text("Fair 2027")).unwrap();
        b.put("zone", text("UTC")).unwrap();
        let (from_a, from_b) = (a.commit().unwrap().unwrap(), b.commit().unwrap().unwrap());
        let orders = [[&base, &from_a, &from_b], [&base, &from_b, &from_a]];
        let merged = orders.map(|order| {
            Document::load(LogId::new([3; 16]), order.map(|change| change.as_slice())).unwrap()
        });
        assert_eq!(merged[0].entries(), merged[1].entries());
        assert_eq!(merged[0].get_all("name").len(), 2);
        assert_eq!(merged[0].get("zone"), Some(text("UTC")));
    }
}
