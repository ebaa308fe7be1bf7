//! `lanyard decode`: what is read in files, without an event, a station or a camera.

use super::show::Screen;
use crate::problem::Problem;
use hardware::cpu;
use hardware::decode::{Decoder, Look, Options, Symbologies};
use hardware::picture;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What to decode, and how.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Pictures {
    /// Pictures (PNG, JPEG, PGM) and films (Y4M, every frame of them), or folders of such files.
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Kinds of codes to look for beside QR: data_matrix, aztec, pdf417, code128.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    also: Vec<String>,
}

/// What was read in a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DecodeLine {
    /// The file, as it was named.
    pub(crate) file: String,
    /// What was read, the code that is meant first; in a film in the order in which codes appear.
    pub(crate) texts: Vec<String>,
    /// The kind of the first code.
    pub(crate) symbology: Option<&'static str>,
    /// CPU time of the thread that read the file and looked for codes, in milliseconds.
    pub(crate) cpu_ms: f64,
    /// What found the first code.
    pub(crate) stage: Option<&'static str>,
    /// Frames of a film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) frames: Option<u64>,
}

/// Decodes each file; whether each could be opened.
pub(super) fn run(pictures: &Pictures, screen: &mut Screen) -> Result<bool, Problem> {
    let unknown =
        pictures.also.iter().find(|name| !Symbologies::names().any(|known| known == *name));
    if let Some(name) = unknown {
        let known: Vec<&str> = Symbologies::names().collect();
        let message = format!("\"{name:.40}\" is no kind of code that can be read here.");
        return Err(Problem::bad(message, format!("There are: {}.", known.join(", "))));
    }
    let options = Options { symbologies: Symbologies::of(&pictures.also) };
    let mut good = true;
    for path in &pictures.images {
        let files = files(path);
        if files.is_empty() {
            good = false;
            let message = format!("{} is a folder without a picture.", path.display());
            let help = "Name files, or a folder that they are right in.";
            screen.problem(&Problem::bad(message, help));
        }
        for file in files {
            match decode(&file, &options) {
                Ok(line) => screen.decoded(&line),
                Err(problem) => {
                    good = false;
                    screen.problem(&problem);
                }
            }
        }
    }
    Ok(good)
}

/// The file, or those in the folder, by name.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.is_file() && picture::is_named_like_one(file));
    files.sort();
    files
}

/// What is read in one file.
pub(crate) fn decode(file: &Path, options: &Options) -> Result<DecodeLine, Problem> {
    let before = cpu::thread_ms();
    let name = file.display().to_string();
    let problem = |e: picture::PictureError| {
        Problem::bad(format!("{name}: {e}."), "The other files are read all the same.")
    };
    let pictures = picture::read(file).map_err(problem)?;
    let is_film = pictures.is_film();
    let mut decoder = Decoder::new(options.clone());
    let mut line = DecodeLine {
        file: name.clone(),
        texts: Vec::new(),
        symbology: None,
        cpu_ms: 0.0,
        stage: None,
        frames: is_film.then_some(0),
    };
    for luma in pictures {
        let luma = luma.map_err(problem)?;
        // A film is looked at as a camera's pictures would be.
        let look = if is_film { decoder.frame(&luma) } else { decoder.picture(&luma) };
        line.frames = line.frames.map(|frames| frames + 1);
        line.take(&look);
    }
    line.cpu_ms = ((cpu::thread_ms() - before) * 1000.0).round() / 1000.0;
    Ok(line)
}

impl DecodeLine {
    fn take(&mut self, look: &Look) {
        for code in &look.codes {
            if self.texts.is_empty() {
                self.symbology = Some(code.symbology.as_str());
                self.stage = look.stage.map(|stage| stage.as_str());
            }
            if !self.texts.contains(&code.text) {
                self.texts.push(code.text.clone());
            }
        }
    }
}
