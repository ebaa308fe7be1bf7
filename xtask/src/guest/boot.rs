//! The guest's first file system, and its run: bounded, without a network, with two serial lines into files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Given;
use super::system::System;
use crate::place::{Place, line};

/// Half a minute on a calm machine; a guest that hangs is ended.
const RUN_MAX: Duration = Duration::from_secs(180);
/// How often it is looked whether the guest has ended.
const LOOK: Duration = Duration::from_millis(200);
/// What the guest needs for the host's files, and for cameras.
const MODULES: [(&str, &[&str]); 2] = [
    ("order", &["virtio_pci", "9pnet_virtio", "9p", "overlay"]),
    ("media", &["vivid", "videodev"]),
];

/// What a run left.
pub(super) struct Said {
    /// What `see` said.
    pub(super) result: String,
    /// What the kernel and the scripts said.
    pub(super) console: String,
    pub(super) took: Duration,
}

pub(super) fn run(place: &Place, system: &System, given: &Given) -> Result<Said> {
    let folder = std::env::temp_dir().join(format!("lanyard-guest-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let said = run_in(place, system, given, &folder);
    let _ = fs::remove_dir_all(&folder);
    said
}

fn run_in(place: &Place, system: &System, given: &Given, folder: &Path) -> Result<Said> {
    let first = first(place, system, given, folder)?;
    let begun = Instant::now();
    let mut qemu = qemu(place, system, &first, folder);
    let mut child = qemu.spawn().with_context(|| format!("cannot start {}", line(&qemu)))?;
    let ended = wait(&mut child)?;
    let took = begun.elapsed();
    let text = |name: &str| {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let mut console = text("console");
    if !ended {
        console.push_str("\n(ended after three minutes)\n");
    }
    Ok(Said { result: text("result"), console, took })
}

/// False where it had to be ended.
fn wait(child: &mut Child) -> Result<bool> {
    let until = Instant::now() + RUN_MAX;
    while Instant::now() < until {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "QEMU ended with {status}: its message is above");
            return Ok(true);
        }
        sleep(LOOK);
    }
    child.kill().and_then(|()| child.wait()).context("cannot end QEMU")?;
    Ok(false)
}

fn qemu(place: &Place, system: &System, first: &Path, folder: &Path) -> Command {
    let under = |path: &str| system.root.join(path);
    let own = under("usr/bin/qemu-system-x86_64");
    let mut qemu = place.command(if own.is_file() { own } else { "qemu-system-x86_64".into() });
    // Where a library is the system's own, it is not in our folder.
    let libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"].map(under);
    if let Ok(paths) = std::env::join_paths(libraries) {
        qemu.env("LD_LIBRARY_PATH", paths);
    }
    for firmware in ["usr/share/qemu", "usr/share/seabios"].map(under) {
        if firmware.is_dir() {
            qemu.arg("-L").arg(firmware);
        }
    }
    // Without the processor's help, as guests within guests often hang with it.
    qemu.args(["-machine", "q35,accel=tcg", "-cpu", "max", "-smp", "2", "-m", "1024"]);
    qemu.args(["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-nic", "none"]);
    qemu.arg("-kernel").arg(under("boot").join(format!("vmlinuz-{}", system.release)));
    qemu.arg("-initrd").arg(first).args(["-append", "console=ttyS0 quiet panic=-1"]);
    for name in ["console", "result"] {
        qemu.arg("-serial").arg(format!("file:{}", folder.join(name).display()));
    }
    qemu.args(["-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"]);
    qemu.args(["-device", "virtio-9p-pci,fsdev=root,mount_tag=root"]).stdin(Stdio::null());
    qemu
}

/// The archive that the kernel starts from.
fn first(place: &Place, system: &System, given: &Given, folder: &Path) -> Result<PathBuf> {
    let (tree, busybox) = (folder.join("tree"), system.root.join("bin/busybox"));
    let modules = tree.join("modules");
    fs::create_dir_all(&modules)?;
    copy(&busybox, &tree.join("busybox"))?;
    let scripts = place.root.join("tests/guest");
    copy(&scripts.join("init"), &tree.join("init"))?;
    copy(&scripts.join("cameras.sh"), &tree.join("cameras.sh"))?;
    copy(&system.driver, &modules.join("v4l2loopback.ko"))?;
    let of_kernel = system.root.join("lib/modules").join(&system.release);
    let known = fs::read_to_string(of_kernel.join("modules.dep")).context("no list of modules")?;
    for (list, wanted) in MODULES {
        let mut names = String::new();
        for path in in_order(&known, wanted)? {
            let name = Path::new(path).file_name().context("a module without a name")?;
            copy(&of_kernel.join(path), &modules.join(name))?;
            names.push_str(&name.to_string_lossy());
            names.push('\n');
        }
        fs::write(modules.join(list), names)?;
    }
    fs::write(tree.join("given"), variables(given))?;
    let first = folder.join("first.cpio");
    archive(place, &busybox, &tree, &first)?;
    Ok(first)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display())).map(|_| ())
}

/// Files of these modules and of all that they depend on, each after those that it needs.
fn in_order<'a>(known: &'a str, wanted: &[&str]) -> Result<Vec<&'a str>> {
    let mut order: Vec<&str> = Vec::new();
    for module in wanted {
        let is_it = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            name.split_once(".ko").is_some_and(|(name, _)| name == *module)
        };
        let (path, needs) = known
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(path, _)| is_it(path))
            .with_context(|| format!("the kernel has no module {module}"))?;
        // The list has what is needed by all others last.
        for one in needs.split_whitespace().rev().chain([path]) {
            if !order.contains(&one) {
                order.push(one);
            }
        }
    }
    Ok(order)
}

/// What the scripts read: `NAME='value'`.
fn variables(given: &Given) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let [first, second, third] = &given.codes;
    let lines = [
        ("SEE", given.see.display().to_string()),
        ("SHOW", given.show.display().to_string()),
        ("CODE_1", first.clone()),
        ("CODE_2", second.clone()),
        ("CODE_3", third.clone()),
    ];
    lines.map(|(name, value)| format!("{name}={}\n", quoted(&value))).concat()
}

fn archive(place: &Place, busybox: &Path, tree: &Path, to: &Path) -> Result<()> {
    let mut names = ["busybox", "init", "cameras.sh", "given", "modules"].join("\n");
    for entry in fs::read_dir(tree.join("modules"))?.flatten() {
        names.push_str(&format!("\nmodules/{}", entry.file_name().to_string_lossy()));
    }
    names.push('\n');
    let mut cpio = place.command(busybox);
    cpio.current_dir(tree).args(["cpio", "-o", "-H", "newc"]);
    let out = fs::File::create(to).with_context(|| format!("cannot write {}", to.display()))?;
    let mut child = cpio.stdin(Stdio::piped()).stdout(out).stderr(Stdio::null()).spawn()?;
    child.stdin.take().context("cpio has no input")?.write_all(names.as_bytes())?;
    ensure!(child.wait()?.success(), "the guest's first file system cannot be packed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_after_what_they_need() {
        let known = "kernel/a/low.ko:\nkernel/b/mid.ko.xz: kernel/a/low.ko\n\
                     kernel/c/top.ko: kernel/b/mid.ko.xz kernel/a/low.ko\nkernel/c/stop.ko:\n";
        let order = in_order(known, &["top", "low"]).unwrap();
        assert_eq!(order, ["kernel/a/low.ko", "kernel/b/mid.ko.xz", "kernel/c/top.ko"]);
        assert!(in_order(known, &["op"]).is_err());
    }
}
