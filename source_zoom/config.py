"""The form as one typed model: parsing, defaults, and errors that name the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from source_zoom.rate_limits import AccountPlan

# Written as it appears in the form, so that an error reads like the form.
START_DATE_FORMATS = "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or MM/DD/YYYY"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ConfigError(AirbyteTracedException):
    """The form holds something that must be corrected before Zoom is asked anything."""

    def __init__(self, message: str) -> None:
        super().__init__(internal_message=message, message=message, failure_type=FailureType.config_error)


def parse_start_date(value: Any) -> datetime | None:
    """Start date as a UTC moment.

    :raises ValueError: for an unreadable date, or one in the future
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"must be text in the form {START_DATE_FORMATS}")
    text = value.strip()
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"):
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        if moment > datetime.now(timezone.utc):
            raise ValueError(f"{text} lies in the future; enter today or an earlier day, or leave it empty")
        return moment
    raise ValueError(f"{text!r} is not a date of the form {START_DATE_FORMATS}")


class _Form(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class ServerToServer(_Form):
    """A Server-to-Server OAuth app: https://developers.zoom.us/docs/internal-apps/s2s-oauth/."""

    auth_type: Literal["server_to_server"]
    account_id: Text
    client_id: Text
    client_secret: Text


class Config(_Form):
    """Everything a sync needs to know from the form."""

    credentials: ServerToServer
    start_date: Annotated[datetime | None, BeforeValidator(parse_start_date)] = None
    environment: Literal["zoom.us", "zoomgov.com"] = "zoom.us"
    account_plan: AccountPlan = "pro"
    rate_limit_share: Annotated[int, Field(ge=1, le=100)] = 100
    num_workers: Annotated[int | None, Field(ge=1, le=40)] = None

    @classmethod
    def parse(cls, form: Mapping[str, Any]) -> Config:
        """Model of the form.

        :raises ConfigError: one sentence for each wrong field
        """
        try:
            return cls.model_validate(form)
        except ValidationError as error:
            # Inputs stay out of the message: the field may be a secret.
            wrong = "; ".join(_sentence(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors())
            raise ConfigError(f"Check the source's settings: {wrong}.") from None

    @property
    def api_url(self) -> str:
        """Base of all API requests, ends with a slash."""
        return f"https://api.{self.environment}/v2/"

    @property
    def token_url(self) -> str:
        return f"https://{self.environment}/oauth/token"

    @property
    def workers(self) -> int:
        """Requests that may be under way at once: the plan's limits at about 150 ms an answer, with room."""
        return self.num_workers or {"free": 6, "pro": 18, "business": 40}[self.account_plan]

    def excludes(self, started: str | None) -> bool:
        """Whether something that started at this time lies before the start date. Unknown times are kept."""
        if self.start_date is None or not started:
            return False
        try:
            moment = datetime.fromisoformat(started.replace("Z", "+00:00"))
        except ValueError:
            return False
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment < self.start_date


def _sentence(location: tuple[int | str, ...], kind: str, message: str) -> str:
    field = ".".join(str(part) for part in location if part not in ("server_to_server", "oauth2.0")) or "the form"
    if kind == "missing":
        return f"{field} is missing"
    if kind == "string_too_short":
        return f"{field} is empty"
    return f"{field}: {message.removeprefix('Value error, ')[:1].lower()}{message.removeprefix('Value error, ')[1:]}"


def months_back(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it is shorter."""
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    next_month = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), next_month - timedelta(days=1))
