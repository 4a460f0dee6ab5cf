"""A Dockerfile written from nothing with real keys: graph, problems and preview follow.

Then it is broken in ten ways, each seen, each mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.ui.build.page import BuildPage
from explorer.ui.window import MainWindow
from tests.ui.build.conftest import THREE, keys, opened, settled
from tests.ui.build.test_page import files, graph
from tests.ui.waiting import until

Key, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


async def press(
    page: BuildPage, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    await keys(lambda: QTest.keyClick(page.editor.view, key, held))


async def write(page: BuildPage, words: str) -> None:
    for char in words:
        if char == "\n":
            await press(page, Key.Key_Return)
        else:
            await keys(partial(QTest.keyClick, page.editor.view, char))


def labels(page: BuildPage) -> list[str]:
    return [item.label for item in page.editor.completion.popup.model.items]


async def choose(page: BuildPage, letters: str, label: str) -> None:
    """Type some letters and take what the list offers under ``label``."""
    completion = page.editor.completion
    await write(page, letters)
    await until(lambda: completion.is_open and label in labels(page))
    for _ in labels(page):
        if completion.popup.current is not None and completion.popup.current.label == label:
            break
        await press(page, Key.Key_Down)
    await press(page, Key.Key_Tab)
    assert not completion.is_open or completion.popup.current is not None


async def end_line(page: BuildPage) -> None:
    """Go on with the next line, whatever the list offers."""
    await settled(page)
    if page.editor.completion.is_open:
        await press(page, Key.Key_Escape)
    await press(page, Key.Key_End, CONTROL)
    await write(page, "\n")


def messages(page: BuildPage) -> str:
    return "\n".join(f"{row.rule} {row.message}" for row in page.bench.problems.model.rows)


async def test_three_stages_typed_from_nothing(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile", "")
    page.editor.view.setFocus()
    assert graph(page) == []
    assert "no instructions" in messages(page)

    await write(page, "FROM scratch AS deps")
    await end_line(page)
    assert graph(page) == ["deps"]
    assert "no instructions" not in messages(page)

    await choose(page, "WORK", "WORKDIR")
    await write(page, "/app")
    await end_line(page)
    await choose(page, "COP", "COPY")
    await press(page, Key.Key_Escape)
    await choose(page, "pack", "package.json")
    await write(page, " .")
    await settled(page)
    await until(lambda: files(page) == ["/app/package.json"])
    await end_line(page)

    await write(page, "FROM ")
    await choose(page, "dep", "deps")
    await write(page, " AS build")
    await end_line(page)
    assert graph(page) == ["deps", "build"]
    await write(page, "COPY ")
    await choose(page, "sr", "src/")
    await press(page, Key.Key_Escape)
    await write(page, " src")
    await settled(page)
    await until(lambda: "/app/src/app.ts" in files(page))
    await end_line(page)

    await write(page, "FROM scratch")
    await end_line(page)
    assert graph(page) == ["deps", "build", "stage-2"]
    nodes = page.bench.graph.canvas.chart.nodes
    assert [node.needed for node in nodes] == [False, False, True]
    await write(page, "COPY --from=")
    await choose(page, "bu", "build")
    await write(page, " /app /srv")
    await settled(page)
    await until(lambda: "/srv/src/app.ts" in files(page))
    nodes = page.bench.graph.canvas.chart.nodes
    assert [node.needed for node in nodes] == [True, True, True]
    await end_line(page)
    await write(page, "USER 1000\n")
    await settled(page)

    assert page.editor.text() == (
        "FROM scratch AS deps\nWORKDIR /app\nCOPY package.json .\n"
        "FROM deps AS build\nCOPY src/ src\n"
        "FROM scratch\nCOPY --from=build /app /srv\nUSER 1000\n"
    )
    assert not [row for row in page.bench.problems.model.rows if row.severity.value == "error"]
    await press(page, Key.Key_S, CONTROL)
    await until(lambda: not page.file.is_modified)
    assert (project / "Dockerfile").read_text() == page.editor.text()


@dataclass(frozen=True)
class Break:
    """A way to break the text, and what is said of it."""

    old: str
    new: str
    said: str


BREAKS = [
    pytest.param(Break("WORKDIR", "WROKDIR", "unknown instruction"), id="a typo in an instruction"),
    pytest.param(Break("--from=build", "--from=bulid", "bulid"), id="a stage that is not there"),
    pytest.param(Break("package.json .", "pakcage.json .", "pakcage.json"), id="a missing file"),
    pytest.param(
        Break("COPY src src", "COPY src", "at least two arguments"),
        id="too few words",
    ),
    pytest.param(Break("AS build", "AS deps", "DuplicateStageName"), id="a name used twice"),
    pytest.param(Break("FROM deps AS", "FROM AS", "FROM requires"), id="a base forgotten"),
    pytest.param(Break("COPY --from", "COPY --form", "unknown flag"), id="a flag misspelt"),
    pytest.param(Break("AS deps\n", "AS deps\nCOPY --from=build / /\n", "build"), id="a circle"),
    pytest.param(Break("USER 1000", "EXPOSE eighty", "eighty"), id="a port that is none"),
    pytest.param(
        Break('["/srv/app"]', "/srv/app", "JSONArgsRecommended"), id="a shell that swallows signals"
    ),
]


@pytest.mark.parametrize("broken", BREAKS)
async def test_what_breaks_is_seen_and_mended(
    window: MainWindow, project: Path, broken: Break
) -> None:
    page = await opened(window, project / "Dockerfile")
    before = messages(page)
    page.editor.view.setFocus()
    start = page.editor.text().index(broken.old)
    page.editor.reveal(start, len(broken.old))
    await write(page, broken.new)
    await press(page, Key.Key_Escape)
    await settled(page)
    await until(lambda: broken.said.lower() in messages(page).lower())
    assert broken.said.lower() not in before.lower()
    assert graph(page), "the graph is still drawn"

    while page.editor.text() != THREE:
        changed = page.editor.text()
        await press(page, Key.Key_Z, CONTROL)
        assert page.editor.text() != changed, "undo leads back to what it was"
    await settled(page)
    await until(lambda: messages(page) == before)
    assert graph(page) == ["deps", "build", "stage-2"]
