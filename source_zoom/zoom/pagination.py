"""The rows of one list of Zoom, page by page: https://developers.zoom.us/docs/api/pagination/."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from airbyte_cdk.models import FailureType

from source_zoom.zoom.errors import Meaning, PageTokenExpired, ParentSkipped, ZoomRequestFailed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from source_zoom.zoom.client import RequestSubject, ZoomClient
    from source_zoom.zoom.labels import Label

MAX_PAGE_SIZE = 300
# A page token lives 15 minutes, so a list that loses it this often is read too slowly to ever end.
MAX_RESTARTS = 5


class ListRequest(NamedTuple):
    """One list: its path, its query, the key of its rows, and whether Zoom answers in pages or in one piece."""

    path: str
    query: Mapping[str, str]
    rows_at: str
    label: Label
    paged: bool = True


def paginate(client: ZoomClient, request: ListRequest, subject: RequestSubject) -> Iterator[dict[str, Any]]:
    """Rows of a whole list, each once.

    The list starts over when a page token expires, and once when a later page says that there is nothing.

    :raises ParentSkipped: the first page says that there is nothing
    :raises ZoomRequestFailed: an answer holds no list of objects, or the list cannot be read to its end
    """
    yielded: Counter[Hashable] = Counter()
    broke_off = False
    for _ in range(MAX_RESTARTS):
        before, yielded = yielded, Counter()
        begun = False
        try:
            for body in _pages(client, request, subject):
                begun = True
                page = objects_in(body, request.rows_at, subject)
                # Rows of a list with one page can never be read again, so their identities are not kept.
                remember = bool(yielded or before or _next_page(body, None, len(page), len(page)))
                for row in page:
                    if remember:
                        identity = _identity(row)
                        yielded[identity] += 1
                        if yielded[identity] <= before[identity]:
                            continue
                    yield row
            return
        except PageTokenExpired:
            pass
        except ParentSkipped as skip:
            if not begun and not before:
                raise
            if broke_off:
                raise _list_broke_off(subject, skip) from None
            broke_off = True
        yielded |= before
    raise ZoomRequestFailed(
        Meaning.PAGE_TOKEN_EXPIRED,
        f"Cannot read {subject}: Zoom's page tokens expired {MAX_RESTARTS} times before the list was read to its end. "
        "Run the sync again; if it happens each time, let fewer syncs of this account run at once.",
        FailureType.transient_error,
    )


def _list_broke_off(subject: RequestSubject, skip: ParentSkipped) -> ZoomRequestFailed:
    return ZoomRequestFailed(
        Meaning.UNEXPECTED,
        f"Cannot read {subject} to its end: Zoom answered the first page, and on a later one said twice that there "
        f"is nothing to read ({skip.rule.reason}). Run the sync again; if it happens each time, report it to "
        "Zoom Support.",
        FailureType.transient_error,
    )


def check_list_of_user(subject: RequestSubject, skip: ParentSkipped, *, is_first: bool = True) -> None:
    """Let the list of a user be skipped for what the user is or may do, before any of its rows has come.

    :raises ZoomRequestFailed: the answer speaks of a single meeting, or contradicts an earlier one: it could hide rows
    """
    if is_first and skip.rule.meaning in (Meaning.HOST_CANNOT, Meaning.USER_GONE):
        return
    raise ZoomRequestFailed(
        Meaning.UNEXPECTED,
        f"Cannot read {subject}: Zoom answered with what no list of a user can have ({skip.rule.reason}). "
        "Run the sync again; if it happens each time, report it to Zoom Support.",
        FailureType.transient_error,
    )


def _identity(row: Mapping[str, Any]) -> Hashable:
    """Identity of a row when its list is read again: its UUID or id if it has one, else all of it.

    Recordings of one series have the same id. A participant has one row for each join, so there the id would not do.
    """
    identifier = row.get("uuid") or row.get("id") or row.get("meeting_uuid")
    if isinstance(identifier, (str, int)) and "join_time" not in row:
        return identifier
    return hash(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))


def _pages(client: ZoomClient, request: ListRequest, subject: RequestSubject) -> Iterator[dict[str, Any]]:
    proof = (request.rows_at,)
    if not request.paged:
        yield client.get(request.path, request.query, subject, request.label, proof_keys=proof)
        return
    query = {**request.query, "page_size": str(MAX_PAGE_SIZE)}
    step: tuple[str, str] | None = None
    used: set[tuple[str, str]] = set()
    seen = 0
    previous: bytes | None = None
    while True:
        params = {**query, step[0]: step[1]} if step else query
        body = client.get(request.path, params, subject, request.label, proof_keys=proof)
        rows = body.get(request.rows_at)
        count = len(rows) if isinstance(rows, list) else 0
        seen += count
        following = _next_page(body, step, count, seen)
        if previous is not None or (following and following[0] == "page_number"):
            # The reader changes the rows that it gets, so they are compared before it has them.
            page = orjson.dumps(rows)
            if count and page == previous:
                raise _never_ends(subject, "Zoom sent the same page twice")
            previous = page
        yield body
        step = following
        if step is None:
            return
        if step in used:
            raise _never_ends(subject, "Zoom sent the same page token twice")
        used.add(step)


def _never_ends(subject: RequestSubject, sign: str) -> ZoomRequestFailed:
    return ZoomRequestFailed(
        Meaning.UNEXPECTED,
        f"Cannot read {subject}: {sign}, so its list would never end. "
        "Run the sync again; if it happens each time, report it to Zoom Support.",
        FailureType.transient_error,
    )


def _next_page(body: Mapping[str, Any], step: tuple[str, str] | None, count: int, seen: int) -> tuple[str, str] | None:
    """(parameter, value) of the request for the following page, None at the end of the list.

    :param step: the parameter that led to this page, None for the first one
    :param count: rows of this page
    :param seen: rows so far, this page's among them
    """
    token = body.get("next_page_token")
    if token:
        return "next_page_token", str(token)
    if step is not None and step[0] == "next_page_token":
        # Behind a token, page_number stays 1 and means nothing.
        return None
    # GET /users/{userId}/webinars documents page_number and no token: where a first page comes without a token, the
    # others are requested by number.
    number, pages, total = (_positive(body.get(name)) for name in ("page_number", "page_count", "total_records"))
    current = number or (int(step[1]) if step else 1)
    if number and pages:
        more = number < pages
    else:
        more = count >= (_positive(body.get("page_size")) or MAX_PAGE_SIZE) and seen < (total or 0)
    return ("page_number", str(current + 1)) if more else None


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def objects_in(body: Mapping[str, Any], key: str, subject: RequestSubject) -> list[dict[str, Any]]:
    """The list of objects under ``key``; Zoom leaves an empty list out, or sends null.

    :raises ZoomRequestFailed: when something else stands there
    """
    found = body.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ZoomRequestFailed(
            Meaning.UNEXPECTED,
            f"Cannot read {subject}: Zoom's answer has no list of objects under {key!r}. "
            "Run the sync again; if it happens each time, report it to the connector's maintainers.",
            FailureType.system_error,
        )
    return found
