use std::panic::catch_unwind;
use std::sync::Once;

use super::exit_code;
use super::log::{LOG, say};
use super::parts::parts;
use super::render::Rendered;
use super::start::Process;
use crate::collector::{cassette_use, lock};
use crate::iteration::now_ms;
use crate::journal::{self, Limits, ProcessFinished};
use crate::limits;
use crate::record::BudgetUse;

/// Registers what happens at the process's exit. It does not run on abort and signals: the journal is kept then, and the
/// next process of the same run renders it.
pub(super) fn arm() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: `hook` is a function of the type that atexit(3) takes, and it lets no panic out.
        let failed = unsafe { libc::atexit(hook) } != 0;
        if failed {
            say("aitest: warning: no exit hook could be registered; no report is written\n");
        }
    });
}

/// A panic that escaped would turn a green run into SIGABRT.
extern "C" fn hook() {
    if catch_unwind(at_exit).is_err() {
        say("aitest: warning: the report could not be written: aitest panicked at exit; the journal is kept\n");
    }
}

fn at_exit() {
    let Some(process) = Process::started().filter(|process| process.pid == std::process::id()) else { return };
    if let Some(reap) = parts().reap_children {
        reap();
    }
    let (unfinished, missed) = {
        let tests = lock(&process.tests);
        (tests.begun.len() - tests.concluded, process.missed_gate(&tests))
    };
    if lock(&process.tests).begun.is_empty() {
        // A wrong setting stopped every test: there is nothing to report, and an earlier report stays.
        return;
    }
    if let Some(aside) = &process.aside {
        aside.end();
    }
    write_limits();
    if let Some(used) = cassette_use() {
        LOG.append(journal::CASSETTES, &used);
    }
    LOG.append(journal::PROCESS_FINISHED, &ProcessFinished { at_ms: now_ms() });
    let Rendered { run, unwritten } = process.render_at_exit();
    let own = process.own_results(run);
    let own = own.as_ref().map(|run| process.results_of(run));
    let regression = process.missed_regression(own.as_ref());
    let mut block = own.map(|results| process.terminal_block(&results, &unwritten)).unwrap_or_default();
    if unfinished > 0 {
        block.push_str(&format!(
            "aitest: the process ended while {unfinished} of its tests ran (std::process::exit?): they did not finish, \
             so it ends with 101\n"
        ));
    }
    block.extend(missed.as_deref());
    block.extend(regression.as_deref());
    say(&block);
    if unfinished > 0 || missed.is_some() || regression.is_some() {
        exit_code::end_with(101);
    }
}

/// Books what is left and records what limits did, if they did anything.
fn write_limits() {
    let budget = limits::budget().map(|budget| {
        budget.flush();
        BudgetUse { max: budget.max(), spent: budget.spent() }
    });
    let held_back = limits::all_held_back();
    if budget.is_some() || !held_back.is_empty() {
        LOG.append(journal::LIMITS, &Limits { held_back, budget });
    }
}
