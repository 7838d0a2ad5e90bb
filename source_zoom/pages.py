"""The pages and rows of one list of Zoom, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from airbyte_cdk.models import FailureType

from source_zoom.client import Asked, ZoomClient
from source_zoom.errors import Meaning, PageTokenExpired, ZoomRefused

# Zoom's largest page: https://developers.zoom.us/docs/api/pagination/.
MAX_PAGE_SIZE = 300
# A page token lives 15 minutes, so a list that loses it this often is read too slowly to ever end.
MAX_RESTARTS = 5


def rows(
    client: ZoomClient, path: str, params: Mapping[str, str] | None, asked: Asked, key: str
) -> Iterator[dict[str, Any]]:
    """Rows of a whole list, each once, even when a page token expires and the list is read again from its first page.

    :param params: query parameters, or None for a list that Zoom answers in one piece
    :raises ZoomRefused: when an answer does not hold a list of objects under ``key``, or its pages never end
    """
    yielded: Counter[int] = Counter()
    for _ in range(MAX_RESTARTS):
        before, yielded = yielded, Counter()
        try:
            for body in _pages(client, path, params, asked, key):
                page = objects_in(body, key, asked)
                # Rows of a list with one page can never be read again, so nothing is kept of them.
                remember = bool(body.get("next_page_token") or yielded or before)
                for row in page:
                    if remember:
                        digest = hash(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
                        yielded[digest] += 1
                        if yielded[digest] <= before[digest]:
                            continue
                    yield row
            return
        except PageTokenExpired:
            yielded |= before
    raise ZoomRefused(
        Meaning.PAGE_TOKEN_EXPIRED,
        f"Cannot read {asked}: Zoom's page tokens expired {MAX_RESTARTS} times before the list was read to its end. "
        "Run the sync again; if it happens each time, let fewer syncs of this account run at once.",
        FailureType.transient_error,
    )


def _pages(
    client: ZoomClient, path: str, params: Mapping[str, str] | None, asked: Asked, key: str
) -> Iterator[dict[str, Any]]:
    if params is None:
        yield client.get(path, {}, asked, record_keys=(key,))
        return
    query = {**params, "page_size": str(MAX_PAGE_SIZE)}
    step: tuple[str, str] | None = None
    used: set[tuple[str, str]] = set()
    while True:
        body = client.get(path, {**query, step[0]: step[1]} if step else query, asked, record_keys=(key,))
        yield body
        step = _next_page(body, key, step)
        if step is None:
            return
        if step in used:
            raise ZoomRefused(
                Meaning.UNEXPECTED,
                f"Cannot read {asked}: Zoom sent the same page token twice, so its list would never end. "
                "Run the sync again; if it happens each time, report it to Zoom Support.",
                FailureType.transient_error,
            )
        used.add(step)


def _next_page(body: Mapping[str, Any], key: str, step: tuple[str, str] | None) -> tuple[str, str] | None:
    """(parameter, value) that asks for the page after this one."""
    token = body.get("next_page_token")
    if token:
        return "next_page_token", str(token)
    # GET /users/{userId}/webinars documents page_number and no token: where a full first page comes without a token,
    # the rest is asked by number. Behind a token, page_number stays 1 and means nothing.
    number, count = body.get("page_number"), body.get("page_count")
    by_number = step is None or step[0] == "page_number"
    if by_number and key == "webinars" and isinstance(number, int) and isinstance(count, int) and number < count:
        return "page_number", str(number + 1)
    return None


def objects_in(body: Mapping[str, Any], key: str, asked: Asked) -> list[dict[str, Any]]:
    """The list of objects under ``key``; Zoom leaves an empty list out, or sends null.

    :raises ZoomRefused: when something else stands there
    """
    found = body.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ZoomRefused(
            Meaning.UNEXPECTED,
            f"Cannot read {asked}: Zoom's answer has no list of objects under {key!r}. "
            "Run the sync again; if it happens each time, report it to the connector's maintainers.",
            FailureType.system_error,
        )
    return found
