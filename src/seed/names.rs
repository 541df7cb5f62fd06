//! What made-up members are called, where they are and what they say they do.

use super::dice::Dice;

const FIRST: &[&str] = &[
    "Abena", "Adrian", "Aiko", "Alba", "Amara", "Amir", "Anika", "Anton", "Aoife", "Arash", "Asha",
    "Astrid", "Bastian", "Beatriz", "Bilal", "Bruna", "Carmen", "Cedric", "Chiara", "Chidi",
    "Clara", "Cosmo", "Dalia", "Damir", "Daria", "Deniz", "Dorian", "Ebba", "Elif", "Elio",
    "Emeka", "Enzo", "Esra", "Eva", "Farid", "Fatou", "Felix", "Fiona", "Freja", "Gabor", "Gita",
    "Goran", "Greta", "Hana", "Hassan", "Hedda", "Hiro", "Ida", "Ilya", "Imani", "Ines", "Isak",
    "Ivana", "Jamal", "Jana", "Jonas", "Jorge", "Jun", "Kaito", "Kamala", "Karim", "Katja",
    "Kenji", "Kofi", "Lara", "Leila", "Linus", "Liv", "Luca", "Lucía", "Maja", "Malik", "Marek",
    "Marisol", "Mateo", "Meera", "Milan", "Mina", "Moa", "Nadia", "Naoko", "Nils", "Nina", "Noor",
    "Olga", "Omar", "Oskar", "Paloma", "Pavel", "Petra", "Priya", "Quentin", "Rafael", "Rania",
    "Renata", "Rohan", "Rosa", "Sami", "Sanna", "Sara", "Selin", "Simon", "Sofía", "Sunita",
    "Tarek", "Teresa", "Theo", "Tomás", "Ulla", "Valeria", "Vera", "Viktor", "Wanja", "Yara",
    "Yusuf", "Zainab", "Zeynep", "Zoë",
];

const LAST: &[&str] = &[
    "Abebe",
    "Adeyemi",
    "Ahlgren",
    "Almeida",
    "Andersson",
    "Araujo",
    "Aydin",
    "Bakker",
    "Banerjee",
    "Barros",
    "Bauer",
    "Becker",
    "Bergström",
    "Bianchi",
    "Blom",
    "Bondarenko",
    "Botha",
    "Brandt",
    "Camara",
    "Castro",
    "Chavez",
    "Chen",
    "Costa",
    "Dahl",
    "Danso",
    "Delgado",
    "Demir",
    "Diallo",
    "Dimitrov",
    "Dubois",
    "Eklund",
    "Esposito",
    "Farkas",
    "Fernandes",
    "Fischer",
    "Fontaine",
    "Fujita",
    "Garcia",
    "Ghosh",
    "Grünwald",
    "Haddad",
    "Hakimi",
    "Hansen",
    "Hoffmann",
    "Horvath",
    "Ibrahim",
    "Ito",
    "Ivanov",
    "Jansen",
    "Jimenez",
    "Johansson",
    "Joshi",
    "Kaplan",
    "Kato",
    "Kaya",
    "Keller",
    "Khalil",
    "Kimura",
    "Kovacs",
    "Kowalska",
    "Kruger",
    "Kumar",
    "Laine",
    "Larsen",
    "Lehmann",
    "Levi",
    "Lindqvist",
    "Lopez",
    "Machado",
    "Marino",
    "Martins",
    "Mbeki",
    "Medina",
    "Mehta",
    "Mensah",
    "Meyer",
    "Mori",
    "Moreau",
    "Nakamura",
    "Navarro",
    "Ndiaye",
    "Nguyen",
    "Nieminen",
    "Novak",
    "Nowak",
    "Nyström",
    "Obi",
    "Okafor",
    "Olsen",
    "Ortega",
    "Osei",
    "Öztürk",
    "Park",
    "Patel",
    "Pereira",
    "Petrov",
    "Popescu",
    "Prieto",
    "Qureshi",
    "Rahman",
    "Ramos",
    "Rao",
    "Reyes",
    "Ricci",
    "Romano",
    "Rossi",
    "Sato",
    "Schneider",
    "Sharma",
    "Silva",
    "Singh",
    "Soto",
    "Sørensen",
    "Suzuki",
    "Szabo",
    "Takeda",
    "Torres",
    "Traoré",
    "Tran",
    "Vargas",
    "Vasquez",
    "Virtanen",
    "Vogel",
    "Wagner",
    "Weber",
    "Wolff",
    "Yamada",
    "Yilmaz",
    "Zhang",
    "Ziegler",
];

