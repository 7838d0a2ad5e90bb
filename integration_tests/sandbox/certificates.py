"""Certificates: a fresh authority and one server certificate for Zoom's hosts, for the life of one sandbox."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def write(folder: Path, hosts: Collection[str]) -> ssl.SSLContext:
    """Writes `ca.pem` into the folder and returns the context of a server for `hosts`."""
    authority = trustme.CA(organization_name="Simulated Zoom")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*hosts).configure_cert(context)
    return context
