//! The camera's thread and slot, its sources and their trouble: nothing here waits for time to pass.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests, which may"
)]

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hardware::Luma;
use hardware::camera::{
    AtEnd, Camera, Controls, Film, Folder, Frame, Glitch, Leaping, Odds, Pace, Shot, Source,
    SourceError, State, open_recorded,
};
use hardware::film::{Rate, Y4mWriter};

/// Longer than any wait of a test that works; a test that does not says so instead of hanging.
const LONG: Duration = Duration::from_secs(30);

fn tinted(value: u8) -> Luma {
    Luma::new(16, 12, vec![value; 16 * 12]).unwrap()
}

/// What a test tells a source to do next.
enum Tell {
    Show(u8),
    Fail(SourceError),
    Panic,
    /// Says that it hangs, and does until it is let go.
    Hang(SyncSender<()>, Receiver<()>),
}

/// A source that does what the test tells it, when it is told.
struct Told {
    orders: Arc<Mutex<Receiver<Tell>>>,
    asked: Arc<Mutex<Vec<Controls>>>,
    torch: Option<bool>,
}

impl Source for Told {
    fn next(&mut self) -> Result<Option<Shot>, SourceError> {
        let order = self.orders.lock().unwrap().recv_timeout(Duration::from_millis(10));
        match order {
            Ok(Tell::Show(value)) => Ok(Some(Shot { luma: tinted(value), taken: Instant::now() })),
            Ok(Tell::Fail(error)) => Err(error),
            Ok(Tell::Panic) => std::panic::panic_any("a driver's bug"),
            Ok(Tell::Hang(hangs, until)) => {
                hangs.send(()).unwrap();
                let _ = until.recv();
                Ok(None)
            }
            Err(_) => Ok(None),
        }
    }

    fn controls(&self) -> Controls {
        Controls { torch: self.torch, ..Controls::default() }
    }

    fn set(&mut self, wanted: Controls) -> Result<(), SourceError> {
        self.asked.lock().unwrap().push(wanted);
        self.torch = wanted.torch.or(self.torch);
        if wanted.torch.is_some() {
            Ok(())
        } else {
            Err(SourceError::Unsupported("only a lamp".to_owned()))
        }
    }
}

/// A camera, the voice that tells its source what to do, its clock, and what was set on it.
struct Stage {
    camera: Camera,
    tell: SyncSender<Tell>,
    pace: Arc<Leaping>,
    asked: Arc<Mutex<Vec<Controls>>>,
}

/// A camera that fails to open so many times at first, and each time after a loss that the test causes.
fn stage(refusals: Vec<SourceError>) -> Stage {
    let (tell, orders) = sync_channel(100);
    let pace = Arc::new(Leaping::default());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (orders, seen) = (Arc::new(Mutex::new(orders)), Arc::clone(&asked));
    let mut refusals = refusals.into_iter();
    let clock: Arc<dyn Pace> = pace.clone();
    let camera = Camera::start_at(clock, move || match refusals.next() {
        Some(error) => Err(error),
        None => Ok(Box::new(Told {
            orders: Arc::clone(&orders),
            asked: Arc::clone(&seen),
            torch: Some(false),
        })),
    });
    Stage { camera, tell, pace, asked }
}

fn value(frame: &Frame) -> u8 {
    frame.luma.pixels()[0]
}

fn gone() -> SourceError {
    SourceError::Gone("unplugged".to_owned())
}

#[test]
fn a_slow_reader_sees_the_newest_frame() {
    let Stage { camera, tell, .. } = stage(Vec::new());
    assert!(matches!(camera.state(), State::Starting));
    assert!(camera.latest(0, Duration::ZERO).is_none(), "no frame yet, and no wait asked for");
    for value in 1..=50 {
        tell.send(Tell::Show(value)).unwrap();
    }
    assert_eq!(camera.latest(49, LONG).unwrap().number, 50);
    let newest = camera.latest(0, Duration::ZERO).unwrap();
    assert_eq!((newest.number, value(&newest)), (50, 50), "the forty-nine before it are gone");
    assert!(camera.latest(50, Duration::ZERO).is_none(), "nothing newer");
    assert!(matches!(camera.state(), State::Running { width: 16, height: 12, .. }));
}

