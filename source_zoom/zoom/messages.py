"""The sentences in which a failed request is reported: what failed, why, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from airbyte_cdk.models import FailureType

from source_zoom.zoom.errors import ErrorResponse, Meaning, Rule, ZoomRequestFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

UNTRUSTED_CERTIFICATE = (
    "The TLS certificate that answered in Zoom's place is not trusted. If a proxy inspects the traffic, give this "
    "machine the proxy's certificate (REQUESTS_CA_BUNDLE)."
)


class _Sentence(NamedTuple):
    """``text`` follows "Cannot read <subject>: " and may use {scope}, {permission} and {reason}."""

    text: str
    failure_type: FailureType = FailureType.config_error


_SENTENCES: Mapping[Meaning, _Sentence] = {
    Meaning.SCOPE_MISSING: _Sentence(
        "the Zoom app lacks {scope}. Add it in the Zoom App Marketplace under Manage > your app > Scopes and save. "
        "A general app must then be authorized again: click Authenticate in the source. Then sync again."
    ),
    Meaning.ROLE_MISSING: _Sentence(
        "the role of the app's owner lacks the permission {permission}. "
        "In Zoom, open User Management > Roles, give that role the permission, and sync again."
    ),
    Meaning.TOKEN_REJECTED: _Sentence(
        "Zoom rejects even a fresh access token. Check in the Zoom App Marketplace that the app is activated and "
        "belongs to this account, then sync again."
    ),
    Meaning.FIREWALL: _Sentence(
        "a firewall in front of Zoom refuses this machine. If the Zoom account limits API access by IP address, "
        "add the addresses that Airbyte connects from to its allow list."
    ),
    Meaning.ACCESS_DENIED: _Sentence(
        "Zoom denies this account access to the API. Ask Zoom Support to allow API access for the account."
    ),
    Meaning.SETTING_FORBIDS: _Sentence("{reason}, or deselect the table."),
    Meaning.ENDPOINT_GONE: _Sentence(
        "Zoom does not serve this to the account. Deselect the table.", FailureType.system_error
    ),
    Meaning.HOST_CANNOT: _Sentence("{reason}. Change the plan in Zoom or deselect the table."),
}
_OTHERWISE = _Sentence(
    "Zoom gave an answer that this connector does not know. Sync again; if it happens each time, report this line to "
    "the connector's maintainers.",
    FailureType.system_error,
)

# The permission of a role that an endpoint needs, by its path; the first that matches. Roles and transcripts name none.
_PERMISSIONS = (
    (re.compile("/report/"), "UsageReport:Read (Reports > Usage reports)"),
    (re.compile("/recordings$"), "Recording:Read (Recording management)"),
    (re.compile("/meeting_summar(y|ies)$"), "SmartMeetingSummaryMgt:Read (Meeting summaries)"),
    (re.compile("^/v2/groups"), "Group:Read (Groups)"),
    (re.compile(""), "User:Read (Users)"),
)

_EMAIL = re.compile(r"[^\s@:\[\]()<>\"']+@[^\s@:\[\]()<>\"',]+")
_SCOPES = re.compile(r"scopes?:?\s*\[?([a-z_]+:[a-z0-9_:, ]+)\]?", re.IGNORECASE)


def to_exception(rule: Rule, response: ErrorResponse, subject: str) -> ZoomRequestFailed:
    """The failure for an error response; ``subject`` says what was being read."""
    sentence = _SENTENCES.get(rule.meaning, _OTHERWISE)
    text = sentence.text.format(
        scope=_scope_phrase(response.message),
        permission=next(permission for path, permission in _PERMISSIONS if path.search(response.path)),
        reason=rule.reason,
    )
    return ZoomRequestFailed(rule.meaning, f"Cannot read {subject}: {text} {_quote(response)}", sentence.failure_type)


def missing_scope(message: str) -> str:
    """The scope to add, of those that Zoom names as alternatives: the one for the whole account; "" for none."""
    found = _SCOPES.search(message)
    names = [name.strip() for name in found.group(1).split(",") if name.strip()] if found else []
    return next((name for name in names if name.endswith(":admin")), names[0] if names else "")


def without_personal_data(message: str) -> str:
    """Zoom's message on one line, with email addresses masked, cut to 300 characters."""
    return _EMAIL.sub("(email)", " ".join(message.split()))[:300]


def _scope_phrase(message: str) -> str:
    scope = missing_scope(message)
    return f"the scope {scope}" if scope else "a scope"


def _quote(response: ErrorResponse) -> str:
    code = f", code {response.code}" if response.code is not None else ""
    message = f", {without_personal_data(response.message)!r}" if response.message else ""
    return f"Zoom said: HTTP {response.status}{code}{message}"
