//! What a laptop reads codes with: pictures and films from files, and scanners on serial lines that are pulled and
//! plugged while a station serves its screens.

use hardware::Luma;
use hardware::film::{Rate, Y4mWriter};
use hardware::generate::{Condition, picture};
use serde_json::{Value, json};
use std::process::Command;
use tests::{Place, Ran, Served};

/// As a PGM file.
fn pgm(luma: &Luma) -> Vec<u8> {
    let mut bytes = format!("P5 {} {} 255\n", luma.width(), luma.height()).into_bytes();
    bytes.extend_from_slice(luma.pixels());
    bytes
}

/// A picture of that kind, as a file, and what is in it.
fn sample(place: &Place, seed: u64, condition: Condition) -> (String, Vec<String>) {
    let (luma, texts) = picture(seed, condition);
    (place.file(&format!("{}-{seed}.pgm", condition.as_str()), pgm(&luma)), texts)
}

fn decode(place: &Place, words: &[&str]) -> Ran {
    let mut command = place.command(&["decode", "--json"]);
    command.args(words);
    Ran::of(command, b"")
}

fn sorted(texts: &Value) -> Vec<&str> {
    let mut texts: Vec<&str> = texts.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn pictures_are_decoded_a_line_each_in_their_order() {
    let place = Place::new();
    let (one, said) = sample(&place, 3, Condition::Turned);
    let (none, _) = sample(&place, 3, Condition::Empty);
    let (four, mut all) = sample(&place, 3, Condition::Several);
    all.sort();
    let dot = place.file("dot.pgm", b"P5 1 1 255\n\x80");
    let ran = decode(&place, &[&one, &none, &four, &dot]);
    let lines = ran.ok();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["file"], one.as_str());
    assert_eq!(lines[0]["texts"], json!(said));
    assert_eq!((&lines[0]["symbology"], &lines[0]["stage"]), (&json!("qr"), &json!("fast")));
    assert!(lines[0]["cpu_ms"].as_f64().unwrap() > 0.0);
    assert_eq!((&lines[1]["texts"], &lines[1]["stage"]), (&json!([]), &Value::Null));
    assert_eq!(sorted(&lines[2]["texts"]), all);
    assert_eq!(lines[3]["texts"], json!([]));
}

#[test]
fn a_film_is_decoded_frame_by_frame() {
    let place = Place::new();
    let (first, mut said) = picture(5, Condition::Size);
    let (second, more) = picture(6, Condition::Turned);
    let empty = picture(7, Condition::Empty).0;
    said.extend(more);
    let rate = Rate::per_second(30);
    let mut film = Y4mWriter::mono(Vec::new(), first.width(), first.height(), rate).unwrap();
    for luma in [&empty, &first, &first, &empty, &second] {
        film.frame(luma).unwrap();
    }
    let path = place.file("raised.y4m", film.finish().unwrap());
    let line = decode(&place, &[&path]).one();
    assert_eq!((&line["texts"], &line["frames"]), (&json!(said), &json!(5)));
}

#[test]
fn what_is_no_picture_is_said_and_the_others_are_read() {
    let place = Place::new();
    let (good, said) = sample(&place, 4, Condition::Size);
    let whole = pgm(&picture(4, Condition::Size).0);
    let cut = place.file("cut.pgm", &whole[..whole.len() / 2]);
    let huge = place.file("huge.pgm", b"P5 20000 20000 255\n\x00");
    let text = place.file("text.png", b"no picture at all");
    let gone = place.path().join("gone.jpg").display().to_string();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let empty = place.path().join("empty").display().to_string();
    for bad in [&cut, &huge, &text, &gone, &empty] {
        let ran = decode(&place, &[bad, &good]);
        assert_ne!(ran.code, 0, "{ran}");
        let lines = ran.lines();
        let last = lines.last().unwrap();
        assert_eq!(last["texts"], json!(said), "{ran}");
        assert!(
            ran.stdout.contains("error") || !ran.stderr.is_empty(),
            "{bad} is not spoken of: {ran}"
        );
    }
}

/// What the children of a shell took, in seconds, as `times` prints it: `0m1.23s 0m0.04s`, in its last line.
fn children_seconds(times: &str) -> f64 {
    let last = times.lines().last().unwrap();
    let seconds = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    };
    last.split_whitespace().map(seconds).sum()
}