#[test]
fn two_readers_see_the_same_frame() {
    let Stage { camera, tell, .. } = stage(Vec::new());
    std::thread::scope(|scope| {
        let readers = [(), ()].map(|()| scope.spawn(|| camera.latest(0, LONG).unwrap()));
        tell.send(Tell::Show(7)).unwrap();
        let [one, other] = readers.map(|reader| reader.join().unwrap());
        assert!(Arc::ptr_eq(&one, &other), "shared, not copied");
        assert_eq!(value(&one), 7);
    });
}

#[test]
fn an_unplugged_camera_comes_back_and_goes_on_counting() {
    let Stage { camera, tell, .. } = stage(Vec::new());
    tell.send(Tell::Show(1)).unwrap();
    assert_eq!(camera.latest(0, LONG).unwrap().number, 1);
    tell.send(Tell::Fail(gone())).unwrap();
    tell.send(Tell::Show(2)).unwrap();
    let frame = camera.latest(1, LONG).unwrap();
    assert_eq!((frame.number, value(&frame)), (2, 2));
    assert!(matches!(camera.state(), State::Running { .. }));
}

#[test]
fn tries_grow_rarer_up_to_four_seconds() {
    let Stage { camera, tell, pace, .. } = stage(vec![gone(); 7]);
    tell.send(Tell::Show(1)).unwrap();
    assert!(camera.latest(0, LONG).is_some());
    assert_eq!(pace.waited(), Duration::from_millis(250 + 500 + 1_000 + 2_000 + 3 * 4_000));
}

#[test]
fn a_camera_that_worked_for_a_second_is_opened_soon_again() {
    let Stage { camera, tell, pace, .. } = stage(vec![gone(); 7]);
    for value in 0..30 {
        tell.send(Tell::Show(value)).unwrap();
    }
    assert!(camera.latest(29, LONG).is_some());
    let before = pace.waited();
    tell.send(Tell::Fail(gone())).unwrap();
    tell.send(Tell::Show(1)).unwrap();
    assert!(camera.latest(30, LONG).is_some());
    assert_eq!(pace.waited() - before, Duration::from_millis(250));
}

/// A clock that stands still, so that what happens between two tries can be looked at.
#[derive(Debug)]
struct Still(Instant);

impl Pace for Still {
    fn now(&self) -> Instant {
        self.0
    }

    fn wait(&self, _: Duration) {
        std::thread::yield_now();
    }
}

#[test]
fn a_lost_camera_says_why_and_when_it_is_tried_again() {
    let errors = [
        SourceError::Denied("x".to_owned()),
        SourceError::Busy("x".to_owned()),
        gone(),
        SourceError::Unsupported("x".to_owned()),
        SourceError::Failed("x".to_owned()),
    ];
    for expected in errors {
        let (said, opened) = sync_channel(1);
        let refusal = expected.clone();
        let camera = Camera::start_at(Arc::new(Still(Instant::now())), move || {
            let _ = said.try_send(());
            Err(refusal.clone())
        });
        opened.recv_timeout(LONG).unwrap();
        let started = Instant::now();
        let state = loop {
            match camera.state() {
                State::Starting if started.elapsed() < LONG => std::thread::yield_now(),
                other => break other,
            }
        };
        assert_eq!(state, State::Lost { error: expected, again_in: Duration::from_millis(250) });
    }
}

#[test]
fn the_end_of_a_recording_wakes_its_readers() {
    let Stage { camera, tell, .. } = stage(Vec::new());
    tell.send(Tell::Show(1)).unwrap();
    tell.send(Tell::Fail(SourceError::Ended)).unwrap();
    assert!(camera.latest(1, LONG).is_none(), "none is to come");
    assert_eq!(camera.state(), State::Ended);
    assert_eq!(camera.latest(0, LONG).unwrap().number, 1, "the last one stays");
}

