//! Where settings come from, and which are refused.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use guildhall::config::{
    self, Config, Environment, Inputs, Introspection, Loaded, LogFormat, Refused, load,
};

const GOOD: &str = "kD8w2VnqR5tX0zLmC7bYhUe4JpAsG1fQ9oTi6MvNrWE=";

fn inputs(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Inputs {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Inputs {
        file: Some((PathBuf::from("guildhall.toml"), file.to_owned())),
        environment: environment.iter().map(pair).collect(),
        flags: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
    }
}

fn environment(variables: &[(&str, &str)]) -> Result<Loaded, Refused> {
    load(&inputs("", variables, &[]))
}

#[track_caller]
fn problems(variables: &[(&str, &str)]) -> Vec<String> {
    environment(variables).unwrap_err().0
}

/// A production that starts.
fn production<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut variables = vec![("GUILDHALL_ENV", "production"), ("GUILDHALL_SECRET", GOOD)];
    variables.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    variables.extend(more);
    variables
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file_which_wins_over_the_defaults() {
    let file = "name = \"File\"\ntagline = \"File\"\nlisten = \"127.0.0.1:1\"\n";
    let variables = [("GUILDHALL_TAGLINE", "Variable"), ("GUILDHALL_LISTEN", "127.0.0.1:2")];
    let config = load(&inputs(file, &variables, &[("listen", "127.0.0.1:3")])).unwrap().config;
    assert_eq!(config.name, "File");
    assert_eq!(config.tagline.as_deref(), Some("Variable"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:3");
    assert_eq!(config.database_connections, 10);
}

#[test]
fn each_value_says_where_it_came_from() {
    let file = "# ours\nname = \"File\"\nlimit_depth = 9\n";
    let variables =
        [("GUILDHALL_TAGLINE", "Variable"), ("GUILDHALL_DATABASE_URL", "postgres://me:pw@db/g")];
    let shown = load(&inputs(file, &variables, &[("log", "debug")])).unwrap().to_toml();
    for line in [
        "name = \"File\" # guildhall.toml:2",
        "limit_depth = 9 # guildhall.toml:3",
        "tagline = \"Variable\" # GUILDHALL_TAGLINE",
        "log = \"debug\" # --log",
        "registration = \"open\" # default",
        "# secret is not set (default)",
        "# database_url = \"postgres://me:********@db/g\" # GUILDHALL_DATABASE_URL",
    ] {
        assert!(shown.lines().any(|other| other == line), "{line}\n{shown}");
    }
}

#[test]
fn what_is_shown_can_be_used_as_a_file() {
    let shown = environment(&[]).unwrap().to_toml();
    let again = load(&inputs(&shown, &[], &[])).unwrap().config;
    assert_eq!(format!("{again:?}"), format!("{:?}", Config::default()));
}

#[test]
fn every_field_can_be_set() {
    let fields = format!("{:#?}", Config::default());
    let field = |line: &str| {
        let (name, _) = line.split_once(':')?;
        let key = match name.len() - name.trim_start().len() {
            4 => name.trim_start().to_owned(),
            8 => format!("limit_{}", name.trim_start()),
            _ => return None,
        };
        Some(key).filter(|key| key != "limits")
    };
    let fields: BTreeSet<String> = fields.lines().filter_map(field).collect();
    let shown = environment(&[]).unwrap().to_toml();
    let key = |line: &str| {
        let line = line.trim_start_matches("# ");
        let (key, _) = line.split_once(" = ").or_else(|| line.split_once(" is not set ("))?;
        Some(key.to_owned())
    };
    let keys: BTreeSet<String> = shown.lines().filter_map(key).collect();
    assert_eq!(fields, keys);
}

#[test]
fn secrets_are_never_shown() {
    let variables = [
        ("GUILDHALL_SECRET", GOOD),
        ("GUILDHALL_METRICS_TOKEN", "metrics-metrics-metrics"),
        ("GUILDHALL_DATABASE_URL", "postgres://me:hidden-word@db/g"),
        ("GUILDHALL_REDIS_URL", "rediss://me:unseen-word@cache:6380/1"),
    ];
    let loaded = environment(&variables).unwrap();
    let shown = format!("{}{loaded:?}", loaded.to_toml());
    assert_eq!(loaded.config.secret.unwrap().0, GOOD);
    assert!(!shown.contains(GOOD));
    assert!(!shown.contains("metrics-metrics"));
    assert!(!shown.contains("unseen-word"));
    assert!(shown.contains("# redis_url = \"rediss://me:********@cache:6380/1\""), "{shown}");
    assert!(!loaded.config.database_url.is_some_and(|url| loaded_toml_has(&shown, &url)));
}

/// Whether the shown configuration has the database's address with its password.
fn loaded_toml_has(shown: &str, url: &str) -> bool {
    shown.lines().any(|line| line.starts_with("# database_url") && line.contains(url))
}

#[test]
fn the_address_of_a_redis_is_checked() {
    for good in ["redis://cache", "redis://:pw@10.0.0.7:6380/2", "rediss://me:pw@cache.example.org"]
    {
        let config = environment(&[("GUILDHALL_REDIS_URL", good)]).unwrap().config;
        assert_eq!(config.redis_url.unwrap().0, good);
    }
    let right =
        "GUILDHALL_REDIS_URL: write redis://user:password@host:6379/0, or rediss://… for TLS";
    for bad in [
        "cache:6379",
        "http://cache",
        "redis://",
        "redis://cache/zero",
        "redis://cache?protocol=resp2",
        "rediss://cache/#insecure",
        "redis://0.0.0.0",
        "unix:///run/redis",
    ] {
        assert_eq!(environment(&[("GUILDHALL_REDIS_URL", bad)]).unwrap_err().0, [right], "{bad}");
    }
    let config = environment(&[("GUILDHALL_REDIS_PREFIX", "our-guild")]).unwrap().config;
    assert_eq!(config.redis_prefix, "our-guild");
    for bad in ["a b", "a:b", "*", "é"] {
        let refused = environment(&[("GUILDHALL_REDIS_PREFIX", bad)]).unwrap_err();
        assert!(refused.0[0].contains("write 1 to 64 letters"), "{refused}");
    }
}

#[test]
fn a_secret_is_never_part_of_a_refusal() {
    let refused = environment(&[("GUILDHALL_SECRET", "too-short")]).unwrap_err();
    let right = "GUILDHALL_SECRET: write at least 32 random characters, for instance those of \
                 `openssl rand -base64 32`";
    assert_eq!(refused.0, [right]);
}

#[test]
fn all_that_is_wrong_is_said_at_once_with_what_would_be_right() {
    let file = "playground = \"maybe\"\nlimit_depth = 1\nname = { a = 1 }\n";
    let variables = [
        ("GUILDHALL_LISTEN", "localhost"),
        ("GUILDHALL_SESSION_LIFE", "1s"),
        ("GUILDHALL_INTROSPECTION", "staff"),
        ("GUILDHALL_CORS_ORIGINS", "https://a.example, https://b.example/path"),
        ("GUILDHALL_DATABASE_URL", "mysql://db/g"),
    ];
    assert_eq!(
        load(&inputs(file, &variables, &[])).unwrap_err().0,
        [
            "guildhall.toml:3: name: write a text, a number, true or false, or a list of texts",
            "guildhall.toml:1: playground = \"maybe\": write true or false",
            "guildhall.toml:2: limit_depth = \"1\": write a whole number from 3 to 50",
            "GUILDHALL_LISTEN = \"localhost\": write an IP address and a port, such as 127.0.0.1:8000",
            "GUILDHALL_DATABASE_URL: write postgres://user:password@host/database, or \
             sqlite://path/to/file.db",
            "GUILDHALL_INTROSPECTION = \"staff\": write everyone or members or off",
            "GUILDHALL_CORS_ORIGINS = \"https://a.example, https://b.example/path\": \
             \"https://b.example/path\" is no origin: write scheme, host and port only, such as \
             https://app.example.org",
            "GUILDHALL_SESSION_LIFE = \"1s\": write a time from 5m to 400d, such as 30s, 15m, 12h or 60d",
        ]
    );
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let refused = load(&inputs("name = \"a\"\nlisten = \n", &[], &[])).unwrap_err();
    assert_eq!(refused.0.len(), 1);
    assert!(refused.0[0].starts_with("guildhall.toml:2: "), "{refused}");
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest() {
    let file = "lisen = \"127.0.0.1:1\"\ncolour = \"green\"\n";
    let variables = [("GUILDHALL_LIMIT_DEPHT", "9"), ("GUILDHALL_SECRT_FILE", "/run/secret")];
    let refused = load(&inputs(file, &variables, &[])).unwrap_err().0;
    let expected = [
        "guildhall.toml:2: colour is not a setting: `guildhall config` shows all settings",
        "guildhall.toml:1: lisen is not a setting: did you mean listen?",
        "GUILDHALL_LIMIT_DEPHT is not a setting: did you mean GUILDHALL_LIMIT_DEPTH?",
        "GUILDHALL_SECRT_FILE is not a setting: did you mean GUILDHALL_SECRET_FILE?",
    ];
    assert_eq!(refused, expected);
}

#[test]
fn variables_that_are_not_for_the_server_are_passed_over() {
    let others = [
        ("HOME", "/root"),
        ("GUILDHALL_CONFIG", "x.toml"),
        ("GUILDHALL_TEST_DATABASE_URL", "postgres://db/g"),
        ("GUILDHALL_SKIP_GRAPHIQL", "1"),
        ("GUILDHALL_DEMO_PASSWORD", "pw"),
        ("GUILDHALL_URL", "http://127.0.0.1:8000"),
        ("GUILDHALL_SERVICE_HOST", "10.0.0.1"),
        ("GUILDHALL_SERVICE_PORT_HTTP", "80"),
        ("GUILDHALL_PORT", "tcp://10.0.0.1:80"),
        ("GUILDHALL_PORT_80_TCP_ADDR", "10.0.0.1"),
    ];
    assert_eq!(
        format!("{:?}", environment(&others).unwrap().config),
        format!("{:?}", Config::default())
    );
    assert_eq!(
        problems(&[("GUILDHALL_PORT", "8000")]),
        ["GUILDHALL_PORT is not a setting: `guildhall config` shows all settings"]
    );
}

#[test]
fn an_empty_variable_is_not_set() {
    let config = environment(&[("GUILDHALL_NAME", ""), ("GUILDHALL_SECRET", " ")]).unwrap().config;
    assert_eq!(config.name, "Guildhall");
    assert_eq!(config.secret, None);
}

#[test]
fn lists_times_and_numbers_are_read() {
    let file = "cors_origins = [\"https://a.example\", \"http://localhost:3000/\"]\n\
                limit_cost = 12_000\ntrusted_proxies = \"10.0.0.0/8, 192.0.2.7\"\n";
    let variables = [
        ("GUILDHALL_OPERATION_TIMEOUT", "1500ms"),
        ("GUILDHALL_ACCESS_TOKEN_LIFE", "90"),
        ("GUILDHALL_SESSION_LIFE", "12h"),
        ("GUILDHALL_REGISTRATION", "invite-only"),
    ];
    let config = load(&inputs(file, &variables, &[])).unwrap().config;
    assert_eq!(config.cors_origins, ["https://a.example", "http://localhost:3000"]);
    let proxies: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.7/32"]);
    assert_eq!(config.limits.cost, 12_000);
    assert_eq!(config.operation_timeout, Duration::from_millis(1_500));
    assert_eq!(config.access_token_life, Duration::from_secs(90));
    assert_eq!(config.session_life, Duration::from_secs(12 * 3_600));
    assert_eq!(config.registration, config::Registration::InviteOnly);
}

#[test]
fn a_secret_may_come_from_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, format!("{GOOD}\n")).unwrap();
    let path = path.to_str().unwrap();
    let loaded = environment(&[("GUILDHALL_SECRET_FILE", path)]).unwrap();
    assert!(loaded.to_toml().contains("# secret = \"********\" # GUILDHALL_SECRET_FILE"));
    assert_eq!(loaded.config.secret.unwrap().0, GOOD);

    let both = [("GUILDHALL_SECRET", GOOD), ("GUILDHALL_SECRET_FILE", path)];
    let expected = "GUILDHALL_SECRET and GUILDHALL_SECRET_FILE are both set: set one of them";
    assert_eq!(problems(&both), [expected]);
    let missing = problems(&[("GUILDHALL_METRICS_TOKEN_FILE", "/no/such/file")]);
    assert_eq!(missing.len(), 1);
    assert!(
        missing[0].starts_with("GUILDHALL_METRICS_TOKEN_FILE: can't read /no/such/file: "),
        "{missing:?}"
    );
    let no_secret = problems(&[("GUILDHALL_NAME_FILE", path)]);
    assert_eq!(
        no_secret,
        ["GUILDHALL_NAME_FILE is not a setting: `guildhall config` shows all settings"],
    );
}

#[test]
fn production_refuses_a_secret_that_can_be_guessed() {
    let refused = |secret: &str| {
        let variables = production(&[("GUILDHALL_SECRET", secret)]);
        let problems = problems(&variables);
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems[0].clone()
    };
    let advice = "set it to the output of `openssl rand -base64 32`";
    for (secret, why) in [
        ("change-me-change-me-please-change-me", "looks like an example"),
        ("this-is-my-very-long-Secret-1234567890", "looks like an example"),
        ("abcd1234abcd1234abcd1234abcd1234", "repeats a pattern"),
        ("00000000000000000000000000000000", "repeats a pattern"),
        ("01100110101101001010110100101011010", "has too few different characters"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "follows a pattern"),
    ] {
        assert_eq!(refused(secret), format!("GUILDHALL_SECRET {why}: {advice}"));
    }
    assert!(problems(&[("GUILDHALL_ENV", "production")])[0].starts_with(
        "GUILDHALL_SECRET is not set: production wants a secret of its own. Set it, or \
         GUILDHALL_SECRET_FILE, to the output"
    ));
    let short =
        problems(&[("GUILDHALL_ENV", "production"), ("GUILDHALL_SECRET", "kD8w2VnqR5tX0z")]);
    assert!(short[0].starts_with("GUILDHALL_SECRET: write at least 32 random characters"));
    for good in [GOOD, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"] {
        environment(&production(&[("GUILDHALL_SECRET", good)])).unwrap();
    }
}

#[test]
fn production_refuses_to_send_tokens_in_the_clear() {
    let refused = |more: &[(&'static str, &'static str)]| {
        let problems = problems(&production(more));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("GUILDHALL_BASE_URL: members' tokens"), "{problems:?}");
    };
    refused(&[("GUILDHALL_BASE_URL", "http://community.example.org")]);
    refused(&[("GUILDHALL_LISTEN", "0.0.0.0:8000")]);
    for url in ["https://community.example.org", "http://localhost:8000", "http://[::1]:8000"] {
        let variables =
            production(&[("GUILDHALL_LISTEN", "0.0.0.0:8000"), ("GUILDHALL_BASE_URL", url)]);
        environment(&variables).unwrap();
    }
    environment(&production(&[])).unwrap();
    let problems = problems(&production(&[("GUILDHALL_APP_URL", "http://guild.example")]));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("GUILDHALL_APP_URL: links that set passwords"), "{problems:?}");
    environment(&production(&[("GUILDHALL_APP_URL", "https://guild.example")])).unwrap();
}

