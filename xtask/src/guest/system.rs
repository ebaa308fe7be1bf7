//! The packages that a guest is made of, unpacked into the cache folder, and the driver built against them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::place::{Place, read, watch};

/// What the newest kernel of the release is a dependency of.
const KERNEL: &str = "linux-image-amd64";
/// Raised where what is unpacked or built changes.
const LAYOUT: u32 = 1;

/// A guest's parts.
pub(super) struct System {
    /// Where the packages are unpacked.
    pub(super) root: PathBuf,
    /// The kernel's release.
    pub(super) release: String,
    /// The driver that was built.
    pub(super) driver: PathBuf,
}

/// The release of the newest kernel that the system's package lists have; none where they have none.
pub(super) fn release(place: &Place) -> Option<String> {
    let images = depends(place, KERNEL).ok()?;
    images.iter().find_map(|image| image.strip_prefix("linux-image-")).map(str::to_owned)
}

/// Names of what a package depends on.
fn depends(place: &Place, package: &str) -> Result<Vec<String>> {
    let said = read(place.command("apt-cache").args(["depends", package]))?;
    let names = said.lines().filter_map(|line| line.split_once("Depends: "));
    Ok(names.map(|(_, name)| name.trim().to_owned()).collect())
}

pub(super) fn fetch(place: &Place, release: &str) -> Result<System> {
    let folder = place.cache.join("guest");
    let root = folder.join("system");
    let driver = folder.join("driver/v4l2loopback.ko");
    let system = System { root, release: release.to_owned(), driver };
    // The stamp is written last: a folder without it is half-made or was meant for another kernel.
    let stamp = folder.join("stamp");
    let wanted = format!("{LAYOUT} {release}");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        println!("guest of {release}: there");
        return Ok(system);
    }
    println!(
        "guest of {release}: missing, downloading 110 MB into {} (600 MB there)",
        folder.display()
    );
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    unpack(place, &folder, &system)?;
    build(place, &system)?;
    let modules = format!("lib/modules/{release}/modules.dep");
    read(
        place
            .command(system.root.join("bin/busybox"))
            .arg("depmod")
            .arg("-b")
            .arg(&system.root)
            .arg(release),
    )?;
    ensure!(system.root.join(&modules).is_file(), "there is no {modules}");
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(system)
}

/// All that has to be fetched: the kernel, what drivers are built with, and QEMU with what the system lacks of it.
fn packages(place: &Place, release: &str) -> Result<Vec<String>> {
    let headers = format!("linux-headers-{release}");
    let mut packages: Vec<String> =
        ["busybox-static", "v4l2loopback-dkms"].map(str::to_owned).into();
    packages.push(format!("linux-image-{release}"));
    let kinds = ["linux-headers-", "linux-kbuild-", "linux-compiler-"];
    let parts = depends(place, &headers)?;
    packages
        .extend(parts.into_iter().filter(|name| kinds.iter().any(|kind| name.starts_with(kind))));
    packages.push(headers);
    // Only asked: an installation could take away other packages.
    let install = ["install", "--simulate", "--no-install-recommends", "qemu-system-x86"];
    let said = read(place.command("apt-get").args(install))?;
    let named = said.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    packages.extend(named.map(str::to_owned));
    Ok(packages)
}

fn unpack(place: &Place, folder: &Path, system: &System) -> Result<()> {
    let debs = folder.join("debs");
    for folder in [&debs, &system.root] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut download = place.command("apt-get");
    download.current_dir(&debs).args(["download", "-q"]);
    read(download.args(packages(place, &system.release)?))?;
    for deb in fs::read_dir(&debs).context("cannot read what was downloaded")? {
        let deb = deb?.path();
        watch(place.command("dpkg-deb").arg("-x").arg(&deb).arg(&system.root))?;
    }
    fs::remove_dir_all(&debs).context("cannot remove what was downloaded")
}

/// Builds the driver of virtual cameras as its package would, but in our folder.
fn build(place: &Place, system: &System) -> Result<()> {
    let sources = system.root.join("usr/src");
    let headers = sources.join(format!("linux-headers-{}", system.release));
    // The package expects to lie in the system's root.
    let makefile = headers.join("Makefile");
    let text = fs::read_to_string(&makefile).context("the kernel's headers have no Makefile")?;
    fs::write(&makefile, text.replace("/usr/src/", &format!("{}/", sources.display())))?;
    let folder = system.driver.parent().context("the driver has no folder")?;
    fs::create_dir_all(folder)?;
    let entries = fs::read_dir(&sources)?.flatten().map(|entry| entry.path());
    let named = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("v4l2loopback-"))
    };
    let driver = entries.into_iter().find(named).context("there is no source of v4l2loopback")?;
    for file in fs::read_dir(&driver)?.flatten().filter(|file| file.path().is_file()) {
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    let mut make = place.command("make");
    make.arg("-C").arg(&headers).arg(format!("M={}", folder.display())).args(["CC=gcc", "modules"]);
    read(&mut make).context("the driver of virtual cameras cannot be built")?;
    ensure!(system.driver.is_file(), "there is no {}", system.driver.display());
    Ok(())
}
