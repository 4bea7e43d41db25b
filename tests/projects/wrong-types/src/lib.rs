//! Tests that do not compile: an error each, at the marked place.

#[cfg(test)]
mod tests {
    use aitest::{Iteration, aitest};

    struct NoDebug;

    #[aitest]
    fn returns_a_number() -> u32 {
        //~^ `u32` is not a return type of an `#[aitest]` test
        3
    }

    #[aitest]
    async fn returns_an_error_that_cannot_be_shown(_it: &Iteration) -> Result<(), NoDebug> {
        //~^ `NoDebug` doesn't implement `Debug`
        Ok(())
    }

    #[aitest]
    fn takes_no_iteration(_it: &str) {
        //~^ mismatched types
    }

    fn small() -> u32 {
        3
    }

    #[aitest(agents = [small])]
    async fn takes_another_case(_agent: String) {
        //~^ mismatched types
    }

    #[aitest(agents = [small])]
    fn returns_what_a_case_may_not(_agent: u32) -> u32 {
        //~^ `u32` is not a return type of an `#[aitest]` test
        3
    }

    #[aitest(agents = [missing])]
    //~^ cannot find function `missing` in this scope
    fn names_no_function(_agent: u32) {}

    #[aitest(models = ["openai/gpt-5-mini"])]
    fn takes_no_model(_model: u32) {
        //~^ mismatched types
    }

    #[aitest(cases = small)]
    //~^ mismatched types
    fn is_given_no_cases(_case: u32) {}

    #[aitest(session)]
    mod savings {
        use aitest::Session;

        fn agent() -> u32 {
            //~^ that resolves to `Result<Agent, CaseError>`, but it resolves to `Result<u32, CaseError>`
            3
        }

        #[step]
        fn returns_a_number(_s: &mut Session) -> u32 {
            //~^ `u32` is not a return type of an `#[aitest]` test
            3
        }

        #[step]
        async fn takes_no_session(_s: &mut u32) {
            //~^ mismatched types
        }
    }
}
