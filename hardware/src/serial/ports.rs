//! The serial ports that are there, and which of them are scanners.

use serialport::{SerialPortInfo, SerialPortType, UsbPortInfo};
use std::panic::catch_unwind;

/// Makers of scanners by the number that they have on USB (usb.ids, 2025-07). Makers of mere cables are not among them:
/// a modem may be at their other end.
const MAKERS: [(u16, &str); 11] = [
    (0x0536, "Honeywell"),
    (0x05e0, "Zebra"),
    (0x05f9, "Datalogic"),
    (0x065a, "Opticon"),
    (0x067e, "Intermec"),
    (0x076d, "Denso"),
    (0x080c, "Datalogic"),
    (0x0c2e, "Honeywell"),
    (0x0db5, "Access-IS"),
    (0x1eab, "Newland"),
    (0x27dd, "Mindeo"),
];

/// A serial port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// What it is chosen by: of a device on USB the same after it was unplugged, wherever it is plugged in.
    pub id: String,
    /// What to open now.
    pub path: String,
    /// What it is, for a person.
    pub name: String,
    /// Whether it is known to be a scanner.
    pub is_scanner: bool,
}

/// The serial ports of this machine, scanners first.
#[must_use]
pub fn list() -> Vec<Port> {
    // Where a system shows no ports at all, the library panics.
    let found = catch_unwind(serialport::available_ports).ok().and_then(Result::ok);
    let mut ports: Vec<Port> = found.into_iter().flatten().map(port).collect();
    ports.sort_by(|one, other| (!one.is_scanner, &one.id).cmp(&(!other.is_scanner, &other.id)));
    ports
}

/// What to open for that id; none where it is not there.
pub(super) fn path_of(id: &str) -> Option<String> {
    match id.strip_prefix("usb:") {
        Some(_) => list().into_iter().find(|port| port.id == id).map(|port| port.path),
        None => Some(id.to_owned()),
    }
}

fn port(info: SerialPortInfo) -> Port {
    // A Mac and Windows say where it is; so does Linux where it is asked without its device manager.
    let path = match info.port_name.strip_prefix("/sys/class/tty/") {
        Some(name) => format!("/dev/{name}"),
        None => info.port_name,
    };
    match info.port_type {
        SerialPortType::UsbPort(usb) => usb_port(path, &usb),
        _ => Port { id: path.clone(), name: path.clone(), path, is_scanner: false },
    }
}

fn usb_port(path: String, usb: &UsbPortInfo) -> Port {
    let maker = MAKERS.iter().find(|(id, _)| *id == usb.vid);
    let told = usb.manufacturer.as_deref().or(maker.map(|(_, name)| *name));
    let words = [told, usb.product.as_deref()].into_iter().flatten();
    let name = words.map(str::trim).collect::<Vec<_>>().join(" ");
    let own = usb.serial_number.as_deref().map(str::trim).filter(|own| !own.is_empty());
    // Two of one kind that do not know their own number are told apart by where they are.
    let place = own.unwrap_or(&path);
    Port {
        id: format!("usb:{:04x}:{:04x}:{place}", usb.vid, usb.pid),
        name: if name.is_empty() { path.clone() } else { name },
        path,
        is_scanner: maker.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usb(vid: u16, serial_number: Option<&str>) -> Port {
        let text = |text: &str| Some(text.to_owned());
        port(SerialPortInfo {
            port_name: "/dev/ttyACM3".to_owned(),
            port_type: SerialPortType::UsbPort(UsbPortInfo {
                vid,
                pid: 0x0b61,
                serial_number: serial_number.map(str::to_owned),
                manufacturer: text("Honeywell "),
                product: text("Xenon 1900"),
            }),
        })
    }

    #[test]
    fn a_scanner_keeps_its_id_wherever_it_is_plugged_in() {
        let port = usb(0x0c2e, Some("12345"));
        assert_eq!(port.id, "usb:0c2e:0b61:12345");
        assert_eq!((port.name.as_str(), port.is_scanner), ("Honeywell Xenon 1900", true));
        assert_eq!(port.path, "/dev/ttyACM3");
        assert_eq!(usb(0x0c2e, None).id, "usb:0c2e:0b61:/dev/ttyACM3");
        // A cable with a plug for serial devices.
        assert!(!usb(0x0403, Some("1")).is_scanner);
    }

    #[test]
    fn a_path_is_opened_as_it_is() {
        assert_eq!(path_of("/dev/pts/7").as_deref(), Some("/dev/pts/7"));
        assert_eq!(path_of("usb:ffff:ffff:none"), None);
    }
}
