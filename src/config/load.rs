//! Where settings come from: defaults < file < environment < flags. All that is wrong is said at once.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::{
    Config, Environment, Introspection, LogFormat, currency, mail, nearest, production,
    settings::{PREFIX, SETTINGS, Setting},
    store, value,
};

/// What a configuration is made from.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The configuration file: its path and text.
    pub file: Option<(PathBuf, String)>,
    /// The environment; names that don't begin with `GUILDHALL_` are passed over.
    pub environment: BTreeMap<String, String>,
    /// The command's flags: the key of a setting, and its text.
    pub flags: Vec<(&'static str, String)>,
}

/// A checked configuration, which knows where each value came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What is in force.
    pub config: Config,
    /// One for each of the settings, in their order.
    pub(super) origins: Vec<Origin>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Built in.
    Default,
    /// Built in, for production.
    Production,
    /// A line of the configuration file.
    File(PathBuf, usize),
    /// An environment variable.
    Variable(String),
    /// A file that an environment variable names.
    SecretFile(String),
    /// A flag of the command.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Production => f.write_str("default of production"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) | Self::SecretFile(name) => f.write_str(name),
            Self::Flag(key) => write!(f, "--{}", key.replace('_', "-")),
        }
    }
}

/// Why a configuration is refused: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub Vec<String>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not right:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))
    }
}

impl std::error::Error for Refused {}

/// A text that was given for a setting.
struct Given {
    setting: &'static Setting,
    place: usize,
    text: String,
    origin: Origin,
}

/// Reads and checks a configuration.
pub fn load(inputs: &Inputs) -> Result<Loaded, Refused> {
    let mut problems = Vec::new();
    let mut given = Vec::new();
    if let Some((path, text)) = &inputs.file {
        from_file(path, text, &mut given, &mut problems);
    }
    from_environment(&inputs.environment, &mut given, &mut problems);
    for (key, text) in &inputs.flags {
        if let Some((place, setting)) = Setting::named(key) {
            given.push(Given { setting, place, text: text.clone(), origin: Origin::Flag(key) });
        }
    }
    let mut config = Config::default();
    let mut origins = vec![Origin::Default; SETTINGS.len()];
    if says_production(&given) {
        production_defaults(&mut config, &mut origins);
    }
    for Given { setting, place, text, origin } in given {
        match (setting.set)(&mut config, text.trim()) {
            Ok(()) => {
                if let Some(of) = origins.get_mut(place) {
                    *of = origin;
                }
            }
            Err(right) if setting.secret => problems.push(format!("{origin}: {right}")),
            Err(right) => {
                // Somebody may have put a password where none belongs.
                let text = value::mask(&text);
                problems.push(match origin {
                    Origin::File(..) => format!("{origin}: {} = {text:?}: {right}", setting.key),
                    _ => format!("{origin} = {text:?}: {right}"),
                });
            }
        }
    }
    store::check(&config, &mut problems);
    mail::check(&config, &mut problems);
    currency::check(&config, &mut problems);
    production::check(&config, &mut problems);
    if problems.is_empty() { Ok(Loaded { config, origins }) } else { Err(Refused(problems)) }
}

/// Whether the last word on `env` is production.
fn says_production(given: &[Given]) -> bool {
    let last = given.iter().rfind(|given| given.setting.key == "env");
    last.is_some_and(|given| value::named(given.text.trim()) == Ok(Environment::Production))
}

fn production_defaults(config: &mut Config, origins: &mut [Origin]) {
    config.playground = false;
    config.introspection = Introspection::Members;
    config.log_format = LogFormat::Json;
    for (setting, origin) in SETTINGS.iter().zip(origins) {
        if ["playground", "introspection", "log_format"].contains(&setting.key) {
            *origin = Origin::Production;
        }
    }
}

fn from_file(path: &Path, text: &str, given: &mut Vec<Given>, problems: &mut Vec<String>) {
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            problems.push(format!("{}:{line}: {}", path.display(), error.message()));
            return;
        }
    };
    for (key, value) in table {
        let line = line_of(text, key.span().start);
        let Some((place, setting)) = Setting::named(key.get_ref()) else {
            let keys = SETTINGS.iter().map(|setting| setting.key);
            let hint = nearest::hint(key.get_ref(), "", keys);
            let path = path.display();
            problems.push(format!("{path}:{line}: {} is not a setting{hint}", key.get_ref()));
            continue;
        };
        let origin = Origin::File(path.to_owned(), line);
        match text_of(value.get_ref()) {
            Some(text) => given.push(Given { setting, place, text, origin }),
            None => problems.push(format!(
                "{origin}: {}: write a text, a number, true or false, or a list of texts",
                setting.key
            )),
        }
    }
    given.sort_by_key(|given| given.place);
}

/// A value of the file as the environment would have it.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(|i| i.get_ref().as_str()).collect();
            Some(items?.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn line_of(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or(text);
    before.matches('\n').count() + 1
}

fn from_environment(
    environment: &BTreeMap<String, String>,
    given: &mut Vec<Given>,
    problems: &mut Vec<String>,
) {
    for (place, setting) in SETTINGS.iter().enumerate() {
        let variable = setting.variable();
        let of = |name: &str| environment.get(name).filter(|text| !text.trim().is_empty());
        let text = of(&variable);
        if let Some(text) = text {
            let origin = Origin::Variable(variable.clone());
            given.push(Given { setting, place, text: text.clone(), origin });
        }
        let by_file = format!("{variable}_FILE");
        let Some(path) = of(&by_file).filter(|_| setting.secret) else { continue };
        if text.is_some() {
            problems.push(format!("{variable} and {by_file} are both set: set one of them"));
            continue;
        }
        match std::fs::read_to_string(path.trim()) {
            Ok(text) => {
                given.push(Given { setting, place, text, origin: Origin::SecretFile(by_file) });
            }
            Err(error) => problems.push(format!("{by_file}: can't read {path}: {error}")),
        }
    }
    for (name, value) in environment {
        if let Some(rest) = name.strip_prefix(PREFIX)
            && !is_known(name, rest, value)
        {
            let names = names();
            let bare = names.iter().filter_map(|name| name.strip_prefix(PREFIX));
            let hint = nearest::hint(rest, PREFIX, bare);
            problems.push(format!("{name} is not a setting{hint}"));
        }
    }
}

/// The variables that settings are read from.
fn names() -> Vec<String> {
    let files = SETTINGS.iter().filter(|setting| setting.secret);
    let files = files.map(|setting| format!("{}_FILE", setting.variable()));
    SETTINGS.iter().map(Setting::variable).chain(files).collect()
}

/// Variables that are no settings: where the file is, what the build and the tests read, and what
/// client programs of this server like to keep beside them.
const OTHERS: &[&str] =
    &["CONFIG", "DEMO_PASSWORD", "SKIP_GRAPHIQL", "URL", "LOGIN", "PASSWORD", "TOKEN"];

fn is_known(name: &str, rest: &str, value: &str) -> bool {
    OTHERS.contains(&rest)
        || rest.starts_with("TEST_")
        || is_of_orchestrator(rest, value)
        || names().iter().any(|known| known == name)
}

/// Kubernetes tells every container of the services near it: `GUILDHALL_SERVICE_HOST`,
/// `GUILDHALL_PORT=tcp://…`.
fn is_of_orchestrator(rest: &str, value: &str) -> bool {
    rest.contains("SERVICE_HOST")
        || rest.contains("SERVICE_PORT")
        || rest.contains("PORT_")
        || (rest.ends_with("PORT") && value.contains("://"))
}
