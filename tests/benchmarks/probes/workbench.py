"""The workbench, started as the command starts it, with somebody typing in a Dockerfile.

    python -m tests.benchmarks.probes.workbench keys|typing LINES FOLDER

Writes a Dockerfile of so many lines, and files to copy, into ``FOLDER`` and opens it. Prints one
JSON object, times in seconds. For ``keys``: from a keystroke until graph, problems and preview are
painted anew, for each of some keystrokes. For ``typing``: the event loop's absences meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject

from explorer.ui import app, painted

Answer = dict[str, Any]
_KEYS = 15
_BURST = 80
_PAUSE = 0.03  # seconds between two keys of a fast typist
_LONGEST = 180  # seconds
_QUIET = 0.4  # seconds without any work, after which all is known


def main(scenario: str, lines: str, folder: str) -> int:
    play = _SCENARIOS[scenario]
    usual = painted.first_paint

    async def then_play(window: Any) -> None:
        await usual(window)
        path = project(Path(folder), int(lines))
        answer = await asyncio.wait_for(_opened_and(play, window, path), _LONGEST)
        print(json.dumps(answer), flush=True)
        for page in list(window.pages()):
            page.file.discard()
        window.close()

    painted.first_paint = then_play
    return app.main([])


def project(folder: Path, lines: int) -> Path:
    """Write a Dockerfile as people write them: stages of some fifty lines, and long RUNs."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    for number in range(40):
        (folder / "src" / f"module{number}.py").write_text(f"print({number})\n")
    (folder / "requirements.txt").write_text("flask\n")
    text = ["# syntax=docker/dockerfile:1", "ARG VERSION=1", ""]
    stage = 0
    while len(text) < lines - 45:
        text += _stage(stage)
        stage += 1
    text += ["FROM scratch", *("# about the last stage" for _ in range(lines - len(text) - 4))]
    text += ["ENV MODE=production", "COPY src /srv/src", "COPY requirements.txt /srv/a"]
    path = folder / "Dockerfile"
    path.write_text("\n".join(text))
    return path


def _stage(number: int) -> list[str]:
    base = "python:3.13-slim" if number % 4 == 0 else f"stage{number - 1}"
    install = [
        "# What the next steps need",
        "RUN --mount=type=cache,target=/var/cache/apt \\",
        "    apt-get update && \\",
        *(f"    apt-get install -y --no-install-recommends package{n} && \\" for n in range(5)),
        "    rm -rf /var/lib/apt/lists/*",
    ]
    copied = [f"COPY --from=stage{number - 3} /app /opt/part{number}"] if number > 2 else []
    return [
        f"FROM {base} AS stage{number}",
        "ARG VERSION",
        "ENV LANG=C.UTF-8 \\",
        "    VERSION=${VERSION} \\",
        "    PATH=/opt/bin:$PATH",
        "WORKDIR /app",
        "COPY requirements.txt ./",
        *install,
        *install,
        "COPY src ./src",
        *copied,
        "USER 1000",
        'CMD ["python", "-m", "app"]',
        "",
    ]


async def _opened_and(
    play: Callable[[Any, Any], Awaitable[Answer]], window: Any, path: Path
) -> Answer:
    from explorer.ui.build.page import BuildPage

    window.resize(1440, 900)
    window.open_paths([str(path)])
    while not isinstance(window.front(), BuildPage):
        await asyncio.sleep(0.01)
    page = window.front()
    await _settled(page)
    page.editor.go_to_line(len(page.editor.text().split("\n")), 10_000)
    page.editor.view.setFocus()
    await _settled(page)
    return await play(window, page)


async def _keys(_window: Any, page: Any) -> Answer:
    times = []
    for number in range(_KEYS + 1):
        seen = _Seen(page)
        seen.press()
        await seen.wait()
        if number:  # the first one pays for what all others find made
            times.append(seen.times())
        await _settled(page)
    return {"keys": times}


async def _typing(_window: Any, page: Any) -> Answer:
    from PySide6.QtTest import QTest

    from explorer.ui.lag import LagMeter

    with LagMeter() as meter:
        for _ in range(_BURST):
            # Not from within a task: with a key, Qt handles what wakes others.
            asyncio.get_running_loop().call_soon(QTest.keyClick, page.editor.view, "x")
            await asyncio.sleep(_PAUSE)
        await _settled(page)
    return {"longest": meter.longest, "p99": meter.percentile(99)}


class _Seen(QObject):
    """One keystroke, and when what it changes is painted."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self._page = page
        self._begun = 0.0
        self._marks: dict[str, float] = {}
        self._done = asyncio.Event()
        bench = page.bench
        self._watched = {
            bench.graph.canvas.viewport(): "graph",
            bench.preview.tree.view.viewport(): "preview",
        }
        for widget in self._watched:
            widget.installEventFilter(self)
        page.session.read.connect(self._read)

    def press(self) -> None:
        """Type one letter of a destination: another folder appears in the preview."""
        from PySide6.QtTest import QTest

        def stroke() -> None:
            self._begun = time.perf_counter()
            QTest.keyClick(self._page.editor.view, "a")
            self._mark("key")

        # Not from within a task: with a key, Qt handles what wakes others.
        asyncio.get_running_loop().call_soon(stroke)

    async def wait(self) -> None:
        await self._done.wait()
        self._page.session.read.disconnect(self._read)
        for widget in self._watched:
            widget.removeEventFilter(self)

    def times(self) -> dict[str, float]:
        return self._marks

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and self._watched[watched] == "preview":
            rows = self._page.bench.preview.tree.rows
            made = rows.arrangement.listing.image if rows.arrangement is not None else None
            name = self._page.editor.text().rpartition("/")[2].encode()
            if made is not None and made.stack.trie.find(b"/srv/" + name) is not None:
                # Painted by the time that the next event comes.
                self._mark("preview")
                if "problems" in self._marks:
                    asyncio.get_running_loop().call_soon(self._done.set)
        return False

    def _read(self, _reading: object) -> None:
        # The page's own slots came first: list and graph have what they paint next.
        self._mark("problems")

    def _mark(self, what: str) -> None:
        self._marks.setdefault(what, time.perf_counter() - self._begun)


async def _settled(page: Any) -> None:
    """Until nothing works any more and everything is known."""
    from explorer.ui.tasks import tasks

    idle_since = time.perf_counter()
    while time.perf_counter() - idle_since < _QUIET:
        await asyncio.sleep(0.02)
        quiet = page.session.is_settled and page.session.plan is not None
        if not quiet or tasks().running:
            idle_since = time.perf_counter()


_SCENARIOS: dict[str, Callable[[Any, Any], Awaitable[Answer]]] = {
    "keys": _keys,
    "typing": _typing,
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
