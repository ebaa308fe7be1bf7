//! What the page may call. All of them leave the window's thread at once: the station may take its time.

use serde_json::Value;
use station::client::Client;
use station::problem::{Code, Problem};
use station::seam;
use tauri::State;
use tauri::async_runtime::spawn_blocking;
use tauri::ipc::{InvokeBody, Request, Response};

/// Sends one command to the station.
#[tauri::command]
pub(crate) async fn dispatch(
    client: State<'_, Client>,
    command: String,
    ask: Value,
) -> Result<Value, Problem> {
    let client = client.inner().clone();
    blocking(move || seam::dispatch(&client, &command, ask)).await
}

/// Hands a file to the station and returns the id by which a command may use it.
#[tauri::command]
pub(crate) async fn upload(
    client: State<'_, Client>,
    request: Request<'_>,
) -> Result<String, Problem> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(Problem::bad("The file did not arrive as bytes.", "Choose it again."));
    };
    let bytes = bytes.clone();
    let client = client.inner().clone();
    blocking(move || seam::upload(&client, &bytes)).await
}

/// What the camera sees after the picture of that number, as bytes.
#[tauri::command]
pub(crate) async fn preview(client: State<'_, Client>, after: u32) -> Result<Response, Problem> {
    let client = client.inner().clone();
    blocking(move || Ok(Response::new(seam::preview(&client, after)))).await
}

/// Waits elsewhere. A panic there is an answer in words, and the window stays.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Problem::new(
            Code::Unreachable,
            "The command ended without an answer.",
            "Look whether it was done before you do it again.",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tauri::async_runtime::block_on;

    #[test]
    fn a_panic_is_a_problem_in_words() {
        let answer = block_on(blocking(|| -> Result<(), Problem> { panic!("on purpose") }));
        assert_eq!(answer.unwrap_err().code, Code::Unreachable);
        assert_eq!(block_on(blocking(|| Ok(7))).unwrap(), 7);
    }
}
