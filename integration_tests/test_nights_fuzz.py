"""Many nights in which anything may go wrong: late lists and reports, faults, limits, and syncs that are cut off."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest

from integration_tests.night_accounts import EMPTY, NIGHT, sync_at
from integration_tests.nights import Connection
from integration_tests.sandbox import HEAVY, Clock, Fault, FaultKind, Growth, Sandbox

pytestmark = pytest.mark.long

# NIGHT_WORLDS=10 NIGHTS=24 makes more of them.
WORLDS = range(int(os.environ.get("NIGHT_WORLDS", "2")))
NIGHTS = int(os.environ.get("NIGHTS", "12"))
GROWTH = Growth(
    per_day=2,
    webinars_per_day=1,
    days=NIGHTS + 20,
    late_share=0.3,
    history_delay_days=12,
    instance_delay_days=12,
    slow_share=0.4,
    report_delay_hours=20,
    poison=2,
    poison_days=4,
    odd_times=True,
)
PASSING: tuple[FaultKind, ...] = ("status_503", "reset", "lost_answer", "cut", "invalid_json", "empty_body", "html_200")
LISTS = r"^/v2/(report/history_meetings|users|past_(meetings|webinars)/\d+/instances)"


def spoil(zoom: Sandbox, draw: random.Random) -> None:
    """What goes wrong this night."""
    zoom.clear_faults()
    zoom.set_limits(None)
    zoom.faults.add(Fault(draw.choice(PASSING), "^/v2/", rate=0.05))
    kind = draw.random()
    if kind < 0.2:
        zoom.faults.add(Fault("status_500", r"^/v2/(past|report/(meetings|webinars))", rate=0.05, lasting=True))
    elif kind < 0.35:
        zoom.faults.add(Fault("status_500", LISTS, rate=0.2, lasting=True))
    elif kind < 0.5:
        zoom.set_limits(None, per_day={HEAVY: draw.randrange(3, 60)})
    elif kind < 0.6:
        zoom.faults.add(Fault("waf_403", r"^/v2/(past|report/(meetings|webinars))", rate=0.05, lasting=True))


@pytest.mark.parametrize("seed", WORLDS)
def test_whatever_goes_wrong_at_night_nothing_is_lost(seed: int) -> None:
    draw = random.Random(seed)
    clock = Clock.standing_at(NIGHT)
    with Sandbox(replace(EMPTY, seed=seed, registration_share=0.5), clock=clock, growth=GROWTH) as zoom:
        connection = Connection(zoom)
        for _ in range(NIGHTS):
            spoil(zoom, draw)
            connection.states_every = draw.choice([0.0, 60.0])
            connection.sync(lose_after=draw.randrange(400) if draw.random() < 0.3 else None)
            zoom.advance(hours=draw.choice([3, 23.6, 24, 24, 24.4, 48]))
        zoom.clear_faults()
        zoom.set_limits(None)
        day = (zoom.now - zoom.dawn).total_seconds() / 86_400
        # Those that could not be read for days are healed by then.
        sync_at(connection, *(day + night for night in range(1, 8)))
        # History and instances may give different starts of one occurrence; a file has that of the first.
        connection.assert_whole(without="_start_time", since=zoom.dawn)
        assert all(connection.state(table)["again"] == [] for table in connection.tables)
