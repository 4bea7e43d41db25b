//! A test binary without aitest, to compare with.

mod measure;

use std::io::Write;
use std::time::Instant;

const ITERATIONS: u32 = 10_000;

#[test]
fn plain() {
    measure::lifetime(|| ());
}

/// The same work as an empty iteration, in a bare loop.
#[test]
fn bare_loop() {
    let began = Instant::now();
    for number in 0..ITERATIONS {
        std::hint::black_box(body(number));
    }
    measure::figure("bare_loop_ns", began.elapsed().as_nanos() / u128::from(ITERATIONS));
}

fn body(number: u32) -> u32 {
    std::hint::black_box(number)
}

/// What an iteration's two journal lines cost alone: the beginning and the end, of their usual lengths.
#[test]
fn two_writes() {
    let path = std::env::temp_dir().join(format!("aitest-bench-{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().append(true).create_new(true).open(&path).expect("a file");
    let (begin, end) = ([b'x'; 169], [b'x'; 220]);
    let began = Instant::now();
    for _ in 0..ITERATIONS {
        file.write_all(&begin).expect("a write");
        file.write_all(&end).expect("a write");
    }
    let took = began.elapsed();
    std::fs::remove_file(&path).expect("the file can be removed");
    measure::figure("two_writes_ns", took.as_nanos() / u128::from(ITERATIONS));
}
