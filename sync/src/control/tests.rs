//! The fold of `control`: cases, and that order, repetition and splitting change nothing.

use super::*;
use crate::certificate::Cut;
use proptest::prelude::*;

const ROOT: StationKey = StationKey([0; 32]);

fn key(n: u8) -> StationKey {
    StationKey([n; 32])
}

fn log(n: u8) -> LogId {
    LogId::new([n; 16])
}

fn certificate(of: u8, role: Role, may_issue: bool, serial: u64) -> Word {
    Word::Certificate(Certificate {
        station: [of; 32],
        name: format!("{of}"),
        role,
        exhibitor: None,
        may_issue,
        not_before: 0,
        not_after: None,
        box_key: [of; 32],
        serial: Some(serial),
        gate: None,
    })
}

fn revocation(of: u8, cuts: &[(u8, u64)]) -> Word {
    let cut = |(log, seq): &(u8, u64)| Cut { log: [*log; 16], seq: *seq, hash: [0; 32] };
    Word::Revocation(Revocation { station: [of; 32], cuts: cuts.iter().map(cut).collect() })
}

/// Each author's log has the author's number.
fn told(by: u8, seq: u64, word: Word) -> Told {
    Told { by: key(by), log: log(by), seq, hlc: seq, doubtful: false, word }
}

fn fold(told: &[Told]) -> Members {
    Members::fold(ROOT, told)
}

#[test]
fn issuers_make_members_and_others_do_not() {
    let all = [
        told(0, 1, certificate(1, Role::Admin, true, 0)),
        told(1, 1, certificate(2, Role::Door, false, 0)),
        told(2, 1, certificate(3, Role::Admin, true, 0)),
        told(9, 1, certificate(9, Role::Admin, true, 0)),
    ];
    let members = fold(&all);
    assert_eq!(members.role(&key(1)), Some(Role::Admin));
    assert_eq!(members.role(&key(2)), Some(Role::Door));
    assert_eq!((members.role(&key(3)), members.role(&key(9))), (None, None));
    assert!(members.is_named(&key(2)) && !members.is_named(&key(3)));
}

#[test]
fn the_highest_serial_holds_whatever_the_clocks_say() {
    let mut late = told(1, 2, certificate(2, Role::Door, false, 1));
    late.hlc = u64::MAX;
    let all = [
        told(0, 1, certificate(1, Role::Admin, true, 0)),
        late,
        told(1, 3, certificate(2, Role::Booth, false, 2)),
    ];
    assert_eq!(fold(&all).role(&key(2)), Some(Role::Booth));
}

#[test]
fn what_a_station_wrote_as_what_it_was_counts() {
    let member = told(0, 1, certificate(1, Role::Admin, true, 0));
    let door = told(1, 2, certificate(2, Role::Door, false, 1));
    let booth = told(1, 3, certificate(2, Role::Booth, false, 2));
    let name = LogName {
        event: crate::id::EventId([0; 16]),
        space: Space::Attendance,
        station: key(2),
        epoch: crate::id::Epoch(1),
    };
    let scan = |told: &[Told]| fold(told).effect(&name, 1, false, Kind::SCAN);
    assert_eq!(scan(&[member.clone(), booth.clone()]), Effect::None);
    assert_eq!(scan(&[member.clone(), door.clone(), booth.clone()]), Effect::Full);
    assert_eq!(fold(&[booth, member, door]).role(&key(2)), Some(Role::Booth));
}

