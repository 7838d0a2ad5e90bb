"""The simulated Zoom: which requests a fault hits, by path, label, page, rate and try, the same for the same seed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from integration_tests.sandbox import Fault, path_of
from integration_tests.sandbox.faults import Faults

if TYPE_CHECKING:
    from integration_tests.sandbox_tests.client import Client


def _urls() -> list[str]:
    return [f"/v2/meetings/{n}" for n in range(400)]


def test_a_rate_is_drawn_for_each_try_of_each_url_and_repeats_with_the_seed() -> None:
    def run(seed: int) -> list[list[bool]]:
        faults = Faults([Fault("status_500", rate=0.2)], seed)
        return [[faults.draw("GET", url) is not None for url in _urls()] for _ in range(3)]

    first = run(1)
    assert first == run(1) != run(2)
    assert first[0] != first[1] != first[2]
    assert all(0.12 < sum(tries) / 400 < 0.28 for tries in first)


def test_the_order_of_the_urls_does_not_matter() -> None:
    one, other = (Faults([Fault("status_500", rate=0.3)], 5) for _ in range(2))
    forward = {url: one.draw("GET", url) is not None for url in _urls()}
    backward = {url: other.draw("GET", url) is not None for url in reversed(_urls())}
    assert forward == backward


def test_at_first_tries_and_precedence() -> None:
    faults = Faults([Fault("reset", path="polls", at=(1, 3)), Fault("hang", path="qa", tries=2)], 1)
    assert [bool(faults.draw("GET", "/polls")) for _ in range(5)] == [False, True, False, True, False]
    assert [bool(faults.draw("GET", f"/qa/{n}")) for n in (1, 2, 1, 2, 1, 2)] == [True] * 4 + [False] * 2
    always = faults.add(Fault("cut"))
    assert faults.draw("GET", "/x") is always
    faults.remove(always)
    assert faults.draw("GET", "/x") is None
    assert len(faults) == 2


def test_a_fault_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="no kind of fault"):
        Fault("gremlin")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="share"):
        Fault("reset", rate=20)


def test_a_page_of_a_list_can_answer_with_a_skip_once_or_always(client: Client) -> None:
    def read_pages() -> list[int | None]:
        codes: list[int | None] = []
        token = ""
        for _ in range(3):
            answer = client.get("users", page_size=10, **({"next_page_token": token} if token else {}))
            codes.append(answer.json().get("code"))
            token = answer.json().get("next_page_token", token)
        return codes

    skip: dict[str, Any] = {"status": 404, "code": 3001, "message": "Meeting does not exist: 1."}
    client.zoom.faults.add(Fault("answer", path="^/v2/users", page=2, tries=1, **skip))
    assert read_pages() == [None, 3001, None]
    assert read_pages() == [None, None, None]
    client.zoom.clear_faults()
    client.zoom.faults.add(Fault("error_in_200", path="^/v2/users", page=2))
    assert read_pages() == read_pages() == [None, 200, 200]
    assert client.get("users", page_size=10, page_number=2).json()["code"] == 200


def test_a_firewall_that_dislikes_a_share_of_the_urls_for_good() -> None:
    faults = Faults([Fault("waf_403", path="report", rate=0.6, lasting=True)], 3)
    urls = [f"/v2/report/meetings/{n}" for n in range(300)]
    tries = [[faults.draw("GET", url) is not None for url in urls] for _ in range(3)]
    assert tries[0] == tries[1] == tries[2]
    assert 0.5 < sum(tries[0]) / 300 < 0.7


def test_a_label_can_be_refused_for_ever(client: Client) -> None:
    day = client.zoom.account.today.isoformat()
    client.zoom.faults.add(Fault("qps_429", label="Heavy"))
    answers = [client.get("report/history_meetings", from_=day, to=day).status_code for _ in range(3)]
    assert answers == [429, 429, 429]
    assert client.get("users").status_code == 200
    with pytest.raises(ValueError, match="label is one of"):
        Fault("qps_429", label="Feather")  # type: ignore[arg-type]


def test_a_daily_limit_can_say_a_moment_that_has_passed(client: Client) -> None:
    answer = client.answer_of("daily_429", seconds=-180)
    now = datetime.now(timezone.utc)
    again = datetime.strptime(answer.headers["Retry-After"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert timedelta(seconds=170) < now - again < timedelta(seconds=200)
    answer = client.answer_of("daily_429", retry_after="2020-01-01T00:00:00Z")
    assert answer.headers["Retry-After"] == "2020-01-01T00:00:00Z"


def test_an_answer_can_be_any_text(client: Client) -> None:
    answer = client.answer_of("answer", status=410, text="<html>gone</html>")
    assert (answer.status_code, answer.text) == (410, "<html>gone</html>")
    assert answer.headers["Content-Type"].startswith("text/html")
    answer = client.answer_of("answer", status=200, text='{"users": [NaN]}', content_type="application/json")
    assert answer.content == b'{"users": [NaN]}'


@pytest.mark.parametrize("uuid", ["/abc+/def==", "ab//cd==", "plain/x==", "aBc="])
def test_a_fault_about_one_occurrence(uuid: str) -> None:
    fault = Fault("status_500", path=path_of(uuid))
    faults = Faults([fault], 1)
    once = quote(uuid, safe="")
    for name in (once, quote(once, safe="")):
        assert faults.draw("GET", f"/v2/report/meetings/{name}") is fault
        assert faults.draw("GET", f"/v2/report/meetings/{name}/participants?page_size=3") is fault
    assert faults.draw("GET", f"/v2/report/meetings/x{once}") is None
