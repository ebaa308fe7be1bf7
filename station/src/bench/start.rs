//! A process from its start to its first verdict, in a folder with many people and check-ins.

use super::disk::{Place, cannot, cpu_seconds_of, peak_memory_of, timed};
use super::verdict::{code_of, event};
use super::{BenchLine, Size, quantile};
use crate::folder::Folder;
use crate::problem::Problem;
use crate::station::Station;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Starts that are measured.
const STARTS: u32 = 11;

/// One start: milliseconds on the wall, CPU seconds, MiB.
fn start(program: &Path, folder: &Folder, number: u32) -> Result<(f64, f64, f64), Problem> {
    let io = |e: std::io::Error| Problem::io(program, &e);
    let mut child = Command::new(program)
        .args(["scan", "--json", "--gate", "main", "--data"])
        .arg(folder.path())
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(io)?;
    let measured = timed(|| -> Result<(f64, f64), Problem> {
        let (Some(stdin), Some(stdout)) = (child.stdin.as_mut(), child.stdout.as_mut()) else {
            return Err(cannot("the started process has no pipes"));
        };
        writeln!(stdin, "{}", code_of(number)).map_err(io)?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(io)?;
        let process = child.id().to_string();
        let cpu = cpu_seconds_of(&process).ok_or_else(|| cannot("there is no /proc"))?;
        let memory = peak_memory_of(&process).ok_or_else(|| cannot("there is no /proc"))?;
        Ok((cpu, memory))
    });
    drop(child.stdin.take());
    child.wait().map_err(io)?;
    let ((cpu, memory), wall) = measured?;
    Ok((wall, cpu, memory))
}

pub(super) fn run(size: &Size) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(size)?;
    let folder = event(&place, size)?;
    super::verdict::fill(&mut Station::new(folder.clone()), size)?;
    let program = std::env::current_exe().map_err(|e| Problem::io(Path::new("lanyard"), &e))?;
    let (mut walls, mut cpus, mut memories) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..STARTS {
        let (wall, cpu, memory) = start(&program, &folder, number)?;
        walls.push(wall);
        cpus.push(cpu * 1e3);
        memories.push(memory);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        quantile(&values, 0.5)
    };
    Ok(vec![
        BenchLine::new("start to first verdict, median", median(walls), "ms"),
        BenchLine::new("CPU of that, median", median(cpus), "ms"),
        BenchLine::new("most memory, median", median(memories), "MiB"),
    ])
}
