"""Settings of a connection for tests; the one place that knows their shape."""

from __future__ import annotations

from typing import Any

# Long, because the CDK masks these texts wherever they occur in a log or an error.
ACCOUNT_ID = "account-id-for-tests-Zq3T8vLm"
CLIENT_ID = "client-id-for-tests-Kx7Rb2Nw"
CLIENT_SECRET = "client-secret-for-tests-Pd5Hc9Ys"
ACCESS_TOKEN = "access-token-for-tests-Wf4Jg6Ub"
SECRETS = (ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, ACCESS_TOKEN)


class ConfigBuilder:
    """Valid settings, changed one by one."""

    def __init__(self) -> None:
        self._config: dict[str, Any] = {
            "credentials": {
                "auth_type": "server_to_server",
                "account_id": ACCOUNT_ID,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            },
        }

    def with_(self, **settings: Any) -> ConfigBuilder:
        self._config.update(settings)
        return self

    def build(self) -> dict[str, Any]:
        return self._config
