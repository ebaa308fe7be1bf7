//! CPU time of the calling thread: what work costs, however busy the machine is.

/// Milliseconds of CPU time that this thread has used.
#[must_use]
pub fn thread_ms() -> f64 {
    cpu_time::ThreadTime::now().as_duration().as_secs_f64() * 1000.0
}
