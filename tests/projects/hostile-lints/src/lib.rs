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

    use aitest::{Case, Iteration, Model, aitest};

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

    #[aitest(models = ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"])]
    async fn models(model: Model) {
        assert_eq!(ready(model.name().len()).await % 6, 4);
    }

    fn named(model: Model) -> Agent {
        Agent(u32::try_from(model.as_str().len()).unwrap_or(0))
    }

    #[aitest(models = ["openai/gpt-5-mini"], agent = named)]
    fn agents_of_models(agent: Agent, it: &Iteration) {
        assert_eq!((agent.0, it.index()), (17, 1));
    }

    fn given() -> Vec<Case<u32>> {
        vec![Case::new("one", 1), Case::new("two", 2)]
    }

    async fn products() -> Result<Vec<Case<(u32, u32)>>, String> {
        ready(Ok(Case::product(given(), given()))).await
    }

    /// A documented test of cases that are known when it runs.
    #[aitest(cases = given)]
    fn given_cases(number: u32) {
        assert!(number > 0);
    }

    #[aitest(cases = products, iterations = 2)]
    async fn given_products((first, second): (u32, u32), it: &Iteration) {
        assert!(ready(first + second + it.index()).await > 2);
    }

    /// Conversations.
    mod sessions {
        use std::future::ready;

        use aitest::{Agent, Iteration, Model, Session, aitest};

        fn small() -> Agent {
            Agent::new("openai/gpt-5-mini")
        }

        async fn large() -> aitest::Result<Agent> {
            ready(Ok(Agent::new("openai/gpt-5"))).await
        }

        /// A documented session.
        #[aitest(session, iterations = 2)]
        mod alone {
            use super::{Agent, Iteration, Session, ready, small};

            async fn agent() -> Agent {
                ready(small()).await
            }

            /// A documented step.
            #[step]
            async fn begins(s: &mut Session) -> aitest::Result {
                s.set(ready(5_u8).await);
                Ok(())
            }

            #[step]
            fn ends(s: &mut Session, it: &Iteration) {
                assert_eq!(s.get::<u8>().ok(), Some(&5));
                assert!(it.index() <= it.count());
            }
        }

        #[aitest(session, agents = [small, large])]
        mod several {
            use super::Session;

            #[step]
            #[expect(unused_variables, reason = "to see that it is expected once")]
            fn begins(s: &mut Session) {}
        }

        #[aitest(session, models = ["openai/gpt-5-mini"])]
        mod of_models {
            use super::{Agent, Model, Session};

            fn agent(model: Model) -> Agent {
                Agent::new(model)
            }

            #[step]
            fn begins(s: &mut Session) {
                assert!(s.messages().is_empty());
            }
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

            #[::aitest::aitest(session)]
            mod session {
                mod aitest {}
                mod core {}

                fn agent() -> ::aitest::Agent {
                    ::aitest::Agent::new("openai/gpt-5-mini")
                }

                #[step]
                fn begins(_: &mut ::aitest::Session) {
                    let _ = (super::Option, super::Some, super::Result);
                }
            }
        }

        /// Where `aitest` is found under another path.
        #[aitest(session, crate = crate::tests::elsewhere::facade::tests)]
        mod elsewhere {
            fn agent() -> super::Agent {
                super::small()
            }

            #[step]
            fn begins(_: &mut super::Session) {}
        }
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
        pub(super) mod facade {
            pub(in crate::tests) use ::aitest as tests;
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
