//! The command line of the desktop app.

use std::path::PathBuf;

use station::input::InputArgs;
use station::serve::SyncArgs;

/// Lanyard in a window: check-in for events, offline first.
#[derive(Debug, clap::Parser)]
#[command(name = "lanyard-desktop", version)]
pub(crate) struct Args {
    /// The folder with this laptop's events [default: Lanyard's folder in the user's data folder]
    #[arg(long, env = "LANYARD_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// What this laptop reads codes with.
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    /// How this laptop speaks with others.
    #[command(flatten)]
    pub(crate) sync: SyncArgs,
}

/// Without a window there is only the terminal to speak to.
#[allow(clippy::print_stderr)]
pub(crate) fn complain(words: &str) {
    eprintln!("lanyard-desktop: {words}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_folder_may_be_named() {
        Args::command().debug_assert();
        let args = Args::try_parse_from(["lanyard-desktop", "--data", "x"]).unwrap();
        assert_eq!(args.data, Some(PathBuf::from("x")));
        assert!(Args::try_parse_from(["lanyard-desktop", "x"]).is_err());
    }
}