const PLACES: &[(&str, &str)] = &[
    ("Accra", "GH"),
    ("Amsterdam", "NL"),
    ("Athens", "GR"),
    ("Barcelona", "ES"),
    ("Berlin", "DE"),
    ("Bogotá", "CO"),
    ("Bologna", "IT"),
    ("Bristol", "GB"),
    ("Buenos Aires", "AR"),
    ("Copenhagen", "DK"),
    ("Dakar", "SN"),
    ("Dublin", "IE"),
    ("Gothenburg", "SE"),
    ("Graz", "AT"),
    ("Hamburg", "DE"),
    ("Helsinki", "FI"),
    ("Istanbul", "TR"),
    ("Kraków", "PL"),
    ("Kyoto", "JP"),
    ("Lagos", "NG"),
    ("Lisbon", "PT"),
    ("Ljubljana", "SI"),
    ("Lyon", "FR"),
    ("Melbourne", "AU"),
    ("Mexico City", "MX"),
    ("Montréal", "CA"),
    ("Mumbai", "IN"),
    ("Nairobi", "KE"),
    ("Oslo", "NO"),
    ("Porto", "PT"),
    ("Prague", "CZ"),
    ("Pune", "IN"),
    ("Santiago", "CL"),
    ("São Paulo", "BR"),
    ("Seoul", "KR"),
    ("Tallinn", "EE"),
    ("Utrecht", "NL"),
    ("Vienna", "AT"),
    ("Wellington", "NZ"),
    ("Zagreb", "HR"),
];

const ROLES: &[&str] = &[
    "Backend engineer",
    "Frontend engineer",
    "Data engineer",
    "Database administrator",
    "Site reliability engineer",
    "Product designer",
    "Design researcher",
    "Technical writer",
    "Engineering manager",
    "Product manager",
    "Security engineer",
    "Test engineer",
    "Data analyst",
    "Platform engineer",
    "Accessibility consultant",
    "Research software engineer",
    "Agile coach",
    "Mobile developer",
    "Game developer",
    "Embedded developer",
    "Open-source maintainer",
];

const FIELDS: &[&str] = &[
    "public transport",
    "health records",
    "small libraries",
    "renewable energy",
    "local news",
    "city archives",
    "food cooperatives",
    "open maps",
    "school software",
    "weather data",
    "museum collections",
    "bike sharing",
    "rural clinics",
    "payments",
    "water management",
    "logistics",
];

const PRONOUNS: &[&str] = &["she/her", "he/him", "they/them"];

/// A name.
pub(super) fn name(dice: &mut Dice) -> String {
    format!("{} {}", dice.word(FIRST), dice.word(LAST))
}

/// A handle made of a name, in one of the ways in which people make them.
pub(super) fn handle(name: &str, dice: &mut Dice) -> String {
    let plain = fold(name);
    let (first, last) = plain.split_once(' ').unwrap_or((&plain, ""));
    let initial = first.get(..1).unwrap_or_default();
    match dice.below(4) {
        0 => format!("{first}_{last}"),
        1 => format!("{first}{last}"),
        2 => format!("{initial}{last}"),
        _ => format!("{last}_{initial}"),
    }
}

/// A name in the letters a to z.
fn fold(name: &str) -> String {
    let letter = |c: char| match c {
        'á' | 'ã' => 'a',
        'é' | 'ë' => 'e',
        'í' => 'i',
        'ó' | 'ö' | 'ø' => 'o',
        'ü' => 'u',
        c => c,
    };
    name.to_lowercase().chars().map(letter).collect()
}

/// A place and its country.
pub(super) fn place(dice: &mut Dice) -> (&'static str, &'static str) {
    dice.pick(PLACES).copied().unwrap_or_default()
}

/// A line below a name.
pub(super) fn headline(dice: &mut Dice) -> String {
    let (role, field) = (dice.word(ROLES), dice.word(FIELDS));
    match dice.below(3) {
        0 => role.to_owned(),
        1 => format!("{role}, working on {field}"),
        _ => format!("{role} for {field}, on the side mostly {}", dice.word(FIELDS)),
    }
}

/// What somebody tells of themselves, in Markdown.
pub(super) fn bio(dice: &mut Dice) -> String {
    let years = dice.below(20) + 2;
    let mut bio = format!("{} in **{}** for {years} years.", dice.word(ROLES), dice.word(FIELDS));
    if dice.chance(60) {
        bio.push_str(&format!(" Before that I worked in {}.", dice.word(FIELDS)));
    }
    if dice.chance(40) {
        bio.push_str("\n\nAsk me about:\n");
        for _ in 0..dice.below(3) + 2 {
            bio.push_str(&format!("\n- {}", dice.word(FIELDS)));
        }
    }
    if dice.chance(30) {
        bio.push_str("\n\n*Opinions are mine, good ideas are usually somebody else's.*");
    }
    bio
}

/// Pronouns.
pub(super) fn pronouns(dice: &mut Dice) -> &'static str {
    dice.word(PRONOUNS)
}
