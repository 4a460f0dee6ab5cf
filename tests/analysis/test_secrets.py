"""Deleted files that promise secrets are told from those that do not."""

from __future__ import annotations

import pytest

from explorer.analysis.secrets import leftover_secrets, looks_secret
from explorer.analysis.waste import Waste, WastedPath


@pytest.mark.parametrize(
    "path",
    [
        b"/root/.netrc", b"/app/.env", b"/app/.env.production", b"/root/.ssh/id_ed25519",
        b"/root/.ssh/authorized_keys", b"/srv/tls/server.key", b"/root/.aws/credentials",
        b"/run/secrets/db", b"/app/db_password.txt", b"/app/service-account-prod.json",
        b"/root/.docker/config.json", b"/app/Credentials.JSON",
    ],
)  # fmt: skip
def test_these_names_promise_secrets(path: bytes) -> None:
    assert looks_secret(path)


@pytest.mark.parametrize(
    "path",
    [
        b"/usr/share/man/man1/env.1", b"/etc/passwd", b"/usr/bin/env", b"/root/.ssh/known_hosts",
        b"/etc/ssl/certs/ca.pem", b"/usr/share/ca-certificates/x.key", b"/app/tokenizer.py",
        b"/app/passwords.py", b"/app/environment", b"/",
    ],
)  # fmt: skip
def test_these_do_not(path: bytes) -> None:
    assert not looks_secret(path)


def test_they_are_listed_by_path() -> None:
    paths = tuple(WastedPath(0, path, 1, (0,)) for path in (b"/b/.env", b"/x", b"/a/.env"))
    waste = Waste(3, 3, 0.0, paths, ())
    assert [path.path for path in leftover_secrets(waste)] == [b"/a/.env", b"/b/.env"]
    assert len(leftover_secrets(waste, limit=1)) == 1