#[test]
fn production_shows_nothing_that_helps_a_stranger_unless_it_is_told_to() {
    let loaded = environment(&production(&[])).unwrap();
    let config = &loaded.config;
    assert_eq!(config.env, Environment::Production);
    assert!(!config.playground);
    assert_eq!(config.introspection, Introspection::Members);
    assert_eq!(config.log_format, LogFormat::Json);
    assert!(loaded.to_toml().contains("playground = false # default of production\n"));

    let told = [
        ("GUILDHALL_PLAYGROUND", "true"),
        ("GUILDHALL_INTROSPECTION", "everyone"),
        ("GUILDHALL_LOG_FORMAT", "text"),
    ];
    let config = environment(&production(&told)).unwrap().config;
    assert!(config.playground);
    assert_eq!(config.introspection, Introspection::Everyone);
    assert_eq!(config.log_format, LogFormat::Text);
}

#[test]
fn the_secret_of_a_developers_machine_is_made_once_and_kept_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data_dir: folder.path().join("data"), ..Config::default() };
    assert_eq!(config::secret(&config, || GOOD.to_owned()).unwrap(), GOOD);
    assert_eq!(config::secret(&config, || panic!("there is one")).unwrap(), GOOD);
    let path = config.data_dir.join("secret");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(&path, "cut").unwrap();
    let error = config::secret(&config, || GOOD.to_owned()).unwrap_err().to_string();
    assert!(error.contains("holds less than 32 characters"), "{error}");
}
