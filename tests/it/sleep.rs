//! A laptop at a door: its battery is seen by the others, it is kept awake while its gate is open, and one that slept
//! is back at once.

mod desktop;

use desktop::{Asked, Desktop, wait_for_end};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tests::{Live, Place, Served};

const ROSTER: &str = "code,name\nA-1,Ada Lovelace\nA-2,Jan Müller\nA-3,Søren Ærø\n";
/// Nothing here takes so long, however busy the machine is.
const HANGS: Duration = Duration::from_secs(120);
/// How long a laptop sleeps here; both sides take the other for gone long before.
const SLEEP: Duration = Duration::from_secs(20);
/// Loosely: an idle machine takes a second or two, and the goal is five.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(15);
const LOOPBACK: [&str; 3] = ["--sync", "127.0.0.1:0", "--no-discovery"];

/// Looks until it is so.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < HANGS, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Gives a laptop supplies that are no machine's.
fn supply(place: &Place, name: &str, values: &[(&str, &str)]) {
    let folder = place.path().join("power").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, value) in values {
        // The folder is looked at meanwhile: a value is there whole or not at all.
        write_whole(&folder.join(file), value);
    }
}

fn write_whole(path: &Path, value: &str) {
    let draft = path.with_extension("new");
    std::fs::write(&draft, format!("{value}\n")).unwrap();
    std::fs::rename(draft, path).unwrap();
}

fn serve(place: &Place) -> Served {
    Served::of_live(place.live(&[&["serve"], LOOPBACK.as_slice()].concat()))
}

/// Two stations at the gate `main` that hear each other.
fn two() -> ((Place, Served), (Place, Served)) {
    let (north, south) = (Place::with_event(), Place::new());
    let _ = north.import("people.csv", ROSTER);
    supply(&north, "AC", &[("type", "Mains"), ("online", "1")]);
    supply(&south, "BAT0", &[("type", "Battery"), ("capacity", "12"), ("status", "Discharging")]);
    let north_served = serve(&north);
    let invited = north.run(&["invite", "--role", "door", "--gate", "main"]).one();
    let ticket = invited["ticket"].as_str().unwrap();
    let words = [&["join", ticket, "--name", "South"], LOOPBACK.as_slice()].concat();
    let mut joining = south.live(&words);
    let digits = joining.hear()["digits"].as_str().expect("six digits").to_owned();
    assert_eq!(north.run(&["approve", &digits]).one()["approved"], "South");
    assert!(joining.hear()["joined"].is_string());
    assert_eq!(joining.end(), 0);
    let south_served = serve(&south);
    ((north, north_served), (south, south_served))
}

/// How a station sees its only peer.
fn peer(place: &Place) -> Value {
    place.run(&["peers"]).one()
}

fn wait_until_heard(place: &Place) {
    until("the peer is heard", || (peer(place)["connected"] == true).then_some(()));
}

fn admitted(place: &Place) -> u64 {
    place.run(&["stats"]).one()["admitted"].as_u64().unwrap()
}

