"""A Zoom account of a few answers, given by the CDK's HttpMocker to exactly as many requests as expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from airbyte_cdk.models import AirbyteErrorTraceMessage, AirbyteStreamStatus, SyncMode
from airbyte_cdk.test.catalog_builder import CatalogBuilder
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput, read
from airbyte_cdk.test.models.scenario import ExpectedOutcome

from source_zoom import SourceZoom
from unit_tests.integration.config import ConfigBuilder
from unit_tests.integration.request_builder import TOKEN_URL, RequestBuilder
from unit_tests.integration.response_builder import answer, page, token

if TYPE_CHECKING:
    from airbyte_cdk.test.mock_http import HttpMocker, HttpRequest, HttpResponse

Kind = Literal["meeting", "webinar"]
Record = dict[str, Any]

USER = "pT4vLm9QSxWcK2bRzH7nYw"
MEETING = 85012345678
WEBINAR = 91098765432
# The second one begins with "/" and contains "//", so that it must be encoded twice.
PAST = "mQ3xT9aLS0+fU2yEwB7k1Q=="
PAST_ENCODED = "mQ3xT9aLS0%2BfU2yEwB7k1Q%3D%3D"
PAST_SLASHED = "/aZ8cN//4pVRk6hY1tJd5g=="
PAST_SLASHED_ENCODED = "%252FaZ8cN%252F%252F4pVRk6hY1tJd5g%253D%253D"

# With this start date and today as conftest.py sets it, the meeting history is one window.
START = "2026-03-01"
# The window begins a day earlier, because Zoom may count in another time zone.
FIRST_DAY = "2026-02-28"
TODAY = "2026-03-20"
# The window ends a day later, because it may be tomorrow where the account is.
LAST_DAY = "2026-03-21"
STARTED = "2026-03-10T09:00:12Z"


class Zoom:
    """What Zoom answers in one test. verify() fails when a request came less or more often than expected."""

    def __init__(self, mocker: HttpMocker) -> None:
        self._mocker = mocker
        self._expected: list[tuple[HttpRequest, int, int]] = []
        self.config = ConfigBuilder().with_(start_date=START)
        #: How many tokens the test makes necessary.
        self.logins = 1
        # By requests-mock itself: HttpMocker would compare the whole body, and what the login sends is test_auth's.
        self.tokens = mocker._mocker.post(TOKEN_URL, text=str(token().body))

    def answers(self, request: RequestBuilder, *responses: HttpResponse) -> None:
        """Zoom gives these responses, one after the other, to exactly that many requests."""
        self._answers(request, responses, len(responses), len(responses))

    def may_answer(self, request: RequestBuilder, response: HttpResponse) -> None:
        """A request that other threads may send, once, before they see that their table has failed."""
        self._answers(request, (response,), 0, 1)

    def never_answers(self, request: RequestBuilder) -> None:
        """A request that must not be sent; it would be answered, so that only verify() reports it."""
        self._answers(request, (answer({}),), 0, 0)

    def _answers(self, request: RequestBuilder, responses: tuple[HttpResponse, ...], least: int, most: int) -> None:
        built = request.build()
        self._mocker.get(built, list(responses))
        self._expected.append((built, least, most))

    def has_users(self, *identifiers: str) -> None:
        """The list of active users, which the parents of a table come from."""
        self.answers(RequestBuilder.users(), page("users", *({"id": user} for user in identifiers)))

    def lists(self, kind: Kind, *rows: Record, user: str = USER) -> None:
        """The meetings or webinars that one user, of those in has_users(), has scheduled."""
        self.answers(RequestBuilder.list_of(f"users/{user}/{kind}s"), page(f"{kind}s", *rows))

    def scheduled(self, kind: Kind, *identifiers: int) -> None:
        """One user, who has scheduled these meetings or webinars; each takes place once."""
        self.has_users(USER)
        once = 2 if kind == "meeting" else 5
        self.lists(kind, *({"id": number, "type": once, "start_time": STARTED} for number in identifiers))

    def held(self, kind: Kind, *uuids: str) -> None:
        """One user, who has nothing scheduled, and past occurrences, each of a meeting or webinar of its own."""
        self.scheduled(kind)
        first = MEETING if kind == "meeting" else WEBINAR
        shared = {"type": kind.capitalize(), "start_time": STARTED}
        self.history(*({"meeting_uuid": uuid, "meeting_id": first + n, **shared} for n, uuid in enumerate(uuids)))

    def history(self, *rows: Record) -> None:
        """The history of the whole account, in one window of one page."""
        self.answers(RequestBuilder.history(FIRST_DAY, LAST_DAY), page("history_meetings", *rows))

    def read(self, *tables: str) -> EntrypointOutput:
        """Read tables that must all be complete."""
        output = self._read(tables, ExpectedOutcome.EXPECT_SUCCESS)
        output.raise_if_errors()
        for table in tables:
            assert output.get_stream_statuses(table)[-1] is AirbyteStreamStatus.COMPLETE
        return output

    def read_failing(self, *tables: str) -> EntrypointOutput:
        """Read tables of which at least one must fail."""
        output = self._read(tables, ExpectedOutcome.EXPECT_EXCEPTION)
        assert output.errors
        return output

    def _read(self, tables: tuple[str, ...], expected: ExpectedOutcome) -> EntrypointOutput:
        catalog = CatalogBuilder()
        for table in tables:
            catalog.with_stream(table, SyncMode.full_refresh)
        return read(SourceZoom(), self.config.build(), catalog.build(), expected_outcome=expected)

    def verify(self) -> None:
        sent = {id(matcher.request): matcher.actual_number_of_matches for matcher in self._mocker._get_matchers()}
        wrong = [
            f"{request} {sent[id(request)]} times"
            for request, least, most in self._expected
            if not least <= sent[id(request)] <= most
        ]
        assert not wrong, "sent more or less often than expected: " + "; ".join(wrong)
        assert self.tokens.call_count == self.logins


def records(output: EntrypointOutput, table: str) -> list[Record]:
    """The data of a table's records, in the order they came."""
    return [dict(m.record.data) for m in output.records if m.record and m.record.stream == table]


def last_error(output: EntrypointOutput) -> AirbyteErrorTraceMessage:
    """The error that ends a sync."""
    trace = output.errors[-1].trace
    assert trace
    assert trace.error
    return trace.error


def assert_keyed(found: list[Record], *key: str) -> None:
    """Every record has all columns of the key, and no two have the same values in them."""
    values = [tuple(record[column] for column in key) for record in found]
    assert values
    assert all(part is not None for value in values for part in value)
    assert len(set(values)) == len(values)
