"""aiohttp, imported without the wait for certificates that nobody needs.

When it is imported, aiohttp makes two contexts for TLS and has OpenSSL read every certificate of
the system into each: a quarter of what importing it takes. Here each request brings a context of
its own (:mod:`explorer.registry.certificates`). So the one of aiohttp that verifies reads them
when it is first used, which for anybody else's requests comes to the same; the one that does not
verify needs none.
"""

from __future__ import annotations

import ssl
import sys
import threading
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


@contextmanager
def late_certificates() -> Iterator[None]:
    """Whatever this thread makes meanwhile reads no certificates; other threads are as ever."""
    here = threading.get_ident()
    default, paths = ssl.create_default_context, ssl.SSLContext.set_default_verify_paths

    def late(*arguments: Any, **named: Any) -> ssl.SSLContext:
        if threading.get_ident() == here:
            return LateContext(ssl.PROTOCOL_TLS_CLIENT)
        return default(*arguments, **named)

    def read(context: ssl.SSLContext) -> None:
        if threading.get_ident() != here:
            paths(context)

    ssl.create_default_context = late
    ssl.SSLContext.set_default_verify_paths = read  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ssl.create_default_context = default
        del ssl.SSLContext.set_default_verify_paths


if "aiohttp" not in sys.modules:
    with late_certificates():
        import aiohttp as aiohttp