#[test]
fn a_laptop_that_slept_is_caught_up_at_once_and_its_battery_is_seen() {
    let ((north, _serving), (south, south_served)) = two();
    wait_until_heard(&north);
    wait_until_heard(&south);
    until("everybody is known at both", || (south.attendees() == 3).then_some(()));
    assert_eq!(north.scan(&["A-1"])["verdict"], "admitted");
    until("the scan is at the other", || (admitted(&south) == 1).then_some(()));

    let low = until("the battery is seen by the other", || {
        Some(peer(&north)).filter(|line| line["battery"] == 12)
    });
    assert_eq!(low["on_mains"], false);
    assert_eq!(low["warnings"], json!([{ "kind": "battery", "percent": 12 }]));
    let own = south_served.one("sync_show", &json!({}));
    assert_eq!((&own["battery"], &own["on_mains"]), (&json!(12), &json!(false)));
    assert_eq!(own["warnings"], json!([{ "kind": "battery", "percent": 12 }]));
    let plugged = peer(&south);
    assert_eq!((&plugged["battery"], &plugged["on_mains"]), (&Value::Null, &json!(true)));
    assert_eq!(plugged["warnings"], json!([]));

    let asleep = Instant::now();
    south_served.live.signal("STOP");
    until("the sleeper is silent", || (peer(&north)["heard"] == false).then_some(()));
    assert_eq!(north.scan(&["A-2"])["verdict"], "admitted");
    until("it has slept enough", || (asleep.elapsed() > SLEEP).then_some(()));
    let awake = Instant::now();
    south_served.live.signal("CONT");
    let mine = south.scan(&["A-3"]);
    let scanned = awake.elapsed();
    assert_eq!(mine["verdict"], "admitted");
    until("the sleeper has caught up", || (admitted(&south) == 3).then_some(()));
    let caught_up = awake.elapsed();
    until("it is heard again", || (peer(&north)["heard"] == true).then_some(()));
    until("its scan is at the other", || (admitted(&north) == 3).then_some(()));
    let told = awake.elapsed();
    println!("awake: scanned in {scanned:?}, caught up in {caught_up:?}, told in {told:?}");
    assert!(told < CAUGHT_UP_WITHIN, "{scanned:?}, {caught_up:?}, {told:?}");
    assert_eq!(south.scan(&["A-2"])["verdict"], "already_in");

    supply(&south, "BAT0", &[("capacity", "80"), ("status", "Charging")]);
    let fed = until("the battery is seen anew", || {
        Some(peer(&north)).filter(|line| line["battery"] == 80)
    });
    assert_eq!((&fed["on_mains"], &fed["warnings"]), (&json!(true), &json!([])));
}

fn serve_on(desktop: &Desktop, place: &Place) -> Served {
    let mut command = place.json_command(&[&["serve"], LOOPBACK.as_slice()].concat());
    command
        .env("DBUS_SYSTEM_BUS_ADDRESS", &desktop.address)
        .env("DBUS_SESSION_BUS_ADDRESS", &desktop.address);
    Served::of_live(Live::start(command))
}

fn is_awake(served: &Served) -> bool {
    served.one("sync_show", &json!({}))["awake"] == true
}

fn stand_at_main(served: &Served) {
    let _ = served.one("station_set", &json!({ "args": { "gate": "main" } }));
}

#[test]
fn a_laptop_is_kept_awake_while_its_gate_is_open() {
    let place = Place::with_event_of(&["--setup"]);
    let Some(desktop) = Desktop::start(&place, "handle-lid-switch") else {
        println!("skipped: there is no dbus-daemon on this machine");
        return;
    };
    let served = serve_on(&desktop, &place);
    stand_at_main(&served);
    let _ = place.run(&["event", "rehearse"]).ok();
    // The first that it asks comes with the rehearsal: none of it was wanted before.
    assert!(matches!(desktop.next(), Asked::Denied(what) if what.contains("handle-lid-switch")));
    let Asked::Sleep(what, held) = desktop.next() else { panic!("sleep is to be held off") };
    assert_eq!(what, "sleep:idle", "what it was not denied");
    assert!(matches!(desktop.next(), Asked::Screen));
    until("it says that it is awake", || is_awake(&served).then_some(()));

    let _ = place.run(&["event", "close"]).ok();
    wait_for_end(held);
    assert!(matches!(desktop.next(), Asked::ScreenAgain));
    until("it says that it may sleep", || (!is_awake(&served)).then_some(()));

    let _ = place.run(&["event", "open"]).ok();
    assert!(matches!(desktop.next(), Asked::Denied(_)));
    let Asked::Sleep(_, held) = desktop.next() else { panic!("sleep is to be held off again") };
    assert!(matches!(desktop.next(), Asked::Screen));
    served.live.signal("KILL");
    wait_for_end(held);
}

#[test]
fn a_laptop_without_a_desktop_or_denied_says_that_it_may_sleep() {
    let place = Place::with_event();
    let served = serve(&place);
    stand_at_main(&served);
    assert!(!is_awake(&served));
    drop(served);
    let Some(desktop) = Desktop::start(&place, "sleep") else {
        println!("skipped: there is no dbus-daemon on this machine");
        return;
    };
    let served = serve_on(&desktop, &place);
    for _ in 0..3 {
        assert!(matches!(desktop.next(), Asked::Denied(_)));
    }
    assert!(matches!(desktop.next(), Asked::Sleep(what, _) if what == "idle"));
    assert!(matches!(desktop.next(), Asked::Screen));
    assert!(!is_awake(&served), "only the screen is held: closing the lid is sleep");
}
