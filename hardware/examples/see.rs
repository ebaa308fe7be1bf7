//! Looks through a camera of this machine as the app does: `see` lists the cameras, `see CAMERA SECONDS` opens the one
//! with that id or name and writes a line for each new state, and for each code that was not the last one.

use std::error::Error;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use hardware::camera::{Camera, State, Webcam, list};
use hardware::decode::{Decoder, Options};

/// States are looked at this often when no frames come.
const WAIT: Duration = Duration::from_millis(100);
/// A line of counts after so many frames.
const COUNTED: u64 = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let Some(wanted) = words.next() else {
        for camera in list() {
            writeln!(stdout(), "camera {} = {}", camera.id, camera.name)?;
        }
        return Ok(());
    };
    let seconds = words.next().map_or(Ok(10), |word| word.parse())?;
    // By name as well: its id is not known to who types it. Looked up anew each time, as it may not be there yet.
    let camera = Camera::start(move || {
        let named = list().into_iter().find(|camera| camera.name == wanted);
        Webcam::open(Some(&named.map_or_else(|| wanted.clone(), |camera| camera.id)))
    });
    watch(&camera, Instant::now() + Duration::from_secs(seconds))
}

fn watch(camera: &Camera, until: Instant) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    let mut decoder = Decoder::new(Options::default());
    let (mut number, mut last_state, mut last_code) = (0, String::new(), String::new());
    while Instant::now() < until {
        let frame = camera.latest(number, WAIT);
        let state = match camera.state() {
            State::Starting => "starting".to_owned(),
            State::Running { width, height, .. } => format!("running {width}x{height}"),
            State::Lost { error, .. } => format!("lost: {error}"),
            State::Ended => "ended".to_owned(),
        };
        if state != last_state {
            writeln!(out, "state {state}")?;
            last_state = state;
        }
        let Some(frame) = frame else { continue };
        if frame.number / COUNTED > number / COUNTED {
            writeln!(out, "frames {}", frame.number)?;
        }
        number = frame.number;
        for code in decoder.frame(&frame.luma).codes {
            if code.text != last_code {
                writeln!(out, "code {}", code.text)?;
                last_code = code.text;
            }
        }
    }
    Ok(())
}
