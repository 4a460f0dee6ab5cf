"""Dropping files on the window, wherever on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from explorer.ui.drops import DropTarget, DropVeil

COPY, LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def dropped() -> list[Sequence[str]]:
    return []


@pytest.fixture
def window(qapp: QApplication, dropped: list[Sequence[str]]) -> Iterator[QMainWindow]:
    made = QMainWindow()
    made.setCentralWidget(QLineEdit())
    made.resize(400, 300)
    DropTarget(made, dropped.append)
    made.show()
    qapp.processEvents()
    yield made


def files(*urls: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(url) for url in urls])
    return mime


def enter(window: QMainWindow, mime: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(50, 50), COPY | Qt.DropAction.MoveAction, mime, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(window.windowHandle(), event)
    move = QDragMoveEvent(QPoint(60, 50), COPY | Qt.DropAction.MoveAction, mime, LEFT, NONE)
    move.ignore()
    QApplication.sendEvent(window.windowHandle(), move)
    return event.isAccepted() and move.isAccepted()


def drop(window: QMainWindow, mime: QMimeData) -> QDropEvent:
    actions = COPY | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(60, 50), actions, mime, LEFT, NONE)
    QApplication.sendEvent(window.windowHandle(), event)
    return event


def veil(window: QMainWindow) -> DropVeil:
    return window.findChildren(DropVeil)[0]


def test_several_files_and_folders_at_once(
    window: QMainWindow, dropped: list[Sequence[str]]
) -> None:
    mime = files("file:///x/a.tar", "file:///x/some%20layout")
    assert enter(window, mime)
    drop(window, mime)
    assert dropped == [["/x/a.tar", "/x/some layout"]]


def test_a_line_to_type_in_does_not_take_the_file_for_text(
    window: QMainWindow, dropped: list[Sequence[str]]
) -> None:
    mime = files("file:///x/a.tar")
    mime.setText("file:///x/a.tar")
    enter(window, mime)
    drop(window, mime)
    line = window.centralWidget()
    assert isinstance(line, QLineEdit)
    assert line.text() == ""
    assert dropped == [["/x/a.tar"]]


def test_the_window_shows_that_letting_go_opens(window: QMainWindow) -> None:
    mime = files("file:///x/a.tar", "file:///x/b.tar")
    enter(window, mime)
    assert veil(window).isVisible()
    assert veil(window).geometry() == window.rect()
    QApplication.sendEvent(window.windowHandle(), QDragLeaveEvent())
    assert not veil(window).isVisible()
    enter(window, mime)
    drop(window, mime)
    assert not veil(window).isVisible()


def test_files_are_copied_never_moved(window: QMainWindow) -> None:
    mime = files("file:///x/a.tar")
    assert drop(window, mime).dropAction() == COPY


@pytest.mark.parametrize("urls", [(), ("https://example.org/a.tar",)])
def test_what_is_no_local_file_is_left_alone(
    window: QMainWindow, dropped: list[Sequence[str]], urls: tuple[str, ...]
) -> None:
    mime = files(*urls)
    mime.setText("words")
    enter(window, mime)
    drop(window, mime)
    assert not veil(window).isVisible()
    assert dropped == []
