"""Faults: what goes wrong on the way, chosen by path and by rate, schedule or count, the same for the same seed."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import quote

from .draw import digest
from .messages import HTML
from .routes import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FaultKind = Literal[
    "status_500",
    "status_502_html",
    "status_503",
    "status_504",
    "reset",
    "lost_answer",
    "cut",
    "hang",
    "slow",
    "drip",
    "invalid_json",
    "empty_body",
    "html_200",
    "error_in_200",
    "waf_403",
    "qps_429",
    "daily_429",
    "token_expired_401",
    "token_expired_400",
    "page_token_expired",
    "page_token_loop",
    "vanish",
    "answer",
    "redirect",
]


MEANINGS: dict[FaultKind, str] = {
    "status_500": "HTTP 500 with Zoom's error.",
    "status_502_html": "HTTP 502 with a web page.",
    "status_503": "HTTP 503 with Zoom's error.",
    "status_504": "HTTP 504 with a line of text.",
    "reset": "A TCP reset before Zoom has acted.",
    "lost_answer": "A TCP reset after Zoom has acted.",
    "cut": "Half of the true answer, then the connection breaks.",
    "hang": "No answer until the client gives up.",
    "slow": "The true answer after `seconds`, by default one.",
    "drip": "The true answer in small pieces over `seconds`, by default two.",
    "invalid_json": "HTTP 200 with JSON that breaks off.",
    "empty_body": "HTTP 200 with nothing.",
    "html_200": "HTTP 200 with a login page.",
    "error_in_200": "HTTP 200 with an error of `code` and `message`, by default the words of a missing webinar plan.",
    "waf_403": "HTTP 403 with a firewall's web page.",
    "qps_429": "The per-second limit; it ends with the next second.",
    "daily_429": "The daily limit; over at the next 00:00 UTC, or after `seconds` (below zero: in the past), or "
    "Retry-After is what `retry_after` says.",
    "token_expired_401": "HTTP 401 with code 124; the request's access token is really dead.",
    "token_expired_400": "HTTP 400 with code 124; the request's access token is really dead.",
    "page_token_expired": "HTTP 400 with code 300, page token expired.",
    "page_token_loop": "The true page, but its token leads to itself.",
    "vanish": "HTTP 404 with code 3001, with `message` or the words for the kind of parent.",
    "answer": "`status` with `body` (any JSON), with `text` as it stands (a web page, unless `content_type` says "
    "otherwise), or with Zoom's error of `code` and `message`.",
    "redirect": "HTTP 302 to `location`.",
}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with requests whose `path?query`, as it came over the wire, matches `path`.

    `label` and `page` narrow it to a rate limit label (Light, Medium, Heavy) and to the n-th page of lists (from 1).

    Which of them: with `at` the n-th matching ones (from 0), with `first` the first so many, with `tries` the
    first so many tries of every URL, otherwise `rate` of all, each try of each URL with a draw of its own; with
    `lasting` a URL that is hit once is hit at every try.

    MEANINGS says what each kind does, and with which of the other fields.
    """

    kind: FaultKind
    path: str | None = None
    label: Label | None = None
    page: int | None = None
    rate: float = 1.0
    lasting: bool = False
    at: tuple[int, ...] = ()
    first: int = 0
    tries: int = 0
    seconds: float | None = None
    status: int = 200
    code: int | None = None
    message: str | None = None
    body: Any = None
    text: str | None = None
    content_type: str = HTML
    retry_after: str | None = None
    location: str = "https://example.com/v2/users"

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"{self.kind} is no kind of fault; there are {', '.join(get_args(FaultKind))}")
        if not 0 <= self.rate <= 1:
            raise ValueError("rate is a share between 0 and 1")
        if self.label not in (None, *get_args(Label)):
            raise ValueError(f"label is one of {', '.join(get_args(Label))}")
        re.compile(self.path or "")


def path_of(*uuids: str) -> str:
    """A `path` for everything that is asked about these occurrences, however their UUIDs are encoded."""
    once = [quote(uuid, safe="") for uuid in uuids]
    names = "|".join(re.escape(name) for name in (*once, *(quote(name, safe="") for name in once)))
    return rf"/({names})(?=[/?]|$)"


class _Armed:
    """A fault with what it has seen so far."""

    def __init__(self, fault: Fault, key: str) -> None:
        self.fault = fault
        self._search = re.compile(fault.path or "").search
        self._key = key
        self._seen = 0
        self._tries: dict[str, int] = {}

    def matches(self, url: str, label: Label | None, page: int) -> bool:
        fault = self.fault
        return fault.label in (None, label) and fault.page in (None, page) and bool(self._search(url))

    def fires(self, method: str, url: str) -> bool:
        """Whether it hits this request, which matches."""
        fault = self.fault
        index = self._seen
        self._seen += 1
        if fault.at:
            return index in fault.at
        if fault.first:
            return index < fault.first
        if fault.tries or fault.rate < 1:
            place = f"{method} {url}"
            attempt = self._tries.get(place, 0)
            self._tries[place] = attempt + 1
            if fault.tries:
                return attempt < fault.tries
            raw = digest(f"{self._key}|{place}|{0 if fault.lasting else attempt}")
            return int.from_bytes(raw[:4], "big") < fault.rate * 2**32
        return True


class Faults:
    """The faults of a running sandbox; of several that match, the one added first wins. Safe across threads."""

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self._seed = seed
        self._added = 0
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        for fault in faults:
            self.add(fault)

    def __iter__(self) -> Iterator[Fault]:
        return iter([armed.fault for armed in self._armed])

    def __len__(self) -> int:
        return len(self._armed)

    def add(self, fault: Fault) -> Fault:
        """From now on; its counts start at zero."""
        with self._lock:
            armed = _Armed(fault, f"fault|{self._seed}|{self._added}|{fault.kind}")
            self._added += 1
            self._armed = [*self._armed, armed]
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._armed = [armed for armed in self._armed if armed.fault is not fault]

    def clear(self) -> None:
        with self._lock:
            self._armed = []

    def draw(self, method: str, url: str, label: Label | None = None, page: int = 1) -> Fault | None:
        """The fault that this request meets. Each fault that matches counts it, also if an earlier one fires."""
        met: Fault | None = None
        for armed in self._armed:
            if armed.matches(url, label, page) and armed.fires(method, url) and met is None:
                met = armed.fault
        return met
