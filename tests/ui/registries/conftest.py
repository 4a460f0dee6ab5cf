"""A window with the browser of registries in front, and nothing of the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.registries.browser import Browser
from explorer.ui.registries.workspace import Home
from explorer.ui.session import make_window
from explorer.ui.settings import Settings
from explorer.ui.window import MainWindow
from tests.ui.registries.waiting import until


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts, images and secrets of this test alone."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LAYERSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("DOCKER_CONFIG", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The window, shown."""
    shown = make_window(Settings.at(tmp_path / "settings.ini"))
    qtbot.addWidget(shown)
    shown.resize(1280, 800)
    shown.show()
    yield shown


async def browser_in(window: MainWindow) -> Browser:
    """The browser, once it is made."""
    window._rail.choose("registries")
    await until(lambda: _made(window) is not None, 20)
    found = _made(window)
    assert found is not None
    await until(lambda: found.session.hosts)
    return found


def _made(window: MainWindow) -> Browser | None:
    homes = window.findChildren(Home)
    return homes[0].browser if homes else None
