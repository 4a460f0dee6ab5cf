"""The stage graph: what it draws of a Dockerfile, and how one walks through it."""

from __future__ import annotations

from textwrap import dedent

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import NeedKind
from explorer.dockerfile.stages.program import understand
from explorer.ui.build.graph.canvas import GraphCanvas
from explorer.ui.build.graph.chart import Chart, Forecast, NodeKind, chart_of
from explorer.ui.build.graph.layout import lay_out
from explorer.ui.build.graph.panel import GraphPanel

TEXT = """\
FROM node:22 AS deps
RUN npm ci
FROM deps AS build
COPY . .
FROM golang AS tool
RUN --mount=type=bind,from=deps,target=/x true
FROM debian AS unused
FROM scratch
COPY --from=build /app /app
COPY --from=tool /x /x
COPY --from=busybox:1 /bin/sh /sh
"""


def chart(text: str, **inputs: object) -> Chart:
    return chart_of(understand(Document.parse(dedent(text)), Inputs(**inputs)))  # type: ignore[arg-type]


@pytest.fixture
def canvas(qtbot: QtBot) -> GraphCanvas:
    widget = GraphCanvas()
    qtbot.addWidget(widget)
    widget.resize(600, 600)
    drawn = chart(TEXT)
    widget.show_chart(drawn, lay_out(*drawn.shape()))
    widget.show()
    return widget


def names(drawn: Chart) -> list[str]:
    return [node.title for node in drawn.nodes]


def test_stages_come_first_then_what_else_is_taken_from() -> None:
    drawn = chart(TEXT)
    assert names(drawn) == ["deps", "build", "tool", "unused", "stage-4", "busybox:1"]
    assert drawn.nodes[5].kind is NodeKind.IMAGE


def test_arrows_tell_building_on_from_copying_and_mounting() -> None:
    kinds = {(a.source, a.target): a.kind for a in chart(TEXT).arrows}
    assert kinds == {
        (0, 1): NeedKind.FROM,
        (0, 2): NeedKind.MOUNT,
        (1, 4): NeedKind.COPY,
        (2, 4): NeedKind.COPY,
        (5, 4): NeedKind.COPY,
    }


def test_a_stage_that_the_target_does_not_need_is_told() -> None:
    nodes = chart(TEXT).nodes
    assert [node.needed for node in nodes] == [True, True, True, False, True, True]
    assert "will not be built" in nodes[3].words()
    assert nodes[4].is_target


def test_another_target_needs_other_stages() -> None:
    nodes = chart(TEXT, target="build").nodes
    assert [node.needed for node in nodes[:5]] == [True, True, False, False, False]


def test_a_named_context_is_a_node() -> None:
    drawn = chart("FROM src AS a\nCOPY --from=src / /\n", contexts={"src": None})
    assert drawn.nodes[1].kind is NodeKind.CONTEXT
    assert [(a.source, a.target) for a in drawn.arrows] == [(1, 0), (1, 0)]


def test_stages_that_need_each_other_are_shown_as_wrong() -> None:
    drawn = chart("FROM a AS one\nCOPY --from=two / /\nFROM b AS two\nCOPY --from=one / /\n")
    assert drawn.nodes[0].wrong
    assert any(arrow.wrong for arrow in drawn.arrows)


def test_a_stage_that_copies_from_itself_is_shown_as_wrong() -> None:
    drawn = chart("FROM a AS one\nCOPY --from=one / /\n")
    assert "itself" in drawn.nodes[0].wrong


def test_what_is_foretold_is_on_the_nodes() -> None:
    drawn = chart(TEXT).foretold({0: Forecast(2, 1, 0, 1000)})
    assert drawn.nodes[0].forecast.words() == "2 cached · 1 run"
    assert "1.0 kB" in drawn.nodes[0].subtitle()
    assert not drawn.nodes[1].forecast.total


def test_a_long_image_name_is_shown_short() -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    drawn = chart(f"FROM registry.example.com:5000/team/app@{digest}\n")
    assert drawn.nodes[0].base == "app@0123456"


def test_a_click_chooses_and_a_double_click_goes_there(canvas: GraphCanvas) -> None:
    chosen, entered = QSignalSpy(canvas.chosen), QSignalSpy(canvas.entered)
    place = canvas.box_of(1).center().toPoint()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.at(0) == [1]
    assert canvas.current == 1
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert entered.at(0) == [1]


def test_a_click_beside_the_nodes_chooses_nothing(canvas: GraphCanvas) -> None:
    chosen = QSignalSpy(canvas.chosen)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert chosen.count() == 0


def test_the_keyboard_walks_and_enters(canvas: GraphCanvas) -> None:
    entered = QSignalSpy(canvas.entered)
    canvas.show_current(0)
    reached = [0]
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Down)
        reached.append(canvas.current)
    assert reached[-1] == 4
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert entered.at(0) == [4]


def test_the_keyboard_begins_at_the_target(canvas: GraphCanvas, qtbot: QtBot) -> None:
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    assert canvas.current == 4


def test_the_marked_node_is_read_out(canvas: GraphCanvas) -> None:
    canvas.show_current(3)
    assert canvas.accessibleDescription().startswith("Stage unused")


def test_zooming_leaves_the_fit_and_zero_returns_to_it(canvas: GraphCanvas) -> None:
    assert canvas.fits
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert not canvas.fits
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.fits


def test_a_graph_flows_where_there_is_more_room(canvas: GraphCanvas) -> None:
    drawn = chart("FROM scratch AS a\nFROM a AS b\nFROM b AS c\n")
    canvas.show_chart(drawn, lay_out(*drawn.shape()))
    canvas.resize(900, 180)
    wide = canvas.box_of(2).center() - canvas.box_of(0).center()
    canvas.resize(300, 600)
    tall = canvas.box_of(2).center() - canvas.box_of(0).center()
    assert wide.x() > 100 > abs(wide.y())
    assert tall.y() > 100 > abs(tall.x())


def test_a_marked_node_is_scrolled_into_view(canvas: GraphCanvas) -> None:
    many = "".join(f"FROM {'scratch' if not n else f's{n - 1}'} AS s{n}\n" for n in range(60))
    drawn = chart(many)
    canvas.show_chart(drawn, lay_out(*drawn.shape()))
    canvas.show_current(59)
    assert canvas.viewport().rect().contains(canvas.box_of(59).center().toPoint())


def test_what_was_marked_is_forgotten_when_it_is_gone(canvas: GraphCanvas) -> None:
    canvas.show_current(4)
    drawn = chart("FROM scratch\n")
    canvas.show_chart(drawn, lay_out(*drawn.shape()))
    assert canvas.current == -1


def test_the_panel_leads_to_the_text(qtbot: QtBot) -> None:
    panel = GraphPanel()
    qtbot.addWidget(panel)
    drawn = chart(TEXT)
    panel.show_chart(drawn, lay_out(*drawn.shape()))
    spy = QSignalSpy(panel.chosen)
    panel.canvas.chosen.emit(1)
    assert spy.at(0) == [TEXT.index("FROM deps AS build")]


def test_no_stage_is_said_to_be_none(qtbot: QtBot) -> None:
    panel = GraphPanel()
    qtbot.addWidget(panel)
    panel.show()
    assert not panel.canvas.isVisible()