#[cfg(unix)]
#[test]
fn the_time_that_is_told_is_the_time_that_is_taken() {
    let place = Place::new();
    let files: Vec<String> = (0..8).map(|seed| sample(&place, seed, Condition::Mixed).0).collect();
    let decode = place.command(&["decode", "--json"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$@\"; times", "sh"]).arg(decode.get_program()).args(decode.get_args());
    shell.args(files.iter().cycle().take(200));
    let ran = Ran::of(shell, b"");
    let told: Vec<f64> = ran
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?["cpu_ms"].as_f64())
        .collect();
    assert_eq!(told.len(), 200);
    let told = told.iter().sum::<f64>() / 1000.0;
    let taken = children_seconds(&ran.stdout);
    assert!((told / taken - 1.0).abs() < 0.15, "told {told} s, taken {taken} s");
}

/// Asks for what the camera sees: status and bytes.
fn look(served: &Served, token: &str) -> (u16, Vec<u8>) {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent
        .get(format!("http://{}/api/preview?after=0", served.http))
        .header("authorization", format!("Bearer {token}"));
    let mut response = request.call().expect("an answer");
    (response.status().as_u16(), response.body_mut().read_to_vec().expect("bytes"))
}

#[test]
fn a_camera_is_shown_to_who_has_the_token_and_its_code_told_once() {
    let place = Place::with_event();
    let (shown, said) = picture(9, Condition::Turned);
    let rate = Rate::per_second(30);
    let mut film = Y4mWriter::mono(Vec::new(), shown.width(), shown.height(), rate).unwrap();
    for _ in 0..45 {
        film.frame(&shown).unwrap();
    }
    let path = place.file("held.y4m", film.finish().unwrap());
    let words = ["serve", "--sync", "127.0.0.1:0", "--no-discovery", "--camera", &path];
    let served = Served::of_live(place.live(&words));
    let feed = served.feed();
    assert_eq!(look(&served, "00").0, 401);
    let mut read = Vec::new();
    // As long as somebody looks, the camera is on; a film ends.
    loop {
        let (status, bytes) = look(&served, &served.token);
        assert_eq!(status, 200);
        read.extend(feed.try_iter().filter(|what| what["kind"] == "reading"));
        if bytes[8] == 4 {
            break;
        }
    }
    read.extend(feed.try_iter().filter(|what| what["kind"] == "reading"));
    let texts: Vec<&Value> = read.iter().map(|what| &what["reading"]["text"]).collect();
    assert_eq!(texts, [&json!(said[0])]);
    assert_eq!(read[0]["reading"]["source"], "camera");
}

#[cfg(unix)]
mod serial {
    use super::*;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::fs::File;
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::sync::mpsc::Receiver;
    use std::time::Duration;

    /// The far end of a pseudo-terminal whose near end has that name.
    fn plug(name: &Path) -> File {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        symlink(ptsname(&end, Vec::new()).unwrap().to_str().unwrap(), name).unwrap();
        File::from(end)
    }

    fn next(feed: &Receiver<Value>, kind: &str) -> Value {
        loop {
            let what = feed.recv_timeout(Duration::from_secs(60)).expect("it happens");
            if what["kind"] == kind {
                return what;
            }
        }
    }

    /// Waits until the scanner is so; the screens are told of each change.
    fn until(served: &Served, feed: &Receiver<Value>, state: &str) {
        loop {
            let line = served.one("input_show", &json!({ "args": {} }));
            if line["scanners"][0]["state"] == state {
                return;
            }
            let _ = next(feed, "input");
        }
    }

    #[test]
    fn a_scanner_that_is_pulled_and_plugged_is_heard_again_at_the_screens() {
        let place = Place::with_event();
        let name = place.path().join("scanner");
        let path = name.to_str().unwrap();
        let words = ["serve", "--sync", "127.0.0.1:0", "--no-discovery", "--scanner", path];
        let served = Served::of_live(place.live(&words));
        let feed = served.feed();
        until(&served, &feed, "lost");
        let line = served.one("input_show", &json!({ "args": {} }));
        assert_eq!(line["scanners"][0]["problem"], "gone");
        for round in 0..2 {
            let mut scanner = plug(&name);
            until(&served, &feed, "running");
            for number in 0..20 {
                write!(scanner, "]Q1R{round}N{number:02}\r").unwrap();
            }
            // The same again within a moment is the same scan, as from any device.
            write!(scanner, "R{round}N19\r").unwrap();
            for number in 0..20 {
                let reading = &next(&feed, "reading")["reading"];
                assert_eq!(reading["text"], format!("R{round}N{number:02}"));
                assert_eq!(
                    (&reading["source"], &reading["symbology"]),
                    (&json!("serial"), &json!("qr"))
                );
                assert_eq!(reading["repeated"], false);
            }
            std::fs::remove_file(&name).unwrap();
            drop(scanner);
            until(&served, &feed, "lost");
        }
        assert!(feed.try_iter().all(|what| what["kind"] != "reading"), "a repetition was told");
    }
}
