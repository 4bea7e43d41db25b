use super::super::results::{Agent, Results};
use super::super::text::{cut_middle, interval_text, percent_of};
use super::shown::Shown;
use crate::record::Cost;

const WIDTH: f64 = 620.0;
const HEIGHT: f64 = 260.0;
/// Where the axes begin and end: left, top, right, bottom.
const AREA: [f64; 4] = [44.0, 14.0, 600.0, 220.0];
/// Above this, the axis of costs is logarithmic.
const LINEAR: f64 = 20.0;
/// Agents whose names stand in the chart.
const MOST_NAMES: usize = 12;
/// Width of a letter, for names that shall not meet.
const LETTER: f64 = 6.2;

/// Pass rate over cost: one dot for each ranked agent that passed and whose cost is known.
pub(crate) struct Scatter<'r> {
    pub(crate) size: [f64; 2],
    pub(crate) label: Shown<'r>,
    pub(crate) dots: Vec<Dot<'r>>,
    /// The front, from dot to dot.
    pub(crate) front: String,
    /// Lines and their labels: of the rates at the left, of the costs at the bottom.
    pub(crate) rates: Vec<(String, String)>,
    pub(crate) costs: Vec<(String, String)>,
    /// Agents that have no place in it, and why.
    pub(crate) left_out: Vec<Shown<'r>>,
}

/// One agent.
pub(crate) struct Dot<'r> {
    pub(crate) x: String,
    pub(crate) y: String,
    /// The interval's ends.
    pub(crate) whisker: Option<[String; 2]>,
    pub(crate) is_on_front: bool,
    pub(crate) title: Shown<'r>,
    /// Place, anchor and text of its name, where there is room for it.
    pub(crate) name: Option<(String, String, &'static str, Shown<'r>)>,
}

impl<'r> Scatter<'r> {
    /// `None` with fewer than two dots.
    pub(super) fn of(results: &'r Results<'r>) -> Option<Self> {
        let ranked = || results.agents.iter().filter(|agent| agent.rank.is_some());
        let points: Vec<(&Agent<'r>, f64, f64)> = ranked().filter_map(point).collect();
        if points.len() < 2 {
            return None;
        }
        let axis = Axis::of(points.iter().map(|(_, cost, _)| *cost));
        let mut names = Names::default();
        let dots: Vec<Dot<'r>> =
            points.iter().map(|(agent, cost, rate)| dot(agent, [axis.x(*cost), y(*rate)], &mut names)).collect();
        Some(Scatter {
            size: [WIDTH, HEIGHT],
            label: label(&points).into(),
            front: front(&points, &axis),
            dots,
            rates: [0.0, 0.25, 0.5, 0.75, 1.0].map(|rate| (px(y(rate)), format!("{} %", percent_of(rate)))).into(),
            costs: axis.ticks().into_iter().map(|cost| (px(axis.x(cost)), dollars(cost))).collect(),
            left_out: ranked().filter(|agent| point(agent).is_none()).map(left_out).collect(),
        })
    }
}

/// Cost of a pass in dollars, and rate.
fn point<'a, 'r>(agent: &'a Agent<'r>) -> Option<(&'a Agent<'r>, f64, f64)> {
    let cost = agent.cost_per_pass_pico_usd.filter(|cost| *cost > 0)?;
    Some((agent, Cost::from_pico_usd(cost).usd(), agent.mean_pass_rate?))
}

fn left_out<'r>(agent: &Agent<'r>) -> Shown<'r> {
    let why = if agent.counts.passed == 0 { "no pass" } else { "cost unknown" };
    format!("{}: {why}", agent.name).into()
}

