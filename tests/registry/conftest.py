"""Every test asks as nobody: no file, helper or keyring of the person who runs it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from explorer.registry import Options, Patience, RegistryClient, Wire
from explorer.registry.credentials import Credentials

PATIENCE = Patience(attempts=4, first=0.0, longest=30.0, connect=5.0, silence=5.0)


@dataclass
class Waits:
    """What a client slept, in seconds, without sleeping."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def connected(
    credentials: Credentials | None = None,
    patience: Patience = PATIENCE,
    waits: Waits | None = None,
    **options: object,
) -> AsyncIterator[RegistryClient]:
    """A client that never sleeps."""
    chosen = Options(patience=patience, **options)  # type: ignore[arg-type]
    async with Wire(chosen, lambda _host, _path: credentials, waits or Waits()) as wire:
        yield RegistryClient(wire)


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
