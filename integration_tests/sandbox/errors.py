"""ZoomError: an answer in Zoom's error shape, and the messages that Zoom documents for it."""

from __future__ import annotations

from typing import NoReturn

PAGE_TOKEN_DEAD = "The next page token is invalid or expired."
NOT_RECOGNIZED = "This API endpoint is not recognized."
NO_PERMISSION = "No permission."
NO_WEBINAR_PLAN = (
    "Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for this user in order to "
    "perform this action."
)
PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
DAILY = (
    "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you "
    "can make another request."
)


ODD = "The resource could not be processed."


class ZoomError(Exception):
    """An error answer: HTTP status, Zoom's code and message; `headers` come on top of the usual ones."""

    def __init__(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}/{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


class WebPage(Exception):
    """An error answer of something in front of Zoom's API: a page in HTML."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def invalid_parameter(name: str) -> NoReturn:
    raise ZoomError(400, 300, f"Invalid parameter: {name}.")


def meeting_unknown(number: object) -> NoReturn:
    raise ZoomError(404, 3001, f"Meeting does not exist: {number}.")


def webinar_unknown(number: object) -> NoReturn:
    raise ZoomError(404, 3001, f"Webinar does not exist: {number}.")


def no_webinar_plan() -> NoReturn:
    raise ZoomError(400, 200, NO_WEBINAR_PLAN)


def user_unknown(user: str) -> NoReturn:
    raise ZoomError(404, 1001, f"User does not exist: {user}.")


def odd() -> NoReturn:
    """An answer that no document knows."""
    raise ZoomError(400, 9310, ODD)
