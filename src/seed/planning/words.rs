//! What boards and tasks are called.

/// What boards are about.
pub(super) const PROJECTS: &[&str] = &[
    "Reading Group",
    "Website Renewal",
    "Summer Meet-up",
    "Mentoring Round",
    "Library Catalogue",
    "Accessibility Audit",
    "Release Train",
    "Data Cleanup",
    "Newsletter",
    "Onboarding",
    "Workshop Series",
    "Mobile Client",
    "Search Rewrite",
    "Fundraising",
    "Translation Sprint",
    "Server Move",
];

/// What tasks begin with; what they are about follows.
pub(super) const ERRANDS: &[&str] = &[
    "Look into",
    "Write down",
    "Clean up",
    "Decide about",
    "Test",
    "Measure",
    "Talk to everybody about",
    "Find somebody for",
    "Shorten",
    "Automate",
    "Review",
    "Draw a picture of",
    "Retire",
    "Plan",
    "Ask for help with",
    "Repair",
];

/// Labels of tasks, with their colours.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("Bug", "#e53e3e"),
    ("Idea", "#3182ce"),
    ("Words", "#718096"),
    ("Design", "#d53f8c"),
    ("Help wanted", "#dd6b20"),
    ("Small", "#38a169"),
    ("Research", "#805ad5"),
    ("Outside", "#319795"),
];
