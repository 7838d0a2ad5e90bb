"""The simulated Zoom: what an account can be and few are, and the odd answers that its knobs bring."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from integration_tests.sandbox import TABLES, AccountShape, Sandbox
from integration_tests.sandbox_tests.client import TODAY, Client, canonical

WINDOW = {"from_": "2026-05-01", "to": "2026-05-20", "page_size": 300}


def _name(uuid: str) -> str:
    return quote(quote(uuid, safe=""), safe="")


def _is_strict(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def _account(shape: AccountShape | None = None, **knobs: Any) -> Sandbox:
    return Sandbox(shape or AccountShape(users=8, seed=7), today=TODAY, **knobs)


def test_a_listed_webinar_that_is_gone_has_a_past_with_absentees() -> None:
    with _account(AccountShape(users=8, seed=7, gone_listed=2)) as zoom, Client(zoom) as client:
        gone = [w for w in zoom.account.listed_webinars() if w.gone]
        assert len(gone) == 2
        for webinar in gone:
            assert client.error(f"webinars/{webinar.id}")[:2] == (404, 3001)
            assert client.error(f"webinars/{webinar.id}/registrants")[:2] == (404, 3001)
        ids = {webinar.id for webinar in gone}
        assert not ids & {row["id"] for row in zoom.truth("webinars")}
        assert ids & {row["webinar_id"] for row in zoom.truth("webinar_absentees")}
        assert len([m for m in zoom.account.listed_meetings() if m.gone and m.occurrences]) == 2


def test_registration_of_the_past_is_not_that_of_today() -> None:
    with _account(AccountShape(users=8, seed=7, registration_changes=4)) as zoom, Client(zoom) as client:
        answers: dict[bool, set[int]] = {False: set(), True: set()}
        for webinar in zoom.account.listed_webinars():
            now = client.get(f"webinars/{webinar.id}/registrants").status_code == 200
            for occurrence in webinar.occurrences:
                then = client.get(f"past_webinars/{_name(occurrence.uuid)}/absentees")
                assert then.status_code == (200 if occurrence.registration else 400)
                answers[now].add(then.status_code)
        # Both now and then, either now and not then, or the reverse.
        assert answers == {False: {200, 400}, True: {200, 400}}


def test_users_in_a_row_whose_lists_answer_oddly() -> None:
    with _account(odd_users=3) as zoom, Client(zoom) as client:
        answers = [client.get(f"users/{user.id}/meetings") for user in zoom.account.users[:5]]
        assert [answer.status_code for answer in answers] == [200, 400, 400, 400, 200]
        assert answers[1].json() == {"code": 9310, "message": "The resource could not be processed."}
        assert zoom.owed("meetings") < _account().owed("meetings")


def test_a_series_whose_past_answers_oddly() -> None:
    with _account(odd_series=1) as zoom, Client(zoom) as client:
        series = max((m for m in zoom.account.listed_meetings()), key=lambda m: len(m.occurrences))
        for occurrence in series.occurrences:
            for path in (f"report/meetings/{_name(occurrence.uuid)}", f"past_meetings/{_name(occurrence.uuid)}/polls"):
                assert client.error(path)[:2] == (400, 9310)
        assert series.id not in {row["meeting_id"] for row in zoom.truth("report_meetings")}
        assert series.id in {row["id"] for row in zoom.truth("meetings")}


def test_the_newest_occurrence_is_wrongly_too_old() -> None:
    with _account(wrongly_too_old=1) as zoom, Client(zoom) as client:
        usual = _account()
        (newest,) = {r["uuid"] for r in usual.truth("report_meetings")} - {
            r["uuid"] for r in zoom.truth("report_meetings")
        }
        assert zoom.account.occurrences[newest].start == max(
            o.start for o in zoom.account.occurrences.values() if not o.meeting.is_webinar
        )
        assert client.error(f"report/meetings/{_name(newest)}") == (400, 12702, "Can not access meeting a year ago.")
        assert zoom.owed("report_webinars") == usual.owed("report_webinars") - 1


@pytest.mark.parametrize(
    ("form", "pattern"),
    [("number", r"\d+"), ("text", r'"\d{10,11}"'), ("spaced", r'"\d{3} \d{3,4} \d{4}"'), ("missing", "null")],
)
def test_numbers_of_the_history(form: str, pattern: str) -> None:
    with _account(history_numbers=form) as zoom, Client(zoom) as client:
        rows = client.get("report/history_meetings", **WINDOW).json()["history_meetings"]
        assert all(re.fullmatch(pattern, json.dumps(row.get("meeting_id"))) for row in rows)
        assert canonical(zoom.truth("report_meetings")) == canonical(_account().truth("report_meetings"))


def test_times_of_the_history() -> None:
    with _account(history_times="plain") as zoom, Client(zoom) as client:
        rows = client.get("report/history_meetings", **WINDOW).json()["history_meetings"]
        for name in ("start_time", "end_time", "create_time"):
            assert all(re.fullmatch(r"2026-0[45]-\d\d \d\d:\d\d:\d\d", row[name]) for row in rows)


@pytest.mark.parametrize("status", [403, 404, 410, 501])
def test_files_can_be_dead_as_a_web_page(status: int) -> None:
    with _account(files=f"html_{status}") as zoom, Client(zoom) as client:
        (occurrence, *_) = zoom.occurrences()
        answer = client.get(f"past_meetings/{_name(occurrence.uuid)}/files")
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html;charset=utf-8")
        assert zoom.owed("meeting_files") == 0


def test_a_webinar_list_with_nothing_but_its_total() -> None:
    with _account(webinar_list_token=False, webinar_list_counts=False) as zoom, Client(zoom) as client:
        owner = zoom.account.users[0]
        path = f"users/{owner.id}/webinars"
        first = client.get(path, page_size=1).json()
        assert set(first) == {"next_page_token", "page_size", "total_records", "webinars"}
        assert (first["next_page_token"], first["total_records"]) == ("", len(owner.webinar_rows))
        second = client.get(path, page_size=1, page_number=2).json()["webinars"]
        assert [row["id"] for row in second] == [owner.webinar_rows[1].id]


def test_columns_that_only_a_parameter_brings_are_owed() -> None:
    zoom = _account()
    assert all(user["custom_attributes"] for user in zoom.truth("users"))
    for table in ("meetings", "webinars"):
        past = [
            len([o for o in row.get("occurrences", ()) if o["start_time"] < "2026-05-20"]) for row in zoom.truth(table)
        ]
        assert max(past) > 1, table


# Bodies


@pytest.mark.parametrize("oddities", [("surrogate",), ("nan",), ("bom",), ("surrogate", "nan", "bom")])
def test_bodies_that_a_strict_reader_refuses(oddities: tuple[str, ...]) -> None:
    with _account(odd_json=oddities) as zoom, Client(zoom) as client:
        bodies = [client.get(f"report/meetings/{_name(row['uuid'])}").content for row in zoom.truth("report_meetings")]
        assert any(b"\\ud83d" in body for body in bodies) == ("surrogate" in oddities)
        assert any(b":NaN" in body for body in bodies) == ("nan" in oddities)
        assert all(body.startswith(b"\xef\xbb\xbf") for body in bodies) == ("bom" in oddities)
        assert not all(map(_is_strict, bodies))
        read = [json.loads(body.decode("utf-8-sig"), parse_constant=lambda _: None) for body in bodies]
        text = json.dumps(read, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        wanted = [
            {name: value for name, value in row.items() if name not in ("meeting_id", "meeting_uuid")}
            for row in zoom.truth("report_meetings")
        ]
        assert canonical(json.loads(text)) == canonical(wanted)


def test_odd_bodies_are_none_of_the_usual_account() -> None:
    usual = _account()
    assert all("\N{REPLACEMENT CHARACTER}".encode() not in orjson.dumps(r) for t in TABLES for r in usual.truth(t))
    with pytest.raises(ValueError, match="there is no yaml"):
        Sandbox(odd_json=("yaml",))
