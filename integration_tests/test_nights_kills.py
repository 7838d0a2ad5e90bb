"""Syncs that end before their time: what their destination has committed and the next sync brings is everything."""

from __future__ import annotations

import os
import random
import signal
from typing import Any

import pytest

from integration_tests.night_accounts import EMPTY, NIGHT, days_later, empty_account, take_place
from integration_tests.night_rules import INCREMENTAL, prints_of
from integration_tests.nights import Connection
from integration_tests.sandbox import Clock, Growth, Sandbox
from source_zoom.streams.ledger_state import fingerprint

pytestmark = pytest.mark.long

# NIGHT_SEEDS=50 makes more of them.
SEEDS = range(int(os.environ.get("NIGHT_SEEDS", "12")))
# Before the first record the command prints about so many lines.
FIRST_LINES = 25


def grown(nights: int = 3) -> Sandbox:
    """An account in which five meetings and webinars have taken place a day, for some days."""
    zoom = Sandbox(EMPTY, clock=Clock.standing_at(NIGHT), growth=Growth(per_day=4, webinars_per_day=1, slow_share=0))
    days_later(zoom, nights)
    return zoom


def remembered(state: dict[str, Any]) -> set[str]:
    return {print_ for _, print_ in prints_of(state)}


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_after_any_line_the_next_sync_brings_the_rest(seed: int) -> None:
    draw = random.Random(seed)
    with grown() as zoom:
        connection = Connection(zoom, states_every=0 if seed % 2 else 0.2)
        lines = draw.randrange(FIRST_LINES, 250)

        def kill(printed: bytes) -> signal.Signals | None:
            return signal.SIGKILL if printed.count(b"\n") >= lines else None

        killed = connection.sync(interrupt=kill)
        assert killed.output.exit_code in {-signal.SIGKILL, 0}
        states = {table: remembered(connection.state(table)) for table in connection.tables}
        resumed = connection.sync()
        assert resumed.output.exit_code == 0
        connection.assert_exact()
        # What a state names is young, so that nothing of it is due before the next night.
        for occurrence in zoom.account.occurrences.values():
            known = sum(fingerprint(occurrence.uuid) in prints for prints in states.values())
            tables = sum(("webinar" in table) is occurrence.meeting.is_webinar for table in INCREMENTAL)
            assert len(resumed.about(occurrence.uuid)) <= tables - known


def test_every_state_of_a_sync_is_a_start_from_which_nothing_is_lost() -> None:
    """In this process: what came after any line never arrived at the destination."""
    draw = random.Random(1)
    with grown(2) as zoom:
        whole = Connection(zoom, states_every=0).sync()
        places = [n for n, line in enumerate(whole.output.lines, 1) if '"type":"STATE"' in line]
        assert len(places) > 40
        for place in [*draw.sample(places, 6), *draw.sample(range(len(whole.output.lines)), 6)]:
            connection = Connection(zoom, states_every=0)
            connection.sync(lose_after=place)
            connection.sync(lose_after=draw.randrange(200))
            connection.sync()
            connection.assert_exact()


def test_sigterm_while_a_state_is_written_cuts_off_no_line() -> None:
    with empty_account() as zoom:
        take_place(zoom)
        connection = Connection(zoom, ("report_meetings",), states_every=0)
        # More than a pipe holds, so that the command is in the middle of the line.
        prints = "".join(f"{number:08d}" for number in range(20_000))
        connection.states["report_meetings"] = {
            "stream": {
                "stream_descriptor": {"name": "report_meetings"},
                "stream_state": {"version": 1, "since": None, "complete_until": "2026-05-20", "asked": {}, "again": []},
            }
        }
        connection.state("report_meetings")["asked"] = {"2026-05-19": {"": prints}}

        def terminate(printed: bytes) -> signal.Signals | None:
            unfinished = printed[printed.rfind(b"\n") + 1 :]
            return signal.SIGTERM if b'"type":"STATE"' in unfinished else None

        night = connection.sync(interrupt=terminate)
        assert night.output.exit_code == 128 + signal.SIGTERM
        assert night.output.strays == []
        assert night.output.states["report_meetings"] >= 1
        assert connection.sync().output.exit_code == 0
        connection.assert_exact()
