"""Whom to believe: the system's authorities, and those the user has put down for a host.

Folders are Docker's and Podman's (``certs.d/HOST/*.crt``, ``*.cert`` with ``*.key`` to identify
with); ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are OpenSSL's own.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from yarl import URL

from explorer.errors import Refused
from explorer.registry.options import Options, bare_host

FOLDERS: Final = (
    Path("~/.config/containers/certs.d"),
    Path("~/.docker/certs.d"),
    Path("/etc/containers/certs.d"),
    Path("/etc/docker/certs.d"),
)
"""Where a folder with a host's name is looked for; what all of them have is believed."""


def context_for(
    host: str,
    *,
    verified: bool = True,
    folders: tuple[Path, ...] = FOLDERS,
    authorities: tuple[Path, ...] = (),
) -> ssl.SSLContext:
    """How to speak TLS with a host; raises :class:`Refused` for a certificate that is none."""
    context = ssl.create_default_context() if verified else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    for authority in authorities:
        _use(context, authority)
    for folder in _of_host(host, folders):
        for path in sorted(folder.iterdir()):
            _use(context, path)
    return context


class Trust:
    """How TLS is spoken with each host; its certificates are read once, and not on the loop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}
        self._locks: dict[tuple[str, bool], asyncio.Lock] = {}

    async def of(self, host: str, *, verified: bool | None = None) -> ssl.SSLContext:
        """For a host by its name with its port; raises as :func:`context_for`."""
        if verified is None:
            verified = not self._options.is_insecure(host)
        key = host, verified
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._contexts:
                self._contexts[key] = await asyncio.to_thread(
                    context_for,
                    host,
                    verified=verified,
                    authorities=self._options.authorities,
                )
            return self._contexts[key]

    async def along(self, host: str, url: URL) -> ssl.SSLContext:
        """For a server that a registry leads to; which is believed blindly if that one is."""
        if url.scheme == "http":
            return await self.of(url.authority, verified=False)  # it is never used
        options = self._options
        bare = {bare_host(insecure) for insecure in options.insecure}
        blind = options.is_insecure(host) or options.is_insecure(url.authority)
        verified = not blind and (url.host or "") not in bare
        return await self.of(url.authority, verified=verified)


def _of_host(host: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        place = folder.expanduser() / host
        if place.is_dir():
            yield place


def _use(context: ssl.SSLContext, path: Path) -> None:
    try:
        if path.suffix == ".cert":
            context.load_cert_chain(path, path.with_suffix(".key"))
        elif path.suffix in (".crt", ".pem"):
            context.load_verify_locations(path)
    except OSError as error:  # of which ssl.SSLError is one
        raise Refused(
            f"The certificate {path} cannot be used",
            why=error.strerror or str(error),
            hint="It has to be PEM; a .cert has its .key beside it",
        ) from error
