//! The bodies of the scenarios, by name.

use aitest_runtime::{Iteration, Result};

use super::{faults, limits, passing, streams, whole};

pub(super) async fn run(scenario: &str, it: &Iteration) -> Result {
    match scenario.split_once('/') {
        Some(("whole", name)) => whole::body(name, it).await,
        Some(("streams", name)) => streams::body(name, it).await,
        Some(("passing", name)) => passing::body(name, it).await,
        Some(("faults", name)) => faults::body(name, it).await,
        Some(("limits", name)) => limits::body(name, it).await,
        _ => panic!("unknown scenario {scenario}"),
    }
}
