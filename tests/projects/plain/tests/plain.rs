//! An integration test under the same crate name as the library.

mod tests {
    use aitest::aitest;

    #[aitest]
    fn of_the_crate_plain() {}
}
