use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::collector::lock;
use crate::record::HeldBack;
use crate::redact;

static HELD: Mutex<BTreeMap<String, HeldBack>> = Mutex::new(BTreeMap::new());

/// Notes what limits do to the requests to `name`, for the report.
pub fn held_back(name: &str, change: impl FnOnce(&mut HeldBack)) {
    let name = redact::redact(name);
    let mut held = lock(&HELD);
    change(held.entry(name.clone()).or_insert_with(|| HeldBack { name, ..HeldBack::default() }));
}

/// What limits did in this process, where they did anything.
pub(crate) fn all_held_back() -> Vec<HeldBack> {
    lock(&HELD).values().filter(|held| held.is_notable()).cloned().collect()
}
