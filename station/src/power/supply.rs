//! Reading power supplies as Linux shows them: a folder for each, a file for each value.

use super::Power;
use std::io::Read;
use std::path::Path;

/// Supplies that are looked at: a laptop has a handful, most of them sockets.
const SUPPLIES_MAX: usize = 32;
/// Longest value that is read: a number or a word.
const VALUE_BYTES_MAX: u64 = 64;

/// One battery of the laptop itself.
#[derive(Debug, PartialEq, Eq)]
struct Battery {
    percent: u8,
    /// What it holds and could hold, where it says so.
    energy: Option<(u64, u64)>,
    /// Whether it is being used up; none: it does not say.
    drained: Option<bool>,
}

/// How a laptop with these supplies is powered. What makes no sense counts as not said.
pub(super) fn read(root: &Path) -> Power {
    let Ok(entries) = std::fs::read_dir(root) else { return Power::default() };
    let mut batteries = Vec::new();
    let mut sockets = Vec::new();
    for entry in entries.flatten().take(SUPPLIES_MAX) {
        let supply = entry.path();
        match value(&supply, "type").as_deref() {
            Some("Battery") => batteries.extend(battery(&supply)),
            Some("Mains" | "USB" | "Wireless") => {
                sockets.extend(number(&supply, "online").map(|online| online > 0));
            }
            _ => {}
        }
    }
    Power { battery: charge(&batteries), on_mains: on_mains(&batteries, &sockets) }
}

/// A battery that is in the laptop, not in its mouse, and says something.
fn battery(supply: &Path) -> Option<Battery> {
    if value(supply, "scope").as_deref() == Some("Device") || number(supply, "present") == Some(0) {
        return None;
    }
    let full = number(supply, "energy_full").filter(|full| *full > 0);
    let energy = number(supply, "energy_now").zip(full);
    let percent = number(supply, "capacity").or_else(|| energy.and_then(share))?;
    let drained = match value(supply, "status").as_deref() {
        Some("Discharging") => Some(true),
        Some("Charging" | "Full" | "Not charging") => Some(false),
        _ => None,
    };
    Some(Battery { percent: percent_of(percent), energy, drained })
}

/// Two batteries are one by what they hold, or by their mean where they do not say what that is.
fn charge(batteries: &[Battery]) -> Option<u8> {
    match batteries {
        [] => None,
        [one] => Some(one.percent),
        several => {
            let energies: Option<Vec<(u64, u64)>> = several.iter().map(|one| one.energy).collect();
            let sum = |energies: Vec<(u64, u64)>| {
                let add = |(now, full): (u64, u64), (more, room): (u64, u64)| {
                    (now.saturating_add(more), full.saturating_add(room))
                };
                share(energies.into_iter().fold((0, 0), add))
            };
            let mean = || {
                let total: u64 = several.iter().map(|one| u64::from(one.percent)).sum();
                total.checked_div(u64::try_from(several.len()).ok()?)
            };
            energies.and_then(sum).or_else(mean).map(percent_of)
        }
    }
}

/// A socket that is in says so; without one, what a battery does tells where the power comes from.
fn on_mains(batteries: &[Battery], sockets: &[bool]) -> Option<bool> {
    if !sockets.is_empty() {
        return Some(sockets.contains(&true));
    }
    if batteries.iter().any(|one| one.drained == Some(true)) {
        return Some(false);
    }
    batteries.iter().any(|one| one.drained == Some(false)).then_some(true)
}

fn share((now, full): (u64, u64)) -> Option<u64> {
    now.saturating_mul(100).checked_div(full)
}

/// A worn battery may say that it holds more than it could.
fn percent_of(number: u64) -> u8 {
    u8::try_from(number.min(100)).unwrap_or(100)
}

fn number(supply: &Path, name: &str) -> Option<u64> {
    value(supply, name)?.parse().ok()
}

