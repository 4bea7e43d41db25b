//! What a bank's assistant answers.
//!
//! `cargo test -p cassettes` replays `tests/cassettes`: no network, no key, no cost. To record anew, in two terminals:
//!
//! ```sh
//! cargo run -p cassettes     # prints the model's address
//! TELLER_URL=http://127.0.0.1:… AITEST_CASSETTES=record cargo test -p cassettes
//! ```

use aitest::{Agent, Iteration, Provider, aitest};

/// Where nothing is asked, nothing has to be there.
fn teller() -> Agent {
    let url = std::env::var("TELLER_URL").unwrap_or_else(|_| "http://127.0.0.1:8080/v1".to_owned());
    Agent::new(Provider::compatible(url, "teller"))
        .system_prompt("You answer for a bank. Terms: transfers abroad $4.50.")
}

/// Knows the fee
#[aitest(iterations = 5, min_pass_rate = 60)]
async fn fee(it: &Iteration) -> aitest::Result {
    let result = teller().run(format!("What costs a transfer abroad of ${}00?", it.index())).await?;
    assert!(result.final_response.contains("$4.50"), "{}", result.final_response);
    Ok(())
}

/// Answers at the second try, which the report shows; its pause is not waited for again
#[aitest]
async fn opening_hours() -> aitest::Result {
    let result = teller().run("When do you open?").await?;
    assert!(result.final_response.contains('9'));
    Ok(())
}
