//! A library with a test of its own.

#[cfg(test)]
mod tests {
    use aitest::aitest;

    #[aitest]
    fn inside_the_library() {}
}
