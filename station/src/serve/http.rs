//! Questions over HTTP: forwarded to the seam, answers as JSON, happenings as server-sent events.

use super::gate::Gate;
use super::screens;
use crate::client::Client;
use crate::problem::{Code, Problem};
use crate::seam;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::roster::MAX_FILE_BYTES;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::wrappers::ReceiverStream;

/// Longest question: a code of a megabyte, every character escaped.
const QUESTION_BYTES_MAX: usize = 8 << 20;
/// Scans and whatever else a door waits for that are let in at a time.
pub(super) const DOORS_MAX: usize = 24;
/// What only reads, and perhaps for long: no door waits behind it.
pub(super) const REPORTS_MAX: usize = 8;
/// Files that are taken at a time.
pub(super) const UPLOADS_MAX: usize = 2;
/// Screens that are shown what the camera sees, at a time.
pub(super) const PREVIEWS_MAX: usize = 4;
/// Questions that wait to be let in; more are told that it is busy.
const WAITERS_MAX: usize = 64;
/// Pages that are told what happens, at a time.
const FEEDS_MAX: usize = 48;
/// Happenings that may wait for one page before the feed keeps them back.
const WAITING_MAX: usize = 64;
/// No page of another site may frame ours, and no script runs that is not a file of ours.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Clone)]
struct Served {
    client: Client,
    gate: Arc<Gate>,
    doors: Queue,
    reports: Queue,
    uploads: Queue,
    feeds: Queue,
    previews: Queue,
}

/// Where questions wait until there is a thread for them. One whose asker has gone is never made.
#[derive(Clone)]
struct Queue {
    places: Arc<Semaphore>,
    waiters: Arc<Semaphore>,
}

impl Queue {
    fn new(places: usize) -> Self {
        let waiters = Arc::new(Semaphore::new(places + WAITERS_MAX));
        Self { places: Arc::new(Semaphore::new(places)), waiters }
    }

    /// Waits for a place, kept until what is returned is dropped; none where too many wait already.
    async fn enter(&self) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let waiting = Arc::clone(&self.waiters).try_acquire_owned().ok()?;
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        Some((place, waiting))
    }
}

pub(super) fn router(client: Client, gate: Gate) -> Router {
    let served = Served {
        client,
        gate: Arc::new(gate),
        doors: Queue::new(DOORS_MAX),
        reports: Queue::new(REPORTS_MAX),
        uploads: Queue::new(UPLOADS_MAX),
        feeds: Queue::new(FEEDS_MAX),
        previews: Queue::new(PREVIEWS_MAX),
    };
    let uploads = usize::try_from(MAX_FILE_BYTES).unwrap_or(usize::MAX);
    let api = Router::new()
        .route("/api/{command}", post(ask).layer(DefaultBodyLimit::max(QUESTION_BYTES_MAX)))
        .route("/api/upload", post(upload).layer(DefaultBodyLimit::max(uploads)))
        .route("/api/feed", get(feed))
        .route("/api/preview", get(preview))
        .layer(from_fn_with_state(served.clone(), with_token));
    api.fallback(get(file))
        .layer(from_fn_with_state(served.clone(), from_our_page))
        .with_state(served)
}

