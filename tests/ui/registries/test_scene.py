"""The whole way, with mouse and keys, against a real registry that wants a password.

A registry is added, logged in to and browsed; an image of it is looked into without pulling,
pulled, tagged, pushed; in the end the window logs out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget

from explorer.analysis.opened import load_image
from explorer.errors import Refused
from explorer.registry.credentials import Credentials
from explorer.registry.hosts import Host
from explorer.store.images import ImageStore
from explorer.ui.explore.connecting import connect
from explorer.ui.explore.page import ExplorePage
from explorer.ui.rail import RailButton
from explorer.ui.registries.account import accounts
from explorer.ui.registries.browser import Browser
from explorer.ui.registries.hostdialog import HostDialog
from explorer.ui.registries.logindialog import LoginDialog
from explorer.ui.registries.session import Standing
from explorer.ui.registries.tagdialogs import PushDialog, RetagDialog
from explorer.ui.window import MainWindow
from tests.integration.registries import Registry, make_authority, registry
from tests.ui.build.conftest import keys
from tests.ui.registries.conftest import browser_in
from tests.ui.registries.seeding import Seeder
from tests.ui.registries.waiting import until

pytestmark = pytest.mark.integration

W = TypeVar("W", bound=QWidget)
Key = Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PASSWORD = "pass-word-1"
HTPASSWD = "me:$2y$05$DlcCFZKxOdyXtFpSOf8zLOpyOw8QinpeW./yKWtncBhXURw2DUtcS\n"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Registry]:
    folder = tmp_path / "registry"
    folder.mkdir()
    with registry(folder, passwords=HTPASSWD) as serving:
        yield serving


async def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, to whatever has the focus."""
    await keys(lambda: QTest.keyClick(_focused(), key, held))


async def write(words: str) -> None:
    for char in words:
        await keys(partial(lambda char: QTest.keyClicks(_focused(), char), char))


async def click(widget: QWidget, at: QPoint | None = None) -> None:
    where = at if at is not None else widget.rect().center()
    button, held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    await keys(lambda: QTest.mouseClick(widget, button, held, where))


async def click_row(view: QAbstractItemView, row: int) -> None:
    index = view.model().index(row, 0)
    await click(view.viewport(), view.visualRect(index).center())


async def dialog(kind: type[W]) -> W:
    """A dialog of a kind, once it has the focus."""

    def found() -> list[W]:
        return [each for each in QApplication.topLevelWidgets() if isinstance(each, kind)
                and each.isVisible() and each.isAncestorOf(_focused())]  # fmt: skip

    await until(found, 10)
    return found()[0]


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    return widget if widget is not None else QApplication.activeWindow() or QWidget()


async def back(window: MainWindow) -> None:
    """Once a dialog is closed, the desktop makes the window active; the offscreen one does not."""
    await until(lambda: not QApplication.activeModalWidget(), 10)
    window.activateWindow()
    await until(lambda: QApplication.activeWindow() is window)


def log_in_button(browser: Browser) -> QPushButton:
    buttons = [
        button
        for banner in browser.banners.banners()
        for button in banner.findChildren(QPushButton)
        if button.text() == "Log in…"
    ]
    return buttons[0]


