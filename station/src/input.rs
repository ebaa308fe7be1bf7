//! What this laptop reads codes with: a camera, scanners on serial lines, scanners that type, hands. One for each
//! process that has screens.
//!
//! Everything comes to one `bus`, which gives each reading a name and knows what only repeats another. Screens are
//! told, and act: which gate a reading is for is theirs to know.

mod bus;
mod eye;
mod lines;
mod preview;
mod scanners;
mod settings;

pub use lines::{
    DeclinedRequest, DeviceLine, DeviceState, HeardRequest, InputChange, InputCommand, InputLine,
    ReadingLine,
};

use crate::feed::{Feed, Happening};
use crate::folder::Folder;
use crate::problem::Problem;
use bus::Bus;
use domain::reading::Source;
use eye::{Eye, Opener, Parts};
use hardware::camera::{self, AtEnd, RealTime, SourceError, State};
use hardware::decode::{Options, Symbologies};
use hardware::film::Rate;
use scanners::Scanners;
use serde_json::Value;
use settings::Settings;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pictures of a folder are shown at this rate: each long enough to be seen by a person too.
const FOLDER_RATE: Rate = Rate::per_second(5);

/// How often it is looked which scanners are plugged in.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What a laptop reads codes with, where it was named when Lanyard was started.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct InputArgs {
    /// A film or a folder of pictures, seen as a camera would see it.
    #[arg(long, value_name = "FILE.y4m|DIR")]
    pub camera: Option<PathBuf>,
    /// A scanner on a serial line, by the path of its port; several are possible.
    #[arg(long, value_name = "PORT")]
    pub scanner: Vec<String>,
}

/// The inputs of a laptop.
#[derive(Debug, Clone)]
pub struct Inputs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: Folder,
    named: InputArgs,
    heart: Arc<Heart>,
    now: Mutex<Now>,
}

/// What readings pass through, shared with the threads that read.
#[derive(Debug)]
struct Heart {
    bus: Bus,
    feed: Feed,
}

#[derive(Debug, Default)]
struct Now {
    settings: Option<Settings>,
    eye: Option<Arc<Eye>>,
    scanners: Scanners,
}

impl Inputs {
    /// Those of a laptop with that data folder, and what was named. Nothing is opened before a screen looks.
    pub(crate) fn new(folder: Folder, named: InputArgs) -> Self {
        let heart = Arc::new(Heart { bus: Bus::new(), feed: Feed::default() });
        Self(Arc::new(Inner { folder, named, heart, now: Mutex::default() }))
    }

    /// Answers a screen.
    ///
    /// # Errors
    /// Where what was asked makes no sense, or the disk fails.
    pub(crate) fn answer(&self, command: InputCommand) -> Result<Value, Problem> {
        let line = match command {
            InputCommand::InputShow => json(&self.show()),
            InputCommand::InputSet(change) => {
                self.set(&change)?;
                json(&self.show())
            }
            InputCommand::InputHeard(heard) => json(&self.heard(&heard)?),
            InputCommand::InputDeclined(declined) => {
                self.0.heart.bus.decline(&declined.text);
                return Ok(serde_json::json!({ "lines": [], "notes": [] }));
            }
        };
        Ok(serde_json::json!({ "lines": [line], "notes": [] }))
    }

    /// Listens from now on; none where too many listen. From then on scanners are read.
    pub(crate) fn listen(&self) -> Option<Receiver<Arc<Happening>>> {
        let ears = self.0.heart.feed.listen();
        drop(self.now());
        ears
    }

    /// What the camera sees after a picture of that number, as bytes; waits half a second at most.
    pub(crate) fn preview(&self, after: u32) -> Vec<u8> {
        let eye = self.eye(&mut self.now());
        eye.map_or_else(|| preview::Shown::default().bytes(), |eye| eye.look(after).bytes())
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.settings.is_none() {
            let settings = Settings::read(&self.0.folder);
            now.scanners.choose(self.chosen(&settings));
            now.scanners.look(&self.0.heart);
            now.settings = Some(settings);
            self.look_for_scanners();
        }
        now
    }

    /// The scanners that are named or chosen.
    fn chosen(&self, settings: &Settings) -> Vec<String> {
        [&self.0.named.scanner[..], &settings.scanners[..]].concat()
    }

