//! What stands around the words of a mail, in the languages that the server speaks itself.

/// Sentences of one language; `{}` is filled.
#[derive(Debug)]
pub struct Phrases {
    /// The language.
    pub language: &'static str,
    /// Who sent it.
    pub sent_by: &'static str,
    /// The link that ends a topic.
    pub leave: &'static str,
    /// The link to all choices.
    pub choose: &'static str,
    /// The names of the server's own topics, by key.
    topics: &'static [(&'static str, &'static str)],
}

/// The languages that the server speaks, as BCP 47 tags; the first is for those whose language is not among them.
pub const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

const ALL: [Phrases; 4] = [
    Phrases {
        language: "en",
        sent_by: "Sent by {}",
        leave: "No more mail about “{}”",
        choose: "Choose what you get mail about",
        topics: &[],
    },
    Phrases {
        language: "de",
        sent_by: "Gesendet von {}",
        leave: "Keine Mails mehr zu „{}“",
        choose: "Auswählen, wozu du Mails bekommst",
        topics: &[
            ("mention", "Erwähnungen"),
            ("reply", "Antworten"),
            ("comment", "Kommentare"),
            ("reaction", "Reaktionen"),
            ("follow", "Neue Follower"),
            ("message", "Nachrichten"),
            ("endorsement", "Bestätigte Fähigkeiten"),
            ("collaboration", "Zusammenarbeit"),
            ("submission", "Kontaktformulare"),
        ],
    },
    Phrases {
        language: "es",
        sent_by: "Enviado por {}",
        leave: "No recibir más correos sobre «{}»",
        choose: "Elegir sobre qué recibir correos",
        topics: &[
            ("mention", "Menciones"),
            ("reply", "Respuestas"),
            ("comment", "Comentarios"),
            ("reaction", "Reacciones"),
            ("follow", "Seguidores"),
            ("message", "Mensajes"),
            ("endorsement", "Habilidades avaladas"),
            ("collaboration", "Colaboraciones"),
            ("submission", "Formularios de contacto"),
        ],
    },
    Phrases {
        language: "fr",
        sent_by: "Envoyé par {}",
        leave: "Ne plus recevoir de messages sur « {} »",
        choose: "Choisir les messages à recevoir",
        topics: &[
            ("mention", "Mentions"),
            ("reply", "Réponses"),
            ("comment", "Commentaires"),
            ("reaction", "Réactions"),
            ("follow", "Abonnés"),
            ("message", "Messages privés"),
            ("endorsement", "Compétences recommandées"),
            ("collaboration", "Collaborations"),
            ("submission", "Formulaires de contact"),
        ],
    },
];

/// The language of a tag, which stands before its first hyphen.
pub fn language(locale: &str) -> &str {
    locale.split('-').next().unwrap_or_default()
}

/// The sentences of a language, or of English.
pub fn phrases(locale: &str) -> &'static Phrases {
    let [english, ..] = &ALL;
    ALL.iter().find(|phrases| phrases.language == language(locale)).unwrap_or(english)
}

impl Phrases {
    /// What a topic is called: one of the server's own in this language, any other as staff named it.
    pub fn topic<'t>(&self, key: &str, name: &'t str, is_system: bool) -> &'t str {
        let own = self.topics.iter().find(|(own, _)| is_system && *own == key);
        own.map_or(name, |(_, name)| name)
    }
}

/// A language tag as it is usually written (`pt-BR`, `zh-Hant`), if it is one of at most 35 characters.
pub fn locale(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_language =
        (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    if text.len() > 35 || !is_language {
        return None;
    }
    let mut written = first.to_ascii_lowercase();
    for part in parts {
        if !(2..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        written.push('-');
        match part.len() {
            2 => written.push_str(&part.to_ascii_uppercase()),
            4 => {
                let (head, tail) = part.split_at(1);
                written.push_str(&head.to_ascii_uppercase());
                written.push_str(&tail.to_ascii_lowercase());
            }
            _ => written.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(written)
}
