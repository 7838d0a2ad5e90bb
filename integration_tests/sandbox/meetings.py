"""Meetings and webinars as their lists and GET /meetings/{id}, GET /webinars/{id} send them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from . import words
from .draw import DAY, digest, iso, midnight, pick, short_id, uuid_of
from .entities import FIXED_TIME, WEBINAR_FIXED_TIME, Meeting

if TYPE_CHECKING:
    from .account import Account
    from .rows import Record


def list_row(account: Account, meeting: Meeting) -> Record:
    """One element of `meetings[]` or `webinars[]` of a user's list."""
    raw = meeting.raw
    row: Record = {
        "uuid": _next_uuid(account, meeting),
        "id": meeting.id,
        "host_id": meeting.host.id,
        "topic": words.topic(raw),
        "type": meeting.type,
        "duration": meeting.minutes,
        "timezone": pick(words.TIMEZONES, raw[0]),
        "created_at": _created_at(account, meeting),
        "join_url": _join_url(meeting),
    }
    if meeting.start is not None:
        row["start_time"] = iso(meeting.start)
    if raw[1] % 3:
        row["agenda"] = pick(words.AGENDAS, raw[2])
    if meeting.is_webinar:
        row["is_simulive"] = raw[3] % 5 == 0
        row["is_events_webinar"] = False
    elif _uses_pmi(meeting):
        row["pmi"] = str(meeting.host.pmi)
    return row


def meeting_detail(account: Account, meeting: Meeting, *, previous: bool = False) -> Record:
    """GET /meetings/{meetingId}: with the host's secrets start_url and, for some, dynamic_host_key."""
    raw = meeting.raw
    row = _common(account, meeting, previous)
    row |= {
        "assistant_id": "",
        "encrypted_password": short_id(raw[4:]),
        "pstn_password": f"{raw[5] * 3907 % 1_000_000:06d}",
        "h323_password": f"{raw[5] * 3907 % 1_000_000:06d}",
        "chat_join_url": f"https://zoom.us/launch/jc/{meeting.id}",
        "pre_schedule": False,
        "status": "waiting",
        "settings": _meeting_settings(meeting, raw),
    }
    if _uses_pmi(meeting):
        row["pmi"] = str(meeting.host.pmi)
    if raw[6] % 3 == 0:
        row["dynamic_host_key"] = f"{raw[7] * 2711 % 1_000_000:06d}"
    if raw[8] % 5 == 0:
        row["template_id"] = None
    if account.shape.undocumented and meeting.ordinal % 7 == 2:
        row["beta_ai_notes"] = {"enabled": True, "model": None, "languages": ["ja", "is"]}
    return row


def webinar_detail(account: Account, webinar: Meeting, *, previous: bool = False) -> Record:
    """GET /webinars/{webinarId}: with the host's secret start_url."""
    raw = webinar.raw
    row = _common(account, webinar, previous)
    row |= {
        "template_id": short_id(raw[9:])[:10],
        "encrypted_passcode": short_id(raw[4:]),
        "h323_passcode": f"{raw[5] * 3907 % 1_000_000:06d}",
        "is_simulive": raw[3] % 5 == 0,
        "settings": _webinar_settings(webinar, raw),
    }
    if raw[3] % 5 == 0:
        row |= {
            "record_file_id": f"f09340e1-cdc3-4eae-9a74-{int.from_bytes(raw[:6], 'big'):012x}",
            "transition_to_live": False,
            "simulive_delay_start": {"enable": True, "time": 10, "timeunit": "second"},
        }
    if raw[10] % 2:
        row |= {"capacity": 500, "license_type": "webinar500"}
    if account.shape.undocumented and webinar.ordinal % 5 == 1:
        row["beta_stage"] = "zweite Bühne"
    return row


def _common(account: Account, meeting: Meeting, previous: bool) -> Record:
    raw = meeting.raw
    row = list_row(account, meeting)
    row.pop("is_events_webinar", None)
    row |= {
        "host_email": meeting.host.email,
        "password": f"{raw[5] * 3907 % 1_000_000:06d}",
        "start_url": f"https://zoom.us/s/{meeting.id}?zak={secrets.token_urlsafe(24)}",
        "creation_source": pick(("open_api", "web_portal", "other"), raw[11]),
    }
    if raw[12] % 4 == 0:
        row["tracking_fields"] = [{"field": "Meeting purpose", "value": "Support", "visible": True}]
    if meeting.registration:
        kind = "webinar" if meeting.is_webinar else "meeting"
        row["registration_url"] = f"https://zoom.us/{kind}/register/{short_id(raw[6:])}"
    if meeting.type in (FIXED_TIME, WEBINAR_FIXED_TIME):
        row["recurrence"] = {
            "type": 2,
            "repeat_interval": 1,
            "weekly_days": "2,4" if raw[13] % 2 else "3",
            "end_times": 12,
        }
        row["occurrences"] = _occurrences(account, meeting, previous)
    return row


