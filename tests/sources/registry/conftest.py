"""Every test asks as nobody, has caches of its own, and a registry that counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.registry import Options, Patience, Wire
from explorer.sources.registry.line import Connect
from tests.sources.registry.serving import GivingRegistry, giving

PATIENCE = Patience(attempts=2, first=0.0, longest=0.0, connect=5.0, silence=5.0)


@pytest.fixture
def registry() -> Iterator[GivingRegistry]:
    with giving() as serving:
        yield serving


@pytest.fixture
def connect() -> Connect:
    return lambda: Wire(Options(patience=PATIENCE), lambda _host, _path: None)


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
