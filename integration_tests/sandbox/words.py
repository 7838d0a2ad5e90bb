"""Names, topics and phrases of the simulated people: real-looking, partly outside ASCII, none of a real person."""

from __future__ import annotations

from .draw import pick

FIRST = (
    "Jill", "Zoë", "Łukasz", "Amara", "Søren", "Ngozi", "José", "Mei", "Øyvind", "Chloé", "Dmitri", "Fatima",
    "Grace", "Håkon", "Ines", "Jürgen", "Kwame", "Leïla", "Maks", "Nadia", "Oskar", "Priya", "Quentin", "Rania",
    "Sanjay", "Þóra", "Umar", "Vera", "Wenjing", "Ximena", "Yusuf", "陽子", "Björn", "Carlos", "Aoife", "Eleni",
)  # fmt: skip
LAST = (
    "Chill", "Nuñez", "Wójcik", "Okafor", "Ångström", "Brontë", "García", "Zhang", "Lindqvist", "D'Arcy", "Ivanova",
    "Haddad", "Hopper", "Sæther", "Moreau", "Müller", "Mensah", "Benali", "Novák", "Petrova", "Kowalska", "Sharma",
    "Lefèvre", "Saleh", "Gupta", "Jónsdóttir", "Farouk", "Smith-Jones", "李", "Ortega", "Demir", "佐藤", "O'Neill",
)  # fmt: skip
TOPICS = (
    "Weekly sync", "Team stand-up", "Quarterly review", "Café & roadmap", "Onboarding", "Sales kick-off", "1:1",
    "Produktplanung für Q3", "Revue d'architecture", "製品レビュー", "Customer call", "Hiring panel", "Office hours",
    "Budget <draft>", "Training \"basics\"", "Retrospective 🎯", "Обзор проекта", "All hands", "Support triage",
)  # fmt: skip
AGENDAS = ("Learn more about Zoom APIs", "Status, blockers, next steps", "Línea 1\nLínea 2", "Everything else", "")
DEPARTMENTS = ("Developers", "HR", "Marketing", "Forschung & Entwicklung", "Sales", "")
TIMEZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Shanghai", "UTC", "America/Sao_Paulo")
COUNTRIES = ("US", "DE", "FR", "JP", "BR", "NO", "IN")
CITIES = ("Mountain View", "Köln", "São Paulo", "Tromsø", "東京", "Lyon", "Pune")
ORGS = ("Cooking Org", "Ærø Shipping", "Example Ltd", "Müller & Söhne", "")
INDUSTRIES = ("Food", "Software", "Education", "Health", "")
JOBS = ("Chef", "Engineer", "Teacher", "Nurse", "Directrice", "")
EMPLOYEES = ("", "1-20", "21-50", "51-100", "101-250", "251-500", "501-1,000", "1,001-5,000", "More than 10,000")
TIME_FRAMES = ("", "Within a month", "1-3 months", "4-6 months", "More than 6 months", "No timeframe")
PURCHASE_ROLES = ("", "Decision Maker", "Evaluator/Recommender", "Influencer", "Not involved")
QUESTIONS = ("How useful was this meeting?", "How are you?", "Wie fanden Sie es?", "What should we do next?")
ANSWERS = ("Good", "Extremely useful", "Not at all", "Très bien", "Good;Extremely useful", "はい")


def person(raw: bytes) -> tuple[str, str]:
    """A first and a last name, from two bytes of a digest."""
    return pick(FIRST, raw[30]), pick(LAST, raw[31])


def topic(raw: bytes) -> str:
    """A meeting topic, from one byte of a digest."""
    return pick(TOPICS, raw[29])