def _occurrences(account: Account, meeting: Meeting, previous: bool) -> list[dict[str, Any]]:
    assert meeting.start is not None
    begun = max(0, -int((meeting.start - account.clock()) // (7 * DAY)))
    starts = [meeting.start + week * 7 * DAY for week in range(begun, begun + 3)]
    if previous:
        # Zoom gives at most 50 occurrences of a series.
        starts = sorted(o.start for o in account.ended(meeting))[-47:] + starts
    return [
        {
            "occurrence_id": f"{start}000",
            "start_time": iso(start),
            "duration": meeting.minutes,
            "status": "deleted" if week == 1 and meeting.raw[14] % 3 == 0 else "available",
        }
        for week, start in enumerate(starts)
    ]


def _next_uuid(account: Account, meeting: Meeting) -> str:
    """Every instance that ends gives the next one a new UUID."""
    ended = sum(o.timing.ended > 0 for o in account.ended(meeting))
    return uuid_of(digest(f"{meeting.uuid}|next|{ended}"), ended) if ended else meeting.uuid


def _meeting_settings(meeting: Meeting, raw: bytes) -> Record:
    settings: Record = {
        "host_video": raw[15] % 2 == 0,
        "participant_video": False,
        "join_before_host": True,
        "jbh_time": 0,
        "mute_upon_entry": raw[16] % 2 == 0,
        "watermark": False,
        "use_pmi": _uses_pmi(meeting),
        "audio": "both",
        "auto_recording": pick(("local", "cloud", "none"), raw[17]),
        "enforce_login": False,
        "alternative_hosts": "",
        "waiting_room": raw[18] % 2 == 0,
        "waiting_room_options": {"mode": "follow_setting", "who_goes_to_waiting_room": "everyone"},
        "global_dial_in_countries": ["US"],
        "global_dial_in_numbers": [
            {"city": "New York", "country": "US", "country_name": "US", "number": "+1 1000200200", "type": "toll"}
        ],
        "breakout_room": {"enable": True, "rooms": [{"name": "Raum 1", "participants": [meeting.host.email]}]},
        "question_and_answer": {"enable": False},
        "language_interpretation": {"enable": False},
        "approved_or_denied_countries_or_regions": {"enable": False},
        "continuous_meeting_chat": {"enable": True, "channel_id": f"cabc{raw[19]:012d}"},
        "encryption_type": "enhanced_encryption",
        "private_meeting": False,
        "email_in_attendee_report": raw[20] % 2 == 0,
    }
    return settings | _registration_settings(meeting, raw)


def _webinar_settings(webinar: Meeting, raw: bytes) -> Record:
    settings: Record = {
        "host_video": raw[15] % 2 == 0,
        "panelists_video": True,
        "practice_session": False,
        "hd_video": False,
        "audio": "both",
        "auto_recording": pick(("local", "cloud", "none"), raw[17]),
        "enforce_login": False,
        "alternative_hosts": "",
        "contact_name": webinar.host.email.partition("@")[0],
        "contact_email": webinar.host.email,
        "on_demand": False,
        "question_and_answer": {"enable": True, "allow_anonymous_questions": True, "answer_questions": "all"},
        "attendees_and_panelists_reminder_email_notification": {"enable": True, "type": 0},
        "follow_up_absentees_email_notification": {"enable": False, "type": 0},
        "survey_url": "https://example.com",
        "global_dial_in_countries": ["US"],
        "language_interpretation": {"enable": False},
    }
    return settings | _registration_settings(webinar, raw)


def _registration_settings(meeting: Meeting, raw: bytes) -> Record:
    """approval_type 2 means that no registration is required; some records lack the field while it is required."""
    if not meeting.registration:
        return {"approval_type": 2}
    settings: Record = {"registration_type": 1, "close_registration": False, "registrants_confirmation_email": True}
    if meeting.ordinal % 9 != 1:
        settings["approval_type"] = raw[21] % 2
    return settings


def _created_at(account: Account, meeting: Meeting) -> str:
    earliest = min((o.start for o in meeting.occurrences), default=meeting.start or midnight(account.first_day))
    return iso(earliest - (1 + meeting.raw[22] % 60) * DAY)


def _join_url(meeting: Meeting) -> str:
    return f"https://zoom.us/{'w' if meeting.is_webinar else 'j'}/{meeting.id}?pwd={short_id(meeting.raw[5:])}"


def _uses_pmi(meeting: Meeting) -> bool:
    return meeting.type == 2 and meeting.ordinal % 8 == 3
