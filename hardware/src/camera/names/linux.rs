//! Names of cameras on Linux: the links that udev keeps by maker and serial number, by socket where a camera has
//! none, and what the kernel says of the bus where there is no udev.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::CameraName;

/// Where the kernel and udev keep what is known of cameras.
pub(in crate::camera) struct Places {
    /// The folder of `by-id` and `by-path`.
    pub(in crate::camera) links: PathBuf,
    /// The folder with an entry for each video node.
    pub(in crate::camera) nodes: PathBuf,
}

impl Default for Places {
    fn default() -> Self {
        Self { links: "/dev/v4l".into(), nodes: "/sys/class/video4linux".into() }
    }
}

/// The cameras by the number of their node. A camera has several nodes; only those count that can capture.
pub(in crate::camera) fn found(
    places: &Places,
    can_capture: impl Fn(u32) -> bool,
) -> BTreeMap<u32, CameraName> {
    let [by_id, by_path] = ["by-id", "by-path"].map(|kind| links(&places.links, kind));
    let entries = fs::read_dir(&places.nodes).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| number(&entry.file_name().to_string_lossy()))
        .filter(|number| can_capture(*number))
        .map(|number| {
            let node = places.nodes.join(format!("video{number}"));
            let name = fs::read_to_string(node.join("name")).unwrap_or_default();
            let name = if name.trim().is_empty() {
                format!("Camera {number}")
            } else {
                name.trim().to_owned()
            };
            let link = by_id.get(&number).or_else(|| by_path.get(&number)).cloned();
            let id = link.unwrap_or_else(|| format!("bus/{}/{name}", bus(&node)));
            (number, CameraName { id, name })
        })
        .collect()
}

/// Links of a kind by the number of the node that they lead to; of several the first by name.
fn links(folder: &Path, kind: &str) -> BTreeMap<u32, String> {
    let entries = fs::read_dir(folder.join(kind)).into_iter().flatten().flatten();
    let mut links = BTreeMap::new();
    for entry in entries {
        let target = fs::read_link(entry.path()).unwrap_or_default();
        let node = target.file_name().and_then(|name| number(&name.to_string_lossy()));
        let link = format!("{kind}/{}", entry.file_name().to_string_lossy());
        if let Some(node) = node {
            let first = links.entry(node).or_insert_with(|| link.clone());
            if link < *first {
                *first = link;
            }
        }
    }
    links
}

fn number(node: &str) -> Option<u32> {
    node.strip_prefix("video")?.parse().ok()
}

/// The place on the bus, such as `1-4:1.0`: the same as long as the camera stays in its socket.
fn bus(node: &Path) -> String {
    let device = fs::canonicalize(node.join("device")).unwrap_or_default();
    device.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn node(root: &Path, number: u32, name: &str, bus: &str) {
        let device = root.join("devices").join(bus);
        fs::create_dir_all(&device).unwrap();
        let node = root.join("nodes").join(format!("video{number}"));
        fs::create_dir_all(&node).unwrap();
        fs::write(node.join("name"), format!("{name}\n")).unwrap();
        symlink(device, node.join("device")).unwrap();
    }

    fn link(root: &Path, kind: &str, name: &str, number: u32) {
        let folder = root.join("links").join(kind);
        fs::create_dir_all(&folder).unwrap();
        symlink(format!("../../video{number}"), folder.join(name)).unwrap();
    }

    #[test]
    fn ids_outlive_the_numbers_of_nodes() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let places = Places { links: root.join("links"), nodes: root.join("nodes") };
        assert!(found(&places, |_| true).is_empty(), "no camera at all");
        node(root, 0, "HD Webcam", "1-4:1.0");
        node(root, 1, "HD Webcam", "1-4:1.0");
        node(root, 2, "Twin", "1-5:1.0");
        node(root, 4, "Twin", "1-6:1.0");
        node(root, 10, "", "platform-cam");
        fs::create_dir_all(root.join("nodes/v4l-subdev0")).unwrap();
        link(root, "by-id", "usb-Maker_HD_0001-video-index0", 0);
        link(root, "by-id", "usb-Maker_HD_0001-video-index1", 1);
        link(root, "by-id", "usb-Twin-video-index0", 4);
        link(root, "by-path", "pci-usb-0:5:1.0-video-index0", 2);
        link(root, "by-path", "pci-usb-0:6:1.0-video-index0", 4);
        let cameras = found(&places, |number| number != 1);
        let ids: Vec<_> =
            cameras.iter().map(|(number, camera)| (*number, camera.id.as_str())).collect();
        assert_eq!(
            ids,
            [
                (0, "by-id/usb-Maker_HD_0001-video-index0"),
                (2, "by-path/pci-usb-0:5:1.0-video-index0"),
                (4, "by-id/usb-Twin-video-index0"),
                (10, "bus/platform-cam/Camera 10"),
            ]
        );
        assert_eq!(cameras[&0].name, "HD Webcam");
    }
}
