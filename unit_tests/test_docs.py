"""docs/zoom.md and README.md say what the code does: tables, keys, scopes, form, limits, messages."""

from __future__ import annotations

import ast
import json
import math
import re
from pathlib import Path

import pytest

from source_zoom.streams import TABLES
from source_zoom.zoom.labels import REQUESTS_PER_DAY, REQUESTS_PER_SECOND, Label
from source_zoom.zoom.rate_limits import HEADROOM

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "zoom.md").read_text("utf-8")
SPEC = json.loads((ROOT / "source_zoom" / "spec.json").read_text("utf-8"))["connectionSpecification"]
BY_NAME = {table.table_name(): table for table in TABLES}


def section(heading: str) -> str:
    """Text below a heading, up to the next one of any level."""
    (text,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def key_of(name: str) -> list[str]:
    """The primary key of a table."""
    return [str(column) for column in BY_NAME[name].primary_key or ()]  # type: ignore[arg-type, union-attr]


def cells(text: str) -> list[list[str]]:
    """Rows of the Markdown tables in a text, without their headers."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    split = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    rules = [index for index, row in enumerate(split) if re.fullmatch(r":?-+:?", row[0])]
    headers = {index - 1 for index in rules} | set(rules)
    return [row for index, row in enumerate(split) if index not in headers]


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


def test_tables_and_keys() -> None:
    documented = {row[0]: row[2] for row in cells(section("Supported Streams"))}
    assert documented == {name: ", ".join(key_of(name)) for name in BY_NAME}


def test_parents_of_tables_are_those_of_the_page() -> None:
    kinds: dict[str, tuple[str, ...]] = {"scheduled meeting": ("meeting_id",), "scheduled webinar": ("webinar_id",)}
    kinds |= {"past meeting": ("meeting_uuid",), "past webinar": ("webinar_uuid",), "account": ()}
    for row in cells(section("Supported Streams")):
        assert tuple(re.findall(r"\{(\w+)\}", BY_NAME[row[0]].endpoint)) == kinds[row[3]], row[0]


def test_keys_that_differ_are_the_declared_ones() -> None:
    for row in cells(section("Keys that differ")):
        for name in row[0].split(", "):
            kind = "webinar" if "webinar" in name else "meeting"
            key = ["uuid" if column == f"{kind}_uuid" and "uuid, file" in row[2] else column for column in key_of(name)]
            assert ", ".join(key) == row[2], name


def test_every_table_has_its_scopes() -> None:
    assert sorted(row[0] for row in cells(section("Scopes"))[: len(BY_NAME)]) == sorted(BY_NAME)


def test_every_field_of_the_form_is_explained() -> None:
    titles = {field["title"] for field in SPEC["properties"].values()}
    explained = {row[0].strip("*") for row in cells(section("Fill in the form"))}
    assert titles <= explained


def test_limits() -> None:
    plans: tuple[AccountPlan, ...] = ("free", "pro", "business")
    for row in cells(section("Performance considerations"))[:3]:
        label = Label(row[0])
        for plan, cell in zip(plans, row[1:4], strict=True):
            day = REQUESTS_PER_DAY[plan].get(label)
            assert cell == f"{REQUESTS_PER_SECOND[plan][label]} a second" + (f", {day:,} a day" if day else "")


def test_weights() -> None:
    """Each table is named in the row of the weight that its requests have."""
    rows = {row[0]: row[4] for row in cells(section("Performance considerations"))[:3]}
    families = {
        "report": "report tables",
        "participants": "participant tables",
        "registrants": "registrant tables",
        "files": "file tables",
        "poll_results": "poll result, Q&A and file tables",
        "qna_results": "poll result, Q&A and file tables",
    }
    for name, table in BY_NAME.items():
        if name == "users":
            continue
        text = rows[table.label.value]
        words = [f"`{name}`", *(tables for part, tables in families.items() if part in name)]
        assert any(word in text for word in words), name


def test_duration_of_a_sync() -> None:
    rows = cells(section("Performance considerations"))[3:]
    assert len(rows) == 4
    paid: tuple[AccountPlan, ...] = ("pro", "business")
    for _, _, meetings, _, webinars, requests, *durations in rows:
        past_meetings, past_webinars = (int(number.replace(",", "")) for number in (meetings, webinars))
        # Six months of history; report and participants of each; absentees of webinars.
        heavy = 6 + 2 * past_meetings + 3 * past_webinars
        assert requests == f"{heavy:,}"
        for plan, duration in zip(paid, durations, strict=True):
            if heavy > REQUESTS_PER_DAY[plan][Label.HEAVY]:
                assert duration == "over the daily limit"
                continue
            minutes = math.ceil(heavy / (REQUESTS_PER_SECOND[plan][Label.HEAVY] * HEADROOM) / 60)
            assert duration == f"{minutes} minute" + ("s" if minutes > 1 else "")


MESSAGES = [re.findall(r"`([^`]+)`", row[0])[0] for row in cells(section("Troubleshooting"))]


# What the code puts into its sentences where the page quotes one whole.
VALUE = re.compile("…|the scope|UsageReport:Read|User:Read|heavy")


@pytest.mark.parametrize("message", MESSAGES)
def test_message_is_one_of_the_connector(message: str) -> None:
    quoted = VALUE.sub("\0", message.removeprefix("skipped: "))
    assert any(quoted in sentence for sentence in sentences_of_the_code())


def test_links_inside_the_page_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
    readme = (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"docs/zoom\.md#([^)]+)\)", readme)) <= anchors
    for target in re.findall(r"\]\(([\w/.]+)\)", readme):
        assert (ROOT / target).exists(), target


def test_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\bmake ([a-z0-9-]+)", (ROOT / document).read_text("utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_page_is_safe_for_the_documentation_site() -> None:
    """The site reads Markdown as MDX, where braces are code and an unknown tag breaks the page."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", PAGE, flags=re.DOTALL)
    assert not re.search(r"[{}]", text)
    assert set(re.findall(r"</?([A-Za-z]+)", text)) == {"HideInUI", "details", "summary"}
    assert "http:" + "//" not in PAGE
