//! Benchmarks of aitest.
