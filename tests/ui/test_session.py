"""What the application hears from the system, and what it makes of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from explorer.ui import messages
from explorer.ui.session import Application, make_window
from explorer.ui.settings import Settings


@pytest.fixture
def application(qapp: QApplication) -> Iterator[Application]:
    assert isinstance(qapp, Application)
    before = qapp.open_paths
    yield qapp
    qapp.open_paths = before
    qapp.waiting.clear()


def send(application: Application, path: str) -> None:
    QApplication.sendEvent(application, QFileOpenEvent(QUrl.fromLocalFile(path)))


def test_files_the_system_hands_over_are_kept_until_there_is_a_window(
    application: Application,
) -> None:
    send(application, "/x/a.tar")
    assert application.waiting == ["/x/a.tar"]


def test_then_they_are_opened(application: Application) -> None:
    opened: list[object] = []
    application.open_paths = opened.append
    send(application, "/x/a.tar")
    assert opened == [["/x/a.tar"]]


def test_the_desktop_knows_the_application_by_its_name(application: Application) -> None:
    assert application.organizationName() == "Layerscope"
    assert QApplication.desktopFileName() == "io.github.layerscope.Layerscope"


def test_the_window_opens_with_its_workspaces(qapp: QApplication, tmp_path: Path) -> None:
    window = make_window(Settings.at(tmp_path / "s.ini"))
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles[0] == "&File"
    assert titles[-1] == "&Help"


@pytest.mark.parametrize(
    ("kind", "level"),
    [(QtMsgType.QtDebugMsg, logging.DEBUG), (QtMsgType.QtCriticalMsg, logging.ERROR)],
)
def test_messages_of_qt_go_to_the_log(
    caplog: pytest.LogCaptureFixture, kind: QtMsgType, level: int
) -> None:
    with caplog.at_level(logging.DEBUG):
        messages._handle(kind, QMessageLogContext(), "words")
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (level, "default: words")
    ]
