"""The small widgets that pages share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.settings import Settings
from explorer.ui.widgets.badge import Badge, Tone
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.breadcrumbs import Breadcrumbs
from explorer.ui.widgets.buttons import CopyButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.history import History, Navigator
from explorer.ui.widgets.segmented import Segment, SegmentedControl
from explorer.ui.widgets.splitter import RememberingSplitter
from explorer.ui.widgets.stack_picture import bars

# elided label


def test_a_label_tells_the_whole_text_while_it_is_cut(qtbot: QtBot) -> None:
    label = ElidedLabel("/usr/share/doc/nginx/README.md")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.grab()
    assert label.toolTip() == "/usr/share/doc/nginx/README.md"
    label.resize(600, 20)
    label.grab()
    assert label.toolTip() == ""


def test_a_label_asks_for_the_room_of_its_text(qtbot: QtBot) -> None:
    label = ElidedLabel("short")
    qtbot.addWidget(label)
    before = label.sizeHint().width()
    label.setText("a good deal longer")
    assert label.sizeHint().width() > before
    assert label.minimumSizeHint().width() < before * 4


# segmented control


@pytest.fixture
def control(qtbot: QtBot) -> SegmentedControl:
    segments = [Segment(key, key.title()) for key in ("layer", "merged", "compare")]
    made = SegmentedControl("View", segments)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    return made


def segment(control: SegmentedControl, place: int) -> QWidget:
    return control.layout().itemAt(place).widget()


def test_the_first_segment_is_pressed(control: SegmentedControl) -> None:
    assert control.current() == "layer"


def test_a_click_chooses_once(qtbot: QtBot, control: SegmentedControl) -> None:
    chosen: list[str] = []
    control.chosen.connect(chosen.append)
    qtbot.mouseClick(segment(control, 1), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(segment(control, 1), Qt.MouseButton.LeftButton)
    assert chosen == ["merged"]
    assert control.current() == "merged"


def test_arrows_move_past_what_is_disabled(qtbot: QtBot, control: SegmentedControl) -> None:
    control.set_enabled("merged", False, "Nothing is merged yet")
    segment(control, 0).setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert control.current() == "compare"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    assert control.current() == "layer"


def test_tab_stops_once(control: SegmentedControl) -> None:
    control.choose("merged")
    stops = [bool(segment(control, i).focusPolicy() & Qt.FocusPolicy.TabFocus) for i in range(3)]
    assert stops == [False, True, False]


# breadcrumbs


@pytest.fixture
def crumbs(qtbot: QtBot) -> Breadcrumbs:
    made = Breadcrumbs()
    qtbot.addWidget(made)
    made.resize(600, 30)
    made.show()
    return made


def parts(crumbs: Breadcrumbs) -> list[QToolButton]:
    found = [b for b in crumbs.findChildren(QToolButton) if b.isVisible()]
    return sorted(found, key=lambda b: b.mapTo(crumbs, QPoint()).x())


def test_every_part_leads_to_its_folder(qtbot: QtBot, crumbs: Breadcrumbs) -> None:
    crumbs.show_path("/etc/nginx/conf.d")
    chosen: list[str] = []
    crumbs.chosen.connect(chosen.append)
    for part in parts(crumbs):
        qtbot.mouseClick(part, Qt.MouseButton.LeftButton)
    assert chosen == ["/", "/etc", "/etc/nginx", "/etc/nginx/conf.d"]


def test_what_has_no_room_is_in_the_menu(qtbot: QtBot, crumbs: Breadcrumbs) -> None:
    crumbs.show_path("/usr/share/doc/libssl-dev/examples/certificates")
    crumbs.resize(220, 30)
    qtbot.waitUntil(lambda: any(part.text() == "…" for part in parts(crumbs)))
    rest = next(part for part in parts(crumbs) if part.text() == "…")
    hidden = [action.text() for action in rest.menu().actions()]
    shown = [part.text() for part in parts(crumbs) if part.text() != "…"]
    assert shown[0] == "/"
    assert shown[-1] == "certificates"
    assert [*hidden, *shown[1:]] == [
        "usr",
        "share",
        "doc",
        "libssl-dev",
        "examples",
        "certificates",
    ]
    chosen: list[str] = []
    crumbs.chosen.connect(chosen.append)
    rest.menu().actions()[0].trigger()
    assert chosen == ["/usr"]


def test_odd_names_stay_as_they_are(crumbs: Breadcrumbs) -> None:
    crumbs.show_path("/a&b/<i>")
    assert [part.accessibleName() for part in parts(crumbs)] == [
        "Root folder",
        "Folder a&b",
        "Folder <i>",
    ]


# copy button


def test_copying_takes_the_text_of_the_moment_and_says_so(qtbot: QtBot) -> None:
    digest = ["sha256:one"]
    button = CopyButton("Copy digest", lambda: digest[0])
    qtbot.addWidget(button)
    digest[0] = "sha256:two"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "sha256:two"
    assert button.accessibleName() == "Copied"
    qtbot.waitUntil(lambda: button.accessibleName() == "Copy digest", timeout=5000)


# badge, bar, empty state


def test_a_badge_is_named_by_its_word(qtbot: QtBot) -> None:
    badge = Badge("unverified", Tone.WARN, help="The digest was not checked")
    qtbot.addWidget(badge)
    badge.show_text("verified", Tone.GOOD)
    assert (badge.text(), badge.accessibleName()) == ("verified", "verified")
    assert badge.toolTip() == "The digest was not checked"


def test_a_bar_shows_how_much_is_done(qtbot: QtBot) -> None:
    bar = SlimBar("Reading")
    qtbot.addWidget(bar)
    bar.show_fraction(0.42)
    assert (bar.value(), bar.maximum()) == (420, 1000)
    bar.show_fraction(None)
    assert bar.maximum() == 0


def test_a_bar_moves_only_in_view(qtbot: QtBot) -> None:
    bar = SlimBar("Reading")
    qtbot.addWidget(bar)
    assert not bar.wandering
    bar.show()
    assert bar.wandering
    bar.hide()
    assert not bar.wandering


def test_an_empty_state_offers_what_to_do(qtbot: QtBot) -> None:
    calls: list[str] = []
    action = ("Show layers", lambda: calls.append("shown"))
    empty = EmptyState("waste", "Nothing is wasted", "No layer hides another.", action=action)
    qtbot.addWidget(empty)
    button = next(b for b in empty.findChildren(QWidget) if getattr(b, "click", None))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert calls == ["shown"]


@pytest.mark.parametrize(
    ("height", "shown"), [(50, []), (90, ["hint"]), (240, ["hint", "picture"])]
)
def test_an_empty_state_shows_what_there_is_room_for_and_cuts_nothing(
    qtbot: QtBot, height: int, shown: list[str]
) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    words = "No layers yet", "The picture comes as soon as they are read."
    empty = EmptyState("layers", *words, panel)
    empty.setGeometry(0, 0, 400, height)
    panel.show()
    QApplication.processEvents()
    parts = {"hint": empty._hint, "picture": empty._picture}
    assert [name for name, part in parts.items() if part.isVisible()] == shown
    inside = empty.rect()
    visible = [label for label in empty.findChildren(QLabel) if label.isVisible()]
    assert [label for label in visible if not inside.contains(label.geometry())] == []
    assert [label.text() for label in visible if label.height() < _needed(label)] == []


def _needed(label: QLabel) -> int:
    wraps = label.hasHeightForWidth()
    return label.heightForWidth(label.width()) if wraps else label.sizeHint().height()


# history


def test_back_and_forward_retrace_the_way() -> None:
    history: History[str] = History()
    for place in ("/", "/etc", "/etc/nginx"):
        history.visit(place)
    assert [history.back(), history.back(), history.back()] == ["/etc", "/", None]
    assert [history.forward(), history.current] == ["/etc", "/etc"]


def test_a_new_place_forgets_what_lay_ahead() -> None:
    history: History[str] = History()
    for place in ("/", "/etc"):
        history.visit(place)
    history.back()
    history.visit("/usr")
    assert not history.can_go_forward
    assert history.back() == "/"


def test_visiting_where_one_is_changes_nothing() -> None:
    history: History[str] = History()
    assert history.visit("/")
    assert not history.visit("/")
    assert not history.can_go_back


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(2, 5))
def test_history_is_bounded(places: list[str], limit: int) -> None:
    history: History[str] = History(limit)
    for place in places:
        history.visit(place)
    steps = 0
    while history.back() is not None:
        steps += 1
    assert steps < limit


def test_a_navigator_tells_the_page_where_to_go(qtbot: QtBot) -> None:
    navigator, moves = Navigator(), []
    navigator.moved.connect(moves.append)
    navigator.visit("/")
    navigator.visit("/etc")
    navigator.back()
    assert moves == ["/"]
    assert navigator.can_go_forward


# splitter


def test_a_splitter_stays_where_it_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings.at(tmp_path / "s.ini")

    def make() -> RememberingSplitter:
        made = RememberingSplitter(Qt.Orientation.Horizontal, settings, "explore")
        qtbot.addWidget(made)
        made.fill([QTextEdit(), QTextEdit()], [300, 600])
        made.resize(900, 200)
        made.show()
        return made

    first = make()
    handle = first.handle(1)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(0, 50))
    qtbot.mouseMove(handle, QPoint(150, 50))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(150, 50))
    left = first.sizes()
    assert left[0] > 400
    assert make().sizes() == left


# picture of a stack


def test_bars_are_as_long_as_their_layers_are_large() -> None:
    assert bars([100, 25, 0]) == [1.0, 0.5, 0.0]


def test_a_high_stack_is_shown_by_its_largest_layers_in_order() -> None:
    shown = bars([1, 900, *([1] * 20), 400])
    assert len(shown) == 8
    assert shown[1] == 1.0
    assert shown[-1] == pytest.approx(2 / 3)


def test_a_stack_of_nothing_has_no_bars() -> None:
    assert bars([]) == []
    assert bars([0, 0]) == [0.0, 0.0]
