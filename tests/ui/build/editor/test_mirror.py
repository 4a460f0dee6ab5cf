"""The text as Python sees it is the text of the document, whatever is done to it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from explorer.dockerfile.gotext import decode
from explorer.dockerfile.services.edits import TextEdit
from explorer.ui.build.editor import edits
from explorer.ui.build.editor.characters import Characters
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.mirror import Change
from explorer.ui.build.editor.units import Units, width

_TEXT = st.text(alphabet="ab \n#é😀\u00a0\u2028", max_size=30)
_EDITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), _TEXT), max_size=12)
_IN_A_WINDOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def view(qtbot: QtBot) -> CodeView:
    view = CodeView()
    qtbot.addWidget(view)
    return view


def edit(view: CodeView, start: int, length: int, text: str) -> None:
    # Nobody can put the caret into the middle of a character.
    cursor = view.cursor_for(start, start + length)
    cursor.insertText(text)


def raw(view: CodeView) -> str:
    return view.document().toRawText().replace("\u2029", "\n")


@_IN_A_WINDOW
@given(start=_TEXT, edits=_EDITS, undone=st.integers(0, 12))
def test_it_follows_edits_and_undo(view: CodeView, start: str, edits: list, undone: int) -> None:
    view.setPlainText(start)
    for one in edits:
        edit(view, *one)
        assert view.mirror.text == raw(view)
    for _ in range(undone):
        view.undo()
    assert view.mirror.text == raw(view)


@_IN_A_WINDOW
@given(start=_TEXT, edits=_EDITS)
def test_a_change_says_where_lines_and_columns_are_now(
    view: CodeView, start: str, edits: list
) -> None:
    view.setPlainText(start)
    for one in edits:
        before = view.mirror.text
        changes: list[Change] = []
        view.mirror.changed.connect(changes.append)
        edit(view, *one)
        view.mirror.changed.disconnect(changes.append)
        for change in changes:
            assert _rebuilt(before, view.mirror.text, change) == view.mirror.text


def _rebuilt(before: str, after: str, change: Change) -> str:
    """The text after, out of what the change says to have stayed."""
    old, new = before.split("\n"), after.split("\n")
    last, end = change.line + change.removed_lines, change.line + change.added_lines
    head = [*old[: change.line], _part(old[change.line], 0, change.column)]
    tail = [_part(old[last], change.removed_column, None), *old[last + 1 :]]
    middle = new[change.line : end + 1]
    middle[-1] = _part(middle[-1], 0, change.added_column)
    middle[0] = _part(middle[0], change.column, None)
    head[-1] += middle[0]
    lines = head + middle[1:]
    lines[-1] += tail[0]
    return "\n".join(lines + tail[1:])


def _part(line: str, start: int, end: int | None) -> str:
    data = line.encode("utf-16-le")
    return data[start * 2 : None if end is None else end * 2].decode("utf-16-le")


def test_a_new_look_is_no_change(view: CodeView) -> None:
    view.setPlainText("FROM a\n")
    version = view.mirror.version
    view.document().markContentsDirty(0, 4)
    assert view.mirror.version == version


@pytest.mark.parametrize(
    "data",
    [
        b"plain",
        b"lone \r return",
        b"not \xff\x80 UTF-8 \xf0\x9f\x98\x80 at all \xc3",
        "a\u2029b\u2028c\ufdd0d\ufdd1e\ufefff\u00a0".encode(),
        "private \ue000\ue001 too \r".encode(),
        b"\0\x01\x0b\x0c\x1c\x85",
    ],
)
def test_no_character_is_lost_in_the_editor(view: CodeView, data: bytes) -> None:
    text = decode(data)
    view.mirror.characters = Characters.of(text)
    view.setPlainText(view.mirror.characters.shown(text))
    assert view.mirror.text == text
    assert view.blockCount() == text.count("\n") + 1


@given(st.text(alphabet="ab😀", max_size=20))
def test_offsets_and_positions_are_each_others_inverse(text: str) -> None:
    units = Units.of(text)
    assert units.units(len(text)) == width(text)
    for offset in range(len(text) + 1):
        assert units.units(offset) == width(text[:offset])
        assert units.characters(units.units(offset)) == offset


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        # a line is inserted before line 2
        (Change(0, 0, 5, 2, 0, 0, 0, 1, 0), {1: 1, 2: 3, 3: 4}),
        # Enter at the end of line 2
        (Change(9, 0, 1, 2, 6, 0, 6, 1, 0), {1: 1, 2: 2, 3: 4}),
        # lines 1 and 2 are deleted whole
        (Change(3, 9, 0, 1, 0, 2, 0, 0, 0), {0: 0, 1: None, 2: None, 3: 1}),
        # line 2 is joined to line 1
        (Change(8, 1, 0, 1, 4, 1, 0, 0, 4), {0: 0, 1: 1, 2: None, 3: 2}),
        # a letter is typed in line 1
        (Change(5, 0, 1, 1, 2, 0, 2, 0, 3), {0: 0, 1: 1, 2: 2}),
    ],
)
def test_marks_move_with_their_lines(change: Change, moves: dict[int, int | None]) -> None:
    assert {line: change.moved_line(line) for line in moves} == moves


def test_odd_characters_come_in_by_edits_as_well(view: CodeView) -> None:
    view.setPlainText("a\nb \ue000")
    edits.apply(view, [TextEdit(1, 1, decode(b"\xff \r"))])
    assert view.mirror.text == decode(b"a\xff \r\nb \xee\x80\x80")
    view.undo()
    assert view.mirror.text == "a\nb \ue000"