async def test_from_adding_a_registry_to_logging_out(
    window: MainWindow, guarded: Registry, tmp_path: Path
) -> None:
    seeds = Seeder(guarded.host, f"me:{PASSWORD}")
    seeds.image("team/app:1.9", {"app": b"nine" * 5000}, base=b"b" * 70_000)
    seeds.image("team/app:1.10", {"app": b"ten" * 9000}, base=b"b" * 70_000)
    window.activateWindow()
    rail = next(one for one in window.findChildren(RailButton) if one.text() == "Registries")
    await click(rail)
    browser = await browser_in(window)
    asked = len(guarded.requests())

    # Add it: nothing is contacted.
    await press(Key.Key_N, CONTROL | ALT)
    adding = await dialog(HostDialog)
    await write(guarded.host)
    assert adding.ok.isEnabled()
    await press(Key.Key_Return)
    await until(lambda: browser.session.host(guarded.host))
    await back(window)
    assert len(guarded.requests()) == asked

    # Look into it: it wants to know who asks.
    hosts = browser.hosts
    await until(lambda: hosts.hosts.row_of(guarded.host) > 0)
    await click_row(hosts, hosts.hosts.row_of(guarded.host))
    state = browser.session.state
    await until(lambda: state(guarded.host).standing is Standing.LOCKED, 10)
    await until(browser.banners.banners)
    await click(log_in_button(browser))
    entry = await dialog(LoginDialog)
    await until(lambda: "config.json" in entry.where.text())
    assert str(tmp_path / "home") in entry.where.text()
    await write("me")
    await press(Key.Key_Tab)
    await write("wrong")
    await press(Key.Key_Return)
    await until(lambda: "does not take" in entry.problem.text(), 10)
    assert not (tmp_path / "home" / ".docker" / "config.json").exists()
    entry.password.selectAll()
    await write(PASSWORD)
    await press(Key.Key_Return)
    await until(lambda: str(state(guarded.host).login) == "logged in as me", 15)
    await back(window)
    assert (tmp_path / "home" / ".docker" / "config.json").stat().st_mode & 0o077 == 0

    # Browse.
    names = browser.repositories.model
    await until(lambda: list(names.names) == ["team/app"], 10)
    await click_row(browser.repositories.view, 0)
    model = browser.model
    await until(lambda: model.rowCount() == 2, 10)
    assert [model.name_at(row) for row in range(2)] == ["1.9", "1.10"]
    await until(lambda: all(model.facts_of(name).is_whole for name in ("1.9", "1.10")), 10)
    assert str(model.facts_of("1.10").digest) == seeds.manifests["team/app:1.10"]
    await click_row(browser.table, model.row_of("1.10"))
    await until(lambda: browser.details.layers.topLevelItemCount() == 2, 10)

    # Open without pulling: no layer travels.
    asked = len(guarded.requests())
    await press(Key.Key_E, CONTROL | ALT)
    await until(lambda: isinstance(window.front(), ExplorePage), 20)
    page = window.front()
    assert isinstance(page, ExplorePage)
    await until(lambda: page.model.document is not None, 20)
    assert page.model.document is not None
    assert len(page.model.document.layers) == 2
    gets = [line for line in guarded.requests()[asked:] if line.startswith("GET")]
    layers = {str(layer.digest) for layer in page.model.document.layers}
    assert not [line for line in gets if line.rpartition("/")[2] in layers]
    await click(rail)
    await until(lambda: browser.isVisible())

    # Pull.
    browser.table.setFocus()
    await press(Key.Key_P, CONTROL | ALT)
    await until(lambda: browser.transfers.cards)
    card = browser.transfers.cards[0]
    await until(lambda: card.transfer.is_over, 20)
    assert card.transfer.error is None
    assert "moved" in card.words
    reference = f"{guarded.host}/team/app:1.10"
    held = ImageStore.at().find(reference)
    assert str(held.digest) == seeds.manifests["team/app:1.10"]

    # Add a tag at the registry.
    browser.table.setFocus()
    await press(Key.Key_F2)
    tagging = await dialog(RetagDialog)
    await write("stable")
    assert tagging.ok.isEnabled()
    await press(Key.Key_Return)
    await until(lambda: model.row_of("stable") >= 0, 10)
    await back(window)
    assert seeds.digest("team/app:stable") == seeds.manifests["team/app:1.10"]

    # Push what was pulled, under another name: the registry has the layers already.
    await press(Key.Key_U, CONTROL | ALT)
    pushing = await dialog(PushDialog)
    pushing.target.setFocus()
    pushing.target.selectAll()
    await write(f"{guarded.host}/copies/app:1")
    await press(Key.Key_Return)
    await until(lambda: len(browser.transfers.cards) == 2)
    await back(window)
    card = browser.transfers.cards[0]
    await until(lambda: card.transfer.is_over, 20)
    assert card.transfer.error is None
    assert seeds.digest("copies/app:1") == seeds.manifests["team/app:1.10"]

    # Log out, by the palette.
    await press(Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    await until(lambda: window.shell.palette.isVisible())
    await write("log out")
    await press(Key.Key_Return)
    await until(lambda: state(guarded.host).standing is Standing.UNKNOWN, 10)
    kept = (tmp_path / "home" / ".docker" / "config.json").read_text()
    assert guarded.host not in kept
    assert PASSWORD not in guarded.log.read_text()


async def test_a_registry_with_an_authority_of_its_own(window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    authority = make_authority(folder)
    with registry(folder, certificate="server") as secure:
        browser = await browser_in(window)
        state = browser.session.state
        await browser.session.add(Host.parse(secure.host))
        browser.enter_place(secure.host)
        await until(lambda: state(secure.host).standing is Standing.AWAY, 20)
        assert "certificate" in browser.banners.banners()[0].report.why

        window.activateWindow()
        window.shell.actions.renew()
        window.shell.actions.trigger("registries.change")
        settings = await dialog(HostDialog)
        settings.authority.setText(str(authority))
        await click(settings.ok)
        await until(lambda: state(secure.host).standing is Standing.READY, 20)
        kept = tmp_path / "home/.config/containers/certs.d" / secure.host / "ca.crt"
        assert kept.read_bytes() == authority.read_bytes()

        kept.unlink()
        await browser.session.add(Host.parse(secure.host, insecure=True))
        browser.enter_place(secure.host)
        await until(lambda: state(secure.host).standing is Standing.READY, 20)


def test_an_image_opens_with_a_secret_that_is_kept_for_this_session_only(guarded: Registry) -> None:
    Seeder(guarded.host, f"me:{PASSWORD}").image("team/app:1", {"a": b"a"})
    name = f"docker://{guarded.host}/team/app:1"
    with pytest.raises(Refused):
        load_image(name, connect=connect)
    accounts().hold(guarded.host, Credentials("me", PASSWORD))
    try:
        assert len(load_image(name, connect=connect).layers) == 1
    finally:
        accounts().drop(guarded.host)
