//! A library whose every lint is on.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic, clippy::nursery)]

/// The balance of an account, in dollars.
#[must_use]
pub const fn balance(account: u32) -> u32 {
    account * 1_500
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::process::ExitCode;

    use aitest::{Iteration, aitest};

    use super::balance;

    #[aitest]
    fn sync() {
        assert_eq!(balance(1), 1_500);
    }

    /// A documented test.
    #[aitest(iterations = 2, min_pass_rate = 50, title = "Two of them")]
    async fn asynchronous(it: &Iteration) -> aitest::Result {
        assert_eq!(ready(it.count()).await, 2);
        Ok(())
    }

    #[aitest(runtime = "multi", timeout = "1m", concurrency = 2, max_errored = "10%")]
    async fn on_several_threads() -> ExitCode {
        ready(ExitCode::SUCCESS).await
    }

    #[aitest]
    #[should_panic(expected = "1500")]
    fn panics() {
        assert_eq!(balance(1), 0);
    }

    #[aitest]
    #[expect(unused_variables, clippy::no_effect_underscore_binding, reason = "to see that it is expected once")]
    fn expects() {
        let unused = 1;
        let _unused = 1;
    }

    #[aitest]
    #[expect(non_snake_case, reason = "the test's own name, which is the function's too")]
    fn Named() {}

    #[derive(Clone, Copy, Debug)]
    struct Agent(u32);

    const fn small() -> Agent {
        Agent(1)
    }

    async fn large() -> Result<Agent, String> {
        ready(Ok(Agent(2))).await
    }

    /// A documented test of two cases.
    #[aitest(agents = [small, large], iterations = 2)]
    async fn cases(agent: Agent, it: &Iteration) {
        assert!(ready(balance(agent.0)).await >= 1_500 * it.index().min(1));
    }

    #[aitest(agents = [small, large])]
    fn cases_of_a_sync_test(agent: Agent) -> Result<(), String> {
        if agent.0 > 0 { Ok(()) } else { Err("no agent".to_owned()) }
    }

    #[aitest(agents = [small])]
    #[allow(non_snake_case, reason = "a module of the function's name is one more")]
    fn Cases(agent: Agent) {
        assert_eq!(agent.0, 1);
    }

    /// Users may name things as the generated code does.
    mod shadowed {
        mod core {}
        mod std {}
        mod aitest {}

        #[derive(Debug)]
        struct Option;
        #[derive(Debug)]
        struct Some;
        #[derive(Debug)]
        struct Result;

        macro_rules! line {
            () => {
                0
            };
        }

        const fn case() -> u32 {
            3
        }

        #[::aitest::aitest(agents = [case], iterations = 1)]
        fn cases(case: u32, it: &::aitest::Iteration) {
            assert_eq!((case, it.index()), (3, 1));
        }

        #[::aitest::test]
        async fn alone() {
            let _ = (Option, Some, Result, line!());
            ::std::future::ready(()).await;
        }
    }

    /// Where `aitest` is found under another path.
    mod elsewhere {
        mod facade {
            pub(super) use ::aitest as tests;
        }

        #[facade::tests::aitest(crate = facade::tests)]
        fn alone(it: &facade::tests::Iteration) {
            assert_eq!(it.index(), 1);
        }

        #[facade::tests::aitest(crate = facade::tests, agents = [super::small])]
        async fn cases(agent: super::Agent) {
            assert_eq!(::std::future::ready(agent.0).await, 1);
        }
    }
}
