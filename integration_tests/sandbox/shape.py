"""AccountShape: how large a simulated account is and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class AccountShape:
    """Size and mixture of an account; with the seed and the date it decides every record.

    Counts are per account, `*_per_user` per hosting active user, shares are 0 to 1. Means (`registrants`,
    `participants` and the like) are per parent and vary around it.
    """

    users: int = 12
    """Active users. Of these one cannot host (when there are at least six)."""
    inactive_users: int = 2
    pending_users: int = 2
    seed: int = 1
    basic_share: float = 0.15
    """Active users on the free Basic licence: registrants and polls of their meetings are refused."""
    webinar_share: float = 0.4
    """Active users with the webinar add-on; 0 is an account without it."""
    meetings_per_user: float = 4
    """Meetings that GET /users/{id}/meetings lists."""
    recurring_share: float = 0.4
    """Listed meetings that recur; types 8 and 3 take turns."""
    occurrences_per_recurring: float = 3
    """Ended occurrences of a recurring meeting or webinar, spread over the last sixteen months."""
    unlisted_per_user: float = 2
    """Ended meetings that no list shows any more: instant, PMI, expired and deleted ones."""
    webinars_per_user: float = 3
    """Webinars that GET /users/{id}/webinars lists, per user with the add-on; types 5, 6 and 9 take turns."""
    unlisted_webinars_per_user: float = 1
    registration_share: float = 0.6
    """Meetings and webinars that require registration."""
    registrants: int = 4
    """Mean of the approved ones; a few pending and denied come on top."""
    participants: int = 6
    """Mean number of rows of a participants report."""
    poll_results: int = 4
    panelists: int = 3
    sources_per_webinar: int = 2
    qna_results: int = 3
    absentees: int = 4
    files: int = 2
    recorded_share: float = 0.7
    """Recordings among the occurrences of licensed hosts that the history shows as recorded to the cloud."""
    summarized_share: float = 0.7
    transcribed_share: float = 0.5
    groups: int = 4
    operation_logs: int = 2
    """Mean of the rows a day."""
    sign_ins: int = 12
    """Mean of the rows a day."""
    big_lists: int = 1
    """How many meetings and webinars have `big_list_size` registrants, and occurrences as many participants."""
    big_list_size: int = 620
    special_cases: bool = True
    """Failing parents and odd rows (missing hosts, vanished meetings, polls switched off); off: all parents answer."""
    undocumented: bool = True
    """Some records carry fields that Zoom documents nowhere; their names begin with `beta_`."""

    gone_listed: int = 0
    """Meetings, and as many webinars, that lists show with their past although their own records are gone."""
    registration_changes: int = 0
    """Recurring webinars whose past occurrences had registration while they have none any more, or the reverse."""
    personal_rooms: int = 0
    """Users whose personal room was used twice without a trace in the history: only its instances show it."""

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self) if field.name.endswith("_share")):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share between 0 and 1")
        if self.users < 1:
            raise ValueError("users: an account has at least its owner")

    @classmethod
    def of_parents(cls, parents: int, *, seed: int = 1, records_per_parent: float = 10) -> AccountShape:
        """An account with about `parents` listed meetings, webinars and owed occurrences, for benchmarks.

        It has about `parents * records_per_parent` records in all tables together and no special cases.
        """
        users = max(2, round(parents / 150))
        # A user has 20 meetings, 40 % of them recurring, and on average 4 webinars, two of three recurring. The
        # one-time ones bring about 12.5 occurrences; 94 % of those of the recurring ones are recent enough.
        listed, recurring = 20 + 4, 20 * 0.4 + 4 * 2 / 3
        occurrences = max(1.0, (parents / users - 1 - listed - 12.5) / (recurring * 0.94))
        # Measured: 7.1 records a parent come from elsewhere, and each of `many` adds 0.77.
        many = max(2, round((records_per_parent - 7.1) / 0.77))
        return replace(
            REGULAR,
            users=users,
            seed=seed,
            meetings_per_user=20,
            webinars_per_user=10,
            occurrences_per_recurring=occurrences,
            unlisted_per_user=0,
            unlisted_webinars_per_user=0,
            registrants=many,
            participants=many,
        )


# Everybody is active and licensed, no list is long and everything in it answers.
REGULAR = AccountShape(inactive_users=0, pending_users=0, basic_share=0, big_lists=0, special_cases=False)
