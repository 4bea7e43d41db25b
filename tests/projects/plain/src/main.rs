//! A binary under the same crate name as the library.

fn main() {}

#[cfg(test)]
mod tests {
    use aitest::aitest;

    #[aitest]
    fn of_the_crate_plain() {}
}
