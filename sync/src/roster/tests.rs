//! Two stations that edit the same people, apart from each other.

use super::*;
use crate::document::Author;
use crate::entropy::{Seeded, random};
use domain::id::LogId;
use proptest::prelude::*;

const ALICE: AttendeeId = AttendeeId::new([0xA1; 16]);

#[derive(Default, Clone)]
struct Desk {
    roster: Vec<(LogId, Vec<u8>)>,
    contact: Vec<(LogId, Vec<u8>)>,
    desk: Vec<(LogId, Vec<u8>)>,
}

impl Desk {
    fn shard(&self, actor: u8) -> Shard {
        let author = Author::new(LogId::new([actor; 16]), [0; 4]);
        let load = |changes: &[(LogId, Vec<u8>)]| {
            Document::load(author, changes.iter().map(|(log, change)| (*log, change.as_slice())))
        };
        Shard { roster: load(&self.roster), contact: load(&self.contact), desk: load(&self.desk) }
    }

    fn edit(&mut self, actor: u8, change: impl FnOnce(&mut Shard)) {
        let mut shard = self.shard(actor);
        change(&mut shard);
        let log = LogId::new([actor; 16]);
        self.roster.extend(shard.roster.commit().unwrap().map(|change| (log, change)));
        self.contact.extend(shard.contact.commit().unwrap().map(|change| (log, change)));
        self.desk.extend(shard.desk.commit().unwrap().map(|change| (log, change)));
    }

    fn set(&mut self, actor: u8, field: Field, value: &str) {
        self.edit(actor, |shard| shard.set_field(ALICE, field, value, None).unwrap());
    }

    /// Takes over what the other has, in its order, after one's own.
    fn hear(&mut self, other: &Self) {
        for (ours, theirs) in [
            (&mut self.roster, &other.roster),
            (&mut self.contact, &other.contact),
            (&mut self.desk, &other.desk),
        ] {
            for change in theirs {
                if !ours.contains(change) {
                    ours.push(change.clone());
                }
            }
        }
    }
}

fn fields(pairs: &[(Field, &str)]) -> Fields {
    pairs.iter().map(|(field, value)| (*field, (*value).to_owned())).collect()
}

fn imported() -> Desk {
    let mut desk = Desk::default();
    let row =
        fields(&[(Field::Code, "T1"), (Field::LastName, "Weber"), (Field::Company, "Weber KG")]);
    desk.edit(1, |shard| shard.set_row(ALICE, &row, CodeHash::new([9; 16])).unwrap());
    desk
}

#[test]
fn edits_of_different_fields_merge() {
    let (mut a, mut b) = (imported(), imported());
    a.set(1, Field::Company, "Weber AG");
    b.set(2, Field::Email, "weber@example.org");
    let before = a.clone();
    a.hear(&b);
    b.hear(&before);
    let person = a.shard(3).person(ALICE).unwrap();
    assert_eq!(person, b.shard(3).person(ALICE).unwrap());
    assert!(person.disputed.is_empty());
    let expected = fields(&[
        (Field::Code, "T1"),
        (Field::LastName, "Weber"),
        (Field::Company, "Weber AG"),
        (Field::Email, "weber@example.org"),
    ]);
    assert_eq!(person.sources.effective(), expected);
    assert_eq!(person.code, Some(CodeHash::new([9; 16])));
}

#[test]
fn edits_of_the_same_field_show_both_values_until_somebody_decides() {
    let (mut a, mut b) = (imported(), imported());
    a.set(1, Field::Company, "Weber AG");
    b.set(2, Field::Company, "Weber SE");
    a.hear(&b);
    let mut both = a.shard(3).person(ALICE).unwrap().disputed.remove(&Field::Company).unwrap();
    both.sort();
    assert_eq!(both, ["Weber AG", "Weber SE"]);
    a.set(1, Field::Company, "Weber SE");
    let person = a.shard(3).person(ALICE).unwrap();
    assert!(person.disputed.is_empty());
    assert_eq!(person.sources.effective()[&Field::Company], "Weber SE");
}

#[test]
fn a_new_file_does_not_undo_a_correction() {
    let mut desk = imported();
    desk.set(1, Field::Company, "Weber AG");
    let row =
        fields(&[(Field::Code, "T1"), (Field::LastName, "Weber-Klein"), (Field::Company, "W")]);
    desk.edit(1, |shard| shard.set_row(ALICE, &row, CodeHash::new([9; 16])).unwrap());
    let person = desk.shard(2).person(ALICE).unwrap();
    assert_eq!(person.sources.effective()[&Field::Company], "Weber AG");
    assert_eq!(person.sources.effective()[&Field::LastName], "Weber-Klein");
}

