# All tests. No key and no network is needed.
test:
    cargo test --workspace --no-fail-fast

# Format and lints.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# The documentation, with its links checked.
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features

# The price table, from litellm's price file, its version and its date.
prices file version date:
    cargo run -p aitest-runtime --example refresh_prices -- {{ file }} {{ version }} {{ date }}

# Everything that must hold before a change lands.
ci:
    .ci/run

# The benchmarks: `just bench`, `just bench dev`, `just bench size`.
bench *what:
    cargo run --release -p aitest-benches -- {{ what }}
