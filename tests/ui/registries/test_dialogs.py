"""Dialogs of the browser: what they check while one types, and where they say a secret goes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.errors import Refused
from explorer.oci import Reference
from explorer.registry.credentials import Credentials
from explorer.registry.hosts import Host, Hosts
from explorer.ui.registries.account import (
    SESSION,
    Accounts,
    Login,
    is_silent,
    place_for,
    wants_login,
)
from explorer.ui.registries.hostdialog import HostDialog
from explorer.ui.registries.logindialog import LoginDialog
from explorer.ui.registries.nameparts import NameParts, pieces
from explorer.ui.registries.session import RegistrySession
from explorer.ui.registries.tagdialogs import PushDialog, RetagDialog
from explorer.ui.settings import Settings
from tests.ui.accessibility import focus_order, unnamed
from tests.ui.registries.waiting import until


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def session(parent: QWidget, tmp_path: Path) -> RegistrySession:
    return RegistrySession(parent, Hosts.at(tmp_path / "registries.json"))


def host_dialog(session: RegistrySession, parent: QWidget, tmp_path: Path) -> HostDialog:
    return HostDialog(session, Settings.at(tmp_path / "settings.ini"), parent)


async def test_a_host_is_checked_while_it_is_typed(
    session: RegistrySession, parent: QWidget, tmp_path: Path
) -> None:
    dialog = host_dialog(session, parent, tmp_path)
    assert "docker.io" in dialog._explained.text(), "Docker's defaults are said at once"
    assert not dialog.ok.isEnabled()
    dialog.host.setText("nginx")
    assert not dialog.ok.isEnabled()
    assert "dot or a port" in dialog._explained.text()
    dialog.host.setText("docker.io")
    assert dialog.ok.isEnabled()
    assert "does not list" in dialog._explained.text()
    dialog.host.setText("localhost:5000/team/app")
    assert "neither host nor library/" in dialog._explained.text()
    dialog.accept()
    await until(lambda: dialog.added is not None)
    assert session.host("localhost:5000") == Host("localhost:5000", False, ("team/app",))


async def test_what_was_typed_for_a_host_survives_a_change_of_its_settings(
    session: RegistrySession, parent: QWidget, tmp_path: Path
) -> None:
    await session.add(Host("localhost:5000", repositories=("team/app",)))
    dialog = HostDialog(
        session,
        Settings.at(tmp_path / "settings.ini"),
        parent,
        host=session.host("localhost:5000"),
    )
    assert dialog.host.isReadOnly()
    dialog.insecure.setChecked(True)
    dialog.accept()
    await until(lambda: dialog.added is not None)
    assert session.host("localhost:5000") == Host("localhost:5000", True, ("team/app",))


async def test_an_authority_that_is_none_keeps_the_dialog_open(
    session: RegistrySession, parent: QWidget, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    dialog = host_dialog(session, parent, tmp_path)
    dialog.host.setText("registry.example")
    dialog.authority.setText(str(tmp_path / "ca.pem"))
    dialog.show()
    dialog.accept()
    await until(lambda: "no certificate" in dialog.problem.text())
    assert dialog.isVisible()
    assert session.host("registry.example") is None
    assert dialog.ok.isEnabled()


async def test_the_login_says_where_the_secret_goes(
    session: RegistrySession, parent: QWidget, tmp_path: Path
) -> None:
    dialog = LoginDialog(session, "localhost:5000", parent)
    await until(lambda: "config.json" in dialog.where.text())
    assert "not encrypted" in dialog.where.text()
    dialog.keep.setChecked(False)
    assert SESSION in dialog.where.text()
    assert not dialog.ok.isEnabled()
    dialog.user.setText("me")
    dialog.password.setText("secret")
    assert dialog.ok.isEnabled()
    assert dialog.password.displayText() != "secret"


def test_a_credential_helper_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "home" / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"credHelpers": {"ghcr.io": "pass"}}))
    assert "docker-credential-pass" in place_for("ghcr.io")
    assert "not encrypted" in place_for("quay.io")


def test_a_secret_of_this_session_comes_before_those_kept() -> None:
    accounts = Accounts()
    assert not accounts.login("localhost:5000").is_somebody
    accounts.hold("localhost:5000", Credentials("me", "secret"))
    assert str(accounts.login("localhost:5000")) == "logged in as me"
    assert accounts.login("localhost:5000").origin == SESSION
    assert accounts.find("localhost:5001") is None
    assert accounts.drop("localhost:5000")
    assert not accounts.drop("localhost:5000")
    assert str(Login(origin="x")) == "logged in with a token"


def test_refusals_are_told_apart() -> None:
    unknown = Refused("h refused: x", why="it wants to know who asks")
    forbidden = Refused("h refused: x", why="you may not do that")
    away = Refused("h cannot be reached: x", why="nothing listens there")
    fault = Refused("h failed: x", why="it has a fault of its own: HTTP 500")
    assert [wants_login(one) for one in (unknown, forbidden, away, fault)] == [True] + [False] * 3
    assert [is_silent(one) for one in (unknown, forbidden, away, fault)] == [
        False,
        False,
        True,
        False,
    ]


async def test_a_tag_that_moves_is_warned_of(parent: QWidget) -> None:
    put: list[Reference] = []

    async def keep(reference: Reference) -> None:
        put.append(reference)

    source = Reference.parse("localhost:5000/app:1")
    dialog = RetagDialog(source, ["latest"], keep, parent)
    assert not dialog.ok.isEnabled()
    dialog.tag.setText("-bad")
    assert not dialog.ok.isEnabled()
    assert "a tag has" in dialog._warning.text().lower()
    dialog.tag.setText("latest")
    assert "other content" in dialog._warning.text()
    dialog.tag.setText("new")
    assert dialog._warning.text() == ""
    dialog.accept()
    await until(lambda: bool(put))
    assert str(put[0]) == "localhost:5000/app:new"


def test_an_empty_store_has_nothing_to_push(parent: QWidget) -> None:
    dialog = PushDialog([], parent, repository=Reference.parse("localhost:5000/app"))
    assert not dialog.ok.isEnabled()
    assert "empty" in dialog.problem.text()


async def test_everything_has_a_name_and_buttons_come_last(
    session: RegistrySession, parent: QWidget, tmp_path: Path
) -> None:
    adding = host_dialog(session, parent, tmp_path)
    login = LoginDialog(session, "localhost:5000", parent)
    for dialog, first in ((adding, adding.host), (login, login.user)):
        dialog.show()
        await asyncio.sleep(0)
        assert unnamed(dialog) == []
        order = focus_order(dialog)
        begin = order.index(first)
        ring = [*order[begin:], *order[:begin]]
        assert ring[-2] is dialog.ok
        cancel = ring[-1]
        assert isinstance(cancel, QPushButton)
        assert cancel.text().replace("&", "") == "Cancel"
        dialog.close()


def test_a_name_is_taken_apart(parent: QWidget) -> None:
    reference = Reference.parse("nginx")
    assert "".join(words for words, _ in pieces(reference)) == str(reference)
    parts = NameParts(parent)
    parts.show_name(reference)
    assert "filled in" in parts._rows["host"][1].text()
    assert "library/" in parts._rows["path"][1].text()
    assert "filled in" in parts._rows["tag"][1].text()
    parts.show_name(Reference.parse("ghcr.io/owner/app:1"))
    assert parts._rows["tag"][1].text() == "1"
    assert parts._rows["digest"][1].isHidden()
    parts.show_name(None)
    assert parts.isHidden()
