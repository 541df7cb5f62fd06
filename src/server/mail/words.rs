//! What the pages about mail say.

/// Sentences of one language; `{}` is filled.
pub(super) struct Phrases {
    pub(super) language: &'static str,
    pub(super) leave_title: &'static str,
    pub(super) leave_button: &'static str,
    pub(super) left: &'static str,
    pub(super) choose: &'static str,
    pub(super) choices_title: &'static str,
    pub(super) stop_all: &'static str,
    pub(super) save: &'static str,
    pub(super) saved: &'static str,
}

const ALL: [Phrases; 4] = [
    Phrases {
        language: "en",
        leave_title: "No more mail about “{}”?",
        leave_button: "Unsubscribe",
        left: "You get no more mail about “{}”.",
        choose: "Choose what you get mail about",
        choices_title: "What you get mail about",
        stop_all: "No mail at all, but for what I ask for myself",
        save: "Save",
        saved: "Saved.",
    },
    Phrases {
        language: "de",
        leave_title: "Keine Mails mehr zu „{}“?",
        leave_button: "Abbestellen",
        left: "Du bekommst keine Mails mehr zu „{}“.",
        choose: "Auswählen, wozu du Mails bekommst",
        choices_title: "Wozu du Mails bekommst",
        stop_all: "Gar keine Mails, außer was ich selbst anfordere",
        save: "Speichern",
        saved: "Gespeichert.",
    },
    Phrases {
        language: "es",
        leave_title: "¿No recibir más correos sobre «{}»?",
        leave_button: "Darse de baja",
        left: "Ya no recibes correos sobre «{}».",
        choose: "Elegir sobre qué recibir correos",
        choices_title: "Sobre qué recibes correos",
        stop_all: "Ningún correo, salvo lo que yo pida",
        save: "Guardar",
        saved: "Guardado.",
    },
    Phrases {
        language: "fr",
        leave_title: "Ne plus recevoir de messages sur « {} » ?",
        leave_button: "Se désabonner",
        left: "Vous ne recevez plus de messages sur « {} ».",
        choose: "Choisir les messages à recevoir",
        choices_title: "Les messages que vous recevez",
        stop_all: "Aucun message, sauf ce que je demande moi-même",
        save: "Enregistrer",
        saved: "Enregistré.",
    },
];

/// The sentences of a language, or of English.
pub(super) fn phrases(locale: &str) -> &'static Phrases {
    let language = locale.split('-').next().unwrap_or_default();
    let [english, ..] = &ALL;
    ALL.iter().find(|phrases| phrases.language == language).unwrap_or(english)
}
