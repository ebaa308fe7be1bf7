//! The people who work at the doors, and the PINs of supervisors.
//!
//! A PIN keeps a volunteer from deciding by himself what is a supervisor's to decide. It does not keep out who holds the
//! data folder: four digits are tried in minutes, whatever digest they are kept as.

use crate::api::{Answer, OperatorLine, Output};
use crate::clock::SystemEntropy;
use crate::limits::WORDS_CHARS_MAX;
use crate::problem::{Code, Problem};
use crate::station::OpenEvent;
use argon2::Argon2;
use domain::id::from_hex;
use domain::operator::{Operator, Role};
use jiff::Timestamp;
use sync::entropy::random;

/// Digits of a PIN.
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// Operators an event may have.
const OPERATORS_MAX: usize = 1_000;
/// What a digest of a PIN begins with: the function and, with it, its cost.
const DIGEST: &str = "argon2id:19456:2:1";

impl OpenEvent {
    pub(crate) fn operator_list(&self) -> Answer {
        let lines = self.event.operators.values().map(|operator| {
            Output::Operator(OperatorLine {
                id: operator.id.clone(),
                name: operator.name.clone(),
                role: operator.role.as_str().to_owned(),
                pin: operator.pin.is_some(),
            })
        });
        Ok(lines.collect())
    }

    /// Adds or changes somebody; without an id, whoever has that name.
    pub(crate) fn operator_set(
        &mut self,
        id: Option<&str>,
        name: &str,
        role: &str,
        pin: Option<&str>,
        now: Timestamp,
    ) -> Answer {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > WORDS_CHARS_MAX {
            return Err(Problem::bad("An operator needs a name.", "Give 1 to 500 characters."));
        }
        let role = Role::from_name(role).ok_or_else(|| {
            let message = format!("\"{role:.40}\" is not a role.");
            Problem::bad(message, "Roles are operator and supervisor.")
        })?;
        let same = self.event.operators.values().find(|one| one.name == name);
        let id = match (id, same) {
            (Some(id), _) if !self.event.operators.contains_key(id) => return Err(nobody(id)),
            (Some(id), Some(same)) if same.id != id => {
                let message = format!("There is somebody called {name} already.");
                return Err(Problem::new(
                    Code::NotAllowed,
                    message,
                    "Give each a name of his own.",
                ));
            }
            (Some(id), _) => id.to_owned(),
            (None, Some(same)) => same.id.clone(),
            (None, None) => new_id(),
        };
        if self.event.operators.len() >= OPERATORS_MAX && !self.event.operators.contains_key(&id) {
            return Err(Problem::bad("There are too many operators.", "Remove some first."));
        }
        let set = |key: &str, text: &str| (format!("operator/{id}/{key}"), text.to_owned());
        let mut changes = vec![set("name", name), set("role", role.as_str())];
        if let Some(pin) = pin {
            changes.push(set("pin", &digest(pin)?));
        }
        self.change(&changes, now)?;
        self.operator_list()
    }

    pub(crate) fn operator_remove(&mut self, id: &str, now: Timestamp) -> Answer {
        if !self.event.operators.contains_key(id) {
            return Err(nobody(id));
        }
        // A role nobody has: said as a value, so that it holds against somebody else's change of the name.
        let gone = |key: &str, text: &str| (format!("operator/{id}/{key}"), text.to_owned());
        self.change(&[gone("role", "removed"), gone("pin", "")], now)?;
        self.operator_list()
    }
}

fn nobody(id: &str) -> Problem {
    let message = format!("There is no operator \"{id:.40}\".");
    Problem::new(Code::UnknownAttendee, message, "`lanyard operator list` shows them.")
}

fn new_id() -> String {
    hex(&random::<4>(&mut SystemEntropy))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest under which a PIN is kept.
fn digest(pin: &str) -> Result<String, Problem> {
    if !PIN_DIGITS.contains(&pin.len()) || !pin.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Problem::bad(
            "A PIN has 4 to 8 digits.",
            "Choose another; nothing was changed.",
        ));
    }
    let salt: [u8; 16] = random(&mut SystemEntropy);
    let hash = hash(pin, &salt).ok_or_else(unusable)?;
    Ok(format!("{DIGEST}:{}:{}", hex(&salt), hex(&hash)))
}

/// Whether the PIN is this operator's.
pub(crate) fn is_pin_of(operator: &Operator, pin: &str) -> bool {
    let known = operator.pin.as_deref().and_then(|pin| pin.strip_prefix(DIGEST)).unwrap_or("");
    let mut parts = known.split(':').skip(1);
    let salt = parts.next().and_then(from_hex::<16>);
    let known = parts.next().and_then(from_hex::<32>);
    match (salt, known) {
        (Some(salt), Some(known)) => hash(pin, &salt).is_some_and(|hash| same(&hash, &known)),
        _ => false,
    }
}

/// Compares without telling by its time where the first difference is.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differences == 0
}

fn hash(pin: &str, salt: &[u8; 16]) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    Argon2::default().hash_password_into(pin.as_bytes(), salt, &mut out).ok()?;
    Some(out)
}

fn unusable() -> Problem {
    Problem::bad("This PIN cannot be kept.", "Choose another; nothing was changed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_known_by_its_digest_alone() {
        let operator = |pin: Option<String>| Operator {
            id: "a".to_owned(),
            name: "Kim".to_owned(),
            role: Role::Supervisor,
            pin,
        };
        let digest_of = digest("4711").unwrap();
        assert!(!digest_of.contains("4711"), "{digest_of}");
        assert_ne!(digest_of, digest("4711").unwrap(), "salted");
        assert!(is_pin_of(&operator(Some(digest_of.clone())), "4711"));
        assert!(!is_pin_of(&operator(Some(digest_of)), "4712"));
        assert!(!is_pin_of(&operator(None), ""));
        assert!(!is_pin_of(&operator(Some("argon2id:1:1:1:00:00".to_owned())), "4711"));
        for bad in ["", "123", "123456789", "12a4", "１２３４"] {
            assert!(digest(bad).is_err(), "{bad}");
        }
    }
}
