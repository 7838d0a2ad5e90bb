"""lockout.py: which refusals are waited for, and which close a label."""

from __future__ import annotations

import pytest

from source_zoom.zoom.lockout import LONGEST_DAILY_WAIT, SILENT_REFUSALS, SILENT_SECONDS, Lockout


class TestDailyLimit:
    @pytest.mark.parametrize("seconds", [LONGEST_DAILY_WAIT + 1, 80_000.0, None])
    def test_closes_the_label_when_its_end_is_far_or_unknown(self, seconds: float | None) -> None:
        assert Lockout().refused_for_the_day(1000.0, 999.0, seconds) is None

    def test_near_end_is_waited_for(self) -> None:
        assert Lockout().refused_for_the_day(1000.0, 999.0, 90.0) == 1090.0

    @pytest.mark.parametrize("seconds", [0.0, -180.0, -86_400.0])
    def test_end_that_has_passed_gets_a_minute(self, seconds: float) -> None:
        assert Lockout().refused_for_the_day(1000.0, 999.0, seconds) == 1060.0

    @pytest.mark.parametrize("seconds", [30.0, -180.0])
    def test_closes_the_label_when_it_comes_again_after_its_own_end(self, seconds: float) -> None:
        lockout = Lockout()
        end = lockout.refused_for_the_day(1000.0, 999.0, seconds)
        assert end is not None
        assert lockout.refused_for_the_day(end + 1, end, seconds) is None

    def test_requests_that_were_under_way_do_not_close_it(self) -> None:
        lockout = Lockout()
        end = lockout.refused_for_the_day(1000.0, 999.0, -180.0)
        assert end is not None
        assert lockout.refused_for_the_day(1000.5, 999.5, -180.5) == end
        assert lockout.refused_for_the_day(end + 1, 999.9, -240.0) == end

    def test_next_day_is_another_one(self) -> None:
        lockout = Lockout()
        end = lockout.refused_for_the_day(1000.0, 999.0, 10.0)
        assert end is not None
        lockout.succeeded(end + 1)
        assert lockout.refused_for_the_day(90_000.0, 89_999.0, 10.0) == 90_010.0

    def test_answer_to_an_earlier_request_is_no_new_day(self) -> None:
        lockout = Lockout()
        end = lockout.refused_for_the_day(1000.0, 999.0, -5.0)
        assert end is not None
        lockout.succeeded(999.5)
        assert lockout.refused_for_the_day(end + 1, end, -5.0) is None


class TestRefusalsWithoutEnd:
    def test_close_the_label_after_a_quarter_of_an_hour(self) -> None:
        lockout = Lockout()
        closed = [second for second in range(2000) if lockout.refused(float(second))]
        assert closed[0] == SILENT_SECONDS

    def test_one_success_begins_anew(self) -> None:
        lockout = Lockout()
        for second in range(800):
            assert not lockout.refused(float(second))
        lockout.succeeded(799.0)
        assert not any(lockout.refused(float(second)) for second in range(800, 1600))
        assert lockout.refused(1700.0)

    def test_few_refusals_far_apart_are_no_reason(self) -> None:
        lockout = Lockout()
        assert not any(lockout.refused(600.0 * number) for number in range(SILENT_REFUSALS - 1))
