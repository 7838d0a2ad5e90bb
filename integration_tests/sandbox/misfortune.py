"""Misfortune: what each kind of fault does to a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import orjson

from .errors import PAGE_TOKEN_DEAD, ZoomError
from .limits import PLANS, daily_error, next_midnight, per_second_error
from .messages import HTML, Reply, Request, error_reply
from .routes import LIGHT, Label

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Clock
    from .faults import Fault

_BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
_FIREWALL = (
    b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head>"
    b"<body><h1>Request blocked</h1><p>Sorry, you have been blocked.</p></body></html>"
)
_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Zoom</title></head><body>Sign in</body></html>"
_PLAN_MISSING = "Webinar plan subscription is missing. Enable webinar for this user once the subscription is added."


def instead(
    fault: Fault, request: Request, label: Label | None, expire: Callable[[str], None], clock: Clock
) -> Reply | None:
    """The reply of a fault that Zoom never gets to answer; None where the true answer is needed first.

    `expire` kills the access token of an Authorization header.
    """
    if fault.kind in ("reset", "hang"):
        return Reply(0, b"", action="reset" if fault.kind == "reset" else "hang")
    if fault.kind in ("token_expired_401", "token_expired_400"):
        expire(request.authorization)
        return error_reply(ZoomError(int(fault.kind[-3:]), 124, "Access token is expired."))
    if fault.kind == "answer" and fault.body is not None:
        return Reply(fault.status, orjson.dumps(fault.body))
    if fault.kind == "answer" and fault.text is not None:
        return Reply(fault.status, fault.text.encode(), fault.content_type)
    error = _error(fault, request, label, clock)
    if error:
        return error_reply(error)
    return _page(fault)


def _error(fault: Fault, request: Request, label: Label | None, clock: Clock) -> ZoomError | None:
    kind = fault.kind
    if kind in ("qps_429", "daily_429"):
        return _limit(fault, label or LIGHT, clock)
    if kind == "page_token_expired":
        return ZoomError(400, 300, PAGE_TOKEN_DEAD)
    if kind == "vanish":
        noun = "Webinar" if "webinar" in request.target else "Meeting"
        number = request.target.partition("?")[0].split("/")[3:4]
        return ZoomError(404, 3001, fault.message or f"{noun} does not exist: {''.join(number)}.")
    if kind == "error_in_200":
        return ZoomError(200, 200 if fault.code is None else fault.code, fault.message or _PLAN_MISSING)
    if kind == "answer":
        return ZoomError(fault.status, 0 if fault.code is None else fault.code, fault.message or "")
    if kind in ("status_500", "status_503"):
        status = int(kind[-3:])
        return ZoomError(status, status, "Internal server error." if status == 500 else "Service unavailable.")
    return None


def _limit(fault: Fault, label: Label, clock: Clock) -> ZoomError:
    now, limits = clock(), PLANS["business"]
    if fault.kind == "qps_429":
        return per_second_error(label, limits.per_second[label], clock.for_the_client(now))
    end = next_midnight(now) if fault.seconds is None else now + fault.seconds
    error = daily_error(label, limits.per_day.get(label, 6000), clock.for_the_client(end))
    if fault.retry_after is not None:
        error.headers["Retry-After"] = fault.retry_after
    return error


def _page(fault: Fault) -> Reply | None:
    if fault.kind == "status_502_html":
        return Reply(502, _BAD_GATEWAY, HTML)
    if fault.kind == "status_504":
        return Reply(504, b"upstream request timeout", "text/plain")
    if fault.kind == "waf_403":
        return Reply(403, _FIREWALL, HTML)
    if fault.kind == "html_200":
        return Reply(200, _LOGIN_PAGE, HTML)
    if fault.kind == "empty_body":
        return Reply(200, b"")
    if fault.kind == "invalid_json":
        return Reply(200, b'{"page_count": 1, "page_size": 30, "total_records": ')
    if fault.kind == "redirect":
        return Reply(302, b"", HTML, {"Location": fault.location})
    return None


def after(fault: Fault, reply: Reply, query: str) -> None:
    """Changes the true answer, or the way it goes out."""
    if fault.kind == "lost_answer":
        reply.action = "reset"
    elif fault.kind == "cut":
        reply.action = "cut"
    elif fault.kind == "drip":
        reply.action = "drip"
        reply.drip_seconds = 2.0 if fault.seconds is None else fault.seconds
    elif fault.kind == "slow":
        reply.delay += 1.0 if fault.seconds is None else fault.seconds
    elif fault.kind == "page_token_loop":
        body = orjson.loads(reply.body)
        token = parse_qs(query).get("next_page_token", [""])[0]
        if token and "next_page_token" in body:
            # The page leads to itself: the token that asked for it comes back.
            body["next_page_token"] = token
            reply.body = orjson.dumps(body)
