use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::model::{ContentBlock, IntoContents};
use rmcp::schemars::{self, JsonSchema};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use serde::{Deserialize, Serialize};

use crate::{Bank, BankError, Cents, Entry};

/// The bank's tools.
#[derive(Debug, Default)]
pub struct BankServer {
    bank: Mutex<Bank>,
}

#[derive(Deserialize, JsonSchema)]
struct AccountArgs {
    /// `checking` or `savings`.
    account: String,
}

#[derive(Deserialize, JsonSchema)]
struct AmountArgs {
    /// `checking` or `savings`.
    account: String,
    /// In dollars, above 0.
    amount: f64,
}

#[derive(Deserialize, JsonSchema)]
struct TransferArgs {
    /// The account that the money leaves: `checking` or `savings`.
    from: String,
    /// The account that the money goes to: `checking` or `savings`.
    to: String,
    /// In dollars, above 0.
    amount: f64,
}

#[derive(Deserialize, JsonSchema)]
struct TransactionsArgs {
    /// How many of the newest; all of them without it.
    limit: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
struct Balance {
    account: String,
    balance: String,
}

#[derive(Serialize, JsonSchema)]
struct Transfer {
    transferred: String,
    from: Balance,
    to: Balance,
}

#[derive(Serialize, JsonSchema)]
struct Transactions {
    /// Newest first.
    transactions: Vec<Transaction>,
}

#[derive(Serialize, JsonSchema)]
struct Transaction {
    account: String,
    change: String,
    balance: String,
}

type Answer<T> = Result<Json<T>, BankError>;

#[tool_router]
impl BankServer {
    /// A bank with its opening balances.
    pub fn new() -> Self {
        BankServer::default()
    }

    #[tool(description = "Returns the balance of one account.")]
    fn get_balance(&self, Parameters(AccountArgs { account }): Parameters<AccountArgs>) -> Answer<Balance> {
        let balance = self.bank().balance(&account)?.to_string();
        Ok(Json(Balance { account, balance }))
    }

    #[tool(description = "Returns the balances of all accounts.")]
    fn get_all_balances(&self) -> Answer<BTreeMap<String, String>> {
        let bank = self.bank();
        Ok(Json(bank.balances().iter().map(|(account, balance)| (account.clone(), balance.to_string())).collect()))
    }

    #[tool(description = "Moves money from one account to another.")]
    fn transfer(&self, Parameters(TransferArgs { from, to, amount }): Parameters<TransferArgs>) -> Answer<Transfer> {
        let amount = cents(amount)?;
        let (from, to) = self.bank().transfer(&from, &to, amount)?;
        Ok(Json(Transfer { transferred: amount.to_string(), from: from.into(), to: to.into() }))
    }

    #[tool(description = "Pays cash into an account.")]
    fn deposit(&self, Parameters(AmountArgs { account, amount }): Parameters<AmountArgs>) -> Answer<Balance> {
        Ok(Json(self.bank().deposit(&account, cents(amount)?)?.into()))
    }

    #[tool(description = "Pays cash out of an account.")]
    fn withdraw(&self, Parameters(AmountArgs { account, amount }): Parameters<AmountArgs>) -> Answer<Balance> {
        Ok(Json(self.bank().withdraw(&account, cents(amount)?)?.into()))
    }

    #[tool(description = "Lists what happened to the accounts, newest first.")]
    fn get_transactions(
        &self,
        Parameters(TransactionsArgs { limit }): Parameters<TransactionsArgs>,
    ) -> Answer<Transactions> {
        let bank = self.bank();
        let newest = bank.entries().iter().rev().take(limit.unwrap_or(usize::MAX));
        Ok(Json(Transactions { transactions: newest.map(Transaction::from).collect() }))
    }

    fn bank(&self) -> MutexGuard<'_, Bank> {
        self.bank.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tool_handler(name = "banking-mcp", instructions = "A bank with the accounts `checking` and `savings`.")]
impl ServerHandler for BankServer {}

fn cents(dollars: f64) -> Result<Cents, BankError> {
    Cents::from_dollars(dollars).ok_or(BankError::BadAmount)
}

impl From<Entry> for Balance {
    fn from(entry: Entry) -> Self {
        Balance { account: entry.account, balance: entry.balance.to_string() }
    }
}

impl From<&Entry> for Transaction {
    fn from(entry: &Entry) -> Self {
        Transaction {
            account: entry.account.clone(),
            change: entry.change.to_string(),
            balance: entry.balance.to_string(),
        }
    }
}

/// What the model reads when the bank refuses.
impl IntoContents for BankError {
    fn into_contents(self) -> Vec<ContentBlock> {
        vec![ContentBlock::text(self.to_string())]
    }
}
