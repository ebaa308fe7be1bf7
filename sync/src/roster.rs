//! The attendees as documents: 256 shards by the first byte of the attendee's id, each in two halves.
//!
//! The half in `roster` holds what doors need, the sealed half in `contact` holds codes and addresses; over them lies
//! what doors may say themselves, in `desk`: how somebody is spelt, notes, and people who were added at a door. In the
//! halves the key `<id>` is the row of the last imported file, one scalar that only imports write; `<id>/<field>` is what a
//! person set since, so that two people's corrections of different fields merge and of one field are both seen.
//! Rows as single scalars build six times as fast as one key a field (`docs/ARCHITECTURE.md` has the numbers).

use crate::document::{BadChange, Document, Scalar};
use crate::entropy::Entropy;
use crate::keys::SpaceKey;
use domain::attendee::{Field, Fields};
use domain::code::mint;
use domain::id::{AttendeeId, CodeHash, LogId};
use domain::merge::Sources;
use std::collections::{BTreeMap, BTreeSet};

/// Number of shards.
pub const SHARDS: u16 = 256;
/// Key in a row under which the code's hash stands, after the fields' numbers.
const CODE_HASH: u8 = 128;
/// Key part under which the hash of a code set by a person stands.
const CODE_HASH_KEY: &str = "code_hash";
/// Begins the key part of a code that held before, by its hash: whoever still shows it is told so.
const WAS_KEY: &str = "was/";

mod desk;

/// Derives what nobody outside the roster may be able to derive: attendee ids, hashes of codes, minted codes.
#[derive(Debug, Clone)]
pub struct Naming(SpaceKey);

impl Naming {
    /// The naming under the secret of the `roster` space.
    #[must_use]
    pub const fn new(secret: SpaceKey) -> Self {
        Self(secret)
    }

    /// The attendee whom `source` calls `stable`; any station derives the same.
    #[must_use]
    pub fn attendee(&self, source: &str, stable: &str) -> AttendeeId {
        AttendeeId::new(
            self.keyed("lanyard attendee 1", &[source.as_bytes(), b"\0", stable.as_bytes()]),
        )
    }

    /// The hash under which records and lookups know a code.
    #[must_use]
    pub fn code(&self, code: &str) -> CodeHash {
        CodeHash::new(self.keyed("lanyard code 1", &[code.as_bytes()]))
    }

    /// The code of ours for an attendee who came without one; any station derives the same.
    #[must_use]
    pub fn minted(&self, attendee: AttendeeId) -> String {
        let bits: [u8; 16] = self.keyed("lanyard mint 1", &[attendee.bytes()]);
        let mut first = [0; 10];
        first.iter_mut().zip(bits).for_each(|(to, from)| *to = from);
        mint(first)
    }

    /// Seals answers of an attendee: whoever holds the list opens them, and nobody else.
    pub fn seal_answers(
        &self,
        attendee: AttendeeId,
        answers: &BTreeMap<String, String>,
        entropy: &mut dyn Entropy,
    ) -> Vec<u8> {
        let plain = minicbor::to_vec(answers).unwrap_or_default();
        self.answers_key().seal(LogId::new(*attendee.bytes()), 0, &plain, entropy)
    }

    /// Opens answers; none where they were sealed for somebody else.
    #[must_use]
    pub fn open_answers(
        &self,
        attendee: AttendeeId,
        sealed: &[u8],
    ) -> Option<BTreeMap<String, String>> {
        let plain = self.answers_key().open(LogId::new(*attendee.bytes()), 0, sealed).ok()?;
        minicbor::decode(&plain).ok()
    }

    fn answers_key(&self) -> SpaceKey {
        SpaceKey(crate::id::hash32("lanyard answers 1", &[&self.0.0]))
    }

    fn keyed(&self, label: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0.0);
        hasher.update(label.as_bytes()).update(&[0]);
        for part in parts {
            hasher.update(part);
        }
        crate::id::first16(hasher.finalize().as_bytes())
    }
}

/// The shard that an attendee is in.
#[must_use]
pub const fn shard_of(attendee: AttendeeId) -> u8 {
    attendee.bytes()[0]
}

/// The name of a shard's documents, in `roster` and in `contact`.
#[must_use]
pub fn shard_name(shard: u8) -> String {
    format!("{shard:02x}")
}

