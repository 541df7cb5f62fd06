use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use guildhall::{Error, accounts, entity::signing_key};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{access, actor, joined};
use crate::kit::TestApp;

/// What a good token holds, and the key that it was signed with.
struct Good {
    token: String,
    header: Value,
    claims: Value,
    pkcs8: Vec<u8>,
}

impl Good {
    async fn of(app: &TestApp) -> Self {
        let ada = joined(app, "ada").await;
        let token = access(&ada).to_owned();
        let key = signing_key::Entity::find().one(&app.app.db.write).await.unwrap().unwrap();
        Self {
            header: part(&token, 0),
            claims: part(&token, 1),
            pkcs8: app.app.vault.open(&key.sealed).unwrap(),
            token,
        }
    }

    /// These header and claims, well signed by the server's own key.
    fn signed(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let key = Ed25519KeyPair::from_pkcs8(&self.pkcs8).unwrap();
        let signature = key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    fn with_header(&self, set: impl FnOnce(&mut Value)) -> String {
        let mut header = self.header.clone();
        set(&mut header);
        self.signed(&header, &self.claims)
    }

    fn with_claims(&self, set: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims.clone();
        set(&mut claims);
        self.signed(&self.header, &claims)
    }
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn is_good(app: &TestApp, token: &str) -> bool {
    match accounts::authenticate(&app.app, token).await {
        Ok(_) => true,
        Err(Error::Unauthenticated) => false,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_token_says_who_and_for_how_long_and_nothing_personal() {
    let app = TestApp::new().await;
    let good = Good::of(&app).await;

    assert_eq!(good.header["alg"], "EdDSA");
    assert_eq!(good.header["typ"], "at+jwt");
    assert_eq!(good.header["kid"], accounts::jwks(&app.app)["keys"][0]["kid"]);
    assert_eq!(good.header.as_object().unwrap().len(), 3);
    let claims = &good.claims;
    assert_eq!(claims["iss"], "http://127.0.0.1:8000");
    assert_eq!(claims["aud"], "http://127.0.0.1:8000");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert!(claims["sub"].as_str().unwrap().starts_with("account_"));
    assert!(claims["sid"].as_str().unwrap().starts_with("session_"));
    let mut names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]);
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_never_the_tokens() {
    let app = TestApp::new().await;
    let good = Good::of(&app).await;
    let kid = good.header["kid"].as_str().unwrap();
    let body = encoded(&good.claims);

    for alg in ["none", "None", "NONE"] {
        let header = encoded(&json!({ "alg": alg, "typ": "at+jwt", "kid": kid }));
        assert!(!is_good(&app, &format!("{header}.{body}.")).await, "{alg}");
        let (_, signature) = good.token.rsplit_once('.').unwrap();
        assert!(!is_good(&app, &format!("{header}.{body}.{signature}")).await, "{alg}");
    }

    let x = accounts::jwks(&app.app)["keys"][0]["x"].as_str().unwrap().to_owned();
    for secret in [x.clone().into_bytes(), URL_SAFE_NO_PAD.decode(&x).unwrap()] {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(kid.to_owned());
        let key = EncodingKey::from_secret(&secret);
        let forged = jsonwebtoken::encode(&header, &good.claims, &key).unwrap();
        assert!(!is_good(&app, &forged).await, "HS256 with the public key");
    }
}

#[tokio::test]
async fn a_key_that_a_token_brings_along_is_not_looked_at() {
    let app = TestApp::new().await;
    let mut good = Good::of(&app).await;
    let own = good.pkcs8.clone();
    good.pkcs8 = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap().as_ref().to_vec();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" });

    assert!(!is_good(&app, &good.signed(&good.header, &good.claims)).await, "another's key");
    let brought = good.with_header(|header| header["jwk"] = jwk.clone());
    assert!(!is_good(&app, &brought).await);

    good.pkcs8 = own;
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://example.org/keys")),
        ("x5u", json!("https://example.org/cert")),
        ("crit", json!(["exp"])),
        ("extra", json!(1)),
    ] {
        let brought = good.with_header(|header| header[name] = value);
        assert!(!is_good(&app, &brought).await, "{name}, though well signed");
    }
}

#[tokio::test]
async fn an_odd_key_name_or_type_is_refused() {
    let app = TestApp::new().await;
    let good = Good::of(&app).await;
    assert!(is_good(&app, &good.signed(&good.header, &good.claims)).await, "the forge works");

    for kid in [json!(""), json!("../../etc/passwd"), json!("' OR 1=1 --"), json!(null), json!(7)] {
        let odd = good.with_header(|header| header["kid"] = kid.clone());
        assert!(!is_good(&app, &odd).await, "{kid}");
    }
    for typ in [json!("JWT"), json!("AT+JWT"), json!(null)] {
        let odd = good.with_header(|header| header["typ"] = typ.clone());
        assert!(!is_good(&app, &odd).await, "{typ}");
    }
}

#[tokio::test]
async fn every_claim_is_required_and_looked_at() {
    let app = TestApp::new().await;
    let good = Good::of(&app).await;

    for name in ["iss", "aud", "sub", "sid", "iat", "exp", "jti"] {
        let lacking = good.with_claims(|claims| {
            claims.as_object_mut().unwrap().remove(name);
        });
        assert!(!is_good(&app, &lacking).await, "without {name}");
    }
    for (name, value) in [
        ("iss", json!("https://elsewhere.example.org")),
        ("aud", json!("https://elsewhere.example.org")),
        ("aud", json!(["http://127.0.0.1:8000"])),
        ("sub", json!("account_00000000000000000000000000")),
        ("sub", good.claims["sid"].clone()),
        ("sid", json!("session_00000000000000000000000000")),
        ("jti", json!("")),
        ("exp", json!("never")),
    ] {
        let wrong = good.with_claims(|claims| claims[name] = value.clone());
        assert!(!is_good(&app, &wrong).await, "{name} = {value}");
    }
}

#[tokio::test]
async fn a_token_begins_and_ends_in_its_time() {
    let app = TestApp::new().await;
    let good = Good::of(&app).await;
    let now = app.app.clock.now().timestamp();

    for (name, value) in [("nbf", now + 6), ("iat", now + 6), ("exp", now - 5)] {
        let wrong = good.with_claims(|claims| claims[name] = json!(value));
        assert!(!is_good(&app, &wrong).await, "{name} = {value}");
    }
    for (name, value) in [("nbf", now + 5), ("iat", now + 5), ("exp", now - 4)] {
        let fair = good.with_claims(|claims| claims[name] = json!(value));
        assert!(is_good(&app, &fair).await, "{name} = {value}: clocks may differ by five seconds");
    }

    assert!(is_good(&app, &good.token).await);
    app.app.clock.advance(TimeDelta::seconds(905));
    assert!(!is_good(&app, &good.token).await, "though it was remembered as good");
}

#[tokio::test]
async fn what_is_no_token_is_nobody() {
    let app = TestApp::new().await;
    let good = Good::of(&app).await;

    let long = "e".repeat(5_000);
    let cut = &good.token[..good.token.len() - 2];
    for text in ["", ".", "..", "a.b.c", "gh_", "gh_nonsense", cut, long.as_str()] {
        assert!(!is_good(&app, text).await, "{text}");
    }
    let mut changed = good.token.clone().into_bytes();
    let at = changed.len() - 50;
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    assert!(!is_good(&app, &String::from_utf8(changed).unwrap()).await);
}

#[tokio::test]
async fn who_was_here_a_moment_ago_costs_no_statement() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    actor(&app, &ada).await;
    app.statements();

    actor(&app, &ada).await;
    assert_eq!(app.statements(), [""; 0]);

    app.app.clock.advance(TimeDelta::seconds(5));
    actor(&app, &ada).await;
    assert_eq!(app.statements().len(), 1, "after five seconds the session is read again");
}

#[tokio::test]
async fn an_account_was_seen_to_five_minutes() {
    let app = TestApp::new().await;
    let ada = joined(&app, "ada").await;
    app.app.clock.advance(TimeDelta::seconds(299));
    actor(&app, &ada).await;
    assert_eq!(seen(&app, &ada).await, "2026-05-04T09:30:00.000Z");

    app.app.clock.advance(TimeDelta::seconds(5));
    actor(&app, &ada).await;
    assert_eq!(seen(&app, &ada).await, "2026-05-04T09:35:04.000Z");
}

async fn seen(app: &TestApp, answer: &Value) -> String {
    app.app.tasks.close();
    app.app.tasks.wait().await;
    app.app.tasks.reopen();
    let ada = actor(app, answer).await;
    let run = app.run(&ada, "{ viewer { account { lastSeenAt } } }").await.ok();
    run.text("viewer.account.lastSeenAt").to_owned()
}
