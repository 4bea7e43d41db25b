use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use crate::load::{Fault, Fields, LoadError, LoadErrorKind, Node, Text, Value, inside, parse_json, read, wrong_type};

const FOLDER: &str = "evals";
const FILE: &str = "evals.json";
/// Characters of a prompt in an eval's name.
const SHOWN: usize = 50;

/// One eval of a skill: a task, and what is expected of its outcome.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SkillEval {
    /// `id`: a number or a text.
    pub id: String,
    /// `id` and the beginning of the prompt: `1-transfer-200-to-savings`.
    pub name: String,
    /// The task.
    pub prompt: String,
    /// What a good outcome is, in words.
    pub expected_output: Option<String>,
    /// Statements that hold of a good outcome.
    pub expectations: Vec<String>,
    /// Files that the task is about.
    pub files: Vec<PathBuf>,
    /// All other keys.
    pub metadata: Map<String, Json>,
    /// The file of the evals.
    pub path: PathBuf,
}

/// Reads the evals in the `evals/evals.json` of the skill in the folder `path`, or the file `path` itself, in the
/// [format of skill-creator](https://github.com/anthropics/skills/blob/main/skills/skill-creator/references/schemas.md).
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// for eval in aitest::load_skill_evals("skills/money-transfers")? {
///     println!("{}: {} expectations", eval.name, eval.expectations.len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The file cannot be read or is no JSON, an eval has no `id` or `prompt`, two have one `id`, a value has the wrong type,
/// a file does not exist, a file or a link leads out of the skill's folder, or there are no evals.
pub fn load_skill_evals(path: impl AsRef<Path>) -> Result<Vec<SkillEval>, LoadError> {
    let path = path.as_ref();
    let file = if path.is_file() { path.to_owned() } else { path.join(FOLDER).join(FILE) };
    let skill = skill_of(&file);
    if let Ok(root) = fs::canonicalize(skill) {
        inside(&root, &file)?;
    }
    let text = read(&file)?;
    let fields = parse_json(&text).and_then(Fields::of_json).map_err(|fault| fault.of(&file))?;
    evals(fields, skill, &file).map_err(|fault| fault.of(&file))
}

/// The folder of the skill whose evals are in `file`.
fn skill_of(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(Path::new("."));
    let skill = folder.parent().filter(|_| folder.ends_with(FOLDER)).unwrap_or(folder);
    if skill.as_os_str().is_empty() { Path::new(".") } else { skill }
}

fn evals(mut fields: Fields, skill: &Path, file: &Path) -> Result<Vec<SkillEval>, Fault> {
    let line = fields.line();
    let entries = fields.list("evals")?;
    if entries.is_empty() {
        return Err(Fault::new(LoadErrorKind::Missing, "`evals` is missing or empty").at(line));
    }
    let mut evals: Vec<SkillEval> = Vec::new();
    for entry in entries {
        let line = entry.line;
        let eval = eval(entry, skill, file)?;
        if evals.iter().any(|earlier| earlier.id == eval.id) {
            return Err(Fault::new(LoadErrorKind::Duplicate, format!("the `id` {} is there twice", eval.id)).at(line));
        }
        evals.push(eval);
    }
    Ok(evals)
}

fn eval(entry: Node, skill: &Path, file: &Path) -> Result<SkillEval, Fault> {
    let mut fields = Fields::of_json(entry)?;
    let id = id(&mut fields)?;
    let prompt = fields.required("prompt")?.text;
    let files = fields.texts("files")?.iter().map(|text| within(skill, text)).collect::<Result<_, _>>()?;
    Ok(SkillEval {
        name: name(&id, &prompt),
        id,
        prompt,
        expected_output: fields.optional("expected_output")?,
        expectations: fields.texts("expectations")?.into_iter().map(|text| text.text).collect(),
        files,
        metadata: fields.rest(),
        path: file.to_owned(),
    })
}

fn id(fields: &mut Fields) -> Result<String, Fault> {
    let missing = Fault::new(LoadErrorKind::Missing, "`id` is missing or empty").at(fields.line());
    let node = fields.take("id").ok_or(missing)?;
    match &node.value {
        Value::Text(id) if !id.trim().is_empty() => Ok(id.clone()),
        Value::Plain(id) if id.parse::<i64>().is_ok() => Ok(id.clone()),
        _ => Err(wrong_type("id", "an integer or a text", &node)),
    }
}

/// A file of the skill.
fn within(skill: &Path, text: &Text) -> Result<PathBuf, Fault> {
    let Text { text: name, line } = text;
    let path = skill.join(name);
    let root = fs::canonicalize(skill);
    match (root, fs::canonicalize(&path)) {
        (Ok(root), Ok(_)) if inside(&root, &path).is_ok() => Ok(path),
        (Ok(_), Ok(_)) => {
            Err(Fault::new(LoadErrorKind::OutsideFolder, format!("`{name}` is not in the skill's folder")).at(*line))
        }
        _ => Err(Fault::new(LoadErrorKind::NotReadable, format!("there is no file `{name}` in the skill's folder"))
            .at(*line)),
    }
}

fn name(id: &str, prompt: &str) -> String {
    let start: String = prompt.chars().take(SHOWN).flat_map(char::to_lowercase).collect();
    let words = start.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(id).chain(words).collect::<Vec<_>>().join("-")
}
