use axum::http::HeaderMap;

use super::ACCEPT_LANGUAGE;

/// What the pages say, as HTML.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) verify: &'static str,
    pub(super) verify_text: &'static str,
    pub(super) verify_done: &'static str,
    pub(super) ask: &'static str,
    pub(super) ask_text: &'static str,
    pub(super) ask_done: &'static str,
    pub(super) reset: &'static str,
    pub(super) reset_text: &'static str,
    pub(super) reset_done: &'static str,
    pub(super) address: &'static str,
    pub(super) password: &'static str,
    pub(super) go: &'static str,
    pub(super) no_address: &'static str,
    pub(super) weak: &'static str,
    pub(super) expired: &'static str,
    pub(super) taken: &'static str,
    pub(super) wait: &'static str,
    pub(super) unreadable: &'static str,
    pub(super) unavailable: &'static str,
    pub(super) failed: &'static str,
}

/// The words in the language that a browser likes best, if it is one of ours.
pub(super) fn of(headers: &HeaderMap) -> &'static Words {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let first = wanted.and_then(|tags| tags.split([',', ';', '-']).next()).unwrap_or_default();
    if first.trim().eq_ignore_ascii_case("de") { &GERMAN } else { &ENGLISH }
}

static ENGLISH: Words = Words {
    lang: "en",
    verify: "Confirm your address",
    verify_text: "Press the button, and your address is confirmed.",
    verify_done: "Your address is confirmed. You can close this page.",
    ask: "Forgot your password?",
    ask_text: "Write the address of your account: you get a mail with a link.",
    ask_done: "If there is an account with this address, a mail is on its way.",
    reset: "Set a new password",
    reset_text: "You are signed out everywhere, and sign in with the new one.",
    reset_done: "Your new password is set. Sign in with it.",
    address: "Address",
    password: "New password, at least 8 characters",
    go: "Go on",
    no_address: "Write a whole address, such as ada@example.org.",
    weak: "This is too short, too long or easy to guess: add words, or let a password manager make one.",
    expired: "This link was used before, or its time is over: ask for another.",
    taken: "There is an account with this address by now.",
    wait: "Too many tries: wait, then try again.",
    unreadable: "This could not be read: try again.",
    unavailable: "This does not work at the moment: try again later.",
    failed: "Something is broken here: try again later.",
};

static GERMAN: Words = Words {
    lang: "de",
    verify: "Adresse bestätigen",
    verify_text: "Drücke den Knopf, dann ist deine Adresse bestätigt.",
    verify_done: "Deine Adresse ist bestätigt. Du kannst diese Seite schließen.",
    ask: "Passwort vergessen?",
    ask_text: "Schreib die Adresse deines Kontos: Du bekommst eine Mail mit einem Link.",
    ask_done: "Wenn es ein Konto mit dieser Adresse gibt, ist eine Mail unterwegs.",
    reset: "Neues Passwort setzen",
    reset_text: "Du wirst überall abgemeldet und meldest dich mit dem neuen an.",
    reset_done: "Dein neues Passwort ist gesetzt. Melde dich damit an.",
    address: "Adresse",
    password: "Neues Passwort, mindestens 8 Zeichen",
    go: "Weiter",
    no_address: "Schreib eine ganze Adresse, zum Beispiel ada@example.org.",
    weak: "Das ist zu kurz, zu lang oder leicht zu erraten: Nimm mehr Wörter, oder lass einen Passwortmanager eins machen.",
    expired: "Dieser Link wurde schon verwendet, oder seine Zeit ist um: Fordere einen neuen an.",
    taken: "Inzwischen gibt es ein Konto mit dieser Adresse.",
    wait: "Zu viele Versuche: Warte, dann versuch es noch einmal.",
    unreadable: "Das war nicht zu lesen: Versuch es noch einmal.",
    unavailable: "Das geht gerade nicht: Versuch es später noch einmal.",
    failed: "Hier ist etwas kaputt: Versuch es später noch einmal.",
};
