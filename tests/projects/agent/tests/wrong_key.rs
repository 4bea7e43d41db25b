//! Fifty tests of ten iterations with a key that the provider refuses.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, Provider, aitest};
use std::sync::LazyLock;

static MODEL: LazyLock<ScriptedModel> =
    LazyLock::new(|| ScriptedModel::named("strict").require_key("right-key-0123").otherwise([Reply::text("hello")]));

macro_rules! tests {
    ($($name:ident)*) => {$(
        #[aitest(iterations = 10)]
        async fn $name() -> aitest::Result {
            let base = MODEL.base_url();
            let agent = Agent::new(Provider::compatible(base, "strict").api_key_env("DEMO_API_KEY"));
            agent.run("hello").await?;
            Ok(())
        }
    )*};
}

tests! {
    a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9
    d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 e8 e9
}
