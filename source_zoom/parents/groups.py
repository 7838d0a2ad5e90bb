"""The groups of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from source_zoom.zoom.client import RequestSubject, ZoomClient
from source_zoom.zoom.labels import Label
from source_zoom.zoom.pagination import ListRequest, paginate
from source_zoom.zoom.parsing import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from source_zoom.parents.shared import SharedRows

# The whole list is one part.
WHOLE = "groups"


def read_groups(client: ZoomClient, rows: SharedRows, publish: Callable[[str], object]) -> None:
    """GET /groups: publish every group's id, and keep the rows for the table that is made of them."""
    with rows.part(WHOLE) as write:
        for row in paginate(client, ListRequest("groups", {}, "groups", Label.MEDIUM), RequestSubject("groups")):
            write(row)
            if as_text(row.get("id")):
                publish(row["id"])
