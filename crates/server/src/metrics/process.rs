//! The process as the system sees it, under the names that dashboards know. Only what the system tells is told.

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use std::{
    sync::atomic::AtomicU64,
    time::{SystemTime, UNIX_EPOCH},
};

/// Of one sample, or none.
type Maybe = Family<[(&'static str, &'static str); 0], Gauge>;

#[derive(Default)]
pub(super) struct Process {
    started: Gauge<f64, AtomicU64>,
    memory: Maybe,
    files: Maybe,
}

impl Process {
    pub(super) fn register(&self, registry: &mut Registry) {
        self.started.set(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64());
        registry.register("process_start_time_seconds", "When the process started, in seconds since 1970", self.started.clone());
        registry.register("process_resident_memory_bytes", "Memory that it holds", self.memory.clone());
        registry.register("process_open_fds", "Files and connections that it has open", self.files.clone());
    }

    pub(super) fn look(&self) {
        tell(&self.memory, std::fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident));
        tell(&self.files, std::fs::read_dir("/proc/self/fd").ok().and_then(|files| i64::try_from(files.count()).ok()));
    }
}

fn tell(gauge: &Maybe, value: Option<i64>) {
    if let Some(value) = value {
        gauge.get_or_create_owned(&[]).set(value);
    }
}

/// From what Linux says of a process: `VmRSS:     1234 kB`.
fn resident(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<i64>().ok()?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_linux_writes_it() {
        assert_eq!(resident("Name:\trolecall\nVmRSS:\t    2048 kB\nThreads:\t4\n"), Some(2_097_152));
        assert_eq!(resident("Name:\trolecall\n"), None);
    }
}
