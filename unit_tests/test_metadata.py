"""metadata.yaml, icon, version and base image: what Airbyte reads beside the code, and that it all agrees."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import yaml

from source_zoom.base.config import API_HOSTS, Config
from source_zoom.streams import TABLES
from source_zoom.sync.selection import RENAMED
from source_zoom.zoom.client import REQUEST_RETRIES
from source_zoom.zoom.lockout import LONGEST_DAILY_WAIT, SILENT_SECONDS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
METADATA = yaml.safe_load((ROOT / "metadata.yaml").read_text("utf-8"))["data"]
POETRY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["poetry"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
LOGIN = {"auth_type": "server_to_server", "account_id": "a" * 20, "client_id": "b" * 20, "client_secret": "c" * 20}


def test_one_version_everywhere() -> None:
    version = METADATA["dockerImageTag"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert POETRY["version"] == version
    assert re.findall(r'\.version="([^"]*)"', DOCKERFILE) == [version, version]
    changelog = (ROOT / "docs" / "zoom.md").read_text("utf-8").split("## Changelog")[1]
    newest = next(line for line in changelog.splitlines() if re.match(r"\| \d", line))
    assert newest.split("|")[1].strip() == version


def test_one_name_and_license_everywhere() -> None:
    assert METADATA["license"] == POETRY["license"] == "MIT"
    assert METADATA["remoteRegistries"]["pypi"]["packageName"] == POETRY["name"]
    assert f'io.airbyte.name="{METADATA["dockerRepository"]}"' in DOCKERFILE
    assert UUID(METADATA["definitionId"]).version == 4


def test_breaking_changes_have_a_section_each_newest_first() -> None:
    changes = METADATA["releases"]["breakingChanges"]
    guide = (ROOT / "docs" / "zoom-migrations.md").read_text("utf-8")
    assert re.findall(r"^## Upgrading to (\S+)$", guide, re.MULTILINE) == list(changes)
    assert list(changes) == sorted(
        changes, key=lambda version: [int(part) for part in version.split(".")], reverse=True
    )
    for version, change in changes.items():
        anchor = f"upgrading-to-{version.replace('.', '')}"
        assert change["migrationDocumentationUrl"].endswith(f"/zoom-migrations#{anchor}")


def test_migration_guide_and_message_name_the_renamed_tables() -> None:
    guide = (ROOT / "docs" / "zoom-migrations.md").read_text("utf-8")
    message = METADATA["releases"]["breakingChanges"]["2.0.0"]["message"]
    for old, new in RENAMED.items():
        assert f"| `{old}` | `{new}` | `{new}` |" in guide
        assert f"{old} is now {new}" in message


def test_migration_guide_names_the_keys_of_the_connector() -> None:
    guide = (ROOT / "docs" / "zoom-migrations.md").read_text("utf-8")
    keys_of_1_x = guide.split("### Keys")[1].split("###")[0]
    header, *rows = re.findall(r"^\| (\w+) \|.*\| ([\w, ]+) \|$", keys_of_1_x, re.MULTILINE)
    assert header == ("Table", "Here")
    keys = {table.table_name(): ", ".join(cast("list[str]", table.primary_key)) for table in TABLES}
    assert dict(rows) == {name: keys[name] for name, _ in rows}
    assert len(rows) == 21


def test_base_image_by_digest_and_the_same_in_both_files() -> None:
    base = METADATA["connectorBuildOptions"]["baseImage"]
    assert re.fullmatch(r"docker\.io/airbyte/python-connector-base:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}", base)
    assert f"ARG BASE_IMAGE={base}\n" in DOCKERFILE
    assert f'base.name="{base.partition("@")[0]}"' in DOCKERFILE


def test_allowed_hosts_are_those_that_get_requests() -> None:
    """No more, so that nothing else is reachable; no less, so that nothing is refused."""
    used = set()
    for environment in ("zoom.us", "zoomgov.com"):
        config = Config.parse({"credentials": LOGIN, "environment": environment})
        used |= {urlsplit(url).netloc for url in (config.api_url, config.token_url)}
        used |= set(API_HOSTS[environment])
    assert set(METADATA["allowedHosts"]["hosts"]) == used


def test_suggested_tables_exist() -> None:
    assert set(METADATA["suggestedStreams"]["streams"]) <= {table.table_name() for table in TABLES}


def test_silence_allowed_covers_the_longest_retries() -> None:
    """A request that keeps failing, then waits for a limit that never ends."""
    longest = REQUEST_RETRIES.max_seconds + REQUEST_RETRIES.read_timeout + LONGEST_DAILY_WAIT + SILENT_SECONDS
    assert METADATA["maxSecondsBetweenMessages"] > 2 * longest


def test_icon_is_a_square_of_250() -> None:
    icon = ET.parse(ROOT / METADATA["icon"]).getroot()
    assert icon.tag == "{http://www.w3.org/2000/svg}svg"
    assert (icon.get("width"), icon.get("height"), icon.get("viewBox")) == ("250", "250", "0 0 250 250")


@pytest.mark.parametrize("forbidden", ["# syntax", "<<EOF", "--link"])
def test_dockerfile_needs_nothing_but_the_base_image(forbidden: str) -> None:
    """Each of these makes the builder pull something else first."""
    assert forbidden not in DOCKERFILE
