"""Forms with their two logins, and what the connector says about a wrong one."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_zoom.base.config import Config
from source_zoom.base.exceptions import ConfigError

SERVER = {"auth_type": "server_to_server", "account_id": "acc", "client_id": "cid", "client_secret": "sec"}
USER = {"auth_type": "oauth2.0", "client_id": "cid", "client_secret": "sec", "refresh_token": "ref"}


def parsed(credentials: Any = SERVER, **settings: Any) -> Config:
    return Config.parse({"credentials": credentials, **settings})


def complaint(credentials: Any = SERVER, **settings: Any) -> str:
    """What follows "Check the source's settings: " in the error of this form."""
    return complaint_of({"credentials": credentials, **settings})


def complaint_of(form: dict[str, Any]) -> str:
    """The same of a form as it is."""
    with pytest.raises(ConfigError) as raised:
        Config.parse(form)
    assert raised.value.failure_type is FailureType.config_error
    before, prefix, sentence = str(raised.value).partition("Check the source's settings: ")
    assert prefix
    assert not before
    return sentence
