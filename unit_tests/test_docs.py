"""docs/zoom.md and README.md say what the code does: tables, keys, scopes, form, limits, messages."""

from __future__ import annotations

import ast
import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from source_zoom.base.config import DEFAULT_WORKERS
from source_zoom.streams import TABLES, scopes
from source_zoom.zoom.labels import REQUESTS_PER_DAY, REQUESTS_PER_SECOND, Label
from source_zoom.zoom.pace import HEADROOM
from unit_tests.resource import facts

if TYPE_CHECKING:
    from source_zoom.base.config import KnownPlan
    from source_zoom.parents.sources import ParentSource

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "zoom.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SPEC = json.loads((ROOT / "source_zoom" / "spec.json").read_text("utf-8"))["connectionSpecification"]
BY_NAME = {table.table_name(): table for table in TABLES}
ACCOUNT, SCHEDULED, PAST = "Users, groups and roles", "Scheduled meetings and webinars", "Past meetings and webinars"
RECORDED, LOGS = "Recordings, transcripts and summaries", "Logs"
# Where the page may list the tables of each source of parents.
SECTIONS = {
    "lists of the account": {ACCOUNT},
    "groups": {ACCOUNT},
    "scheduled meetings": {SCHEDULED},
    "scheduled webinars": {SCHEDULED},
    "past meetings": {PAST, RECORDED},
    "past webinars": {PAST},
    "summaries": {RECORDED},
    "windows": {PAST, RECORDED, LOGS},
}


