//! Two laptops with one cable between them, each in a network of its own: what is on the cable, and what becomes of it
//! when it is pulled out. Where this machine does not let a test make networks, it says so.

#![allow(clippy::print_stdout, reason = "a test tells how long it took")]

use crate::shim::built;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::binary::lanyard_binary;
use tests::sheet::code;
use tests::stations::{LONG, until, until_equal, until_level};
use tests::{Place, Sheet, Station};

/// Both ends of the cable.
const ENDS: [&str; 2] = ["10.77.0.1", "10.77.0.2"];
/// Where packets for anywhere else would go to: nobody is there.
const GATEWAY: &str = "10.77.0.99";
/// A station counts as silent after ten seconds; this is that and a busy machine.
const SILENT_WITHIN: Duration = Duration::from_secs(20);

/// A network that lasts as long as this.
struct Network {
    holder: Child,
    _until: ChildStdin,
}

impl Network {
    fn new() -> Option<Self> {
        let hold = "ip link set lo up && echo ready && exec cat";
        let mut command = Command::new("unshare");
        command.args(["--net", "sh", "-c", hold]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = command.stderr(Stdio::null()).spawn().ok()?;
        let until = holder.stdin.take()?;
        let mut line = String::new();
        let _ = BufReader::new(holder.stdout.take()?).read_line(&mut line);
        let made = line == "ready\n";
        let network = Self { holder, _until: until };
        made.then_some(network)
    }

    /// A command in it.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--net"]).args(words);
        command
    }

    fn does(&self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        self.command(&words).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// A `lanyard` whose `serve` runs in it.
    fn laptop(&self, name: &str, place: Place) -> Station {
        let lanyard = lanyard_binary();
        let target = self.holder.id();
        let words = format!(
            "#!/bin/sh\nexec nsenter --target {target} --net {} \"$@\"\n",
            lanyard.display()
        );
        let program = place.file("lanyard.sh", words);
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let mut station = Station::new(name, place);
        station.program = Some(program.into());
        station.words = vec!["--sync".to_owned(), "0.0.0.0:0".to_owned()];
        station
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Two networks with a cable between them; none where that is not allowed.
fn cable() -> Option<[Network; 2]> {
    let [one, other] = [Network::new()?, Network::new()?];
    let there = other.holder.id();
    let mut laid = one.does(&format!("ip link add cable type veth peer name cable netns {there}"));
    for (network, end) in [&one, &other].into_iter().zip(ENDS) {
        laid &= network.does(&format!("ip address add {end}/24 dev cable"))
            && network.does("ip link set cable up")
            && network.does(&format!("ip route add default via {GATEWAY}"));
    }
    if !laid {
        return None;
    }
    // A cable that was just put in takes a moment until anything goes over it.
    for network in [&one, &other] {
        let _ = until("the cable carries", LONG, || {
            let shown = network.command(&["ip", "link", "show", "cable"]).output();
            let shown = shown.map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned());
            match shown {
                Ok(shown) if shown.contains("state UP") => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
    }
    Some([one, other])
}

/// What goes over a cable, seen at one end of it.
struct Watch {
    process: Child,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Watch {
    /// None where packets may not be looked at.
    fn at(network: &Network) -> Option<Self> {
        let wire = built("wire", &[]);
        let mut command = network.command(&[wire.to_str().unwrap(), "cable"]);
        let mut process = command.stdout(Stdio::piped()).spawn().ok()?;
        let mut lines = BufReader::new(process.stdout.take()?).lines();
        lines.next()?.ok().filter(|line| line == "ready")?;
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let into = Arc::clone(&seen);
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| {
                into.lock().unwrap().insert(line);
            });
        });
        Some(Self { process, seen })
    }

    /// Packets for anybody but the two laptops, and whom they call together.
    fn astray(&self) -> Vec<String> {
        let is_ours = |line: &String| match line.split_once(' ') {
            Some(("arp", to)) => ENDS.contains(&to),
            // To the other, to mDNS, and whoever asks for that.
            Some(("ip4", to)) => ENDS.contains(&to) || ["224.0.0.251", "224.0.0.22"].contains(&to),
            // Of this link alone.
            Some(("ip6", to)) => to.starts_with("fe80:") || to.starts_with("ff02:"),
            _ => false,
        };
        self.seen.lock().unwrap().iter().filter(|line| !is_ours(line)).cloned().collect()
    }

    fn saw(&self, line: &str) -> Result<(), String> {
        let seen = self.seen.lock().unwrap();
        if seen.contains(line) { Ok(()) } else { Err(format!("{seen:?}")) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_cable_that_is_pulled_out_and_nothing_on_it_for_anybody_else() {
    let laid = cable().and_then(|[here, there]| Some((Watch::at(&here)?, here, there)));
    let Some((watch, here, there)) = laid else {
        println!("skipped: no networks can be made here");
        return;
    };
    let mut north = here.laptop("North", Place::with_event());
    let _ = north.place.import("people.csv", Sheet::of_people(30).csv(','));
    north.start();
    let ticket = north.invite(&["--role", "door", "--gate", "main"]);
    let mut east = there.laptop("East", Place::new());
    east.join(&north, &ticket);
    let both = [&north, &east];
    until_level("the door has everything", &both);
    assert_eq!(east.place.scan(&[&code(0)])["verdict"], "admitted");
    until_level("a scan", &both);
    assert_eq!(north.place.scan(&[&code(0)])["verdict"], "already_in");

    assert!(here.does("ip link set cable down"));
    for station in both {
        assert_eq!(station.place.scan(&[&code(1)])["verdict"], "admitted", "{}", station.name);
        let _ = until("the silence is noticed", SILENT_WITHIN, || {
            match station.sync()["silent"].as_array().map(Vec::len) {
                Some(1) => Ok(()),
                other => Err(format!("{other:?} silent")),
            }
        });
    }
    // What is for elsewhere has a way again with the link.
    assert!(here.does("ip link set cable up"));
    let up = Instant::now();
    until_level("both after the cut", &both);
    println!("level {} ms after the link was up", up.elapsed().as_millis());
    let conflicts = until_equal("double admissions", &["conflicts"], &both);
    assert!(conflicts.contains("North") && conflicts.contains("East"), "{conflicts}");

    assert_eq!(watch.astray(), Vec::<String>::new());
    let _ = until("what went over the cable was seen", LONG, || watch.saw("ip4 10.77.0.2"));
    let _ = until("and who was called together", LONG, || watch.saw("ip4 224.0.0.251"));
    // The same eyes, where something does leave.
    assert!(here.does(&format!("ip route replace default via {GATEWAY}")));
    let _ = here.command(&["bash", "-c", "echo > /dev/udp/192.0.2.1/9"]).status();
    let _ = until("a packet for elsewhere", LONG, || watch.saw(&format!("arp {GATEWAY}")));
}