#[test]
fn an_issuer_shuts_out_members_and_only_the_root_shuts_out_issuers() {
    let mut all = vec![
        told(0, 1, certificate(1, Role::Admin, true, 0)),
        told(0, 2, certificate(2, Role::Admin, true, 0)),
        told(1, 1, certificate(3, Role::Door, false, 0)),
        told(2, 1, revocation(3, &[(3, 5)])),
        told(2, 2, revocation(1, &[])),
    ];
    let members = fold(&all);
    assert!(members.is_revoked(&key(3)) && !members.is_revoked(&key(1)));
    assert_eq!(members.standing(&key(3), log(3), 5, false), Standing::Good);
    assert_eq!(members.standing(&key(3), log(3), 6, false), Standing::PastCut);
    // A log that the revoker did not know of has no effect at all.
    assert_eq!(members.standing(&key(3), log(77), 1, false), Standing::PastCut);
    // The root takes the second issuer out before it shut anybody out: what it said is gone.
    all.push(told(0, 3, revocation(2, &[])));
    let members = fold(&all);
    assert!(members.is_revoked(&key(2)) && !members.is_revoked(&key(3)));
    // A cut is raised, never lowered.
    all.push(told(1, 2, revocation(3, &[(3, 2)])));
    all.push(told(1, 3, revocation(3, &[(3, 9)])));
    all.push(told(1, 4, revocation(3, &[(3, 4)])));
    assert_eq!(fold(&all).standing(&key(3), log(3), 9, false), Standing::Good);
}

#[test]
fn an_issuer_does_not_lose_its_right_by_another_certificate() {
    let all = [
        told(0, 1, certificate(1, Role::Admin, true, 0)),
        told(0, 2, certificate(2, Role::Admin, true, 0)),
        told(1, 1, certificate(2, Role::Booth, false, 9)),
    ];
    let members = fold(&all);
    assert!(members.may_issue(&key(2)));
    assert_eq!(members.role(&key(2)), Some(Role::Admin));
}

#[test]
fn who_was_named_stays_named_when_its_issuer_is_cut_off() {
    let mut all = vec![
        told(0, 1, certificate(1, Role::Admin, true, 0)),
        told(1, 1, certificate(2, Role::Door, false, 0)),
    ];
    all.push(told(0, 2, revocation(1, &[])));
    let members = fold(&all);
    assert_eq!(members.role(&key(2)), None);
    assert!(members.is_named(&key(2)), "its logs are still kept");
}

fn any_told() -> impl Strategy<Value = Told> {
    let role = prop_oneof![Just(Role::Admin), Just(Role::Door), Just(Role::Booth)];
    let word = prop_oneof![
        3 => (1_u8..6, role, any::<bool>(), 0_u64..3)
            .prop_map(|(of, role, issue, serial)| certificate(of, role, issue, serial)),
        1 => (1_u8..6, proptest::collection::vec((0_u8..6, 0_u64..6), 0..3))
            .prop_map(|(of, cuts)| revocation(of, &cuts)),
    ];
    (0_u8..6, 1_u64..6, 0_u64..9, proptest::bool::weighted(0.1), word).prop_map(
        |(by, seq, hlc, doubtful, word)| Told {
            by: key(by),
            log: log(by),
            seq,
            hlc,
            doubtful,
            word,
        },
    )
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing(
        // One record a place: what a log says at a place is one thing.
        told in proptest::collection::btree_map((0_u8..6, 1_u64..6), any_told(), 0..24)
            .prop_map(|all| all.into_iter().map(|((by, seq), one)| Told {
                by: key(by), log: log(by), seq, ..one
            }).collect::<Vec<_>>()),
        seed in any::<u64>(),
    ) {
        let mut shuffled: Vec<Told> = told.iter().chain(&told).cloned().collect();
        let mut state = seed | 1;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let other = usize::try_from(state >> 33).unwrap() % (place + 1);
            shuffled.swap(place, other);
        }
        prop_assert_eq!(fold(&told), fold(&shuffled));
    }

    #[test]
    fn nobody_is_a_member_without_a_word_of_the_root(
        told in proptest::collection::vec(any_told(), 0..24),
    ) {
        let told: Vec<Told> = told.into_iter().filter(|one| one.by != ROOT).collect();
        let members = fold(&told);
        prop_assert!(members.certificates().is_empty());
    }
}
