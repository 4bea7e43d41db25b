//! A test binary without aitest, to compare with.

mod measure;

#[test]
fn plain() {
    measure::started("plain");
    measure::figure("plain_memory_kib", measure::peak_kib());
}

/// The same work as an empty iteration, in a bare loop.
#[test]
fn bare_loop() {
    let began = std::time::Instant::now();
    for number in 0..10_000_u32 {
        std::hint::black_box(body(number));
    }
    measure::figure("bare_loop_ns", began.elapsed().as_nanos() / 10_000);
}

fn body(number: u32) -> u32 {
    std::hint::black_box(number)
}