#[test]
fn a_panic_is_a_broken_source() {
    let Stage { camera, tell, pace, .. } = stage(Vec::new());
    tell.send(Tell::Show(1)).unwrap();
    // The panic holds the lock of the orders no more: it is let go before.
    tell.send(Tell::Panic).unwrap();
    tell.send(Tell::Show(2)).unwrap();
    assert_eq!(value(&camera.latest(1, LONG).unwrap()), 2);
    assert_eq!(pace.waited(), Duration::from_millis(250), "it was opened anew");
}

#[test]
fn a_panic_while_opening_or_closing_is_a_broken_source_too() {
    struct Bomb;
    impl Source for Bomb {
        fn next(&mut self) -> Result<Option<Shot>, SourceError> {
            Err(gone())
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::panic_any("a driver's bug while it is closed".to_owned());
        }
    }
    let mut tries = 0;
    let camera = Camera::start_at(Arc::new(Leaping::default()), move || {
        tries += 1;
        match tries {
            1 => std::panic::panic_any("a driver's bug while it is opened"),
            2 => Ok(Box::new(Bomb)),
            _ => Err(SourceError::Ended),
        }
    });
    assert!(camera.latest(0, LONG).is_none());
    assert_eq!(camera.state(), State::Ended);
}

#[test]
fn damaged_frames_are_skipped_but_not_for_ever() {
    let broken = || Tell::Fail(SourceError::Broken("cut off".to_owned()));
    let Stage { camera, tell, pace, .. } = stage(Vec::new());
    for _ in 0..90 {
        tell.send(broken()).unwrap();
    }
    tell.send(Tell::Show(1)).unwrap();
    assert_eq!(camera.latest(0, LONG).unwrap().number, 1);
    assert!(pace.waited() < Duration::from_secs(1), "never opened anew");
    let before = pace.waited();
    for _ in 0..151 {
        tell.send(broken()).unwrap();
    }
    tell.send(Tell::Show(2)).unwrap();
    assert_eq!(camera.latest(1, LONG).unwrap().number, 2);
    assert_eq!(pace.waited() - before, Duration::from_millis(150 * 5 + 250), "opened anew once");
}

#[test]
fn a_hanging_driver_is_told_and_left_behind() {
    let Stage { camera, tell, pace, .. } = stage(Vec::new());
    let (release, until) = sync_channel(0);
    let (hangs, hung) = sync_channel(1);
    tell.send(Tell::Show(1)).unwrap();
    tell.send(Tell::Hang(hangs, until)).unwrap();
    hung.recv_timeout(LONG).unwrap();
    pace.wait(Duration::from_secs(4));
    assert!(matches!(camera.state(), State::Running { .. }), "four seconds may be a slow driver");
    pace.wait(Duration::from_secs(2));
    let stalled = State::Lost { error: SourceError::Stalled, again_in: Duration::ZERO };
    assert_eq!(camera.state(), stalled);
    let dropped = Instant::now();
    drop(camera);
    assert!(dropped.elapsed() < Duration::from_secs(5), "the owner does not hang too");
    drop(release);
}

