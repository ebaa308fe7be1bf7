//! A station that serves its screens, spoken with over HTTP as a browser would.

use crate::{Live, Place};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, sync_channel};

/// A running `lanyard serve`.
#[derive(Debug)]
pub struct Served {
    /// The process.
    pub live: Live,
    /// Address and port.
    pub http: String,
    /// What it wants to be told.
    pub token: String,
    agent: ureq::Agent,
}

impl Served {
    /// Serves the screens of a place.
    #[must_use]
    pub fn start(place: &Place) -> Self {
        Self::of_live(place.live(&["serve", "--sync", "127.0.0.1:0", "--no-discovery"]))
    }

    /// One that was started with more words, or in other surroundings.
    #[must_use]
    pub fn of_live(live: Live) -> Self {
        let ready = live.hear();
        let text = |key: &str| ready[key].as_str().expect("text").to_owned();
        let (http, token) = (text("http"), text("token"));
        Self::of(live, http, token)
    }

    /// One that was started in another way.
    #[must_use]
    pub fn of(live: Live, http: String, token: String) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self { live, http, token, agent: agent.into() }
    }

    /// Asks, and gives status and body.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, Value) {
        let mut request = self.agent.post(format!("http://{}{path}", self.http));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send(body).expect("an answer");
        let text = response.body_mut().read_to_string().expect("a body");
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Asks as a screen does: the answer's lines, or the error.
    pub fn ask(&self, command: &str, ask: &Value) -> Result<Vec<Value>, Value> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str())];
        let body = ask.to_string();
        let (status, body) = self.post(&format!("/api/{command}"), &headers, body.as_bytes());
        match status {
            200 => Ok(body["lines"].as_array().expect("lines").clone()),
            422 => Err(body["error"].clone()),
            other => panic!("{command}: {other} {body}"),
        }
    }

    /// Asks what has one line for an answer.
    #[must_use]
    pub fn one(&self, command: &str, ask: &Value) -> Value {
        let lines = self.ask(command, ask).unwrap_or_else(|e| panic!("{command}: {e}"));
        assert_eq!(lines.len(), 1, "{command}: one line: {lines:?}");
        lines[0].clone()
    }

    /// The code of the problem that it answers with.
    #[must_use]
    pub fn problem(&self, command: &str, ask: &Value) -> String {
        let error = self.ask(command, ask).expect_err("a problem");
        for key in ["message", "hint"] {
            assert!(error[key].is_string(), "{error}");
        }
        error["code"].as_str().expect("a code").to_owned()
    }

    /// Scans at the gate `main`.
    #[must_use]
    pub fn scan(&self, code: &str) -> Value {
        self.one("scan", &json!({ "args": { "gate": "main", "code": code } }))
    }

    /// Hands a file over, and gives its name.
    #[must_use]
    pub fn upload(&self, bytes: &[u8]) -> String {
        let bearer = format!("Bearer {}", self.token);
        let (status, body) = self.post("/api/upload", &[("authorization", &bearer)], bytes);
        assert_eq!(status, 200, "{body}");
        body["upload"].as_str().expect("a name").to_owned()
    }

    /// What happens from now on; the first beat has been heard.
    #[must_use]
    pub fn feed(&self) -> Receiver<Value> {
        let request = self
            .agent
            .get(format!("http://{}/api/feed", self.http))
            .header("authorization", format!("Bearer {}", self.token));
        let mut lines = BufReader::new(request.call().expect("a feed").into_body().into_reader());
        let mut line = String::new();
        while !line.starts_with(": beat") {
            line.clear();
            assert!(lines.read_line(&mut line).expect("a line") > 0, "the feed ended");
        }
        let (send, heard) = sync_channel(1024);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let Some(data) = line.strip_prefix("data: ") else { continue };
                let what = serde_json::from_str(data).expect("JSON");
                if send.send(what).is_err() {
                    return;
                }
            }
        });
        heard
    }
}