fn value(supply: &Path, name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(supply.join(name)).ok()?;
    file.take(VALUE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8(bytes).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of supplies with these values.
    fn seen(supplies: &[&[(&str, &str)]]) -> (Option<u8>, Option<bool>) {
        let root = tempfile::tempdir().unwrap();
        for (n, values) in supplies.iter().enumerate() {
            let supply = root.path().join(format!("supply{n}"));
            std::fs::create_dir(&supply).unwrap();
            for (name, value) in *values {
                std::fs::write(supply.join(name), format!("{value}\n")).unwrap();
            }
        }
        let power = read(root.path());
        (power.battery, power.on_mains)
    }

    const PLUG_OUT: &[(&str, &str)] = &[("type", "Mains"), ("online", "0")];
    const PLUG_IN: &[(&str, &str)] = &[("type", "USB"), ("online", "1")];

    fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [&[("type", "Battery")], more].concat()
    }

    #[test]
    fn power_of_a_laptop_is_its_battery_and_its_sockets() {
        let half = with(&[("capacity", "50"), ("status", "Discharging"), ("present", "1")]);
        assert_eq!(seen(&[]), (None, None));
        assert_eq!(seen(&[PLUG_IN]), (None, Some(true)));
        assert_eq!(seen(&[PLUG_OUT, &half]), (Some(50), Some(false)));
        assert_eq!(seen(&[PLUG_OUT, &half, PLUG_IN]), (Some(50), Some(true)));
        assert_eq!(read(Path::new("no/such/folder")), Power::default());
    }

    #[test]
    fn power_without_a_socket_is_told_by_what_the_battery_does() {
        let doing = |status| seen(&[&with(&[("capacity", "7"), ("status", status)])]);
        assert_eq!(doing("Discharging"), (Some(7), Some(false)));
        for fed in ["Charging", "Full", "Not charging"] {
            assert_eq!(doing(fed), (Some(7), Some(true)), "{fed}");
        }
        assert_eq!(doing("Unknown"), (Some(7), None));
        // One of two is used up while the other rests.
        let resting = with(&[("capacity", "90"), ("status", "Not charging")]);
        let used = with(&[("capacity", "10"), ("status", "Discharging")]);
        assert_eq!(seen(&[&resting, &used]), (Some(50), Some(false)));
    }

    #[test]
    fn power_of_several_batteries_is_summed_by_what_they_hold() {
        let large = with(&[("capacity", "10"), ("energy_now", "9000"), ("energy_full", "90000")]);
        let small = with(&[("capacity", "100"), ("energy_now", "10000"), ("energy_full", "10000")]);
        let silent = with(&[("capacity", "100")]);
        assert_eq!(seen(&[&large, &small]).0, Some(19));
        assert_eq!(
            seen(&[&large, &silent]).0,
            Some(55),
            "the mean: one does not say what it holds"
        );
        assert_eq!(seen(&[&small]).0, Some(100));
        let no_percent = with(&[("energy_now", "9000"), ("energy_full", "90000")]);
        assert_eq!(seen(&[&no_percent]).0, Some(10));
    }

    #[test]
    fn power_that_is_not_the_laptops_or_makes_no_sense_is_left_out() {
        let mouse = with(&[("capacity", "3"), ("scope", "Device")]);
        let bay = with(&[("capacity", "0"), ("present", "0")]);
        let good = with(&[("capacity", "80"), ("scope", "System")]);
        assert_eq!(seen(&[&mouse, &bay]), (None, None));
        assert_eq!(seen(&[&mouse, &bay, &good]).0, Some(80));
        let huge = u64::MAX.to_string();
        let worn = with(&[("energy_now", &huge), ("energy_full", &huge), ("capacity", "104")]);
        assert_eq!(seen(&[&worn, &worn]).0, Some(1), "saturated, not panicked");
        assert_eq!(seen(&[&worn]).0, Some(100));
        for odd in ["", "-1", "many", "\u{fffd}", "99999999999999999999999", "5 %"] {
            assert_eq!(seen(&[&with(&[("capacity", odd)])]), (None, None), "{odd:?}");
            assert_eq!(seen(&[&[("type", "Mains"), ("online", odd)]]), (None, None), "{odd:?}");
        }
        let empty = with(&[("energy_now", "5"), ("energy_full", "0")]);
        assert_eq!(seen(&[&empty]), (None, None));
    }

    #[test]
    fn power_files_that_are_no_text_or_no_files_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        let supply = root.path().join("BAT0");
        std::fs::create_dir(&supply).unwrap();
        std::fs::write(supply.join("type"), "Battery\n").unwrap();
        std::fs::create_dir(supply.join("capacity")).unwrap();
        std::fs::write(root.path().join("stray"), "x").unwrap();
        assert_eq!(read(root.path()), Power::default());
        std::fs::remove_dir(supply.join("capacity")).unwrap();
        std::fs::write(supply.join("capacity"), [0xff, b'5']).unwrap();
        assert_eq!(read(root.path()), Power::default());
        std::fs::write(supply.join("capacity"), "5").unwrap();
        assert_eq!(read(root.path()).battery, Some(5));
    }
}
