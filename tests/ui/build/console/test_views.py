"""The views of a build: steps, time, output, figures."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.build.events import Finished, Log, Planned, Started
from explorer.build.plan.changes import KeyChange
from explorer.build.runs import BuildLog, Output, compare
from explorer.ui import theme
from explorer.ui.build.console.compareview import CompareModel, CompareView
from explorer.ui.build.console.historyview import HistoryModel
from explorer.ui.build.console.inks import ink_of
from explorer.ui.build.console.logview import LogView
from explorer.ui.build.console.stepmodel import STATE_COLUMN, TOOK_COLUMN, StepModel
from explorer.ui.build.console.timeline import MARGIN, tick_label, ticks, x_of
from explorer.ui.build.console.view import BuildView
from explorer.ui.theme.contrast import READABLE, contrast
from tests.build.runs.telling import PLAN, built, failed, info
from tests.ui.accessibility import unnamed
from tests.ui.waiting import until


@pytest.fixture
def view(qtbot: QtBot) -> BuildView:
    """The view, shown, and empty."""
    shown = BuildView()
    qtbot.addWidget(shown)
    shown.resize(1200, 360)
    shown.show()
    return shown


def printed(*lines: str) -> Output:
    output = Output()
    output.feed("".join(f"{line}\n" for line in lines).encode())
    return output


def show(view: BuildView, log: BuildLog) -> None:
    view.show_log(log, log.at)


def test_the_models_keep_to_the_rules_of_qt(qtbot: QtBot) -> None:
    steps, pairs, rows = StepModel(), CompareModel(), HistoryModel()
    for model in (steps, pairs, rows):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    steps.show(log)
    log.take(Started("0.1", 0.1))
    steps.renew(log.drain())
    log.take(Planned((info("9.0", "late", "RUN late"),)))
    steps.show(log)
    pairs.show(compare(failed(), built()).pairs)


def test_steps_tell_state_and_time(view: BuildView) -> None:
    show(view, built())
    model = view.steps.steps
    index = model.index_of("0.1", STATE_COLUMN)
    assert index.data() == "done"
    assert index.siblingAtColumn(TOOK_COLUMN).data() == "2.0 s"
    assert "package.json changed" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert model.index_of("0.0", STATE_COLUMN).data() == "cached"


def test_a_failed_step_is_chosen_by_itself(view: BuildView) -> None:
    show(view, failed())
    assert view.output.step is not None
    assert view.output.step.id == "0.1"
    assert view.totals.words().startswith("line 4: exit code 127")


def test_what_runs_is_followed_until_a_step_is_clicked(view: BuildView) -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    log.take(Started("0.0", 0.1))
    show(view, log)
    assert view.output.step is log.steps["0.0"]
    log.take(Finished("0.0", 0.5, 0.4))
    log.take(Started("0.1", 0.6))
    view.renew(log.drain(), 0.7)
    assert view.output.step is log.steps["0.1"]

    steps = view.steps
    place = steps.visualRect(steps.steps.index_of("0.0")).center()
    QTest.mouseClick(steps.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.output.step is log.steps["0.0"]
    log.take(Started("1.0", 1.0))
    view.renew(log.drain(), 1.1)
    assert view.output.step is log.steps["0.0"]


def test_a_click_on_a_step_leads_to_its_line(view: BuildView) -> None:
    show(view, built())
    lines: list[int] = []
    view.line_wanted.connect(lambda line, _enter: lines.append(line))
    place = view.steps.visualRect(view.steps.steps.index_of("1.0")).center()
    QTest.mouseClick(view.steps.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert lines == [7]


def test_why_unfolds_every_reason(view: BuildView) -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    log.take(Started("0.1", 0.1, ("package.json changed", "ARG CI: 0 → 1")))
    show(view, log)
    why = view.output.why
    assert "package.json changed, and 1 more" in why._fold.text()
    QTest.mouseClick(why._fold, Qt.MouseButton.LeftButton)
    assert "ARG CI: 0 → 1" in [fact.value for fact in why._facts.facts()]


def test_why_tells_each_part_as_it_was_and_is(view: BuildView) -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    parts = (
        KeyChange("ARG VERSION", "1.2", "1.3", "ARG VERSION: 1.2 → 1.3"),
        KeyChange("src/app.py", said="src/app.py changed", sizes=(2100, 2300)),
        KeyChange("src/b.py", after="other content", sizes=(7, 7)),
        KeyChange("src/new.py", said="src/new.py is new", sizes=(None, 1)),
        KeyChange("src/old.py", sizes=(1, None)),
        KeyChange("", said="and 2 more files"),
    )
    log.take(Started("0.1", 0.1, tuple(part.said for part in parts if part.said), parts))
    show(view, log)
    why = view.output.why
    assert not why.table.isVisible()
    QTest.mouseClick(why._fold, Qt.MouseButton.LeftButton)
    assert why.table.isVisible()
    model = why.table.changes
    assert [model.cells(row) for row in model.rows] == [
        ("~", "ARG VERSION", "1.2", "1.3"),
        ("~", "src/app.py", "2.1 kB", "2.3 kB"),
        ("~", "src/b.py", "7 B", "7 B, other content"),
        ("+", "src/new.py", "—", "1 B"),
        ("−", "src/old.py", "1 B", "—"),
    ]


def test_every_part_has_a_name(view: BuildView) -> None:
    show(view, failed())
    assert unnamed(view) == []


@pytest.mark.parametrize("mode", [theme.Mode.LIGHT, theme.Mode.DARK])
def test_every_colour_of_a_terminal_can_be_read(qtbot: QtBot, mode: theme.Mode) -> None:
    theme.switch().set_mode(mode)
    output = Output()
    for color in range(256):
        output.feed(b"\x1b[38;5;%dmx\x1b[0m\n" % color)
    for number in range(256):
        (run,) = output.line(number)
        assert contrast(ink_of(run.style), theme.colors().base) >= READABLE


# -- output -----------------------------------------------------------------------------------


@pytest.fixture
def log_view(qtbot: QtBot) -> LogView:
    """Output in a small view."""
    shown = LogView()
    qtbot.addWidget(shown)
    shown.resize(400, 120)
    shown.show()
    return shown


def test_the_end_is_followed_until_it_is_scrolled_away(log_view: LogView) -> None:
    output = printed(*map(str, range(100)))
    log_view.show_output(output)
    bar = log_view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    output.feed(b"more\n" * 10)
    log_view.renew()
    assert bar.value() == bar.maximum()

    QTest.keyClick(log_view, Qt.Key.Key_PageUp)
    assert not log_view.follows
    at = bar.value()
    output.feed(b"more\n" * 10)
    log_view.renew()
    assert bar.value() == at
    QTest.keyClick(log_view, Qt.Key.Key_End)
    assert log_view.follows


def test_dragging_selects_and_copying_takes_no_colours(log_view: LogView) -> None:
    output = Output()
    output.feed(b"\x1b[32mgreen\x1b[0m line\nsecond line\n")
    log_view.show_output(output)
    row, wide = int(log_view._row), log_view._metrics.horizontalAdvance("0")
    start, end = QPoint(10 + round(6 * wide), 5), QPoint(10 + round(6 * wide), row + 5)
    viewport = log_view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    assert log_view.selected_text() == "line\nsecond"
    QTest.keyClick(log_view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "line\nsecond"


async def test_much_is_copied_without_holding_up_the_window(log_view: LogView) -> None:
    log_view.show_output(printed(*map(str, range(20_000))))
    log_view.select_all()
    log_view.copy()
    await until(lambda: QApplication.clipboard().text().endswith("19999"))
    assert QApplication.clipboard().text().count("\n") == 19_999


async def test_searching_marks_the_line_and_goes_around(view: BuildView) -> None:
    log = BuildLog("Dockerfile")
    log.take(PLAN)
    log.take(Started("0.1", 0.1))
    log.take(Log("0.1", 0.2, 1, b"".join(b"line %d\n" % n for n in range(9000))))
    show(view, log)
    pane = view.output
    QTest.keyClicks(pane.field, "line 8765")
    await until(lambda: pane.view.selected_text() == "line 8765")
    QTest.keyClick(pane.field, Qt.Key.Key_Return)
    assert not pane.view.follows
    QTest.keyClicks(pane.field, "nowhere")
    await until(lambda: pane._told.text() == "no match")


# -- time -------------------------------------------------------------------------------------


def test_the_axis_has_round_marks_with_room_between_them() -> None:
    for span in (0.004, 0.7, 9, 61, 4000):
        marks = ticks(span, 500)
        assert 2 <= len(marks) <= 9
        assert marks[0] == 0
        labels = [tick_label(mark, marks[1]) for mark in marks]
        assert len(set(labels)) == len(labels)
    assert ticks(0, 500) == []
    assert ticks(5, 10) == []


def test_moments_lie_within_the_column() -> None:
    area = QRect(100, 0, 200, 20)
    assert x_of(0, 10, area) == 100 + MARGIN
    assert x_of(10, 10, area) == x_of(99, 10, area) == 300 - MARGIN


def test_a_comparison_says_what_differs(qtbot: QtBot) -> None:
    found = compare(built(), built())
    shown = CompareView()
    qtbot.addWidget(shown)
    shown.show_comparison(found)
    assert "1 → 1 cached" in shown.words()
    assert {shown.model.cells(pair)[4] for pair in found.pairs} == {"same"}
