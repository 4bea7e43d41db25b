use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use crate::Cents;

/// Accounts with their balances, and what happened to them.
#[derive(Clone, Debug)]
pub struct Bank {
    accounts: BTreeMap<String, Cents>,
    entries: Vec<Entry>,
}

/// One change of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account: String,
    /// Above 0 what came in, below 0 what went out.
    pub change: Cents,
    /// The balance afterwards.
    pub balance: Cents,
}

/// Why the bank refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankError {
    /// No account has this name.
    UnknownAccount {
        /// The name asked for.
        account: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The account holds less than was asked for.
    InsufficientFunds {
        /// The account.
        account: String,
        /// What it holds.
        balance: Cents,
        /// What was asked for.
        amount: Cents,
    },
    /// Amounts are above 0 and in whole cents.
    BadAmount,
    /// A transfer needs two accounts.
    SameAccount,
}

impl Default for Bank {
    /// $1,500.00 in `checking`, $3,000.00 in `savings`.
    fn default() -> Self {
        let accounts = [("checking", 150_000), ("savings", 300_000)];
        Bank {
            accounts: accounts.into_iter().map(|(name, cents)| (name.to_owned(), Cents(cents))).collect(),
            entries: Vec::new(),
        }
    }
}

impl Bank {
    /// The balance of `account`.
    ///
    /// # Errors
    /// The account is unknown.
    pub fn balance(&self, account: &str) -> Result<Cents, BankError> {
        self.accounts.get(account).copied().ok_or_else(|| BankError::UnknownAccount {
            account: account.to_owned(),
            known: self.accounts.keys().cloned().collect(),
        })
    }

    /// All accounts with their balances, by name.
    pub fn balances(&self) -> &BTreeMap<String, Cents> {
        &self.accounts
    }

    /// All changes, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds `amount` to `account`.
    ///
    /// # Errors
    /// The account is unknown, or `amount` is not above 0 or would be more than the account can hold.
    pub fn deposit(&mut self, account: &str, amount: Cents) -> Result<Entry, BankError> {
        let balance = self.balance(account)?;
        if amount <= Cents(0) || balance.0.checked_add(amount.0).is_none() {
            return Err(BankError::BadAmount);
        }
        Ok(self.change(account, amount))
    }

    /// Takes `amount` from `account`.
    ///
    /// # Errors
    /// The account is unknown or holds less, or `amount` is not above 0.
    pub fn withdraw(&mut self, account: &str, amount: Cents) -> Result<Entry, BankError> {
        let balance = self.balance(account)?;
        if amount <= Cents(0) {
            return Err(BankError::BadAmount);
        }
        if balance < amount {
            return Err(BankError::InsufficientFunds { account: account.to_owned(), balance, amount });
        }
        Ok(self.change(account, Cents(-amount.0)))
    }

    /// Moves `amount` between two accounts: both change, or neither.
    ///
    /// # Errors
    /// As for [`Bank::withdraw`] and [`Bank::deposit`], or the accounts are the same.
    pub fn transfer(&mut self, from: &str, to: &str, amount: Cents) -> Result<(Entry, Entry), BankError> {
        if from == to {
            return Err(BankError::SameAccount);
        }
        let mut after = self.clone();
        let entries = (after.withdraw(from, amount)?, after.deposit(to, amount)?);
        *self = after;
        Ok(entries)
    }

    fn change(&mut self, account: &str, change: Cents) -> Entry {
        let balance = self.accounts.entry(account.to_owned()).or_default();
        *balance += change;
        let entry = Entry { account: account.to_owned(), change, balance: *balance };
        self.entries.push(entry.clone());
        entry
    }
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BankError::UnknownAccount { account, known } => {
                write!(f, "there is no account `{account}`; the accounts are {}", known.join(", "))
            }
            BankError::InsufficientFunds { account, balance, amount } => {
                write!(f, "`{account}` holds {balance}, which is less than {amount}")
            }
            BankError::BadAmount => f.write_str("an amount is dollars above 0 with at most two decimals"),
            BankError::SameAccount => f.write_str("a transfer needs two different accounts"),
        }
    }
}

impl Error for BankError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_changes_both_accounts() {
        let mut bank = Bank::default();
        let (out, into) = bank.transfer("checking", "savings", Cents(20_000)).unwrap();
        assert_eq!((out.change, out.balance), (Cents(-20_000), Cents(130_000)));
        assert_eq!((into.change, into.balance), (Cents(20_000), Cents(320_000)));
        assert_eq!(bank.entries(), [out, into]);
    }

    #[test]
    fn a_refused_transfer_changes_nothing() {
        for (from, to, amount, error) in [
            ("checking", "savings", 150_001, "`checking` holds $1,500.00, which is less than $1,500.01"),
            ("checking", "gold", 1, "there is no account `gold`; the accounts are checking, savings"),
            ("gold", "savings", 1, "there is no account `gold`; the accounts are checking, savings"),
            ("checking", "savings", -5, "an amount is dollars above 0 with at most two decimals"),
            ("checking", "checking", 1, "a transfer needs two different accounts"),
        ] {
            let mut bank = Bank::default();
            assert_eq!(bank.transfer(from, to, Cents(amount)).unwrap_err().to_string(), error);
            assert_eq!(bank.balances(), Bank::default().balances());
            assert!(bank.entries().is_empty());
        }
    }

    #[test]
    fn money_comes_and_goes() {
        let mut bank = Bank::default();
        assert_eq!(bank.deposit("savings", Cents(1)).unwrap().balance, Cents(300_001));
        assert_eq!(bank.withdraw("savings", Cents(300_001)).unwrap().balance, Cents(0));
        assert_eq!(bank.deposit("savings", Cents(0)), Err(BankError::BadAmount));
        assert_eq!(bank.withdraw("savings", Cents(-1)), Err(BankError::BadAmount));
        assert_eq!(bank.deposit("checking", Cents(i64::MAX)), Err(BankError::BadAmount));
    }
}
