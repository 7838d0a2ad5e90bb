"""Groups of users and their members; pending members have no id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .draw import digest, short_id
from .rows import Record, Rows
from .users import name_of

if TYPE_CHECKING:
    from .account import Account
    from .entities import User

_NAMES = ("Everyone", "Entwicklung", "Vertrieb & Beratung", "HR", "総務")


@dataclass(slots=True, eq=False)
class Group:
    """A group; `gone`: it is listed, but was deleted before anybody asks for its members."""

    id: str
    name: str
    members: list[User]
    gone: bool = False


def groups(account: Account) -> list[Group]:
    """Everybody who is not deactivated is in the first one; the last one is empty, and the one before it vanishes."""
    count = account.shape.groups
    special = account.shape.special_cases and count > 2
    found = []
    for index in range(count):
        name = _NAMES[index % len(_NAMES)] + (f" {index}" if index >= len(_NAMES) else "")
        members = [user for user in account.users if _is_member(user, index, count)]
        if special and index == count - 1:
            members = []
        identity = short_id(digest(f"group|{account.shape.seed}|{index}"))
        found.append(Group(identity, name, members, gone=special and index == count - 2))
    return found


def group_row(group: Group) -> Record:
    """One element of `groups[]`."""
    return {"id": group.id, "name": group.name, "total_members": len(group.members)}


def members(account: Account, group: Group) -> Rows:
    """`members[]` of one group."""
    return Rows(len(group.members), lambda i: _member(account, group.members[i]))


def _member(account: Account, user: User) -> Record:
    first, last = name_of(user)
    row: Record = {"email": user.email, "first_name": first, "last_name": last, "type": user.type}
    if user.id:
        row["id"] = user.id
    if account.shape.undocumented and user.ordinal % 7 == 3:
        row["beta_primary"] = True
    return row


def _is_member(user: User, index: int, count: int) -> bool:
    if user.status == "inactive":
        return False
    return index == 0 or user.ordinal % count == index
