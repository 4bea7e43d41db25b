//! A conversation of three prompts as one test, `savings::session`. The model is scripted: no key is needed.
//!
//! `cargo test -p conversations --test savings` shows how often each step passes.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, Iteration, Provider, Session, aitest};
use conversations::dollars;

/// What a step hands on to later ones.
struct Balance(u64);

/// Saves half of what there is
#[aitest(session, min_pass_rate = 50)]
mod savings {
    use super::*;

    async fn agent() -> aitest::Result<Agent> {
        Ok(Agent::new(Provider::or(scripted())).system_prompt("You are a bank teller."))
    }

    #[step]
    async fn asks_balance(s: &mut Session) -> aitest::Result {
        let result = s.run("What is my balance?").await?;
        let balance = dollars(&result.final_response).ok_or("no amount in the answer")?;
        s.set(Balance(balance));
        Ok(())
    }

    #[step]
    async fn saves_half(s: &mut Session, it: &Iteration) -> aitest::Result {
        let half = s.get::<Balance>()?.0 / 2;
        it.note(format!("half is ${half}"));
        let result = s.run("Move half of it to savings.").await?;
        assert_eq!(dollars(&result.final_response), Some(half), "{}", result.final_response);
        Ok(())
    }

    #[step]
    async fn remembers(s: &mut Session) -> aitest::Result {
        let result = s.run("How much did I move?").await?;
        assert_eq!(dollars(&result.final_response), Some(s.get::<Balance>()?.0 / 2));
        Ok(())
    }
}

/// A teller that moves all of it now and then.
fn scripted() -> Provider {
    Provider::scripted(
        ScriptedModel::named("teller")
            .on("What is my balance?", [Reply::text("You have $1,500.00.")])
            .on(
                "Move half",
                [Reply::one_of([(85, Reply::text("$750.00 moved.")), (15, Reply::text("$1,500.00 moved."))])],
            )
            .on("How much", [Reply::text("You moved $750.00.")]),
    )
}
