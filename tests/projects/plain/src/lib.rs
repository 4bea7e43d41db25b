//! A library with a test of its own.

#[cfg(test)]
mod tests {
    use aitest::aitest;

    #[aitest]
    fn inside_the_library() {}

    #[aitest]
    fn of_the_crate_plain() {
        panic!("in the library");
    }
}
