"""Folds, problems, chips, hover, definitions, references, new names, quick fixes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from explorer.dockerfile.advice.model import Fix, Level
from explorer.dockerfile.services.edits import TextEdit
from explorer.ui.build.editor.chips import Chip, ChipKind
from explorer.ui.build.editor.editor import DockerfileEditor
from tests.ui.accessibility import unnamed
from tests.ui.build.editor.editing import (
    CONTROL,
    SHIFT,
    click,
    press,
    problem,
    ready,
    settled,
    state,
    write,
)
from tests.ui.waiting import until

Key = Qt.Key
STAGES = """\
FROM debian AS build
RUN make \\
    all
FROM scratch
COPY --from=build /a /b
"""


def place_of(editor: DockerfileEditor, offset: int) -> QPoint:
    """Where a character stands in the viewport."""
    cursor = QTextCursor(editor.view.document())
    cursor.setPosition(editor.view.position(offset))
    box = editor.view.cursorRect(cursor)
    return QPoint(box.left() + 3, box.center().y())


def visible_lines(editor: DockerfileEditor) -> list[int]:
    return [row.number + 1 for row in editor.view.rows()]


async def folded(qtbot: QtBot, text: str = STAGES) -> DockerfileEditor:
    editor = await ready(qtbot, text)
    await settled(editor)
    return editor


async def test_a_click_in_the_gutter_folds_and_unfolds(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    fold = QPoint(editor.gutter.width() - 8, place_of(editor, STAGES.index("RUN")).y())
    click(editor.gutter, fold)
    assert visible_lines(editor) == [1, 2, 4, 5, 6]
    click(editor.gutter, fold)
    assert visible_lines(editor) == [1, 2, 3, 4, 5, 6]


async def test_keys_fold_what_the_caret_is_in(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.reveal(STAGES.index("all"))
    press(editor.view, Key.Key_BracketLeft, CONTROL, SHIFT)
    assert visible_lines(editor) == [1, 2, 4, 5, 6]
    assert editor.line == 2
    press(editor.view, Key.Key_BracketLeft, CONTROL, SHIFT)
    assert visible_lines(editor) == [1, 4, 5, 6]
    press(editor.view, Key.Key_BracketRight, CONTROL, SHIFT)
    assert visible_lines(editor) == [1, 2, 4, 5, 6]


async def test_revealing_opens_folds(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.folding.close_all()
    assert visible_lines(editor) == [1, 4, 6]
    editor.reveal(STAGES.index("all"))
    assert 3 in visible_lines(editor)


async def test_a_fold_stays_closed_while_lines_are_added_above(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.folding.close(1)
    editor.reveal(0)
    write(editor.view, "# a\n")
    await settled(editor)
    assert editor.folding.state_of(2) is True
    assert visible_lines(editor) == [1, 2, 3, 5, 6, 7]


async def test_undo_of_a_fold_that_was_deleted_shows_its_lines(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.folding.close(1)
    editor.view.selectAll()
    press(editor.view, Key.Key_Delete)
    press(editor.view, Key.Key_Z, CONTROL)
    await settled(editor)
    assert editor.text() == STAGES
    assert visible_lines(editor) == [1, 2, 3, 4, 5, 6]


async def test_problems_are_underlined_and_have_a_sign(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.set_problems([problem(STAGES, "debian"), problem(STAGES, "scratch", level=Level.ERROR)])
    underlined = {selection.cursor.selectedText() for selection in editor.view.extraSelections()}
    assert underlined == {"debian", "scratch"}
    signs = [editor.problems.sign(line) for line in range(5)]
    assert [sign.icon if sign else "" for sign in signs] == ["warning", "", "", "error", ""]


async def test_problems_move_with_the_text(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.set_problems([problem(STAGES, "scratch")])
    editor.reveal(0)
    write(editor.view, "# a\n")
    mark = editor.problems.all()[0]
    assert mark.line == 4
    start = editor.view.offset(mark.start)
    assert editor.text()[start : editor.view.offset(mark.end)] == "scratch"


async def test_f8_goes_from_problem_to_problem_and_explains(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.set_problems([problem(STAGES, "debian"), problem(STAGES, "scratch")])
    press(editor.view, Key.Key_F8)
    assert editor.caret == STAGES.index("debian")
    await until(editor.hovering.card.isVisible)
    words = editor.hovering.card.text()
    assert "debian is not right" in words
    assert "It would be better otherwise." in words
    press(editor.view, Key.Key_F8)
    press(editor.view, Key.Key_F8)
    assert editor.caret == STAGES.index("debian")
    press(editor.view, Key.Key_F8, SHIFT)
    assert editor.caret == STAGES.index("scratch")


async def test_the_mouse_over_a_problem_explains_it_and_offers_a_fix(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    at = STAGES.index("debian")
    fix = Fix("Pin it", (TextEdit(at, at + 6, "debian:12"),))
    editor.set_problems([problem(STAGES, "debian", fix)])
    editor.view.hover_asked.emit(QPointF(place_of(editor, at + 1)))
    await until(editor.hovering.card.isVisible)
    button = editor.hovering.card.findChild(QPushButton)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert editor.text().startswith("FROM debian:12 AS")
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == STAGES


async def test_quick_fixes_come_in_a_menu(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    at = STAGES.index("debian")
    fix = Fix("Pin it", (TextEdit(at + 6, at + 6, ":12"),))
    editor.set_problems([problem(STAGES, "debian", fix)])
    editor.reveal(at)
    press(editor.view, Key.Key_Period, CONTROL)
    menu = editor.view.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Pin it"]
    menu.actions()[0].trigger()
    assert editor.text().startswith("FROM debian:12 AS")


async def test_a_fix_for_a_text_that_is_gone_is_not_made(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    fix = Fix("Pin it", (TextEdit(0, 4, "from"),))
    editor.set_problems([problem(STAGES, "debian", fix)])
    said: list[str] = []
    editor.said.connect(said.append)
    editor.reveal(0)
    write(editor.view, "#")
    editor.fixes.make(fix)
    assert editor.text() == f"#{STAGES}"
    assert said


async def test_chips_move_with_their_lines_and_explain_themselves(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.set_chips(
        [
            Chip(2, "will run", ChipKind.WILL_RUN, "It runs: its command is another one"),
            Chip(2, "because make changed", ChipKind.REMARK),
            Chip(5, "cached", ChipKind.CACHED),
        ]
    )
    editor.grab()
    row = editor.view.rows()[1]
    place = QPointF(editor.view.viewport().width() - 20, row.box.center().y())
    chip = editor.chips.at(place)
    assert chip is not None
    assert chip.kind is ChipKind.WILL_RUN
    editor.view.hover_asked.emit(place)
    assert "its command is another one" in editor.hovering.card.text()
    editor.reveal(0)
    write(editor.view, "# a\n")
    assert [chip.text for chip in editor.chips.of_line(5)] == ["cached"]


async def test_hover_explains_an_instruction(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.view.hover_asked.emit(QPointF(place_of(editor, STAGES.index("COPY") + 1)))
    await until(editor.hovering.card.isVisible)
    assert "COPY" in editor.hovering.card.text()
    write(editor.view, "x")
    assert not editor.hovering.card.isVisible()


async def test_f12_goes_to_the_definition_and_tells_of_the_jump(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    jumps: list[object] = []
    editor.jumped.connect(jumps.append)
    origin = STAGES.index("build /a")
    editor.reveal(origin)
    press(editor.view, Key.Key_F12)
    await until(lambda: editor.line == 1)
    assert "AS <build|" in state(editor)
    assert [(jump.origin, jump.target) for jump in jumps] == [  # type: ignore[attr-defined]
        (origin, STAGES.index("build"))
    ]


async def test_ctrl_click_goes_to_the_definition(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    click(editor.view.viewport(), place_of(editor, STAGES.index("build /a") + 1), CONTROL)
    await until(lambda: editor.line == 1)


async def test_references_are_listed_and_lead_there(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.reveal(STAGES.index("build"))
    press(editor.view, Key.Key_F12, SHIFT)
    await until(lambda: editor.view.findChild(QMenu) is not None)
    menu = editor.view.findChild(QMenu)
    assert menu is not None
    assert len(menu.actions()) == 2
    menu.actions()[1].trigger()
    assert editor.line == 5


async def test_f2_gives_a_stage_another_name_everywhere(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.reveal(STAGES.index("build"))
    press(editor.view, Key.Key_F2)
    await until(editor.field.isVisible)
    assert editor.field.line.text() == "build"
    assert "2 places" in editor.field.told
    write(editor.field.line, "deps")
    press(editor.field.line, Key.Key_Return)
    await until(lambda: "deps" in editor.text())
    assert editor.text() == STAGES.replace("build", "deps")
    assert editor.view.hasFocus()
    press(editor.view, Key.Key_Z, CONTROL)
    assert editor.text() == STAGES


async def test_escape_leaves_the_name_as_it_is(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.reveal(STAGES.index("build"))
    press(editor.view, Key.Key_F2)
    await until(editor.field.isVisible)
    press(editor.field.line, Key.Key_Escape)
    assert not editor.field.isVisible()
    assert editor.view.hasFocus()
    assert editor.text() == STAGES


async def test_what_has_no_name_cannot_be_renamed_and_says_so(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    said: list[str] = []
    editor.said.connect(said.append)
    editor.reveal(STAGES.index("make"))
    press(editor.view, Key.Key_F2)
    await until(lambda: said)
    assert not editor.field.isVisible()


async def test_going_to_a_line_and_a_column(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    press(editor.view, Key.Key_G, CONTROL)
    write(editor.field.line, "4:6")
    press(editor.field.line, Key.Key_Return)
    assert state(editor).startswith(STAGES[: STAGES.index("scratch")] + "|")


async def test_brackets_that_belong_together_are_marked(qtbot: QtBot) -> None:
    text = 'FROM a\nCMD ["a", "b"]\n'
    editor = await ready(qtbot, text)
    editor.reveal(text.index("["))
    editor.brackets.renew()
    places = [text[start:end] for start, end in editor.brackets.places]
    assert places == ["[", "]"]


async def test_everything_has_a_name_for_those_who_do_not_see_it(qtbot: QtBot) -> None:
    editor = await folded(qtbot)
    editor.search.open(replacing=True)
    editor.completion.open()
    await until(lambda: editor.completion.is_open or True)
    assert unnamed(editor) == []
