//! One test for each order of attributes. The parent module counts how often each one runs.

use std::process::ExitCode;

use aitest::{Iteration, aitest};
use rstest::{fixture, rstest};

/// A value that cannot be cloned, as a server's handle cannot.
struct Server(&'static str);

fn ran(name: &str) {
    println!("\nran {name}");
}

fn made(name: &'static str) -> Server {
    println!("\nmade {name}");
    Server(name)
}

#[aitest(iterations = 3)]
async fn alone_async(it: &Iteration) {
    assert_eq!((it.count(), Iteration::current().unwrap().index()), (3, it.index()));
    ran("alone_async");
}

#[aitest(iterations = 3)]
fn alone_sync(it: &Iteration) {
    assert_eq!((it.count(), Iteration::current().unwrap().index()), (3, it.index()));
    // Snapshots are named by the function they are in.
    fn here() {}
    let name = std::any::type_name_of_val(&here);
    assert!(name.ends_with("::alone_sync::here"), "{name}");
    ran("alone_sync");
}

#[aitest::test(iterations = 3)]
async fn by_its_other_name() {
    ran("by_its_other_name");
}

#[aitest(iterations = 3)]
async fn returns_result() -> aitest::Result {
    let three: u32 = "3".parse()?;
    assert_eq!(three, 3);
    ran("returns_result");
    Ok(())
}

#[aitest(iterations = 3)]
fn returns_exit_code() -> ExitCode {
    ran("returns_exit_code");
    ExitCode::SUCCESS
}

#[aitest(iterations = 3)]
#[should_panic(expected = "no account")]
fn panics_as_it_should() {
    ran("panics_as_it_should");
    panic!("there is no account");
}

#[ignore = "to be seen as ignored"]
#[aitest(iterations = 3)]
fn ignored() {
    ran("ignored");
}

#[aitest(iterations = 3, runtime = "multi")]
async fn on_many_threads() {
    let flavor = tokio::runtime::Handle::current().runtime_flavor();
    assert_eq!(flavor, tokio::runtime::RuntimeFlavor::MultiThread);
    ran("on_many_threads");
}

macro_rules! test {
    ($name:ident, $iterations:expr) => {
        #[aitest(iterations = $iterations)]
        fn $name() {
            ran(stringify!($name));
        }
    };
}
test!(of_a_macro, 3);

#[aitest(iterations = 3)]
async fn r#match() {
    ran("r#match");
}

#[aitest(iterations = 3)]
#[tokio::test]
async fn tokio_below() {
    tokio::task::yield_now().await;
    ran("tokio_below");
}

#[tokio::test]
#[aitest(iterations = 3)]
async fn tokio_above() {
    tokio::task::yield_now().await;
    ran("tokio_above");
}

#[aitest(iterations = 3)]
#[test]
fn test_below() {
    ran("test_below");
}

#[test]
#[aitest(iterations = 3)]
fn test_above() {
    ran("test_above");
}

#[aitest(iterations = 3)]
#[test_log::test]
fn test_log_below() {
    ran("test_log_below");
}

#[aitest(iterations = 3)]
#[test_log::test]
async fn test_log_below_async() {
    ran("test_log_below_async");
}

#[aitest(iterations = 3)]
#[test_log::test(tokio::test)]
async fn test_log_with_tokio_below() {
    ran("test_log_with_tokio_below");
}

#[test_log::test]
#[aitest(iterations = 3)]
fn test_log_above() {
    ran("test_log_above");
}

#[test_log::test(aitest(iterations = 3))]
fn test_log_around() {
    ran("test_log_around");
}

#[fixture]
fn server(#[default("rstest_cases")] name: &'static str) -> Server {
    made(name)
}

#[rstest]
#[case(1)]
#[case::two(2)]
#[aitest(iterations = 3)]
fn rstest_cases(#[case] number: u32, server: Server) {
    assert!(number > 0);
    ran(server.0);
}

#[rstest]
#[aitest(iterations = 3)]
fn rstest_values(#[values(1, 2)] number: u32) {
    assert!(number > 0);
    ran("rstest_values");
}

#[rstest]
#[timeout(std::time::Duration::from_secs(60))]
#[aitest(iterations = 3)]
fn rstest_timeout() {
    ran("rstest_timeout");
}

#[rstest]
#[case(1)]
#[case(2)]
#[aitest::test(iterations = 3)]
async fn rstest_async(#[case] number: u32, #[with("rstest_async")] server: Server) {
    assert!(number > 0);
    ran(server.0);
}

#[rstest]
#[case(1)]
#[aitest(iterations = 3)]
#[tokio::test]
async fn rstest_with_tokio(#[case] number: u32) {
    assert_eq!(number, 1);
    ran("rstest_with_tokio");
}

#[aitest(iterations = 3)]
#[serial_test::serial]
fn serial_below() {
    ran("serial_below");
}

#[aitest(iterations = 3)]
#[serial_test::serial]
async fn serial_below_async() {
    ran("serial_below_async");
}

#[aitest(iterations = 3)]
fn insta_named() {
    insta::assert_snapshot!("insta_named", "the same in each iteration");
    ran("insta_named");
}

#[aitest(iterations = 3)]
async fn insta_duplicates() {
    insta::allow_duplicates! {
        insta::assert_snapshot!("the same in each iteration", @"the same in each iteration");
    }
    ran("insta_duplicates");
}

mod servers {
    use super::{Server, made};

    pub(super) fn plain_async() -> Server {
        made("agents_async")
    }

    pub(super) fn result_async() -> Result<Server, String> {
        Ok(made("agents_async"))
    }

    pub(super) async fn future_async() -> Server {
        tokio::task::yield_now().await;
        made("agents_async")
    }

    pub(super) fn future_result_async() -> impl Future<Output = aitest::Result<Server>> {
        std::future::ready(Ok(made("agents_async")))
    }

    pub(super) fn plain_sync() -> Server {
        made("agents_sync")
    }

    pub(super) fn result_sync() -> Result<Server, String> {
        Ok(made("agents_sync"))
    }

    pub(super) async fn future_sync() -> Server {
        tokio::task::yield_now().await;
        made("agents_sync")
    }

    pub(super) async fn future_result_sync() -> aitest::Result<Server> {
        Ok(made("agents_sync"))
    }
}

#[aitest(agents = [servers::plain_async, servers::result_async, servers::future_async,
                   servers::future_result_async], iterations = 3)]
async fn agents_async(server: Server, it: &Iteration) -> aitest::Result {
    assert_eq!(it.count(), 3);
    ran(server.0);
    Ok(())
}

#[aitest(agents = [servers::plain_sync, servers::result_sync, servers::future_sync, servers::future_result_sync],
         iterations = 3)]
fn agents_sync(server: Server) {
    ran(server.0);
}

fn first() -> Server {
    made("agents_within_tokio")
}

async fn second() -> Result<Server, String> {
    Ok(made("agents_within_tokio"))
}

#[aitest(agents = [first, second], iterations = 3)]
#[tokio::test]
async fn agents_within_tokio(server: Server) {
    ran(server.0);
}

/// Fails when it is counted only: the other runs of this binary must pass.
fn unbuilt() -> Result<Server, String> {
    let server = made("agents_unbuilt");
    if std::env::var_os("CASES_ARE_COUNTED").is_some() { Err("no such model".to_owned()) } else { Ok(server) }
}

#[aitest(agents = [unbuilt])]
fn agents_unbuilt(server: Server) {
    ran(server.0);
}
