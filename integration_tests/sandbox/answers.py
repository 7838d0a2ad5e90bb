"""Answers: what Zoom has to say about one parent, records or the documented error, before any paging."""

from .account_answers import AccountAnswers
from .scheduled_answers import ScheduledAnswers


class Answers(ScheduledAnswers, AccountAnswers):
    """The account seen through the knobs. Methods return rows or a record, or raise the ZoomError that is due."""