def section(heading: str) -> str:
    """Text below a heading, up to the next one of any level."""
    (text,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def cells(text: str) -> list[list[str]]:
    """Rows of the Markdown tables in a text, without their headers."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    split = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    rules = [index for index, row in enumerate(split) if re.fullmatch(r":?-+:?", row[0])]
    headers = {index - 1 for index in rules} | set(rules)
    return [row for index, row in enumerate(split) if index not in headers]


def tables_in(heading: str) -> dict[str, list[str]]:
    """The other cells of each table's row, by the table's name."""
    return {row[0].strip("[]"): row[1:] for row in cells(section(heading))}


def sentences_of_the_code() -> list[str]:
    """Every text in the connector; the parts of one that has values in it are joined by a mark."""
    found = []
    for file in (ROOT / "source_zoom").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"{\w+}", "\0", node.value))
            elif isinstance(node, ast.JoinedStr):
                found.append(
                    "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
                )
    return found


def rows_of_tables() -> list[tuple[str, str, list[str]]]:
    """(section, table, its other cells) of every row under Supported Streams."""
    headings = (ACCOUNT, SCHEDULED, PAST, RECORDED, LOGS)
    return [(heading, name, row) for heading in headings for name, row in tables_in(heading).items()]


def test_each_table_has_a_row_where_its_parents_are() -> None:
    places = {name: heading for heading, name, _ in rows_of_tables()}
    assert sorted(name for _, name, _ in rows_of_tables()) == sorted(BY_NAME)
    assert {name for name, heading in places.items() if heading not in SECTIONS[BY_NAME[name].parent.name]} == set()


def test_every_source_of_parents_has_a_section() -> None:
    sources: set[ParentSource] = {table.parent for table in TABLES}
    assert {source.name for source in sources} == set(SECTIONS)


@pytest.mark.parametrize(("name", "row"), [(name, row) for _, name, row in rows_of_tables()])
def test_key_and_cursor_of_a_table(name: str, row: list[str]) -> None:
    _, key, cursor = row
    assert key == ", ".join(facts.TABLES[name].key)
    assert cursor == (BY_NAME[name].cursor_field or "none")


def test_every_table_leads_to_the_documentation_of_its_request() -> None:
    links = dict(re.findall(r"^\[(\w+)\]: https://developers\.zoom\.us/docs/api/\S+/get/(\S+)$", PAGE, re.MULTILINE))
    braced = {name: re.sub("%7B|%7D", "", path) for name, path in links.items()}
    withdrawn = {"meeting_files", "webinar_files"}
    assert set(braced) == set(BY_NAME) - withdrawn
    for name, path in braced.items():
        # Zoom documents the list of the account's recordings for master accounts only.
        own = facts.TABLES[name].path.replace("accounts/me/recordings", "users/{user_id}/recordings")
        assert path == re.sub(r"{([a-z]+)_(id|uuid)}", r"\1Id", own), name
        assert f"| [{name}] |" in PAGE


def test_contributing_says_why_a_table_is_not_incremental() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    reasons = cells(text.split("## Which tables are incremental")[1].split("\n## ")[0])
    explained = [name for row in reasons for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(explained) == sorted(name for name, table in BY_NAME.items() if not table.cursor_field)


def test_scopes_to_copy_are_those_of_all_tables() -> None:
    granular, classic = re.findall(r"```text\n(.*?)\n```", section("Scopes"), re.DOTALL)
    assert sorted(granular.splitlines()) == sorted(scopes.consent_scopes())
    assert f"These {len(granular.splitlines())} scopes" in section("Scopes")
    assert set(classic.splitlines()) == {scope.classic for table in TABLES for scope in scopes.needed(table)}


def test_every_table_has_its_scopes() -> None:
    assert sorted(row[0] for row in cells(section("Scopes"))[: len(BY_NAME)]) == sorted(BY_NAME)


def fields_of_the_form() -> list[tuple[str, str]]:
    """(title, key) of every field that a user fills in."""
    options = SPEC["properties"]["credentials"]["oneOf"]
    fields = [SPEC["properties"], *(option["properties"] for option in options)]
    return [(field["title"], key) for group in fields for key, field in group.items() if "title" in field]


@pytest.mark.parametrize(("title", "key"), sorted({*fields_of_the_form()} - {("Authentication", "credentials")}))
def test_field_of_the_form_is_explained_with_its_key(title: str, key: str) -> None:
    form = section("Fill in the form")
    assert f"**{title}** (`{key}`)" in form
    assert f"`{key}`" in README or f'"{key}": ' in README


@pytest.mark.parametrize("option", SPEC["properties"]["credentials"]["oneOf"], ids=lambda option: option["title"])
def test_login_of_the_form_is_explained(option: dict[str, dict[str, dict[str, str]]]) -> None:
    auth_type = option["properties"]["auth_type"]["const"]
    (text,) = re.findall(
        rf'<FieldAnchor field="credentials\[{re.escape(auth_type)}\]">\n(.*?)</FieldAnchor>', PAGE, re.DOTALL
    )
    assert f"**Authentication: {option['title']}** (`credentials`, with `auth_type` = `{auth_type}`)" in text
    assert [key for key in option["properties"] if f"`{key}`" not in text] == []


def test_each_field_of_the_form_has_an_anchor() -> None:
    anchors = re.findall(r'<FieldAnchor field="([^"\[]+)', PAGE)
    assert set(anchors) == set(SPEC["properties"])


def test_numbers_of_the_form() -> None:
    form = " ".join(section("Fill in the form").split())
    window, workers = SPEC["properties"]["lookback_window_days"], SPEC["properties"]["num_workers"]
    assert f"{window['minimum']} to {window['maximum']} days, {window['default']} by default" in form
    assert f"at most, {workers['minimum']} to {workers['maximum']}. Empty: {DEFAULT_WORKERS}." in form
    for plan in SPEC["properties"]["account_plan"]["enum"]:
        assert f"`{plan}`" in form


def test_start_date_in_every_form() -> None:
    pattern = re.compile(SPEC["properties"]["start_date"]["pattern"])
    anchor = PAGE.split('<FieldAnchor field="start_date">')[1].split("</FieldAnchor>")[0]
    examples = re.findall(r"`(\d[^`]*)`", anchor)
    assert [example for example in examples if not pattern.search(example)] == []
    assert {re.sub(r"\d", "0", example) for example in examples} == {
        "0000-00-00",
        "00/00/0000",
        "0000-00-00T00:00:00",
        "0000-00-00T00:00:00Z",
    }


def test_limits() -> None:
    plans: tuple[KnownPlan, ...] = ("free", "pro", "business")
    for row in cells(section("Performance considerations"))[:3]:
        label = Label(row[0])
        for plan, cell in zip(plans, row[1:4], strict=True):
            day = REQUESTS_PER_DAY[plan].get(label)
            assert cell == f"{REQUESTS_PER_SECOND[plan][label]} a second" + (f", {day:,} a day" if day else "")


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - {"users"}))
def test_table_is_named_with_its_weight(name: str) -> None:
    points = re.findall(
        r"^- \*\*(\w+)\*\*: (.*?)(?=^- |^\n)", section("Performance considerations"), re.DOTALL | re.MULTILINE
    )
    assert [weight for weight, text in points if f"`{name}`" in text] == [facts.TABLES[name].label]
    assert BY_NAME[name].label.value == facts.TABLES[name].label


def test_duration_of_a_sync() -> None:
    rows = cells(section("Performance considerations"))[3:]
    assert len(rows) == 4
    paid: tuple[KnownPlan, ...] = ("pro", "business")
    for _, meetings, webinars, requests, *durations, nightly in rows:
        past_meetings, past_webinars = (int(number.replace(",", "")) for number in (meetings, webinars))
        # Report and participants of each, and absentees of webinars.
        reports = 2 * past_meetings + 3 * past_webinars
        # Six months of history, in seven windows with pages of 300 rows.
        heavy = reports + 7 + (past_meetings + past_webinars) // 300
        assert requests == f"{heavy:,}"
        # A day's share of six months, nearly all of it read twice, and the history of the last two weeks.
        assert int(nightly.replace(",", "")) == pytest.approx(reports / 182 * 2.12 + 6, rel=0.03)
        for plan, duration in zip(paid, durations, strict=True):
            unit, amount = "minute", heavy / (REQUESTS_PER_SECOND[plan][Label.HEAVY] * HEADROOM) / 60
            if heavy > REQUESTS_PER_DAY[plan][Label.HEAVY]:
                unit, amount = "day", heavy / REQUESTS_PER_DAY[plan][Label.HEAVY]
            assert duration == f"{math.ceil(amount)} {unit}" + ("s" if amount > 1 else "")


MESSAGES = [re.findall(r"`([^`]+)`", row[0])[0] for row in cells(section("Troubleshooting"))]


# What the code puts into its sentences where the page quotes one whole.
VALUE = re.compile("…|the scope|UsageReport:Read|User:Read|heavy")


@pytest.mark.parametrize("message", MESSAGES)
def test_message_is_one_of_the_connector(message: str) -> None:
    quoted = VALUE.sub("\0", message.removeprefix("skipped: "))
    assert any(quoted in sentence for sentence in sentences_of_the_code())


def anchors_of(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", page, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_links_inside_the_page_lead_somewhere() -> None:
    anchors = anchors_of(PAGE)
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
    assert set(re.findall(r"docs/zoom\.md#([^)]+)\)", README)) <= anchors
    guide = (ROOT / "docs" / "zoom-migrations.md").read_text("utf-8")
    assert set(re.findall(r"/sources/zoom#([^)]+)\)", guide)) <= anchors
    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= anchors_of(guide)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_to_files_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([\w/.-]+)(?:#[\w-]+)?\)", (ROOT / document).read_text("utf-8")):
        assert (ROOT / target).exists(), target


def test_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\bmake ([a-z0-9-]+)", (ROOT / document).read_text("utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("name", ["zoom.md", "zoom-migrations.md"])
def test_page_is_safe_for_the_documentation_site(name: str) -> None:
    """The site reads Markdown as MDX, where braces are code and an unknown tag breaks the page."""
    page = (ROOT / "docs" / name).read_text("utf-8")
    text = re.sub(r"```.*?```|`[^`\n]*`|<!-- /?env:\w+ -->", "", page, flags=re.DOTALL)
    assert not re.search(r"[{}]", text)
    assert set(re.findall(r"</?([A-Za-z]+)", text)) <= {"HideInUI", "FieldAnchor", "details", "summary"}
    assert len(re.findall(r"<(HideInUI|FieldAnchor|details)\b", text)) == len(
        re.findall(r"</(HideInUI|FieldAnchor|details)>", text)
    )
    assert "http:" + "//" not in page
