//! The table of layers in `docs/architecture.md` holds: modules of the runtime import only what it says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows `| `module` | `a`, `b` |` of the table, in its order.
fn table() -> Vec<(String, BTreeSet<String>)> {
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let section = page.split("<!-- layers -->").nth(1).expect("the table stands between `<!-- layers -->` marks");
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
    section
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
            let module = names(cells.first()?).first()?.clone();
            Some((module, names(cells.get(1)?).into_iter().collect()))
        })
        .collect()
}

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let is_source = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
    entries.iter().filter(|path| is_source(path)).flat_map(|path| sources(path)).collect()
}

/// The modules that a source file names behind `crate::`, its tests left out.
fn imports(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            // `use crate::{a::B, c}`: the names at the outer level.
            Some(group) => {
                let mut depth = 0;
                let mut word = String::new();
                for character in group.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.extend(first_name(&std::mem::take(&mut word))),
                        _ if depth == 0 => word.push(character),
                        _ => {}
                    }
                }
                found.extend(first_name(&word));
            }
            None => found.extend(first_name(after)),
        }
    }
    found
}

fn first_name(path: &str) -> Option<String> {
    let name: String = path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn imports_go_down_only() {
    let table = table();
    let order: Vec<&String> = table.iter().map(|(module, _)| module).collect();
    let mut wrong = Vec::new();
    for (place, (module, allowed)) in table.iter().enumerate() {
        for lower in allowed {
            let below = order.iter().position(|name| *name == lower);
            assert!(
                below.is_some_and(|below| below > place),
                "the table lists `{lower}` for `{module}`, which is not below it"
            );
        }
        let folder = root().join("aitest-runtime/src").join(module);
        let path = if folder.is_dir() { folder } else { folder.with_extension("rs") };
        let inside = |file: &PathBuf| file.strip_prefix(&path).unwrap().to_owned();
        let is_test = |file: &PathBuf| inside(file).components().any(|part| part.as_os_str() == "tests");
        for file in sources(&path).into_iter().filter(|file| !is_test(file)) {
            for import in imports(&std::fs::read_to_string(&file).unwrap()) {
                if import != *module && !allowed.contains(&import) {
                    wrong.push(format!("{} imports crate::{import}", file.strip_prefix(root()).unwrap().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "not in the table of docs/architecture.md:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_runtime_is_in_the_table() {
    let listed: BTreeSet<String> = table().into_iter().map(|(module, _)| module).collect();
    let names = std::fs::read_dir(root().join("aitest-runtime/src")).unwrap();
    let modules: BTreeSet<String> = names
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "lib")
        .collect();
    assert_eq!(listed, modules);
}

/// `aitest-agent` sees one module of the runtime, and its error.
#[test]
fn the_agent_crate_sees_the_host_alone() {
    let allowed = ["host", "Error", "Result"];
    for file in sources(&root().join("aitest-agent/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for after in code.split("aitest_runtime::").skip(1) {
            let name = first_name(after).unwrap_or_default();
            assert!(allowed.contains(&name.as_str()), "{} imports aitest_runtime::{name}", file.display());
        }
    }
}

#[test]
fn the_imports_of_a_file_are_found() {
    let source = "use crate::record::{A, B};\nuse crate::{price, redact::x};\nfn f() { crate::stats::g() }\n// crate::no\n#[cfg(test)]\nmod t { use crate::process; }";
    assert_eq!(imports(source).into_iter().collect::<Vec<_>>(), ["price", "record", "redact", "stats"]);
}
