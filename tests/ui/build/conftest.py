"""A window with the workbench, and a project to build in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.build.page import BuildPage
from explorer.ui.session import make_window
from explorer.ui.settings import Settings
from explorer.ui.window import MainWindow
from tests.ui.waiting import until

THREE = """\
FROM scratch AS deps
WORKDIR /app
COPY package.json .

FROM deps AS build
COPY src src

FROM scratch
ENV MODE=production
COPY --from=build /app /srv
USER 1000
ENTRYPOINT ["/srv/app"]
CMD ["--serve"]
"""
"""Three stages without a base image, so that everything can be foretold."""


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsaved work, records and images of this test alone."""
    monkeypatch.setenv("LAYERSCOPE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with sources, an ignore file, and what it leaves out."""
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "tides"}')
    (folder / "src" / "app.ts").write_text("run()\n")
    (folder / "src" / "b.ts").write_text("export {}\n")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "large.js").write_text("x" * 5000)
    (folder / ".dockerignore").write_text("node_modules\nDockerfile\n")
    return folder


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The window, shown."""
    shown = make_window(Settings.at(tmp_path / "settings.ini"))
    qtbot.addWidget(shown)
    shown.resize(1440, 900)
    shown.show()
    yield shown


async def opened(window: MainWindow, path: Path, text: str | None = THREE) -> BuildPage:
    """Write a Dockerfile, open it, and wait until all is known of it."""
    if text is not None:
        path.write_text(text)
    window.open_paths([str(path)])
    await until(lambda: isinstance(window.front(), BuildPage))
    page = window.front()
    assert isinstance(page, BuildPage)
    await settled(page)
    return page


async def keys(*strokes: Callable[[], object]) -> None:
    """Press keys outside of any task.

    QTest handles events with each of them, and what wakes a task must not run within another.
    """
    loop = asyncio.get_running_loop()
    for stroke in strokes:
        done = loop.create_future()

        def press(stroke: Callable[[], object] = stroke, done: Any = done) -> None:
            try:
                stroke()
            finally:
                done.set_result(None)

        loop.call_soon(press)
        await done


async def settled(page: BuildPage) -> None:
    """Wait until everything is known of the text as it stands."""
    session = page.session

    def is_known() -> bool:
        reading = session.reading
        return (
            session.is_settled
            and session.plan is not None
            and session.context.context is not None
            and reading is not None
            and reading.text == page.editor.text()
        )

    await until(is_known, 15)
