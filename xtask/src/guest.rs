//! A camera of a real driver: a small guest in QEMU with virtual cameras, which the code of this checkout looks
//! through. The guest has the host's files, read-only, and no network; `tests/guest` is what runs in it.
//!
//! The kernel, QEMU and the driver are packages of the system's release, unpacked into the cache folder: nothing is
//! installed, nothing needs root.

mod boot;
mod system;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;

use anyhow::Result;

use crate::place::Place;
use crate::test::Sum;
use crate::{binaries, setup};

/// What the guest is given: programs of the host, and what their pictures are to say.
struct Given {
    see: PathBuf,
    show: PathBuf,
    codes: [String; 3],
}

/// None where this system has no such packages.
pub(crate) fn prove(place: &Place) -> Result<Option<Sum>> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("skipped: the guest is made of Debian packages for amd64");
        return Ok(None);
    }
    let Some(release) = system::release(place) else {
        println!(
            "skipped: this system offers no package linux-image-amd64 (on Debian: apt-get update)"
        );
        return Ok(None);
    };
    setup::for_guest(place)?;
    let system = system::fetch(place, &release)?;
    let [see, show] = binaries::eyes(place)?;
    let seed = seed();
    println!("seed of the codes: {seed}");
    let given = Given { see, show, codes: codes(seed) };
    let said = boot::run(place, &system, &given)?;
    let mut sum = Sum { passed: 0, failed: 0 };
    for (what, holds) in judged(&said.result, &given.codes) {
        println!("{} {what}", if holds { "ok    " } else { "FAILED" });
        if holds { sum.passed += 1 } else { sum.failed += 1 }
    }
    println!("the guest ran for {:.1} s", said.took.as_secs_f64());
    if sum.failed > 0 {
        println!("-- what the guest said\n{}-- its console\n{}", said.result, said.console);
    }
    Ok(Some(sum))
}

/// The standard library's own randomness: enough where nobody attacks.
fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Texts that nothing in the checkout can know (`SplitMix64`).
fn codes(seed: u64) -> [String; 3] {
    [1, 2, 3_u64].map(|step| {
        let mut mixed = seed.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        format!("{:016X}", mixed ^ (mixed >> 31))
    })
}

/// What was to be seen, and whether it was.
fn judged(result: &str, codes: &[String; 3]) -> Vec<(&'static str, bool)> {
    let lines = |part: &str| -> Vec<&str> {
        let start = format!("{part}: ");
        result.lines().filter_map(|line| line.trim_end().strip_prefix(start.as_str())).collect()
    };
    let codes_of = |part: &str| -> Vec<String> {
        lines(part)
            .iter()
            .filter_map(|line| line.strip_prefix("code "))
            .map(str::to_owned)
            .collect()
    };
    // Each after the one before.
    let in_order = |part: &str, starts: &[&str]| {
        let mut rest = lines(part).into_iter();
        starts.iter().all(|start| rest.any(|line| line.starts_with(start)))
    };
    let [first, second, third] = codes;
    let names: Vec<&str> =
        lines("list").iter().filter_map(|line| line.split(" = ").nth(1)).collect();
    let no_pictures = "state lost: the camera sends no pictures";
    vec![
        (
            "cameras that capture are listed, and no other nodes",
            names.len() == 2 && names.contains(&"FakeCam"),
        ),
        (
            "a camera that is plugged in is opened and its code read",
            in_order("small", &["state lost: the camera is not there", "state running 640x480"])
                && codes_of("small").first() == Some(first),
        ),
        (
            "a camera that stops and comes back is read again",
            in_order("small", &[&format!("code {first}"), no_pictures, "state running"])
                && codes_of("small") == [first.clone(), second.clone()],
        ),
        (
            "a code is read at 1280x720",
            in_order("large", &["state running 1280x720"]) && codes_of("large") == [third.clone()],
        ),
        ("a camera with odd formats sends frames", in_order("odd", &["state running", "frames"])),
        (
            "a camera that is pulled out comes back",
            in_order("odd", &["frames", "state lost: the camera is not there", "state running"]),
        ),
        ("the guest came to its end", in_order("end", &["all parts ran"])),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_code_than_the_one_shown_is_a_failure() {
        let codes = codes(1);
        let [first, second, third] = &codes;
        let said = format!(
            "small: state lost: the camera is not there; plug it in\n\
             small: state running 640x480\nsmall: code {first}\r\n\
             list: camera bus//FakeCam = FakeCam\nlist: camera bus/vivid.0/v = v\n\
             small: state lost: the camera sends no pictures; unplug it\n\
             small: state running 640x480\nsmall: code {second}\n\
             large: state running 1280x720\nlarge: code {third}\n\
             odd: state running 1280x720\nodd: frames 31\n\
             odd: state lost: the camera is not there; plug it in\nodd: state running 1280x720\n\
             end: all parts ran\n"
        );
        let failed = |said: &str| judged(said, &codes).iter().filter(|(_, holds)| !holds).count();
        assert_eq!(failed(&said), 0);
        assert_eq!(failed(&said.replace(third.as_str(), "OTHER")), 1);
        assert_eq!(failed(&said.replace(first.as_str(), second)), 2);
        assert_eq!(failed(""), 7);
    }
}
