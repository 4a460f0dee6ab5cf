"""Anything somebody may do, in any order: what must hold, holds afterwards."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.ui.build.editor.editor import DockerfileEditor
from explorer.ui.build.editor.language import Language
from tests.ui.build.editor.editing import ALT, CONTROL, SHIFT, press, shown, write

Key = Qt.Key
START = """\
# escape=\\
FROM debian AS build
RUN make \\
    all \\
    && true
COPY <<EOF /a <<B /b
x
EOF
y 😀
B
# one
# two
FROM scratch
CMD ["a", "b"]
"""
_KEYS = [
    (Key.Key_Return, ()),
    (Key.Key_Backspace, ()),
    (Key.Key_Delete, ()),
    (Key.Key_Up, ()),
    (Key.Key_Down, ()),
    (Key.Key_Down, (SHIFT,)),
    (Key.Key_End, (SHIFT,)),
    (Key.Key_Home, (CONTROL,)),
    (Key.Key_Tab, ()),
    (Key.Key_Backtab, (SHIFT,)),
    (Key.Key_Z, (CONTROL,)),
    (Key.Key_Y, (CONTROL,)),
    (Key.Key_D, (CONTROL,)),
    (Key.Key_K, (CONTROL, SHIFT)),
    (Key.Key_Up, (ALT,)),
    (Key.Key_Down, (ALT,)),
    (Key.Key_Slash, (CONTROL,)),
    (Key.Key_BracketLeft, (CONTROL, SHIFT)),
    (Key.Key_BracketRight, (CONTROL, SHIFT)),
    (Key.Key_F, (SHIFT, ALT)),
]
_STEPS = st.lists(
    st.one_of(
        st.sampled_from(_KEYS),
        st.sampled_from(["x", "\\", '"', "[", "# ", "RUN ", "<<EOF", "😀", " "]),
        st.integers(0, 200),
    ),
    max_size=25,
)


@pytest.fixture
def editor(qtbot: QtBot) -> DockerfileEditor:
    return shown(qtbot)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS)
@example(
    steps=[
        (Key.Key_Down, (ALT,)),
        (Key.Key_Return, ()),
        (Key.Key_BracketLeft, (CONTROL, SHIFT)),
    ]
)
def test_whatever_is_done(editor: DockerfileEditor, steps: list[object]) -> None:
    editor.set_text(START)
    for step in steps:
        match step:
            case int():
                editor.reveal(min(step, len(editor.text())), focus=False)
            case str():
                for char in step:
                    if char > "\uffff":
                        editor.view.textCursor().insertText(char)
                    else:
                        write(editor.view, char)
            case (Key() as key, tuple(modifiers)):
                press(editor.view, key, *modifiers)
    _check(editor)
    editor.view.setTextCursor(editor.view.textCursor())
    while editor.view.document().isUndoAvailable():
        editor.view.undo()
    assert editor.text() == START
    _check(editor)


def _check(editor: DockerfileEditor) -> None:
    document = editor.view.document()
    assert editor.text() == document.toRawText().replace("\u2029", "\n")
    assert editor.document.text == editor.text()
    hidden = set()
    for line in range(document.blockCount()):
        count = editor.folding.hidden_after(line)
        hidden |= set(range(line + 1, line + count + 1))
    for line in range(document.blockCount()):
        assert document.findBlockByNumber(line).isVisible() == (line not in hidden), line
    assert editor.view.textCursor().block().isVisible()
    assert editor.language.reading.colours == _colours_anew(editor.language)


def _colours_anew(language: Language) -> list[object]:
    from explorer.ui.build.editor.lexing import Lexer

    return list(Lexer().lines(language.document))
