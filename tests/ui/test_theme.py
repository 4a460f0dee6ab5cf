"""Colours that can be read, told apart, and switched while the window is open."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QToolButton
from pytestqt.qtbot import QtBot

from explorer.ui import icons, theme
from explorer.ui.theme.contrast import READABLE, VISIBLE, contrast, ink_on
from explorer.ui.theme.scheme import DARK, LIGHT, Scheme
from explorer.ui.widgets.labels import muted

SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("window", "base", "alternate", "raised", "hover", "selection")
INKS = ("text", "muted", "accent", "added", "modified", "removed", "warn", "danger", "good")


@SCHEMES
@pytest.mark.parametrize(("ink", "ground"), list(itertools.product(INKS, GROUNDS)))
def test_text_reads_on_every_ground(scheme: Scheme, ink: str, ground: str) -> None:
    assert contrast(getattr(scheme, ink), getattr(scheme, ground)) >= READABLE


@SCHEMES
@pytest.mark.parametrize(
    "role", ["accent", "added", "modified", "removed", "warn", "danger", "good"]
)
def test_coloured_text_and_plain_text_read_on_its_soft_ground(scheme: Scheme, role: str) -> None:
    ground = getattr(scheme, f"{role}_soft")
    assert contrast(getattr(scheme, role), ground) >= READABLE
    assert contrast(scheme.text, ground) >= READABLE


@SCHEMES
def test_text_reads_on_the_accent(scheme: Scheme) -> None:
    assert contrast(scheme.on_accent, scheme.accent) >= READABLE


@SCHEMES
@pytest.mark.parametrize("ground", ["window", "base", "raised"])
def test_edges_and_focus_rings_are_seen(scheme: Scheme, ground: str) -> None:
    for role in ("outline", "accent"):
        assert contrast(getattr(scheme, role), getattr(scheme, ground)) >= VISIBLE


@SCHEMES
@pytest.mark.parametrize("count", [1, 2, 7, 127])
def test_every_layer_has_a_readable_ink(scheme: Scheme, count: int) -> None:
    for index in range(count):
        ground = scheme.ramp.at(index / max(1, count - 1))
        assert contrast(ink_on(ground), ground) >= READABLE


@SCHEMES
def test_the_ramp_grows_lighter_with_every_layer(scheme: Scheme) -> None:
    values = [theme.contrast(scheme.ramp.at(i / 9), QColor("black")) for i in range(10)]
    assert values == sorted(values)
    assert len(set(values)) == 10


@SCHEMES
def test_change_colours_stay_apart_without_red_and_green(scheme: Scheme) -> None:
    """As seen with deuteranopia (Viénot 1999): the three fills still differ."""
    seen = [_deuteranope(c) for c in (scheme.added_fill, scheme.modified_fill, scheme.removed_fill)]
    for one, other in itertools.combinations(seen, 2):
        assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 0.15


def _deuteranope(color: QColor) -> tuple[float, float]:
    linear = [part**2.2 for part in (color.redF(), color.greenF(), color.blueF())]
    yellow = 0.29275 * linear[0] + 0.70725 * linear[1]
    blue = -0.02234 * linear[0] + 0.02234 * linear[1] + linear[2]
    return yellow, blue


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_switching_repaints_icons_labels_and_palette(qtbot: QtBot) -> None:
    button, label = QToolButton(), muted("words")
    qtbot.addWidget(button)
    qtbot.addWidget(label)
    icons.set_icon(button, "copy")
    before = button.icon().pixmap(16).toImage()
    theme.switch().set_mode(theme.Mode.DARK)
    assert button.icon().pixmap(16).toImage() != before
    assert label.palette().color(QPalette.ColorRole.WindowText) == DARK.muted
    assert QApplication.palette().color(QPalette.ColorRole.Window) == DARK.window
    theme.switch().set_mode(theme.Mode.LIGHT)
    assert button.icon().pixmap(16).toImage() == before


def test_an_icon_follows_once_however_often_it_was_set(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    icons.set_icon(button, "copy")
    icons.set_icon(button, "check", "good")
    theme.switch().set_mode(theme.Mode.DARK)
    assert button.icon().cacheKey() == icons.icon("check", DARK.good).cacheKey()


def test_system_mode_follows_the_desktop(qtbot: QtBot) -> None:
    switch = theme.switch()
    switch.set_mode(theme.Mode.SYSTEM)
    assert switch.scheme in (LIGHT, DARK)
    with qtbot.waitSignal(switch.changed):
        QApplication.styleHints().colorSchemeChanged.emit(QApplication.styleHints().colorScheme())


def test_an_icon_without_room_is_no_picture() -> None:
    assert icons.pixmap("copy", 0, 1.0, QColor("black")).isNull()


@pytest.mark.parametrize("mode", [theme.Mode.LIGHT, theme.Mode.DARK])
def test_an_empty_check_box_has_an_edge_that_is_seen(qtbot: QtBot, mode: theme.Mode) -> None:
    theme.switch().set_mode(mode)
    box = QCheckBox()
    qtbot.addWidget(box)
    box.show()
    image, ground = box.grab().toImage(), theme.colors().window
    middle = image.height() // 2
    line = [image.pixelColor(x, middle) for x in range(image.width())]
    assert max(contrast(color, ground) for color in line) >= VISIBLE


def test_every_icon_file_is_drawn() -> None:
    for path in sorted(icons.resource("icons").glob("*.svg")):
        image = icons.pixmap(path.stem, 16, 1.0, QColor("black")).toImage()
        drawn = any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))
        assert drawn, path.name
