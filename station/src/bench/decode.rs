//! Codes in pictures: how many are read and what that takes, beside zxing-cpp on the same pictures in the same run, where
//! its Python package is installed.

use super::{BenchLine, quantile};
use crate::problem::Problem;
use hardware::decode::{Decoder, Options};
use hardware::{Luma, cpu, picture};
use serde::Deserialize;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Where the pictures are.
#[derive(Debug, Clone, clap::Args)]
pub struct Pictures {
    /// A folder of pictures. Beside each the text of its code in a file with the same name and the ending `.txt`; a
    /// picture without one, or with an empty one, has no code in it.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The Python that may have zxing-cpp and NumPy.
    #[arg(long, value_name = "FILE", default_value = "python3")]
    pub python: PathBuf,
}

/// Reads raw grey pictures (width, height, pixels) and says what zxing-cpp finds in each, and its thread's CPU time.
const FLOOR: &str = r#"
import json, struct, sys, time
import numpy, zxingcpp
print("{}", flush=True)
read = sys.stdin.buffer.read
while True:
    head = read(8)
    if len(head) < 8: break
    width, height = struct.unpack("<II", head)
    image = numpy.frombuffer(read(width * height), dtype=numpy.uint8).reshape(height, width)
    before = time.thread_time()
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    ms = (time.thread_time() - before) * 1000
    print(json.dumps({"texts": [one.text for one in found], "ms": ms}), flush=True)
"#;

/// Frames for which a picture without a code is shown.
const FRAMES: u32 = 12;

/// What one decoder made of all pictures.
#[derive(Debug, Default)]
struct Score {
    read: u32,
    wrong: u32,
    codes_ms: Vec<f64>,
    empty_ms: Vec<f64>,
    /// The same, as a camera would send them.
    stream_ms: Vec<f64>,
}

impl Score {
    fn add(&mut self, expected: Option<&str>, texts: &[String], ms: f64) {
        match expected {
            Some(text) => {
                self.codes_ms.push(ms);
                let is_read = |wanted: &str| texts.iter().any(|read| read.trim_end() == wanted);
                // Several codes stand one on a line; one code may have several lines.
                let all = is_read(text) || text.lines().all(is_read);
                self.read += u32::from(all);
                let known = |read: &str| read == text || text.lines().any(|line| line == read);
                self.wrong += u32::from(!texts.iter().all(|read| known(read.trim_end())));
            }
            None => {
                self.empty_ms.push(ms);
                self.wrong += u32::from(!texts.is_empty());
            }
        }
    }
}

pub(super) fn run(pictures: &Pictures) -> Result<Vec<BenchLine>, Problem> {
    let files = files(&pictures.dir)?;
    let mut floor = Floor::start(&pictures.python);
    let (mut ours, mut theirs) = (Score::default(), Score::default());
    let mut unreadable = 0_u32;
    for file in &files {
        let Some(luma) = picture::read(file).ok().and_then(|mut all| all.next()?.ok()) else {
            unreadable += 1;
            continue;
        };
        let expected = std::fs::read_to_string(file.with_extension("txt")).unwrap_or_default();
        let expected = Some(expected.trim_end()).filter(|text| !text.is_empty());
        let before = cpu::thread_ms();
        let look = Decoder::new(Options::default()).picture(&luma);
        let ms = cpu::thread_ms() - before;
        let texts: Vec<String> = look.codes.into_iter().map(|code| code.text).collect();
        if expected.is_none() {
            ours.stream_ms.extend(as_frames(&luma));
        }
        ours.add(expected, &texts, ms);
        if let Some((texts, ms)) = floor.as_mut().and_then(|floor| floor.read(&luma)) {
            theirs.add(expected, &texts, ms);
        }
    }
    Ok(lines(ours, theirs, unreadable))
}

/// What it takes to look at a picture for as many frames as every stage has its turn in.
fn as_frames(luma: &Luma) -> Vec<f64> {
    let mut decoder = Decoder::new(Options::default());
    let frame = |_| {
        let before = cpu::thread_ms();
        let _ = decoder.frame(luma);
        cpu::thread_ms() - before
    };
    (0..FRAMES).map(frame).collect()
}

fn lines(ours: Score, theirs: Score, unreadable: u32) -> Vec<BenchLine> {
    let count = |list: &[f64]| f64::from(u32::try_from(list.len()).unwrap_or(u32::MAX));
    let has_floor = !theirs.codes_ms.is_empty() || !theirs.empty_ms.is_empty();
    let line = |name: &str, value: f64, floor: f64, unit: &'static str| {
        if has_floor {
            BenchLine::over(name, value, floor, unit)
        } else {
            BenchLine::new(name, value, unit)
        }
    };
    let mut lines = vec![
        BenchLine::new("pictures with a code", count(&ours.codes_ms), "n"),
        BenchLine::new("pictures without one", count(&ours.empty_ms), "n"),
        BenchLine::new("files that are no picture", f64::from(unreadable), "n"),
        line(
            "pictures of which all codes are read",
            f64::from(ours.read),
            f64::from(theirs.read),
            "n",
        ),
        line(
            "pictures with another text read",
            f64::from(ours.wrong),
            f64::from(theirs.wrong),
            "n",
        ),
    ];
    for (name, mut ours, mut theirs) in [
        ("with a code", ours.codes_ms, theirs.codes_ms),
        ("without one", ours.empty_ms, theirs.empty_ms.clone()),
        ("without one, as a camera's", ours.stream_ms, theirs.empty_ms),
    ] {
        if ours.is_empty() {
            continue;
        }
        let mean = ours.iter().sum::<f64>() / count(&ours);
        let floor = theirs.iter().sum::<f64>() / count(&theirs).max(1.0);
        ours.sort_by(f64::total_cmp);
        theirs.sort_by(f64::total_cmp);
        for (figure, share) in [("median", 0.5), ("p95", 0.95)] {
            let (ours, theirs) = (quantile(&ours, share), quantile(&theirs, share));
            lines.push(line(&format!("{name}, CPU {figure}"), ours, theirs, "ms"));
        }
        lines.push(line(&format!("{name}, CPU mean"), mean, floor, "ms"));
    }
    lines
}

/// All pictures of a folder and of those in it, by name.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Problem> {
    let (mut folders, mut files) = (vec![dir.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| Problem::io(&folder, &e))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if picture::is_named_like_one(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// zxing-cpp in a process of its own.
struct Floor {
    child: Child,
    pictures: ChildStdin,
    lines: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct FloorLine {
    texts: Vec<String>,
    ms: f64,
}

impl Floor {
    /// None where it is not installed.
    fn start(python: &Path) -> Option<Self> {
        let mut command = Command::new(python);
        command.args(["-c", FLOOR]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().ok()?;
        let pictures = child.stdin.take()?;
        let mut lines = BufReader::new(child.stdout.take()?);
        let mut ready = String::new();
        lines.read_line(&mut ready).ok()?;
        let floor = Self { child, pictures, lines };
        (!ready.is_empty()).then_some(floor)
    }

    fn read(&mut self, luma: &Luma) -> Option<(Vec<String>, f64)> {
        for side in [luma.width(), luma.height()] {
            self.pictures.write_all(&side.to_le_bytes()).ok()?;
        }
        self.pictures.write_all(luma.pixels()).ok()?;
        self.pictures.flush().ok()?;
        let mut line = String::new();
        self.lines.read_line(&mut line).ok()?;
        let FloorLine { texts, ms } = serde_json::from_str(&line).ok()?;
        Some((texts, ms))
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
