use aitest::aitest;

#[aitest(iteration = 5, iterations = 3, iterations = 4, concurency = 2, models = [small])]
fn names() {}

#[aitest(iterations, timeout =, title("Asks"), 10, iterations: 3, runtime)]
fn syntax() {}

fn main() {}
