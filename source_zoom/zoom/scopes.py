"""Scopes of a Zoom app by their granular and classic names: https://developers.zoom.us/docs/integrations/oauth-scopes/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

# Classic scopes, of which any one opens the endpoint. The first is the one to add to an app.
USER = ("user:read:admin", "user:read", "user:write:admin", "user:write")
MEETING = ("meeting:read:admin", "meeting:read")
WEBINAR = ("webinar:read:admin", "webinar:read")
REPORT = ("report:read:admin",)
RECORDING = ("recording:read:admin", "recording:read")
SUMMARY = ("meeting_summary:read:admin", "meeting_summary:read")
GROUP = ("group:read:admin",)
ROLE = ("role:read:admin",)
_CLASSIC_BY_PRODUCT = {
    "user": USER,
    "meeting": MEETING,
    "webinar": WEBINAR,
    "report": REPORT,
    "cloud_recording": RECORDING,
    "group": GROUP,
    "role": ROLE,
}
# Granular scopes of these products exist without :admin too, for apps that users manage for themselves.
_ALSO_PER_USER = frozenset({"meeting", "webinar", "cloud_recording"})


@dataclass(frozen=True)
class Scope:
    """What opens one endpoint. ``granular`` is "" where Zoom's newer apps have no scope for it.

    ``fallback``: scopes that, all together, open another way to the same rows. ``consents_to_fallback``: apps that
    users log in to need that way, so the consent page lists its scopes as well.
    """

    granular: str
    classic_names: tuple[str, ...]
    fallback: tuple[Scope, ...] = ()
    consents_to_fallback: bool = False

    @property
    def classic(self) -> str:
        """The classic scope to add to an app."""
        return self.classic_names[0]

    def is_in(self, granted: Collection[str]) -> bool:
        """Whether one of the granted scopes opens the endpoint. Scopes of a master account do what admin ones do."""
        names = {*self.classic_names, self.granular}
        if self.granular.partition(":")[0] in _ALSO_PER_USER:
            names.add(self.granular.removesuffix(":admin"))
        names |= {name.removesuffix(":admin") + ":master" for name in names if name.endswith(":admin")}
        return not names.isdisjoint(granted)

    def is_missing(self, granted: Collection[str]) -> bool:
        """Whether the rows cannot be read with the granted scopes, neither here nor by the fallback."""
        by_fallback = bool(self.fallback) and all(scope.is_in(granted) for scope in self.fallback)
        return not self.is_in(granted) and not by_fallback


def granular(
    name: str,
    classic: tuple[str, ...] = (),
    fallback: tuple[Scope, ...] = (),
    *,
    consents_to_fallback: bool = False,
) -> Scope:
    """A granular scope with the classic ones of its product, where no others are given."""
    return Scope(name, classic or _CLASSIC_BY_PRODUCT[name.partition(":")[0]], fallback, consents_to_fallback)


def withdrawn(classic: tuple[str, ...]) -> Scope:
    """The scope of an endpoint that only classic apps can open."""
    return Scope("", classic)
