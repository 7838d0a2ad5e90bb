"""Whether a read says what it left out: rows against the truth, parent by parent."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from integration_tests.losses import failure_of, is_complete, missing, surplus
from integration_tests.sandbox.faults import path_of
from unit_tests.resource import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration_tests.connector import Output
    from integration_tests.sandbox import LoggedRequest, Sandbox

    from .cases import Case

_ANY_NUMBER = 10**9
# Zoom's own word about one parent at the table's endpoint: no rows there, whatever the account holds.
_DENIALS = frozenset({200, 300, 404, 1001, 2306, 3001, 3161, 4400, 12702})


# The same about a user: the list of what the user hosts is empty.
_OF_USERS = frozenset({200, 1001, 2306, 3161})


def complaints(case: Case, output: Output, zoom: Sandbox) -> list[str]:
    """What is wrong with the read, a line each."""
    found = [f"stray line {line[:200]!r}" for line in output.strays[:3]]
    if output.exit_code != (1 if output.errors else 0):
        found.append(f"exit code {output.exit_code} with {len(output.errors)} errors")
    for table in case.tables:
        found.extend(f"{table}: {complaint}" for complaint in _complaints(output, zoom, table))
    return found


def _complaints(output: Output, zoom: Sandbox, table: str) -> Iterator[str]:
    if not output.statuses[table]:
        yield "no status"
        return
    more = surplus(output, zoom, table)
    if more:
        yield f"{len(more)} rows that are not owed, or once too often, such as {str(more[0])[:300]}"
    complete, failure = is_complete(output, table), failure_of(output, table)
    if complete == bool(failure):
        yield f"{output.statuses[table][-1]}, yet its failure is {failure!r}"
    less = missing(output, zoom, table)
    if complete and less:
        unexplained = [row for row in less if not _is_denied(zoom, table, row)]
        parents = {_parent(table, row) for row in unexplained}
        told = _warned(output, table)
        if len(parents) > told:
            yield f"COMPLETE without {len(unexplained)} rows of {len(parents)} parents, {told} in warnings: {parents}"


def _parent(table: str, row: dict[str, Any]) -> str:
    """The id of a row's parent as it stands in paths."""
    kind = facts.TABLES[table].kind
    if not kind:
        # Members of a group who have no account yet have no id.
        return str(row.get("group_id", row.get("id")))
    return str(row[f"{kind}_uuid"] if facts.TABLES[table].is_past else row.get(f"{kind}_id", row.get("id")))


def _is_denied(zoom: Sandbox, table: str, row: dict[str, Any]) -> bool:
    """Whether Zoom itself denied that the parent has rows here, or that its host has such parents."""
    return any(
        request.fault and "next_page_token" not in request.target and request.code in _denials(request.path)
        for request in _requests_about(zoom, table, row)
    )


def _denials(path: str) -> frozenset[int]:
    return _OF_USERS if re.match(r"/v2/(report/)?users/", path) else _DENIALS


def _requests_about(zoom: Sandbox, table: str, row: dict[str, Any]) -> Iterator[LoggedRequest]:
    endpoint, parent = facts.TABLES[table].pattern, _parent(table, row)
    for request in zoom.requests:
        if (endpoint.match(request.path) and _names(request.path, parent)) or _is_list_of(
            zoom, request.path, table, row
        ):
            yield request


def _is_list_of(zoom: Sandbox, path: str, table: str, row: dict[str, Any]) -> bool:
    """Whether it is a list that shows the row's parent: its host's list, or the instances of its series."""
    kind = facts.TABLES[table].kind
    number = row.get(f"{kind}_id", row.get("id")) if kind else None
    meeting = zoom.account.meetings.get(number) if isinstance(number, int) else None
    if meeting is None:
        return False
    if re.fullmatch(rf"/v2/past_{kind}s/{number}/instances", path):
        return True
    hosts = [user.id for user in zoom.account.users if meeting in (*user.meeting_rows, *user.webinar_rows)]
    lists = re.fullmatch(rf"/v2/(?:report/)?users/([^/]+)/(?:meetings|{kind}s)", path)
    return lists is not None and lists[1] in {*hosts, meeting.host.id}


def _names(path: str, parent: str) -> bool:
    return re.search(path_of(parent), path) is not None


def _warned(output: Output, table: str) -> int:
    """How many parents of the table the warnings speak of, without bound where they give no number."""
    count: Counter[str] = Counter()
    for line in output.logs:
        skipped = re.fullmatch(r"WARN Skipped [\d,]+: .+ \((.+); for example .+\)", line)
        if skipped:
            for part in skipped[1].split(", "):
                name, _, number = part.rpartition(" ")
                count[name] += int(number.replace(",", ""))
        elif re.match(rf"WARN .*\b{table}\b", line):
            return _ANY_NUMBER
    kind = facts.TABLES[table].kind
    # One warning about a list stands for all parents that it would have shown.
    lists = (f"instances of {kind}s", f"the list of {kind}s", "past meetings and webinars")
    is_of_list = any(count[name] for name in lists)
    return _ANY_NUMBER if is_of_list else count[table]
