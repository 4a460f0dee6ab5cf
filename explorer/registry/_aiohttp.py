"""aiohttp, imported without the wait for certificates that nobody needs.

When it is imported, aiohttp makes a context for TLS and has OpenSSL read every certificate of the
system into it: a quarter of what importing it takes. Here each request brings a context of its own
(:mod:`explorer.registry.certificates`). So the one that aiohttp makes reads them when it is first
used, which for anybody else's requests comes to the same.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class LateContext(ssl.SSLContext):
    """Trusts the system's authorities, as ``ssl.create_default_context`` does; from first use."""

    _read = False

    def wrap_bio(self, *arguments: Any, **named: Any) -> ssl.SSLObject:
        """As :meth:`ssl.SSLContext.wrap_bio`."""
        self._catch_up()
        return super().wrap_bio(*arguments, **named)

    def wrap_socket(self, *arguments: Any, **named: Any) -> ssl.SSLSocket:
        """As :meth:`ssl.SSLContext.wrap_socket`."""
        self._catch_up()
        return super().wrap_socket(*arguments, **named)

    def _catch_up(self) -> None:
        if not self._read:
            self._read = True
            self.load_default_certs()


def _late_context(*_arguments: object, **_named: object) -> LateContext:
    return LateContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def _late_certificates() -> Iterator[None]:
    genuine = ssl.create_default_context
    ssl.create_default_context = _late_context
    try:
        yield
    finally:
        ssl.create_default_context = genuine


if "aiohttp" not in sys.modules:
    with _late_certificates():
        import aiohttp as aiohttp
