"""Failures shown inline: what, why, what to do, details, and a report to copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.errors import DamagedImage
from explorer.ui.banner import BannerStack, Kind, present_on_page
from explorer.ui.page import Page
from explorer.ui.report import Report
from explorer.ui.widgets.buttons import CopyButton, IconButton


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - whatever was given
        return caught


CUT = DamagedImage("The archive is cut short", why="it ends in layer 3", hint="Save it again")


@pytest.fixture
def stack(qtbot: QtBot) -> BannerStack:
    made = BannerStack()
    qtbot.addWidget(made)
    return made


def button(parent: QWidget, name: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == name)


def test_it_takes_no_room_while_there_is_nothing_to_say(stack: BannerStack) -> None:
    assert stack.isHidden()


def test_a_screen_reader_hears_kind_what_why_and_hint(stack: BannerStack) -> None:
    stack.show_error("Opening", CUT)
    banner = stack.banners()[0]
    assert banner.accessibleName() == "Error: The archive is cut short"
    assert banner.accessibleDescription() == "it ends in layer 3 Save it again"


def test_the_cross_and_escape_dismiss(qtbot: QtBot, stack: BannerStack) -> None:
    stack.show_error("Opening", CUT)
    stack.show_message(Kind.INFO, "The file changed on disk")
    first, second = stack.banners()
    cross = next(b for b in first.findChildren(IconButton) if b.accessibleName() == "Dismiss")
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    qtbot.keyClick(second, Qt.Key.Key_Escape)
    assert stack.banners() == []
    assert stack.isHidden()


def test_the_action_is_called(qtbot: QtBot, stack: BannerStack) -> None:
    calls: list[str] = []
    stack.show_error("Opening", CUT, action=("Try again", lambda: calls.append("again")))
    qtbot.mouseClick(button(stack, "Try again"), Qt.MouseButton.LeftButton)
    assert calls == ["again"]


def test_details_unfold(qtbot: QtBot, stack: BannerStack) -> None:
    stack.show_error("Opening", raised(ValueError("odd")))
    stack.show()
    details = stack.findChildren(QPlainTextEdit)[0]
    assert details.isHidden()
    qtbot.mouseClick(button(stack, "Details"), Qt.MouseButton.LeftButton)
    assert not details.isHidden()
    assert "ValueError: odd" in details.toPlainText()


def test_the_report_can_be_copied(qtbot: QtBot, stack: BannerStack) -> None:
    stack.show_error("Opening nginx.tar", CUT)
    qtbot.mouseClick(stack.findChildren(CopyButton)[0], Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert copied.startswith("The archive is cut short\nit ends in layer 3\nSave it again\n")
    assert "Opening nginx.tar" in copied
    assert "Layerscope" in copied


def test_the_same_failure_again_replaces_the_first(stack: BannerStack) -> None:
    for _ in range(2):
        stack.show_error("Opening", CUT)
    assert len(stack.banners()) == 1


def test_there_are_never_more_than_three(stack: BannerStack) -> None:
    for number in range(5):
        stack.show_message(Kind.WARN, f"Layer {number} is missing")
    assert [banner.report.what for banner in stack.banners()] == [
        "Layer 4 is missing",
        "Layer 3 is missing",
        "Layer 2 is missing",
    ]


def test_words_from_an_image_are_never_markup(stack: BannerStack, qtbot: QtBot) -> None:
    banner = stack.show_message(Kind.WARN, "<h1>big</h1>", "<img src=x>")
    shown = [label.textFormat() for label in banner.findChildren(_label()) if label.text()]
    assert set(shown) == {Qt.TextFormat.PlainText}


def _label() -> type:
    from explorer.ui.widgets.labels import Label

    return Label


@pytest.mark.parametrize(
    ("error", "what", "why"),
    [
        (lambda: CUT, "The archive is cut short", "it ends in layer 3"),
        (lambda: OSError(13, "Permission denied"), "Opening failed", "Permission denied"),
        (lambda: ValueError("x"), "Opening failed", "Layerscope ran into a fault of its own"),
    ],
)
def test_every_kind_of_error_is_put_in_words(
    error: Callable[[], Exception], what: str, why: str
) -> None:
    report = Report.of("Opening", raised(error()))
    assert (report.what, report.why) == (what, why)


def test_reports_do_not_name_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    home = __file__.rpartition("/tests/")[0]
    monkeypatch.setenv("HOME", home)
    assert home not in Report.of("Opening", raised(ValueError("x"))).details


def test_an_error_is_shown_on_the_page_around_its_owner(qtbot: QtBot) -> None:
    page = Page("x")
    qtbot.addWidget(page)
    inner = QWidget(page)
    assert present_on_page(inner, "Opening", CUT)
    assert len(page.banners.banners()) == 1


def test_an_owner_without_page_is_told_so(qtbot: QtBot) -> None:
    alone = QWidget()
    qtbot.addWidget(alone)
    assert not present_on_page(alone, "Opening", CUT)
