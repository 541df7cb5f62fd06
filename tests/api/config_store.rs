//! The settings of the store of files, and which are refused.

use guildhall::config::{Inputs, Loaded, Refused, load};

const GOOD: &str = "kD8w2VnqR5tX0zLmC7bYhUe4JpAsG1fQ9oTi6MvNrWE=";
const KEYS: [(&str, &str); 3] = [
    ("GUILDHALL_STORE_URL", "s3://our-bucket/files"),
    ("GUILDHALL_STORE_ACCESS_KEY", "AKIAQ3V7XZ5T2WPL9KJH"),
    ("GUILDHALL_STORE_SECRET_KEY", "b7Xq2mWc9TzR4vKpL8sN1dYhG6fJ3aEuC5oQ0iVy"),
];

fn environment(variables: &[(&str, &str)]) -> Result<Loaded, Refused> {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    load(&Inputs { environment: variables.iter().map(pair).collect(), ..Inputs::default() })
}

#[track_caller]
fn problems(variables: &[(&str, &str)]) -> Vec<String> {
    environment(variables).unwrap_err().0
}

/// The keys with something set otherwise, in production.
fn production<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut variables = vec![("GUILDHALL_ENV", "production"), ("GUILDHALL_SECRET", GOOD)];
    variables.extend(KEYS);
    variables.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    variables.extend(more);
    variables
}

#[test]
fn a_bucket_and_its_keys_are_read_and_the_secret_one_is_never_shown() {
    for variables in [KEYS.to_vec(), production(&[])] {
        let loaded = environment(&variables).unwrap();
        assert_eq!(loaded.config.store_url.as_ref().unwrap().as_str(), "s3://our-bucket/files");
        assert_eq!(loaded.config.store_access_key.as_deref(), Some(KEYS[1].1));
        let shown = format!("{}{loaded:?}", loaded.to_toml());
        assert!(!shown.contains(KEYS[2].1), "{shown}");
        let line = "# store_secret_key = \"********\" # GUILDHALL_STORE_SECRET_KEY";
        assert!(shown.lines().any(|other| other == line), "{shown}");
    }
    environment(&KEYS[..1]).unwrap();
    environment(&production(&[("GUILDHALL_STORE_ENDPOINT", "https://s3.example.org")])).unwrap();
}

#[test]
fn one_key_without_the_other_is_refused() {
    let advice = "set both, or neither to look where AWS's own tools do";
    let (url, access, secret) = (KEYS[0], KEYS[1], KEYS[2]);
    assert_eq!(
        problems(&[url, access]),
        [format!("GUILDHALL_STORE_ACCESS_KEY is set without GUILDHALL_STORE_SECRET_KEY: {advice}")]
    );
    assert_eq!(
        problems(&[url, secret]),
        [format!("GUILDHALL_STORE_SECRET_KEY is set without GUILDHALL_STORE_ACCESS_KEY: {advice}")]
    );
}

#[test]
fn what_is_said_of_a_bucket_that_is_not_named_is_refused() {
    let endpoint = ("GUILDHALL_STORE_ENDPOINT", "https://s3.example.org");
    let refused = problems(&[endpoint, KEYS[1], KEYS[2]]);
    assert_eq!(refused.len(), 3, "{refused:?}");
    for (problem, name) in refused.iter().zip([endpoint.0, KEYS[1].0, KEYS[2].0]) {
        let expected = format!(
            "{name} is set, but GUILDHALL_STORE_URL is not, so that files would stay on this machine: name \
             the bucket, such as s3://bucket/prefix"
        );
        assert_eq!(*problem, expected);
    }
}

#[test]
fn production_refuses_to_send_files_in_the_clear() {
    let endpoint = |url| production(&[("GUILDHALL_STORE_ENDPOINT", url)]);
    assert_eq!(
        problems(&endpoint("http://minio:9000")),
        [
            "GUILDHALL_STORE_ENDPOINT: members' files would travel in the clear to http://minio:9000/: set it to \
          an https:// address"
        ]
    );
    for good in ["https://minio:9000", "http://127.0.0.1:9000", "http://localhost:9000"] {
        environment(&endpoint(good)).unwrap();
    }
    let mut development = KEYS.to_vec();
    development.push(("GUILDHALL_STORE_ENDPOINT", "http://minio:9000"));
    environment(&development).unwrap();
}

#[test]
fn production_refuses_a_secret_key_that_everybody_knows() {
    for (key, why) in [
        ("minioadmin", "looks like an example"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "looks like an example"),
        ("aaaaaaaaaaaaaaaa", "repeats a pattern"),
    ] {
        assert_eq!(
            problems(&production(&[("GUILDHALL_STORE_SECRET_KEY", key)])),
            [format!(
                "GUILDHALL_STORE_SECRET_KEY {why}: set it to the one that the store made for this server"
            )]
        );
    }
}

#[test]
fn addresses_that_are_wrong_are_refused_without_the_passwords_in_them() {
    for (name, value) in [
        ("GUILDHALL_STORE_URL", "s3://AKIA:hidden-word@bucket/prefix"),
        ("GUILDHALL_STORE_ENDPOINT", "https://me:hidden-word@s3.example.org"),
    ] {
        let refused = problems(&[(name, value)]);
        assert!(refused[0].starts_with(name) && refused[0].contains("********"), "{refused:?}");
        assert!(!refused[0].contains("hidden-word"), "{refused:?}");
    }
    for bad in ["bucket", "https://bucket", "s3://", "s3://bucket?region=x", "s3://bucket#x"] {
        let expected =
            format!("GUILDHALL_STORE_URL = {bad:?}: write s3://bucket or s3://bucket/prefix");
        assert_eq!(problems(&[("GUILDHALL_STORE_URL", bad)]), [expected]);
    }
}
