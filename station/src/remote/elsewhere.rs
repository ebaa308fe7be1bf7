//! Where there is no local socket. Unproven: processes take the folder's lock in turn and do not reach its owner.

use super::CallProblem;
use crate::api::{Output, Request};
use crate::owner::{Handle, Progress};
use std::path::Path;

/// Nobody listens.
#[derive(Debug)]
pub(crate) struct Server;

impl Server {
    pub(crate) fn start(_folder: &Path, _handle: Handle) -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

/// Nobody is reached.
#[derive(Debug)]
pub(crate) struct Line;

impl Line {
    pub(crate) fn reach(_folder: &Path) -> Option<Self> {
        None
    }

    pub(crate) fn listen(self, _each: &mut dyn FnMut(&crate::feed::Happening) -> bool) -> bool {
        true
    }

    pub(crate) fn call(
        &mut self,
        _request: &Request,
        _progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<Output>, CallProblem> {
        Err(CallProblem::NotTaken)
    }
}
