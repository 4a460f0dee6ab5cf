"""Whom to believe: the system's authorities, and those the user has put down for a host.

Folders are Docker's and Podman's (``certs.d/HOST/*.crt``, ``*.cert`` with ``*.key`` to identify
with); ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are OpenSSL's own.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from explorer.errors import Refused

_FOLDERS: Final = (
    Path("~/.config/containers/certs.d"),
    Path("/etc/containers/certs.d"),
    Path("/etc/docker/certs.d"),
)


def context_for(
    host: str, *, verified: bool = True, folders: tuple[Path, ...] = _FOLDERS
) -> ssl.SSLContext:
    """How to speak TLS with a host; raises :class:`Refused` for a certificate that is none."""
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    for folder in _of_host(host, folders):
        _trust(context, folder)
    return context


def _of_host(host: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        place = folder.expanduser() / host
        if place.is_dir():
            yield place


def _trust(context: ssl.SSLContext, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        try:
            if path.suffix == ".crt":
                context.load_verify_locations(path)
            elif path.suffix == ".cert":
                context.load_cert_chain(path, path.with_suffix(".key"))
        except OSError as error:  # of which ssl.SSLError is one
            raise Refused(
                f"The certificate {path} cannot be used",
                why=error.strerror or str(error),
                hint="It has to be PEM; a .cert has its .key beside it",
            ) from error
