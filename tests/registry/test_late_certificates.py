"""aiohttp without its wait for certificates: the same trust, only later."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading

from explorer.registry._aiohttp import LateContext, late_certificates


def test_a_late_context_verifies_and_has_the_system_s_authorities_when_it_is_used() -> None:
    with late_certificates():
        context = ssl.create_default_context()
    assert isinstance(context, LateContext)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509"] == 0
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="a.example")
    assert context.cert_store_stats() == ssl.create_default_context().cert_store_stats()


def test_afterwards_contexts_are_made_as_ever() -> None:
    before = ssl.create_default_context().cert_store_stats()
    with late_certificates():
        pass
    assert type(ssl.create_default_context()) is ssl.SSLContext
    assert ssl.create_default_context().cert_store_stats() == before


def test_another_thread_notices_nothing() -> None:
    made: list[ssl.SSLContext] = []
    expected = ssl.create_default_context().cert_store_stats()
    with late_certificates():
        thread = threading.Thread(target=lambda: made.append(ssl.create_default_context()))
        thread.start()
        thread.join()
    assert made[0].cert_store_stats() == expected


def test_what_a_push_loads_has_no_numpy_and_no_window() -> None:
    code = "import sys, explorer.transfer.push, explorer.transfer.pull; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "isal", "PySide6", "rich", "pygments"}
    assert not heavy & set(done.stdout.split())
