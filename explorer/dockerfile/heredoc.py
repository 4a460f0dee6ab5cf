"""Here-documents: files written into the Dockerfile, ``COPY <<EOF /etc/motd``.

Several may stand on one line; ``<<-`` strips leading tabs; a quoted word switches expansion off.
BuildKit recognises them only where the whole line reads as shell words: an unbalanced quote
anywhere on it means that there are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.source import Span

KEYWORDS: Final = frozenset({"ADD", "COPY", "RUN"})
"""The instructions that can have here-documents, by themselves or under ONBUILD."""

_MARKER: Final = re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)\Z")
_LONGEST_REMEMBERED: Final = 256
_TABS: Final = re.compile(r"^\t+", re.MULTILINE)
# The shell's escape is a backslash, whatever the Dockerfile's is.
_LINE: Final = Expander(raw_quotes=True, raw_escapes=True, keep_unset=True)
_QUOTED: Final = Expander(raw_quotes=True, keep_unset=True)
_UNQUOTED: Final = Expander(keep_unset=True)


@dataclass(frozen=True, slots=True)
class Marker:
    """``<<EOF`` in an instruction: offsets into its joined text.

    ``expands`` is false where part of the word is quoted. ``descriptor`` is the number before
    the marker, 0 where there is none.
    """

    name: str
    expands: bool = True
    strips_tabs: bool = False
    descriptor: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document: its marker, its content and the line that ends it, placed in the text.

    ``terminator`` is ``None`` where the text ends first.
    """

    marker: Marker
    body: Span
    terminator: Span | None

    def content(self, text: str) -> str:
        """What the file will hold before variables are replaced."""
        content = self.body.of(text)
        return _TABS.sub("", content) if self.marker.strips_tabs else content


def find_markers(line: str) -> tuple[Marker, ...]:
    """The markers on a joined line, in order.

    Raises:
        ExpansionError: the word of a marker cannot be read.
    """
    if "<<" not in line:
        return ()
    try:
        words = _LINE.expand(line, {}).words
    except ExpansionError:
        return ()
    markers: list[Marker] = []
    at = 0
    for word in words:
        start = max(line.find(word, at), at)
        at = min(start + len(word), len(line))
        marker = parse_marker(word, start)
        if marker is not None:
            markers.append(marker)
    return tuple(markers)


def parse_marker(word: str, start: int = 0) -> Marker | None:
    """Read one shell word as a marker; ``None`` where it is none.

    Raises:
        ExpansionError: it is one, but its quotes do not balance.
    """
    if "<<" not in word:
        return None
    if len(word) > _LONGEST_REMEMBERED:
        return _parse_marker(word, start)
    return _remembered(word, start)


def _parse_marker(word: str, start: int) -> Marker | None:
    found = _MARKER.match(word)
    if found is None or not found[3]:
        return None
    names = _UNQUOTED.expand(found[3], {}).words
    if len(names) != 1:
        return None
    raw = _QUOTED.expand(found[3], {}).words
    return Marker(
        name=names[0],
        expands=len(raw) == 1 and _quotes(names[0]) == _quotes(raw[0]),
        strips_tabs=found[2] == "-",
        descriptor=int(found[1][-9:] or 0),
        start=start,
        end=start + len(word),
    )


_remembered = lru_cache(maxsize=1024)(_parse_marker)


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')