/// One attendee as the documents have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// What the file said and what people set since.
    pub sources: Sources,
    /// Hash of the code that holds.
    pub code: Option<CodeHash>,
    /// Hashes of codes that held before.
    pub revoked: BTreeSet<CodeHash>,
    /// Fields that people set to different values without knowing of each other, all values.
    pub disputed: BTreeMap<Field, Vec<String>>,
}

impl Person {
    /// The fields that hold. Of somebody who was added at a door and has the code that any station derives, that code
    /// too: nobody has to read it anywhere.
    #[must_use]
    pub fn fields(&self, id: AttendeeId, naming: Option<&Naming>) -> Fields {
        let mut fields = self.sources.effective();
        if fields.contains_key(&Field::AddedAt)
            && let (Some(naming), Some(code)) = (naming, self.code)
        {
            let minted = naming.minted(id);
            if naming.code(&minted) == code {
                fields.entry(Field::Code).or_insert(minted);
            }
        }
        fields
    }
}

/// One shard: its half in `roster`, its half in `contact`, and what doors say.
#[derive(Debug)]
pub struct Shard {
    /// The half that doors read.
    pub roster: Document,
    /// The sealed half.
    pub contact: Document,
    /// What doors say.
    pub desk: Document,
}

impl Shard {
    /// One attendee of this shard; none where there is no such.
    #[must_use]
    pub fn person(&self, id: AttendeeId) -> Option<Person> {
        let (from, to) = (id.to_string(), format!("{id}0")); // '0' comes right after '/'
        let mut people = BTreeMap::new();
        for document in [&self.roster, &self.contact] {
            gather(document, document.range(&from, &to), &mut people);
        }
        desk::overlay(&self.desk, self.desk.range(&from, &to), &mut people);
        people.remove(&id)
    }

    /// All attendees of this shard.
    #[must_use]
    pub fn people(&self) -> BTreeMap<AttendeeId, Person> {
        let mut people = BTreeMap::new();
        for document in [&self.roster, &self.contact] {
            gather(document, document.entries(), &mut people);
        }
        desk::overlay(&self.desk, self.desk.entries(), &mut people);
        people
    }

    /// Sets what the file says of an attendee.
    ///
    /// # Errors
    /// Where the document refuses.
    pub fn set_row(
        &mut self,
        id: AttendeeId,
        row: &Fields,
        code: CodeHash,
    ) -> Result<(), BadChange> {
        let key = id.to_string();
        let of = |contact: bool| row.iter().filter(move |(field, _)| field.is_contact() == contact);
        if let Some(Scalar::Bytes(before)) = self.roster.get(&key)
            && let Some(was) = decode_row(&before).1.filter(|was| *was != code)
        {
            self.revoke_code(id, was)?;
        }
        self.roster.put(&key, Scalar::Bytes(encode_row(of(false), Some(code))))?;
        self.contact.put(&key, Scalar::Bytes(encode_row(of(true), None)))
    }

    /// Sets a field by a person's word. `code` is the hash that goes with a code.
    ///
    /// # Errors
    /// Where the document refuses.
    pub fn set_field(
        &mut self,
        id: AttendeeId,
        field: Field,
        value: &str,
        code: Option<CodeHash>,
    ) -> Result<(), BadChange> {
        let key = format!("{id}/{}", field.as_str());
        if let Some(code) = code {
            if let Some(was) = self.person(id).and_then(|person| person.code).filter(|c| *c != code)
            {
                self.revoke_code(id, was)?;
            }
            let hash = Scalar::Bytes(code.bytes().to_vec());
            self.roster.put(&format!("{id}/{CODE_HASH_KEY}"), hash)?;
        }
        self.half(field).put(&key, Scalar::Text(value.to_owned()))
    }

    /// Adds somebody who is not on the list, as doors may: nothing that is sealed, and a code that any station derives.
    ///
    /// # Errors
    /// Where the document refuses.
    pub fn add(
        &mut self,
        id: AttendeeId,
        fields: &Fields,
        code: Option<CodeHash>,
    ) -> Result<(), BadChange> {
        for (field, value) in fields.iter().filter(|(field, _)| !field.is_contact()) {
            self.desk.put(&format!("{id}/{}", field.as_str()), Scalar::Text(value.clone()))?;
        }
        if let Some(code) = code {
            let hash = Scalar::Bytes(code.bytes().to_vec());
            self.desk.put(&format!("{id}/{CODE_HASH_KEY}"), hash)?;
        }
        Ok(())
    }