/// Lets pass what a page of ours can have asked, and keeps every answer to this page.
async fn from_our_page(State(served): State<Served>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !served.gate.is_ours(text(headers, &header::HOST), text(headers, &header::ORIGIN)) {
        let message = "This address was not opened on this station.";
        let problem = Problem::new(Code::NotAllowed, message, "Open the address that was printed.");
        return refusal(StatusCode::FORBIDDEN, &problem);
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets pass whoever has the token.
async fn with_token(State(served): State<Served>, request: Request, next: Next) -> Response {
    if !served.gate.knows(text(request.headers(), &header::AUTHORIZATION)) {
        let message = "The token is not this station's.";
        let problem = Problem::new(Code::NotAllowed, message, "Open the address that was printed.");
        return refusal(StatusCode::UNAUTHORIZED, &problem);
    }
    next.run(request).await
}

async fn ask(
    State(served): State<Served>,
    Path(command): Path<String>,
    question: Result<Bytes, BytesRejection>,
) -> Response {
    if !seam::is_command(&command) {
        let message = format!("There is no command \"{command:.40}\".");
        return refusal(StatusCode::NOT_FOUND, &Problem::new(Code::NotAllowed, message, ""));
    }
    let Ok(question) = question else { return too_large() };
    let question = if question.is_empty() { Ok(json!({})) } else { read(&question) };
    let queue = if seam::is_report(&command) { &served.reports } else { &served.doors };
    let client = served.client.clone();
    answer(blocking(queue, move || seam::dispatch(&client, &command, question?)).await)
}

async fn upload(State(served): State<Served>, bytes: Result<Bytes, BytesRejection>) -> Response {
    let Ok(bytes) = bytes else { return too_large() };
    let client = served.client.clone();
    let taken = blocking(&served.uploads, move || seam::upload(&client, &bytes)).await;
    answer(taken.map(|name| json!({ "upload": name })))
}

async fn feed(State(served): State<Served>) -> Response {
    let (sender, receiver) =
        tokio::sync::mpsc::channel::<Result<Bytes, std::convert::Infallible>>(WAITING_MAX);
    let Ok(place) = Arc::clone(&served.feeds.places).try_acquire_owned() else {
        return answer(Err(busy()));
    };
    // A thread that waits for what happens, and ends when the page has gone away.
    seam::listen(&served.client, move |what| {
        let _place = &place;
        let line = match what.get("kind").and_then(Value::as_str) {
            Some("beat") => ": beat\n\n".to_owned(),
            _ => format!("data: {what}\n\n"),
        };
        sender.blocking_send(Ok(line.into())).is_ok()
    });
    let body = Body::from_stream(ReceiverStream::new(receiver));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// What the camera sees after the picture whose number is the query.
async fn preview(State(served): State<Served>, uri: Uri) -> Response {
    let after = uri.query().and_then(|text| text.strip_prefix("after=")?.parse().ok()).unwrap_or(0);
    let client = served.client.clone();
    match blocking(&served.previews, move || Ok(seam::preview(&client, after))).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        Err(problem) => refusal(StatusCode::SERVICE_UNAVAILABLE, &problem),
    }
}

async fn file(uri: Uri) -> Response {
    match screens::file(uri.path()) {
        (_, "") => (StatusCode::NOT_FOUND, "not found").into_response(),
        (bytes, media_type) => ([(header::CONTENT_TYPE, media_type)], bytes).into_response(),
    }
}

fn read(question: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(question)
        .map_err(|e| Problem::bad(format!("The question is not JSON: {e}."), "Ask again."))
}

/// Runs what waits for a disk on a thread that may wait, once there is a place for it.
async fn blocking<T: Send + 'static>(
    queue: &Queue,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let Some(place) = queue.enter().await else { return Err(busy()) };
    let work = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        let message = "This request met a bug in Lanyard and was given up.";
        Err(Problem::new(Code::Damaged, message, "Do it again; if it happens again, report it."))
    })
}

fn busy() -> Problem {
    Problem::new(Code::Busy, "Too much is asked of this station at once.", "Ask again in a moment.")
}

fn too_large() -> Response {
    let problem = Problem::bad("This is more than a station takes.", "Split the file.");
    refusal(StatusCode::PAYLOAD_TOO_LARGE, &problem)
}

fn answer(answer: Result<Value, Problem>) -> Response {
    match answer {
        Ok(value) => json_response(StatusCode::OK, &value),
        Err(problem) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &problem),
    }
}

fn refusal(status: StatusCode, problem: &Problem) -> Response {
    json_response(status, &json!({ "error": problem }))
}

fn json_response(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
