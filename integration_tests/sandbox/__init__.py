"""The simulated Zoom account: a real TLS server behind a loopback proxy, built from Zoom's documents.

with Sandbox(AccountShape(users=12, seed=7), plan="pro") as zoom:
    subprocess.run([...], env={**os.environ, **zoom.environment})
    list(zoom.truth("users")), zoom.requests
"""

from .account_truth import ACCOUNT_TABLES
from .clock import Clock
from .faults import Fault, FaultKind, path_of
from .knobs import Knobs
from .log import LoggedRequest
from .other_apps import OtherApp
from .routes import HEAVY, LIGHT, MEDIUM
from .sandbox import HOSTS, Sandbox
from .scopes import CLASSIC_SCOPES, GRANULAR_SCOPES
from .shape import AccountShape
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
    "TABLES",
    "AccountShape",
    "Clock",
    "Fault",
    "FaultKind",
    "Knobs",
    "LoggedRequest",
    "OtherApp",
    "Sandbox",
    "path_of",
]
