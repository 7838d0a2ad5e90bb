"""Users as GET /users, GET /users/{id} and GET /report/users send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .draw import DAY, iso, midnight, pick, short_id
from .entities import BASIC, Occurrence, User

if TYPE_CHECKING:
    from .account import Account
    from .rows import Record


def name_of(user: User) -> tuple[str, str]:
    """First and last name."""
    return words.person(user.raw)


def full_name(user: User) -> str:
    """First and last name in one string."""
    return " ".join(name_of(user))


def user_row(account: Account, user: User, include_fields: str = "") -> Record:
    """One element of `users[]`; custom_attributes or host_key only where include_fields asks for it."""
    raw = user.raw
    first, last = name_of(user)
    created = midnight(account.first_day) - (400 + raw[0] * 5) * DAY - raw[1] * 97
    row: Record = {
        "email": user.email,
        "first_name": first,
        "last_name": last,
        "display_name": f"{first} {last}",
        "status": user.status,
        "type": user.type,
        "created_at": iso(created),
        "user_created_at": iso(created - raw[2]),
        "pmi": user.pmi,
        "role_id": "0" if user.ordinal == 0 else "2",
        "verified": int(user.status != "pending"),
    }
    if user.status == "pending":
        del row["pmi"], row["verified"], row["user_created_at"]
        if user.ordinal % 2:
            del row["first_name"], row["last_name"], row["display_name"]
    else:
        row["id"] = user.id
        row["last_login_time"] = iso(midnight(account.first_day) - raw[3] % 90 * DAY + raw[4] * 300)
        row["last_client_version"] = f"6.{raw[5] % 5}.{raw[6]}(win)"
        row["dept"] = pick(words.DEPARTMENTS, raw[7]) if raw[8] % 8 else None
        row["timezone"] = pick(words.TIMEZONES, raw[9])
        row["group_ids"] = [short_id(raw[10:] + raw[:10])] if raw[11] % 2 else []
    if raw[12] % 3 == 0:
        row["plan_united_type"] = "1"
        row["license_info_list"] = [
            {"license_type": "ZOOM_WORKPLACE_BUNDLE", "license_option": 16, "subscription_id": f"SUBREF-{raw[13]:06d}"}
        ]
    if raw[14] % 4 == 0:
        row["employee_unique_id"] = None
        row["login_types"] = [100, 101]
    if account.shape.undocumented and user.ordinal % 5 == 1:
        row["beta_workspace"] = {"floor": raw[15] % 9, "tags": ["north", "ütf"]}
    if include_fields == "custom_attributes":
        row["custom_attributes"] = [{"key": f"cbf_{raw[16]:06d}", "name": "A1", "value": str(raw[17])}]
    elif include_fields == "host_key" and user.type != BASIC:
        row["host_key"] = f"{raw[18] * 3907 % 1_000_000:06d}"
    return row


def user_detail(account: Account, user: User) -> Record:
    """GET /users/{userId}."""
    raw = user.raw
    return user_row(account, user) | {
        "account_id": account.account_id,
        "account_number": 10_000_000 + raw[19],
        "job_title": pick(words.JOBS, raw[20]),
        "language": "en-US",
        "phone_country": pick(words.COUNTRIES, raw[21]),
        "use_pmi": False,
    }


def reported_host(user: User, hosted: list[Occurrence]) -> Record:
    """One element of `users[]` of GET /report/users: a host with what they hosted in the window."""
    return {
        "id": user.id,
        "email": user.email,
        "user_name": full_name(user),
        "type": user.type,
        "dept": pick(words.DEPARTMENTS, user.raw[7]),
        "meetings": len(hosted),
        "participants": sum(o.rows for o in hosted),
        "meeting_minutes": sum(o.minutes for o in hosted),
    }
