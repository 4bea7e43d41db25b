//! `banking-mcp`: the bank as an MCP server on stdin and stdout.

use std::error::Error;

use banking::BankServer;
use rmcp::ServiceExt;
use rmcp::transport::stdio;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    BankServer::new().serve(stdio()).await?.waiting().await?;
    Ok(())
}
