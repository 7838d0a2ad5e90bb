"""The 21 tables. Those whose label has the longest way to go come first, so that it never idles."""

from __future__ import annotations

from source_zoom.streams.base import ZoomStream
from source_zoom.streams.meetings import (
    MeetingFiles,
    MeetingPollResults,
    MeetingPolls,
    MeetingQuestions,
    MeetingRegistrants,
    Meetings,
)
from source_zoom.streams.reports import (
    ReportMeetingParticipants,
    ReportMeetings,
    ReportWebinarParticipants,
    ReportWebinars,
)
from source_zoom.streams.users import Users
from source_zoom.streams.webinars import (
    WebinarAbsentees,
    WebinarFiles,
    WebinarPanelists,
    WebinarPollResults,
    WebinarPolls,
    WebinarQnaResults,
    WebinarQuestions,
    WebinarRegistrants,
    Webinars,
    WebinarTrackingSources,
)

TABLES: tuple[type[ZoomStream], ...] = (
    Users,
    ReportMeetingParticipants,
    ReportMeetings,
    ReportWebinarParticipants,
    ReportWebinars,
    WebinarAbsentees,
    MeetingPollResults,
    MeetingFiles,
    WebinarPollResults,
    WebinarQnaResults,
    WebinarFiles,
    MeetingRegistrants,
    WebinarRegistrants,
    WebinarPanelists,
    WebinarTrackingSources,
    Meetings,
    Webinars,
    MeetingPolls,
    WebinarPolls,
    MeetingQuestions,
    WebinarQuestions,
)

__all__ = ["TABLES", "ZoomStream"]
