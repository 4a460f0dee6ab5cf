"""How the registries of images that are looked into are spoken to: as the user set them up."""

from __future__ import annotations

import contextlib
from typing import Final

from explorer.errors import ExplorerError
from explorer.registry import Options, Wire
from explorer.registry.hosts import Hosts
from explorer.ui.registries.account import accounts

SCHEME: Final = "docker://"
"""Before the name of an image in a registry."""


def insecure_hosts() -> frozenset[str]:
    """The hosts that may speak plain HTTP or show unknown certificates. Reads a file."""
    with contextlib.suppress(ExplorerError):  # whoever shows the list says what is wrong with it
        return frozenset(host.name for host in Hosts.at().all() if host.insecure)
    return frozenset()


def connect() -> Wire:
    """Connections with the user's settings and logins, those of this session too; call it where a
    file may be read."""
    return Wire(Options.from_environment(insecure_hosts()), accounts().find)