#[test]
fn no_half_that_doors_read_holds_a_code_or_an_address() {
    let mut desk = imported();
    desk.set(1, Field::Email, "weber@example.org");
    desk.edit(1, |shard| {
        shard.set_field(ALICE, Field::Code, "NEWCODE77", Some(CodeHash::new([8; 16]))).unwrap();
    });
    let shard = desk.shard(1);
    let text = format!("{:?}", shard.roster.entries());
    for secret in ["T1", "NEWCODE77", "weber@"] {
        assert!(!text.contains(secret), "{secret} in {text}");
        let in_bytes = |(_, value): &(String, Scalar)| matches!(value, Scalar::Bytes(b) if b.windows(secret.len()).any(|w| w == secret.as_bytes()));
        assert!(!shard.roster.entries().iter().any(in_bytes), "{secret}");
    }
    assert_eq!(shard.person(ALICE).unwrap().code, Some(CodeHash::new([8; 16])));
}

#[test]
fn names_depend_on_the_secret_and_nothing_else() {
    let mut entropy = Seeded::new(4);
    let (ours, other) =
        (Naming::new(SpaceKey(random(&mut entropy))), Naming::new(SpaceKey(random(&mut entropy))));
    assert_eq!(ours.attendee("csv", "T1"), ours.attendee("csv", "T1"));
    assert_ne!(ours.attendee("csv", "T1"), other.attendee("csv", "T1"));
    assert_ne!(ours.attendee("csv", "T1"), ours.attendee("csv", "T2"));
    assert_ne!(ours.code("T1"), other.code("T1"));
    let minted = ours.minted(ours.attendee("csv", "T1"));
    assert_eq!(minted.len(), 16);
    assert!(matches!(
        domain::code::parse(&minted),
        domain::code::Code::Readable { minted: None, .. }
    ));
}

proptest! {
    /// Whatever two stations edit apart, once both have heard each other they see the same people.
    #[test]
    fn both_end_with_the_same_people(
        edits in proptest::collection::vec((any::<bool>(), 0_usize..Field::ALL.len(), "[a-c]{0,2}"), 0..16),
        meet in proptest::collection::vec(any::<bool>(), 16),
    ) {
        let (mut a, mut b) = (imported(), imported());
        for ((who, field, value), meets) in edits.iter().zip(meet) {
            let field = Field::ALL[*field];
            if *who { a.set(1, field, value) } else { b.set(2, field, value) }
            if meets {
                let before = a.clone();
                a.hear(&b);
                b.hear(&before);
            }
        }
        let before = a.clone();
        a.hear(&b);
        b.hear(&before);
        prop_assert_eq!(a.shard(3).people(), b.shard(3).people());
    }
}

#[test]
fn a_door_puts_a_name_right_and_no_ticket() {
    let mut door = imported();
    door.edit(2, |shard| {
        for (field, value) in
            [(Field::LastName, "Wéber"), (Field::TicketType, "VIP"), (Field::Code, "X")]
        {
            let key = format!("{ALICE}/{}", field.as_str());
            shard.desk.put(&key, Scalar::Text(value.to_owned())).unwrap();
        }
    });
    let held = door.shard(1).person(ALICE).unwrap().sources.effective();
    let expected =
        fields(&[(Field::Code, "T1"), (Field::LastName, "Wéber"), (Field::Company, "Weber KG")]);
    assert_eq!(held, expected);
}

#[test]
fn whoever_a_door_adds_is_there_until_the_organizer_says_otherwise() {
    let naming = Naming::new(SpaceKey([7; 32]));
    let minted = naming.minted(ALICE);
    let mut door = Desk::default();
    let walk_in = fields(&[
        (Field::Name, "Walk Inn"),
        (Field::TicketType, "Day"),
        (Field::AddedAt, "2027-03-28T10:00:00+02:00"),
        (Field::Email, "not@desk"),
    ]);
    door.edit(2, |shard| shard.add(ALICE, &walk_in, Some(naming.code(&minted))).unwrap());
    let person = door.shard(1).person(ALICE).unwrap();
    assert_eq!(person.code, Some(naming.code(&minted)));
    assert!(!person.sources.edits.contains_key(&Field::Email), "nothing sealed lies there");
    let held = person.fields(ALICE, Some(&naming));
    assert_eq!((&held[&Field::Code], &held[&Field::TicketType]), (&minted, &"Day".to_owned()));
    door.set(1, Field::TicketType, "VIP");
    door.set(1, Field::Name, "Walk Inn-Smith");
    let held = door.shard(1).person(ALICE).unwrap().sources.effective();
    assert_eq!(
        (held[&Field::TicketType].as_str(), held[&Field::Name].as_str()),
        ("VIP", "Walk Inn-Smith")
    );
}

#[test]
fn what_a_door_says_of_nobody_is_nothing() {
    let mut door = Desk::default();
    door.set(2, Field::Name, "Ghost");
    assert_eq!(door.shard(1).person(ALICE), None);
}
