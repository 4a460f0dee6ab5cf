"""The list that opens while typing, driven by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.dockerfile.services.completion import Completion, CompletionKind
from explorer.dockerfile.services.surroundings import NoSurroundings
from explorer.dockerfile.stages.inputs import Inputs
from explorer.ui.build.editor.completion.items import Items
from explorer.ui.build.editor.editor import DockerfileEditor
from tests.ui.build.editor.editing import CONTROL, press, ready, settled, state, write
from tests.ui.waiting import until

Key = Qt.Key


class _Files(NoSurroundings):
    def context_paths(self, prefix: str) -> Iterable[str]:
        return [path for path in ("src/", "setup.py") if path.startswith(prefix)]


def labels(editor: DockerfileEditor) -> list[str]:
    return [item.label for item in editor.completion.popup.model.items]


async def opened(editor: DockerfileEditor) -> list[str]:
    await until(lambda: editor.completion.is_open)
    return labels(editor)


async def quiet(editor: DockerfileEditor) -> None:
    """Wait until no answer can come any more."""
    await settled(editor)
    await asyncio.sleep(0.1)


async def test_instructions_are_offered_while_typing(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    write(editor.view, "WOR")
    assert (await opened(editor))[0] == "WORKDIR"
    press(editor.view, Key.Key_Return)
    assert state(editor).startswith("FROM a\nWORKDIR")
    assert not editor.completion.is_open
    assert editor.text().count("\n") == 1


async def test_tab_accepts_too(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    write(editor.view, "EXPO")
    await opened(editor)
    press(editor.view, Key.Key_Tab)
    assert "EXPOSE" in editor.text()


async def test_the_list_follows_what_is_typed(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    write(editor.view, "E")
    assert {"ENV", "EXPOSE"} <= set(await opened(editor))
    write(editor.view, "X")
    await until(lambda: "ENV" not in labels(editor)[:1] and labels(editor)[0] == "EXPOSE")
    press(editor.view, Key.Key_Backspace)
    await until(lambda: "ENV" in labels(editor))


async def test_arrows_choose(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    write(editor.view, "E")
    names = await opened(editor)
    press(editor.view, Key.Key_Down)
    current = editor.completion.popup.current
    assert current is not None
    assert current.label == names[1]
    press(editor.view, Key.Key_Up)
    press(editor.view, Key.Key_Up)
    current = editor.completion.popup.current
    assert current is not None
    assert current.label == names[-1]


async def test_escape_closes_and_the_list_stays_away_for_this_word(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    write(editor.view, "WO")
    await opened(editor)
    press(editor.view, Key.Key_Escape)
    assert not editor.completion.is_open
    write(editor.view, "R")
    await quiet(editor)
    assert not editor.completion.is_open
    press(editor.view, Key.Key_Space, CONTROL)
    assert "WORKDIR" in await opened(editor)


async def test_enter_is_never_taken_where_the_word_is_there_already(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a AS build\nFROM b\n|")
    write(editor.view, "COPY --from=build")
    await quiet(editor)
    press(editor.view, Key.Key_Return)
    assert editor.text().endswith("COPY --from=build\n")


async def test_words_of_a_script_are_left_alone(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\nRUN |")
    write(editor.view, "echo hello")
    await quiet(editor)
    assert not editor.completion.is_open


async def test_variables_are_offered_in_a_script(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\nARG VERSION=1\nRUN |")
    write(editor.view, "echo $")
    assert any("VERSION" in label for label in await opened(editor))


async def test_stages_are_offered_and_accepting_a_flag_goes_on_to_them(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a AS build\nFROM b\nCOPY |")
    write(editor.view, "--fr")
    await opened(editor)
    press(editor.view, Key.Key_Return)
    assert editor.text().endswith("COPY --from=")
    await until(lambda: "build" in labels(editor) and editor.completion.is_open)


async def test_paths_come_from_what_the_editor_was_told(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\nCOPY |")
    editor.set_knowledge(Inputs(), _Files())
    write(editor.view, "s")
    assert set(await opened(editor)) >= {"src/", "setup.py"}


async def test_leaving_the_word_closes_the_list(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    write(editor.view, "WO")
    await opened(editor)
    press(editor.view, Key.Key_Home)
    press(editor.view, Key.Key_Up)
    await until(lambda: not editor.completion.is_open)


async def test_typing_fast_loses_no_character(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "|")
    text = "FROM debian AS base\nCOPY --chown=app src/app.py /app/\nEXPOSE 80\n"
    for char in text:
        write(editor.view, char)
        await asyncio.sleep(0)
    assert editor.text() == text


async def test_three_stages_are_written_from_nothing_with_the_list(qtbot: QtBot) -> None:
    editor = await ready(qtbot)

    async def accept(typed: str, wanted: str) -> None:
        write(editor.view, typed)
        await until(lambda: editor.completion.is_open and wanted in labels(editor))
        popup = editor.completion.popup
        while popup.current is None or popup.current.label != wanted:
            press(editor.view, Key.Key_Down)
        press(editor.view, Key.Key_Return)

    async def line(text: str) -> None:
        write(editor.view, text)
        await quiet(editor)
        press(editor.view, Key.Key_Escape)
        press(editor.view, Key.Key_Return)

    await accept("FR", "FROM")
    await line("debian:12 AS deps")
    await accept("RU", "RUN")
    await line("apt-get update")
    await accept("FRO", "FROM")
    await accept("de", "deps")
    await line(" AS build")
    await accept("WORK", "WORKDIR")
    await line("/src")
    await accept("FRO", "FROM")
    await line("scratch")
    await accept("COP", "COPY")
    await accept("--fr", "--from=")
    await accept("bu", "build")
    await line(" /src /")
    assert editor.text() == (
        "FROM debian:12 AS deps\nRUN apt-get update\n"
        "FROM deps AS build\nWORKDIR /src\n"
        "FROM scratch\nCOPY --from=build /src /\n"
    )


async def test_a_snippet_is_filled_in_from_place_to_place(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    editor.snippets.insert(7, 7, "COPY ${1:src} ${2:dest} # $1\n$0")
    assert state(editor) == "FROM a\nCOPY <src| dest # \n"
    write(editor.view, "app")
    press(editor.view, Key.Key_Tab)
    assert state(editor) == "FROM a\nCOPY app <dest| # app\n"
    write(editor.view, "/x")
    press(editor.view, Key.Key_Tab)
    assert state(editor) == "FROM a\nCOPY app /x # app\n|"
    assert not editor.snippets.is_active


async def test_going_elsewhere_ends_a_snippet(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "FROM a\n|")
    editor.snippets.insert(7, 7, "COPY ${1:src} ${2:dest}")
    editor.reveal(0)
    press(editor.view, Key.Key_Tab)
    assert editor.text() == "    FROM a\nCOPY src dest"


async def test_the_list_lies_within_the_window(qtbot: QtBot) -> None:
    editor = await ready(qtbot, "\n" * 14 + "|", size=(420, 300))
    write(editor.view, "E")
    await opened(editor)
    card = editor.completion.popup
    inside = card.rect().adjusted(12, 12, -12, -12).translated(card.pos())
    assert editor.window().rect().contains(inside)


def test_the_items_are_a_proper_model(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    model = Items(owner)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(
        (Completion("a", "a", CompletionKind.FILE), Completion("b", "b", CompletionKind.USER)), ""
    )
    model.show((), "")
    assert model.rowCount() == 0
