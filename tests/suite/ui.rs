//! What the compiler says about a wrong attribute. The texts are those of the stable toolchain.

#[test]
fn wrong_attributes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