fn label(points: &[(&Agent<'_>, f64, f64)]) -> String {
    let told =
        points.iter().map(|(agent, cost, rate)| format!("{} {} % {}", agent.name, percent_of(*rate), dollars(*cost)));
    format!("Pass rate over cost of a pass: {}", told.collect::<Vec<_>>().join(", "))
}

fn dollars(usd: f64) -> String {
    Cost::from_usd(usd).map_or_else(String::new, |cost| cost.to_string())
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn y(rate: f64) -> f64 {
    AREA[3] - rate * (AREA[3] - AREA[1])
}

/// The axis of costs.
struct Axis {
    low: f64,
    high: f64,
    is_log: bool,
    /// The least and the greatest cost.
    ends: [f64; 2],
}

impl Axis {
    fn of(costs: impl Iterator<Item = f64> + Clone) -> Self {
        let (low, high) = (costs.clone().fold(f64::MAX, f64::min), costs.fold(0.0, f64::max));
        let is_log = high / low > LINEAR;
        if is_log {
            return Axis { low: low / 1.6, high: high * 1.6, is_log, ends: [low, high] };
        }
        let margin = ((high - low) * 0.12).max(high * 0.1);
        Axis { low: (low - margin).max(0.0), high: high + margin, is_log, ends: [low, high] }
    }

    fn x(&self, cost: f64) -> f64 {
        let share = match self.is_log {
            true => (cost / self.low).ln() / (self.high / self.low).ln(),
            false => (cost - self.low) / (self.high - self.low),
        };
        AREA[0] + share * (AREA[2] - AREA[0])
    }

    /// Round costs, 1, 2 or 5 times a power of ten; the ends where fewer than two of them are within.
    fn ticks(&self) -> Vec<f64> {
        let first = self.low.max(self.high / 1e6).log10().floor();
        let all = (0..8).flat_map(|step| [1.0, 2.0, 5.0].map(|digit| digit * 10.0_f64.powf(first + f64::from(step))));
        let within: Vec<f64> = all.filter(|cost| self.low <= *cost && *cost <= self.high).collect();
        if within.len() < 2 {
            let [low, high] = self.ends;
            return if high > low { vec![low, high] } else { vec![low] };
        }
        let every = within.len().div_ceil(6);
        within.into_iter().step_by(every).collect()
    }
}

/// From the cheapest of the front to the dearest, in steps.
fn front(points: &[(&Agent<'_>, f64, f64)], axis: &Axis) -> String {
    let mut front: Vec<(f64, f64)> =
        points.iter().filter(|(agent, ..)| agent.pareto).map(|(_, cost, rate)| (axis.x(*cost), y(*rate))).collect();
    front.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut path = String::new();
    for (place, (x, y)) in front.iter().enumerate() {
        path.push_str(&if place == 0 { format!("M{x:.1} {y:.1}") } else { format!("H{x:.1}V{y:.1}") });
    }
    path
}

fn dot<'r>(agent: &Agent<'r>, [x, top]: [f64; 2], names: &mut Names) -> Dot<'r> {
    let interval = agent.ci.map(|ci| format!(" [{}]", interval_text(ci, '–'))).unwrap_or_default();
    let rate = agent.mean_pass_rate.map_or_else(String::new, percent_of);
    let cost = agent.cost_per_pass_pico_usd.map_or_else(String::new, |pico| Cost::from_pico_usd(pico).to_string());
    Dot {
        x: px(x),
        y: px(top),
        whisker: agent.ci.map(|[low, high]| [px(y(low)), px(y(high))]),
        is_on_front: agent.pareto,
        title: format!("{}: {rate} %{interval}, {cost} a pass", agent.name).into(),
        name: names.place([x, top], &cut_middle(&agent.name, 22)),
    }
}

/// The names that have their place: left, top, right, bottom of each.
#[derive(Default)]
struct Names(Vec<[f64; 4]>);

impl Names {
    fn place<'r>(&mut self, [x, y]: [f64; 2], name: &str) -> Option<(String, String, &'static str, Shown<'r>)> {
        if self.0.len() >= MOST_NAMES {
            return None;
        }
        let width = name.chars().count() as f64 * LETTER;
        let places = [
            ([x + 9.0, y + 4.0], "start"),
            ([x - 9.0, y + 4.0], "end"),
            ([x + 9.0, y - 9.0], "start"),
            ([x + 9.0, y + 17.0], "start"),
            ([x - 9.0, y - 9.0], "end"),
        ];
        let (place, anchor, taken) = places.into_iter().find_map(|([x, y], anchor)| {
            let left = if anchor == "start" { x } else { x - width };
            let box_of = [left, y - 10.0, left + width, y + 3.0];
            let is_inside = left >= AREA[0] && left + width <= WIDTH && y - 10.0 >= 0.0;
            let is_free = self.0.iter().all(|other| !meet(*other, box_of));
            (is_inside && is_free).then_some(([x, y], anchor, box_of))
        })?;
        self.0.push(taken);
        Some((px(place[0]), px(place[1]), anchor, name.to_owned().into()))
    }
}

fn meet(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let axis = Axis::of([0.0004, 0.0013].into_iter());
        assert!(!axis.is_log);
        for tick in axis.ticks() {
            assert!((axis.low..=axis.high).contains(&tick));
            assert!((AREA[0]..=AREA[2]).contains(&axis.x(tick)));
        }
        assert!(!axis.ticks().is_empty());
        let wide = Axis::of([0.0004, 0.4].into_iter());
        assert!(wide.is_log && (2..=6).contains(&wide.ticks().len()), "{:?}", wide.ticks());
        let same = Axis::of([0.002, 0.002].into_iter());
        assert_eq!(Axis::of([0.000_31, 0.000_38].into_iter()).ticks(), [0.000_31, 0.000_38]);
        assert!(same.x(0.002).is_finite() && same.low < 0.002 && 0.002 < same.high);
    }

    #[test]
    fn names_do_not_meet() {
        let mut names = Names::default();
        for _ in 0..10 {
            names.place([300.0, 100.0], "openai/gpt-5-mini");
        }
        for (place, one) in names.0.iter().enumerate() {
            assert!(names.0[place + 1..].iter().all(|other| !meet(*one, *other)));
        }
        assert!((2..10).contains(&names.0.len()), "the others have no room");
    }
}
