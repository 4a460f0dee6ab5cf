"""A build in words: places of steps, times, layers, and lines out of what steps print."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from explorer.build.events import Done, LayerMade, Log, StepInfo
from explorer.cli import text
from explorer.oci.layout import visible

_LONGEST = 160


def place(info: StepInfo) -> str:
    """``[deps 2/3] RUN make``."""
    where = f"[{info.stage} {info.index}/{info.count}]" if info.count else f"[{info.stage}]"
    shown = info.text if len(info.text) <= _LONGEST else f"{info.text[: _LONGEST - 1]}…"
    return f"{where} {visible(shown)}".rstrip()


def spent(seconds: float) -> str:
    """``1.4s``, ``2m05s``."""
    if seconds < 60:
        return f"{seconds:.1f}s"
    return f"{int(seconds // 60)}m{int(seconds % 60):02}s"


def made(layer: LayerMade | None) -> str:
    """``, 3 files, 1.2 kB``; nothing for a step that left no layer."""
    if layer is None:
        return ""
    return f", {text.plural(layer.added, 'file')}, {text.size(layer.size)}"


def words_of(done: Done) -> str:
    """The end of a build that went well."""
    head, tail = around_time(done)
    return f"{head} in {spent(done.seconds)}{tail}"


def around_time(done: Done) -> tuple[str, str]:
    """What is said of it before and behind the time that it took."""
    share = f", {done.cached} of {done.steps} steps cached" if done.steps else ""
    name = f" as {done.reference}" if done.reference else ""
    return f"built {done.digest}{name}", share


class LogLines:
    """Whole lines of what steps print, each stream of each step by itself."""

    def __init__(self) -> None:
        self._decoders: dict[tuple[str, int], codecs.IncrementalDecoder] = {}
        self._open: dict[tuple[str, int], str] = {}

    def lines(self, event: Log) -> Iterator[str]:
        """The lines that an event completes. Of one that is written over, the last writing."""
        key = event.step, event.stream
        decoder = self._decoders.get(key)
        if decoder is None:
            decoder = self._decoders[key] = codecs.getincrementaldecoder("utf-8")("replace")
        *lines, self._open[key] = (self._open.get(key, "") + decoder.decode(event.data)).split("\n")
        yield from map(_last_writing, lines)

    def rest(self, step: str) -> Iterator[str]:
        """What a step printed without a line end."""
        for key in [key for key in self._open if key[0] == step]:
            self._decoders.pop(key, None)
            if rest := self._open.pop(key):
                yield _last_writing(rest)


def _last_writing(line: str) -> str:
    return visible(line.rstrip("\r").rpartition("\r")[2])
