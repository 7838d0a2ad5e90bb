"""Settings in the shape that other Zoom connectors give them, brought into the shape of this one's form."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

logger = logging.getLogger("airbyte")

LOGIN_FIELDS = ("account_id", "client_id", "client_secret", "refresh_token")
ENDPOINT = "authorization_endpoint"


def migrate(form: MutableMapping[str, Any]) -> bool:
    """Move a flat login under ``credentials``, in place; True when the form was changed.

    - ``account_id``, ``client_id``, ``client_secret``, ``authorization_endpoint``: Airbyte's own Zoom connector
    - ``client_id``, ``client_secret``, ``refresh_token``: the Singer tap

    Config.parse() reports what is missing or wrong in it. A form with ``credentials`` keeps its login.
    """
    credentials = form.get("credentials")
    if isinstance(credentials, Mapping):
        return _take_endpoint(form, credentials)
    flat = {name: form[name] for name in LOGIN_FIELDS if form.get(name) is not None}
    if credentials is not None or not flat:
        return False
    user_login = "refresh_token" in flat and "account_id" not in flat
    _take_endpoint(form, form)
    for name in flat:
        del form[name]
    form["credentials"] = {"auth_type": "oauth2.0" if user_login else "server_to_server", **flat}
    return True


def _take_endpoint(form: MutableMapping[str, Any], place: Mapping[str, Any]) -> bool:
    """Set the environment that an ``authorization_endpoint`` names; True when the form was changed so.

    The address itself is dropped: a login is sent to Zoom's own hosts alone.
    """
    if ENDPOINT not in place:
        return False
    host = _host(place[ENDPOINT])
    known = next((own for own in ("zoom.us", "zoomgov.com") if host == own or host.endswith(f".{own}")), None)
    if known is None and place[ENDPOINT]:
        logger.warning(
            "The setting %s does not name a host of Zoom, so it is not used. "
            "Choose zoom.us or zoomgov.com as the environment.",
            ENDPOINT,
        )
    if place is form:
        form.pop(ENDPOINT)
    if known != "zoomgov.com" or form.get("environment"):
        return False
    form["environment"] = known
    return True


def _host(address: object) -> str:
    """Host of a web address, which may lack its scheme; "" where there is none."""
    text = str(address or "").strip()
    try:
        return (urlsplit(text if "//" in text else f"//{text}").hostname or "").rstrip(".")
    except ValueError:
        return ""