    fn revoke_code(&mut self, id: AttendeeId, was: CodeHash) -> Result<(), BadChange> {
        self.roster.put(&format!("{id}/{WAS_KEY}{was}"), Scalar::Bytes(was.bytes().to_vec()))
    }

    /// Forgets a person's correction that the file has caught up with.
    ///
    /// # Errors
    /// Where the document refuses.
    pub fn forget_edit(&mut self, id: AttendeeId, field: Field) -> Result<(), BadChange> {
        if field == Field::Code {
            self.roster.delete(&format!("{id}/{CODE_HASH_KEY}"))?;
        }
        let key = format!("{id}/{}", field.as_str());
        if !field.is_contact() {
            // Whichever of the two holds it.
            self.roster.delete(&key)?;
            return self.desk.delete(&key);
        }
        self.contact.delete(&key)
    }

    fn half(&mut self, field: Field) -> &mut Document {
        match field {
            field if field.is_contact() => &mut self.contact,
            field if field.is_spelling() => &mut self.desk,
            _ => &mut self.roster,
        }
    }
}

fn gather(
    document: &Document,
    entries: Vec<(String, Scalar)>,
    people: &mut BTreeMap<AttendeeId, Person>,
) {
    for (key, value) in entries {
        let (id, part) = match key.split_once('/') {
            Some((id, part)) => (id, Some(part)),
            None => (key.as_str(), None),
        };
        let Some(id) = AttendeeId::from_hex(id) else {
            continue;
        };
        let person = people.entry(id).or_default();
        match (part, value) {
            (None, Scalar::Bytes(bytes)) => {
                let (row, code) = decode_row(&bytes);
                person.sources.file.get_or_insert_default().extend(row);
                person.code = person.code.or(code);
            }
            (Some(CODE_HASH_KEY), Scalar::Bytes(bytes)) => {
                // What a person set holds over the file's, and comes after it in the order of keys.
                person.code = bytes.try_into().ok().map(CodeHash::new).or(person.code);
            }
            (Some(part), Scalar::Bytes(bytes)) if part.starts_with(WAS_KEY) => {
                person.revoked.extend(bytes.try_into().ok().map(CodeHash::new));
            }
            (Some(part), Scalar::Text(value)) => {
                let Some(field) = Field::from_name(part) else {
                    continue;
                };
                let all = document.get_all(&key);
                if all.len() > 1 {
                    let texts = all.into_iter().filter_map(|value| match value {
                        Scalar::Text(text) => Some(text),
                        Scalar::Bytes(_) => None,
                    });
                    person.disputed.insert(field, texts.collect());
                }
                person.sources.edits.insert(field, value);
            }
            (None, Scalar::Text(_)) | (Some(_), Scalar::Bytes(_)) => {}
        }
    }
}

/// A row as bytes: a CBOR map from a field's number to its text.
pub fn encode_row<'a>(
    fields: impl Iterator<Item = (&'a Field, &'a String)>,
    code: Option<CodeHash>,
) -> Vec<u8> {
    let fields: Vec<_> = fields.collect();
    let mut out = minicbor::Encoder::new(Vec::with_capacity(64));
    let entries = fields.len() + usize::from(code.is_some());
    // Writing to memory does not fail.
    let _ = out.map(entries as u64);
    for (field, value) in fields {
        let _ = out.u8(field.number()).and_then(|out| out.str(value));
    }
    if let Some(code) = code {
        let _ = out.u8(CODE_HASH).and_then(|out| out.bytes(code.bytes()));
    }
    out.into_writer()
}

/// Reads a row; entries of later versions are skipped, damaged ones end it.
#[must_use]
pub fn decode_row(bytes: &[u8]) -> (Fields, Option<CodeHash>) {
    let (mut fields, mut code) = (Fields::new(), None);
    let mut input = minicbor::Decoder::new(bytes);
    let entries = input.map().ok().flatten().unwrap_or(0);
    for _ in 0..entries {
        let Ok(number) = input.u8() else { break };
        let read = match Field::from_number(number) {
            Some(field) => input.str().map(|value| {
                fields.insert(field, value.to_owned());
            }),
            None if number == CODE_HASH => input.bytes().map(|bytes| {
                code = bytes.try_into().ok().map(CodeHash::new);
            }),
            None => input.skip(),
        };
        if read.is_err() {
            break;
        }
    }
    (fields, code)
}

#[cfg(test)]
mod tests;
