"""The simulated Zoom account: a real TLS server behind a loopback proxy, built from Zoom's documents.

with Sandbox(AccountShape(users=12, seed=7), plan="pro") as zoom:
    subprocess.run([...], env={**os.environ, **zoom.environment})
    list(zoom.truth("users")), zoom.requests

Its clock moves, and the account grows by it. A client in a process of its own goes by the machine's clock, so the
account begins some days behind that and comes nearer night by night:

with Sandbox(behind_days=5, growth=Growth()) as zoom:
    zoom.advance(days=1)
    list(zoom.truth("report_meetings", since=zoom.dawn))

A client in the same process can share the clock, if the one function that tells it the time is replaced by
`lambda: zoom.now`:

with Sandbox(clock=Clock.standing_at(datetime(2026, 5, 20, tzinfo=timezone.utc)), growth=Growth()) as zoom:
    ...

`python -m integration_tests.sandbox --help` lists the knobs and the kinds of fault.
"""

from .account_truth import ACCOUNT_TABLES
from .clock import Clock
from .faults import Fault, FaultKind, path_of
from .growth import Event, Growth
from .knobs import Knobs
from .log import LoggedRequest
from .other_apps import OtherApp
from .routes import GRANULAR_SCOPES, HEAVY, LIGHT, MEDIUM
from .sandbox import HOSTS, Sandbox
from .scopes import CLASSIC_SCOPES
from .shape import REGULAR, AccountShape
from .truth import EVER, HOST_SECRETS, TABLES

__all__ = [
    "ACCOUNT_TABLES",
    "CLASSIC_SCOPES",
    "EVER",
    "GRANULAR_SCOPES",
    "HEAVY",
    "HOSTS",
    "HOST_SECRETS",
    "LIGHT",
    "MEDIUM",
    "REGULAR",
    "TABLES",
    "AccountShape",
    "Clock",
    "Event",
    "Fault",
    "FaultKind",
    "Growth",
    "Knobs",
    "LoggedRequest",
    "OtherApp",
    "Sandbox",
    "path_of",
]
