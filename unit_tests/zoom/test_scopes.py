"""scopes.py: which granted scopes open an endpoint, by their granular and classic names."""

from __future__ import annotations

import pytest

from source_zoom.zoom.scopes import MEETING, REPORT, USER, Scope, granular, withdrawn

POLLS = granular("meeting:read:list_polls:admin")
REPORT_OF_MEETING = granular("report:read:meeting:admin")
FILES = withdrawn(MEETING)


@pytest.mark.parametrize(
    "granted",
    [
        "meeting:read:list_polls:admin",
        "meeting:read:list_polls:master",
        "meeting:read:list_polls",
        "meeting:read:admin",
        "meeting:read:master",
        "meeting:read",
    ],
)
def test_any_name_of_a_scope_opens_its_endpoint(granted: str) -> None:
    assert POLLS.is_in({granted, "user:read:admin"})
    assert not POLLS.is_missing({granted})


@pytest.mark.parametrize(
    "granted",
    ["", "meeting:read:list_polls:other", "meeting:read:list_registrants:admin", "webinar:read:admin", "meeting:write"],
)
def test_other_scopes_do_not(granted: str) -> None:
    assert not POLLS.is_in({granted})
    assert POLLS.is_missing({granted})


def test_reports_exist_for_the_whole_account_alone() -> None:
    assert REPORT_OF_MEETING.is_in({"report:read:meeting:admin"})
    assert REPORT_OF_MEETING.is_in({"report:read:meeting:master"})
    assert not REPORT_OF_MEETING.is_in({"report:read:meeting"})


def test_scope_that_newer_apps_lack_is_opened_by_classic_ones() -> None:
    assert FILES.granular == ""
    assert FILES.is_in({"meeting:read:admin"})
    assert not FILES.is_in({"meeting:read:list_polls:admin"})


def test_writing_users_includes_reading_them() -> None:
    users = granular("user:read:list_users:admin")
    for name in USER:
        assert users.is_in({name})


def test_classic_scope_to_add_is_the_one_for_the_whole_account() -> None:
    assert POLLS.classic == "meeting:read:admin"
    assert REPORT_OF_MEETING.classic == REPORT[0] == "report:read:admin"


def test_classic_names_are_those_of_the_product_unless_others_are_given() -> None:
    assert POLLS.classic_names == MEETING
    assert granular("role:read:list_roles:admin", ("role:read:admin",)).classic_names == ("role:read:admin",)


class TestFallback:
    """Another way to the same rows needs all of its scopes."""

    FIRST, SECOND = granular("report:read:list_users:admin"), granular("report:read:user:admin")
    HISTORY = granular("report:read:list_history_meetings:admin", fallback=(FIRST, SECOND))

    @pytest.mark.parametrize(
        ("granted", "is_missing"),
        [
            ((), True),
            ((FIRST.granular,), True),
            ((SECOND.granular,), True),
            ((FIRST.granular, SECOND.granular), False),
            (("report:read:list_history_meetings:admin",), False),
            (("report:read:admin",), False),
        ],
        ids=str,
    )
    def test_is_missing(self, granted: tuple[str, ...], *, is_missing: bool) -> None:
        assert self.HISTORY.is_missing(granted) is is_missing

    def test_fallback_does_not_open_the_endpoint_itself(self) -> None:
        assert not self.HISTORY.is_in({self.FIRST.granular, self.SECOND.granular})

    def test_scope_without_fallback_is_missing_without_its_names(self) -> None:
        assert Scope("a:read:b:admin", ("a:read:admin",)).is_missing(set())
