"""The window, started as the command starts it, with somebody at the keys.

    python -m tests.benchmarks.probes.window start
    python -m tests.benchmarks.probes.window open|cancel|filter|look ARCHIVE

Prints one JSON object: times in seconds, and the event loop's absences. For ``start`` it is
``usable``, what ``time.perf_counter`` says once the window takes input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import accumulate
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer

from explorer.ui import app, painted

Answer = dict[str, Any]
_CANCEL_AFTER = 0.5  # seconds
_QUIET = 0.3  # seconds without any work, after which an opening is over
_LONGEST = 120  # seconds
_INTERVAL = 0.002  # seconds between two ticks of the meter
_FILTERS = ("so", "*.js", "size>300", "-type:dir (ext:js or size>200) -test")


def main(scenario: str, *arguments: str) -> int:
    play = _SCENARIOS[scenario]
    usual = painted.first_paint

    async def then_play(window: Any) -> None:
        await usual(window)
        usable = time.perf_counter()
        answer = await asyncio.wait_for(play(window, *arguments), _LONGEST)
        print(json.dumps({"usable": usable, **answer}), flush=True)
        window.close()

    # The application waits for this before it listens to other launches.
    painted.first_paint = then_play
    return app.main([])


async def _start(_window: Any) -> Answer:
    return {}


async def _open(window: Any, path: str) -> Answer:
    with _lag() as lag:
        opened = await _Opened.in_window(window, path)
        await opened.wait()
        await _settled()
    return {**opened.times(), **lag}


async def _cancel(window: Any, path: str) -> Answer:
    with _lag() as lag:
        opened = await _Opened.in_window(window, path)
        await asyncio.sleep(_CANCEL_AFTER)
        if opened.page.model.is_complete:
            return {"cancelled": None}
        heard = asyncio.Event()
        opened.page.opening.ended.connect(heard.set)
        begun = time.perf_counter()
        opened.page.opening.cancel()
        await heard.wait()
        told = time.perf_counter() - begun
        while any(thread.name.startswith("index") for thread in threading.enumerate()):
            await asyncio.sleep(0.001)
    return {"told": told, "cancelled": time.perf_counter() - begun, **lag}


async def _filter(window: Any, path: str) -> Answer:
    from explorer.ui.explore.loading import TreeLoader

    with _lag() as opening:
        opened = await _Opened.in_window(window, path)
        await opened.wait()
        await _settled()
    tree = opened.page.bench.tree
    line, loader = tree.filter.line, tree.findChild(TreeLoader)
    times = {}
    with _lag() as filtering:
        for words in _FILTERS:
            shown = asyncio.Event()
            loader.made.connect(shown.set)
            begun = time.perf_counter()
            line.setText(words)
            line.textEdited.emit(words)
            await shown.wait()
            times[words] = time.perf_counter() - begun
            loader.made.disconnect(shown.set)
            await _settled()
    return {**opened.times(), "opening": opening, "filtering": filtering, "filters": times}


async def _look(window: Any, path: str) -> Answer:
    """Go through everything that a hand does in an opened image, and measure each by itself."""
    opened = await _Opened.in_window(window, path)
    await opened.wait()
    await _settled()
    steps: dict[str, Answer] = {}
    for name, act in _acts(opened.page):
        with _lag() as lag:
            act()
            await _settled()
        steps[name] = lag
    worst = max(steps, key=lambda name: steps[name]["longest"])
    return {**steps[worst], "worst_step": worst, "steps": steps}


def _acts(page: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    from explorer.ui.explore.arrange import Shape
    from explorer.ui.explore.model import Mode

    model, bench = page.model, page.bench
    tree, top = bench.tree, model.layer_count - 1
    for name in ("usage", "facts", "search", "overlay"):
        yield f"view {name}", partial(bench.show_view, name)
    yield "lower layer", partial(model.select_layers, top // 2)
    for mode in (Mode.LAYER, Mode.COMPARE, Mode.MERGED):
        yield f"mode {mode}", partial(model.set_mode, mode)
    yield "top layer", partial(model.select_layers, top)
    for shape in (Shape.FLAT, Shape.COLLAPSED, Shape.TREE):
        yield f"shape {shape}", partial(tree.tools.set_shape, shape)
    yield "unfold all", tree.rows.open_all
    bar = tree.view.verticalScrollBar()
    for part in range(5):
        yield f"scroll {part}", partial(bar.setValue, bar.maximum() * part // 4)
    yield "fold all", tree.rows.close_all
    yield "last path", lambda: model.select_node(len(model.image.stack.trie) - 1)
    yield "its folder", model.go_up
    yield "wasted bytes", lambda: (bench.show_view("usage"), bench.usage.lists.choose("wasteful"))
    yield "advice", lambda: bench.usage.lists.choose("advice")
    yield "packages", lambda: (bench.show_view("facts"), bench.facts.show_page("packages"))
    yield "search", lambda: (bench.show_view("search"), bench.search.ask("*.so"))


class _Opened(QObject):
    """An image being opened in a new tab, and when what of it was there."""

    @classmethod
    async def in_window(cls, window: Any, path: str) -> _Opened:
        """Open ``path``; return as soon as its tab is there."""
        begun = time.perf_counter()
        window.open_paths([path])
        while window.front() is None:
            await asyncio.sleep(0.001)
        return cls(window.front(), begun)

    def __init__(self, page: Any, begun: float) -> None:
        super().__init__()
        self._begun = begun
        self._times: dict[str, float] = {}
        self._complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.page = page
        self.page.bench.installEventFilter(self)
        self.page.model.documentChanged.connect(lambda: self._note("document"))
        self.page.model.layerIndexed.connect(lambda _layer: self._note("first_layer"))
        self.page.model.imageChanged.connect(self._image_changed)
        self.page.opening.failed.connect(self._failed)

    async def wait(self) -> None:
        """Until all layers are there; raises what opening the image raised."""
        await self._complete

    def times(self) -> dict[str, float]:
        """Seconds from the beginning to the documents, the painted stack, and the layers."""
        return self._times

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and self.page.model.document is not None:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: self._note("stack"))
        return False

    def _image_changed(self) -> None:
        if self.page.model.is_complete:
            self._note("all")
            if not self._complete.done():
                self._complete.set_result(None)

    def _failed(self, error: BaseException) -> None:
        self._complete.set_exception(error)

    def _note(self, what: str) -> None:
        self._times.setdefault(what, time.perf_counter() - self._begun)


@contextmanager
def _lag() -> Iterator[Answer]:
    """The longest absence of the event loop, and what 99 of 100 stay under."""
    from explorer.ui.lag import LagMeter

    answer: Answer = {}
    with LagMeter() as meter:
        yield answer
    answer |= {
        "longest": meter.longest,
        "computed": meter.computed,
        "p99": meter.percentile(99),
        "worst": _worst(meter.lags),
    }


def _worst(lags: Sequence[float]) -> list[dict[str, float]]:
    """The longest absences, and when about each ended: for whoever looks for the cause."""
    ends = accumulate(lag + _INTERVAL for lag in lags)
    worst = sorted(zip(lags, ends, strict=True), reverse=True)[:8]
    return [{"away": round(lag, 4), "until": round(end, 3)} for lag, end in worst]


async def _settled() -> None:
    """Until nothing works any more, what was not asked for by name included."""
    from explorer.ui.tasks import tasks

    idle_since = time.perf_counter()
    while time.perf_counter() - idle_since < _QUIET:
        await asyncio.sleep(0.02)
        if tasks().running:
            idle_since = time.perf_counter()


_SCENARIOS: dict[str, Callable[..., Awaitable[Answer]]] = {
    "start": _start,
    "open": _open,
    "cancel": _cancel,
    "filter": _filter,
    "look": _look,
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
