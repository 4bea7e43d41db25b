//! How the subjects hand their figures to the program: lines `NAME VALUE` in the file `$BENCH_OUT`.
#![expect(dead_code, reason = "every binary uses a part")]

use std::fmt::Display;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn figure(name: &str, value: impl Display) {
    let Ok(path) = std::env::var("BENCH_OUT") else { return };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(format!("{name} {value}\n").as_bytes()));
    written.expect("the file of figures can be written");
}

/// Does `work` and says how many microseconds after the spawn of this process, which `$BENCH_SPAWNED` holds, it began,
/// and when it ended.
pub(crate) fn lifetime(work: impl FnOnce()) {
    let began = now_us();
    let spawned: u128 = std::env::var("BENCH_SPAWNED").ok().and_then(|text| text.parse().ok()).unwrap_or(began);
    figure("start_us", began.saturating_sub(spawned));
    work();
    figure("end_us", now_us());
}

fn now_us() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_micros()
}

/// Highest resident memory of this process so far.
pub(crate) fn peak_kib() -> u64 {
    status_kib("VmHWM:")
}

/// Resident memory of this process now.
pub(crate) fn resident_kib() -> u64 {
    status_kib("VmRSS:")
}

fn status_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// User and system time of this process and of the children it has waited for, in microseconds.
pub(crate) fn cpu_us() -> i64 {
    cpu_of(libc::RUSAGE_SELF) + cpu_of(libc::RUSAGE_CHILDREN)
}

/// That of the thread that asks.
pub(crate) fn thread_cpu_us() -> i64 {
    cpu_of(libc::RUSAGE_THREAD)
}

fn cpu_of(who: libc::c_int) -> i64 {
    // SAFETY: an all-zero rusage is valid, and getrusage(2) fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(who, &raw mut usage);
        usage
    };
    let us = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
    us(usage.ru_utime) + us(usage.ru_stime)
}

/// Loopback is plain HTTP; a client still asks for a TLS configuration.
pub(crate) fn no_tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