    /// Looks now and then which scanners are plugged in, for as long as there are these inputs.
    fn look_for_scanners(&self) {
        let inner = Arc::downgrade(&self.0);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK_EVERY);
                let Some(inputs) = inner.upgrade().map(Self) else { return };
                let has_changed = inputs.now().scanners.look(&inputs.0.heart);
                if has_changed {
                    inputs.0.heart.changed();
                }
            }
        });
    }

    fn show(&self) -> InputLine {
        let now = self.now();
        let settings = now.settings.clone().unwrap_or_default();
        let eye = now.eye.as_ref().and_then(|eye| eye.state());
        let film = self.0.named.camera.as_ref();
        let id = film.map_or(settings.camera, |film| film.display().to_string());
        InputLine {
            camera: (!id.is_empty()).then(|| state_of(id, eye)),
            fixed: film.is_some(),
            mirrored: settings.mirrored,
            symbologies: settings.symbologies,
            scanners: now.scanners.states(),
            prefix: settings.prefix,
            suffix: settings.suffix,
            cameras: cameras(),
            ports: now.scanners.ports(),
        }
    }

    fn set(&self, change: &InputChange) -> Result<(), Problem> {
        let mut now = self.now();
        let before = now.settings.clone().unwrap_or_default();
        let known: Vec<&str> = Symbologies::names().collect();
        let mut after = before.with(change, &known)?;
        // What was named for this time is not chosen for the next.
        after.scanners.retain(|id| !self.0.named.scanner.contains(id));
        if after == before {
            return Ok(());
        }
        after.write(&self.0.folder)?;
        if after.camera != before.camera || after.symbologies != before.symbologies {
            now.eye = None;
        }
        now.scanners.choose(self.chosen(&after));
        now.scanners.look(&self.0.heart);
        now.settings = Some(after);
        drop(now);
        self.0.heart.changed();
        Ok(())
    }

    fn heard(&self, heard: &HeardRequest) -> Result<ReadingLine, Problem> {
        let source = Source::parse(&heard.source);
        let source =
            source.filter(|one| matches!(one, Source::Wedge | Source::Typed | Source::Search));
        let source = source.ok_or_else(|| {
            let message = format!("\"{:.40}\" is no source of a screen.", heard.source);
            Problem::bad(message, "There are: wedge, typed, search.")
        })?;
        Ok(self.0.heart.bus.hear(source, None, &heard.text, Instant::now()))
    }

    /// The eye, where there is something to look with.
    fn eye(&self, now: &mut Now) -> Option<Arc<Eye>> {
        let settings = now.settings.clone().unwrap_or_default();
        let open = opener(self.0.named.camera.clone(), settings.camera)?;
        if now.eye.is_none() {
            let (heart, told) = (Arc::clone(&self.0.heart), Arc::clone(&self.0.heart));
            now.eye = Some(Arc::new(Eye::open(Parts {
                open,
                options: Options { symbologies: Symbologies::of(&settings.symbologies) },
                read: Box::new(move |codes, at| {
                    let Some((meant, others)) = codes.split_first() else { return };
                    others.iter().for_each(|code| heart.bus.sees(&code.text, at));
                    heart.read(Source::Camera, Some(meant.symbology.as_str()), &meant.text, at);
                }),
                changed: Box::new(move || told.changed()),
            })));
        }
        now.eye.clone()
    }
}

impl Heart {
    /// Tells the screens that what they read with is another, or is otherwise.
    fn changed(&self) {
        self.feed.tell(|| Some(Happening::Input));
    }

    /// Takes what a device has read, and tells the screens of it unless it only repeats.
    fn read(&self, source: Source, symbology: Option<&str>, text: &str, at: Instant) {
        let reading = self.bus.hear(source, symbology, text, at);
        if !reading.repeated {
            self.feed.tell(|| Some(Happening::Reading { reading }));
        }
    }
}

/// What opens the film or the camera; none where there is neither.
fn opener(film: Option<PathBuf>, camera: String) -> Option<Box<dyn FnMut() -> Opener + Send>> {
    if let Some(film) = film {
        return Some(Box::new(move || {
            let film = film.clone();
            Box::new(move || {
                camera::open_recorded(&film, FOLDER_RATE, AtEnd::Stop, Arc::new(RealTime))
            })
        }));
    }
    (!camera.is_empty()).then(|| -> Box<dyn FnMut() -> Opener + Send> {
        Box::new(move || {
            let camera = camera.clone();
            Box::new(move || webcam(&camera))
        })
    })
}

#[cfg(feature = "webcam")]
fn webcam(id: &str) -> Result<Box<dyn camera::Source>, SourceError> {
    camera::Webcam::open(Some(id))
}

#[cfg(not(feature = "webcam"))]
fn webcam(_id: &str) -> Result<Box<dyn camera::Source>, SourceError> {
    Err(SourceError::Unsupported("this Lanyard was built without cameras".to_owned()))
}

fn state_of(id: String, state: Option<State>) -> DeviceState {
    let (name, error) = match state {
        None => ("off", None),
        Some(State::Starting) => ("starting", None),
        Some(State::Running { .. }) => ("running", None),
        Some(State::Lost { error, .. }) => ("lost", Some(error)),
        Some(State::Ended) => ("ended", None),
    };
    let problem = error.as_ref().map(|error| problem_of(error).to_owned());
    let detail = error.map(|error| error.to_string());
    DeviceState { id, state: name.to_owned(), problem, detail }
}

const fn problem_of(error: &SourceError) -> &'static str {
    match error {
        SourceError::Denied(_) => "denied",
        SourceError::Busy(_) => "busy",
        SourceError::Gone(_) | SourceError::Ended => "gone",
        SourceError::Broken(_) | SourceError::Stalled | SourceError::Failed(_) => "broken",
        SourceError::Unsupported(_) => "unsupported",
    }
}

fn cameras() -> Vec<DeviceLine> {
    let line =
        |camera: camera::CameraName| DeviceLine { id: camera.id, name: camera.name, likely: true };
    camera::list().into_iter().map(line).collect()
}

fn json(line: &impl serde::Serialize) -> Value {
    serde_json::to_value(line).unwrap_or_default()
}
