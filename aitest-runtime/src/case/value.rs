/// A value under a name: what a test with `cases = path` is run with, one report row and verdict each.
///
/// The names of one test's cases are unique, and stay the same from run to run: reports know a case by its name.
///
/// ```
/// # use aitest_runtime as aitest;
/// use aitest::Case;
///
/// fn greetings() -> Vec<Case<&'static str>> {
///     vec![Case::new("polite", "Good morning."), Case::new("short", "Hi.")]
/// }
/// # assert_eq!(greetings()[1].value, "Hi.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<T> {
    /// Its name in reports. Not empty.
    pub name: String,
    /// What the body takes. Each iteration gets a clone.
    pub value: T,
}

impl<T> Case<T> {
    /// The case `name`.
    pub fn new(name: impl Into<String>, value: T) -> Self {
        Case { name: name.into(), value }
    }

    /// A case of each of `values`, such as the prompts or skills of a folder, by the name that `name` gives it.
    ///
    /// ```
    /// # use aitest_runtime as aitest;
    /// use aitest::Case;
    ///
    /// struct Prompt {
    ///     name: String,
    /// }
    ///
    /// let prompts = vec![Prompt { name: "brief".into() }, Prompt { name: "polite".into() }];
    /// let cases = Case::each(prompts, |prompt| &prompt.name);
    /// assert_eq!(cases[1].name, "polite");
    /// ```
    pub fn each<N: AsRef<str> + ?Sized>(values: impl IntoIterator<Item = T>, name: impl Fn(&T) -> &N) -> Vec<Case<T>> {
        let case = |value| Case { name: name(&value).as_ref().to_owned(), value };
        values.into_iter().map(case).collect()
    }

    /// The same cases with other values.
    pub fn map<U>(self, value: impl FnOnce(T) -> U) -> Case<U> {
        Case { name: self.name, value: value(self.value) }
    }
}

impl<A: Clone, B: Clone> Case<(A, B)> {
    /// Each case of `first` with each of `second`, in the order of `first`; named `first / second`.
    ///
    /// ```
    /// # use aitest_runtime as aitest;
    /// use aitest::{Case, Model};
    ///
    /// let models = ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"].map(Model::new);
    /// let cases = Case::product(Case::each(models, Model::name), [Case::new("brief", 1), Case::new("polite", 2)]);
    /// assert_eq!(cases[1].name, "gpt-5-mini / polite");
    /// assert_eq!(cases.len(), 4);
    /// ```
    pub fn product(
        first: impl IntoIterator<Item = Case<A>>,
        second: impl IntoIterator<Item = Case<B>>,
    ) -> Vec<Case<(A, B)>> {
        let second: Vec<Case<B>> = second.into_iter().collect();
        let pair = |a: &Case<A>, b: &Case<B>| Case {
            name: format!("{} / {}", a.name, b.name),
            value: (a.value.clone(), b.value.clone()),
        };
        first.into_iter().flat_map(|a| second.iter().map(|b| pair(&a, b)).collect::<Vec<_>>()).collect()
    }
}