#[test]
fn stopping_does_not_wait_for_the_next_try() {
    let camera = Camera::start_at(Arc::new(Still(Instant::now())), || Err(gone()));
    let dropped = Instant::now();
    drop(camera);
    assert!(dropped.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_set_outlives_an_unplugging() {
    let Stage { camera, tell, asked, .. } = stage(Vec::new());
    tell.send(Tell::Show(1)).unwrap();
    assert!(camera.latest(0, LONG).is_some());
    assert_eq!(camera.controls().torch, Some(false));
    camera.set(Controls { torch: Some(true), exposure_us: Some(8_000), ..Controls::default() });
    // Of two frames sent now the second is surely fetched after the setting.
    tell.send(Tell::Show(2)).unwrap();
    tell.send(Tell::Show(3)).unwrap();
    assert!(camera.latest(2, LONG).is_some());
    assert_eq!(camera.controls().torch, Some(true));
    tell.send(Tell::Fail(gone())).unwrap();
    tell.send(Tell::Show(4)).unwrap();
    assert!(camera.latest(3, LONG).is_some());
    assert_eq!(camera.controls().torch, Some(true));
    let torch = Controls { torch: Some(true), ..Controls::default() };
    let exposure = Controls { exposure_us: Some(8_000), ..Controls::default() };
    assert_eq!(*asked.lock().unwrap(), [torch, exposure, torch, exposure]);
}

/// A source that always has a frame.
struct Steady(Arc<dyn Pace>, u8);

impl Source for Steady {
    fn next(&mut self) -> Result<Option<Shot>, SourceError> {
        self.0.wait(Duration::from_millis(33));
        self.1 = self.1.wrapping_add(1);
        Ok(Some(Shot { luma: tinted(self.1), taken: self.0.now() }))
    }
}

#[test]
fn a_camera_survives_every_kind_of_trouble() {
    for seed in 0..200 {
        let pace: Arc<dyn Pace> = Arc::new(Leaping::default());
        let glitch = Glitch::new(seed, Odds::WILD, Arc::clone(&pace));
        let (trouble, clock) = (glitch.clone(), Arc::clone(&pace));
        let camera = Camera::start_at(pace, move || {
            trouble.open(|| Ok(Box::new(Steady(Arc::clone(&clock), 0))))
        });
        let mut last = 0;
        while glitch.pulled() < 2 {
            let frame = camera
                .latest(last, LONG)
                .unwrap_or_else(|| panic!("seed {seed}: {:?}", camera.state()));
            assert!(frame.number > last, "seed {seed}");
            last = frame.number;
        }
        // A source that was pulled out gives nothing more: whatever comes now comes from one that was opened since.
        let newest = camera.latest(0, LONG).unwrap().number;
        assert!(camera.latest(newest, LONG).is_some(), "seed {seed}: not back");
    }
}

#[test]
fn the_same_seed_makes_the_same_trouble() {
    let run = |seed| {
        let pace: Arc<dyn Pace> = Arc::new(Leaping::default());
        let glitch = Glitch::new(seed, Odds::WILD, Arc::clone(&pace));
        let mut told = Vec::new();
        while told.len() < 500 {
            match glitch.open(|| Ok(Box::new(Steady(Arc::clone(&pace), 0)))) {
                Err(error) => told.push(error.to_string()),
                Ok(mut source) => loop {
                    let next = source.next();
                    told.push(format!("{next:?}"));
                    if matches!(next, Err(SourceError::Gone(_))) {
                        break;
                    }
                },
            }
        }
        told
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
    let all = run(3).join("\n");
    for kind in ["16x12", "16x6", "None", "cut off", "no picture of", "pulled out"] {
        assert!(all.contains(kind), "no {kind} in\n{all}");
    }
}

fn write_film(path: &Path, frames: u8, rate: Rate) {
    let mut film = Y4mWriter::mono(std::fs::File::create(path).unwrap(), 16, 12, rate).unwrap();
    (0..frames).for_each(|value| film.frame(&tinted(value)).unwrap());
    film.finish().unwrap();
}

/// Everything that a source says up to its end or so many frames.
fn watch(source: &mut dyn Source, most: usize) -> (Vec<u8>, usize) {
    let (mut values, mut broken) = (Vec::new(), 0);
    while values.len() < most {
        match source.next() {
            Ok(Some(shot)) => values.push(shot.luma.pixels()[0]),
            Ok(None) => {}
            Err(SourceError::Broken(_)) => broken += 1,
            Err(SourceError::Ended) => break,
            Err(error) => panic!("{error}"),
        }
    }
    (values, broken)
}

#[test]
fn a_film_plays_at_its_own_pace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film");
    for (rate, gap) in [(Rate::per_second(25), 40), (Rate::per_second(2), 500)] {
        write_film(&path, 5, rate);
        let pace = Arc::new(Leaping::default());
        let mut film = Film::open(&path, Rate::per_second(100), AtEnd::Stop, pace.clone()).unwrap();
        assert_eq!(watch(&mut film, 100).0, [0, 1, 2, 3, 4]);
        // The first at once, then a gap before each and before the end.
        assert_eq!(pace.waited(), Duration::from_millis(gap * 5));
    }
}

#[test]
fn a_film_begins_again_and_one_without_frames_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.y4m");
    let pace = || Arc::new(Leaping::default());
    write_film(&path, 3, Rate::USUAL);
    let clock = pace();
    let mut film = open_recorded(&path, Rate::USUAL, AtEnd::Again, clock.clone()).unwrap();
    assert_eq!(watch(film.as_mut(), 8).0, [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(clock.waited(), Rate::USUAL.period() * 7, "no gap where it begins again");
    write_film(&path, 0, Rate::USUAL);
    let mut film = open_recorded(&path, Rate::USUAL, AtEnd::Again, pace()).unwrap();
    assert!(watch(film.as_mut(), 8).0.is_empty());
    let none = Film::open(folder.path().join("none"), Rate::USUAL, AtEnd::Stop, pace());
    assert!(matches!(none, Err(SourceError::Gone(_))));
    std::fs::write(&path, "no film").unwrap();
    let none = Film::open(&path, Rate::USUAL, AtEnd::Stop, pace());
    assert!(matches!(none, Err(SourceError::Unsupported(_))));
}

#[test]
fn a_running_film_says_its_rate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.y4m");
    write_film(&path, 50, Rate::per_second(20));
    let pace: Arc<dyn Pace> = Arc::new(Leaping::default());
    let clock = Arc::clone(&pace);
    let camera = Camera::start_at(pace, move || {
        open_recorded(&path, Rate::USUAL, AtEnd::Again, Arc::clone(&clock))
    });
    assert!(camera.latest(40, LONG).is_some());
    let State::Running { fps, .. } = camera.state() else { panic!("{:?}", camera.state()) };
    assert!((15.0..25.0).contains(&fps), "{fps}");
}

#[test]
fn jpegs_one_behind_another_play_at_the_given_pace() {
    let [good, other] = [&include_bytes!("frames/c420.jpg")[..], include_bytes!("frames/busy.jpg")];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mjpeg");
    std::fs::write(&path, [good, &other[..900], good, other].concat()).unwrap();
    let pace = Arc::new(Leaping::default());
    let mut film = Film::open(&path, Rate::per_second(10), AtEnd::Stop, pace.clone()).unwrap();
    let (values, broken) = watch(&mut film, 100);
    assert_eq!((values.len(), broken), (3, 1));
    assert_eq!(pace.waited(), Duration::from_millis(400));
}

#[test]
fn a_folder_is_shown_in_the_order_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let open = |at_end| {
        Folder::open(folder.path(), Rate::per_second(2), at_end, Arc::new(Leaping::default()))
    };
    assert!(matches!(open(AtEnd::Stop), Err(SourceError::Unsupported(_))), "an empty folder");
    for (name, bytes) in [
        ("b.pgm", &b"P5 1 1 255 \x02"[..]),
        ("a.png", b"P5 1 1 255 \x01"),
        ("c.txt", b"a list of people"),
        ("d.pgm", b"P2 1 1 255 4"),
        (".hidden", b"P5 1 1 255 \x09"),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    std::fs::create_dir(folder.path().join("deeper")).unwrap();
    assert_eq!(watch(&mut open(AtEnd::Stop).unwrap(), 100), (vec![1, 2, 4], 1));
    assert_eq!(watch(&mut open(AtEnd::Again).unwrap(), 5).0, [1, 2, 4, 1, 2]);
    let none = open_recorded(
        &folder.path().join("none"),
        Rate::USUAL,
        AtEnd::Stop,
        Arc::new(Leaping::default()),
    );
    assert!(matches!(none.map(|_| ()), Err(SourceError::Gone(_))));
}

#[test]
fn cameras_are_listed_without_trouble() {
    for camera in hardware::camera::list() {
        assert!(!camera.id.is_empty() && !camera.name.is_empty());
    }
}
