"""The form as one typed model: parsing, defaults, and errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from airbyte_cdk.utils.datetime_helpers import ab_datetime_try_parse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints, ValidationError

from source_zoom.base.clock import utc_now
from source_zoom.base.exceptions import ConfigError
from source_zoom.base.form_errors import complaint

KnownPlan = Literal["free", "pro", "business"]
AccountPlan = Literal["auto", "free", "pro", "business"]

# Parents that may be read at once, unless the form says otherwise. The pace and the latency decide how many are read:
# the business plan takes about 40 at 125 ms an answer, and all of these at 400 ms, or at a second for its heavy limit.
DEFAULT_WORKERS = 120

# UTC+14, the largest offset: it is already tomorrow there.
EARLIEST_TIME_ZONE = timedelta(hours=14)
# Written as it appears in the form, so that an error reads like the form.
START_DATE_FORMATS = "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SSZ or MM/DD/YYYY"
# The form's own pattern.
START_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z?)?|[0-9]{2}/[0-9]{2}/[0-9]{4}"
)

# Hosts of the API in each environment: the one that always answers, and its regions.
# https://developers.zoom.us/docs/api/using-zoom-apis/
API_HOSTS = {
    "zoom.us": (
        "api.zoom.us",
        *(f"api-{region}.zoom.us" for region in ("au", "ca", "eu", "in", "sa", "sg", "uk", "us")),
    ),
    "zoomgov.com": ("api.zoomgov.com",),
}

# An id, a secret or a token: spaces around it come from copying and are dropped, spaces inside it are a mistake.
Credential = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^\S+$"), Field(repr=False)]


def parse_start_date(value: Any) -> datetime | None:
    """Start date as a UTC moment: a plain day begins at 00:00 UTC, and a time without a zone is in UTC.

    :raises ValueError: for an unreadable date, or one in the future
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"must be text in the form {START_DATE_FORMATS}")
    text = value.strip()
    # The CDK's parser reads much more than the form allows.
    start = ab_datetime_try_parse(text) if START_DATE.fullmatch(text) else None
    if start is None:
        raise ValueError(f"is {text!r}, which is no date of the form {START_DATE_FORMATS}")
    if start > utc_now() + EARLIEST_TIME_ZONE:
        raise ValueError(f"is {text}, which lies in the future; enter today or an earlier day, or leave it empty")
    return start


def _whole(value: Any) -> Any:
    """JSON Schema calls 50.0 an integer, and so does the form."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plan(value: Any) -> Any:
    """The plan's key, however the user writes the plan's name."""
    name = value.strip().lower() if isinstance(value, str) else value
    return "business" if name in ("enterprise", "education", "partner", "partners") else name


class _Form(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class OAuth(_Form):
    """A general app in the name of a Zoom user: https://developers.zoom.us/docs/integrations/oauth/.

    The access token and its expiry are what the last refresh left there, or the Authenticate button.
    """

    auth_type: Literal["oauth2.0"]
    client_id: Credential
    client_secret: Credential
    refresh_token: Credential
    access_token: Annotated[str | None, Field(repr=False)] = None
    token_expiry_date: str | None = None


class ServerToServer(_Form):
    """A Server-to-Server OAuth app: https://developers.zoom.us/docs/internal-apps/s2s-oauth/."""

    auth_type: Literal["server_to_server"]
    account_id: Credential
    client_id: Credential
    client_secret: Credential


class Config(_Form):
    """Everything a sync needs to know from the form."""

    credentials: Annotated[OAuth | ServerToServer, Field(discriminator="auth_type")]
    start_date: Annotated[datetime | None, BeforeValidator(parse_start_date)] = None
    lookback_window_days: Annotated[Annotated[int, Field(ge=0, le=14, strict=True)], BeforeValidator(_whole)] = 2
    environment: Literal["zoom.us", "zoomgov.com"] = "zoom.us"
    account_plan: Annotated[AccountPlan, BeforeValidator(_plan)] = "auto"
    rate_limit_share: Annotated[Annotated[int, Field(ge=1, le=100, strict=True)], BeforeValidator(_whole)] = 100
    num_workers: Annotated[Annotated[int, Field(ge=1, le=200, strict=True)] | None, BeforeValidator(_whole)] = None

    _form: MutableMapping[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def parse(cls, form: Mapping[str, Any]) -> Config:
        """Model of the form.

        :raises ConfigError: one sentence that names each wrong field
        """
        try:
            config = cls.model_validate(_filled_in(form))
        except ValidationError as error:
            # Inputs stay out of the message: the field may be a secret.
            wrong = "; ".join(complaint(problem) for problem in error.errors(include_input=False))
            raise ConfigError(f"Check the source's settings: {wrong}.") from None
        config._form = form if isinstance(form, MutableMapping) else dict(form)
        return config

    @property
    def form(self) -> MutableMapping[str, Any]:
        """What this was parsed from. A new refresh token is written into it, for the rest of the process."""
        return self._form

    @property
    def api_url(self) -> str:
        """Base of all API requests where the login names no region, ends with a slash."""
        return f"https://api.{self.environment}/v2/"

    @property
    def token_url(self) -> str:
        """Zoom's token endpoint in this environment."""
        return f"https://{self.environment}/oauth/token"

    @property
    def workers(self) -> int:
        """The most parents that may be read at once."""
        return self.num_workers or DEFAULT_WORKERS

    def excludes(self, started: datetime | None) -> bool:
        """Whether something that started at this time lies before the start date. Unknown times are kept."""
        return bool(started and self.start_date and started < self.start_date)


def _filled_in(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form less what was left empty, which some callers send as null."""
    return {
        name: _filled_in(value) if isinstance(value, Mapping) else value
        for name, value in form.items()
        if value is not None
    }
