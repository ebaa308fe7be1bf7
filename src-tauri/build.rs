//! Makes the permissions of the commands and what the window is made of.

fn main() {
    // The window shows what is in `ui/dist` at the time of the build: a new one is a new build.
    println!("cargo:rerun-if-changed=../ui/dist");
    let commands = tauri_build::AppManifest::new().commands(&["dispatch", "preview", "upload"]);
    let done = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands));
    if let Err(problem) = done {
        println!("cargo:warning={problem:#}");
        std::process::exit(1);
    }
}
