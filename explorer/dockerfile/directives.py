"""Parser directives: ``# syntax=...``, ``# escape=...`` and ``# check=...``.

They count only in the first lines of a file, before any instruction, empty line or other comment.
After a ``#!`` line BuildKit still looks for ``syntax`` and ``check``, but not for ``escape``.
"""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.gotext import SPACE, shorten
from explorer.dockerfile.nodes import Directive
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.source import Span

NAMES: Final = frozenset({"syntax", "escape", "check"})
ESCAPES: Final = ("\\", "`")

_BLANK: Final = "\t\n\f\r "
_NAME: Final = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[{_BLANK}]*=[{_BLANK}]*")


class DirectiveReader:
    """Tells directives from comments, from the first line on; mistakes go to ``problems``."""

    def __init__(self, problems: list[Problem]) -> None:
        self.escape = ESCAPES[0]
        self.after_shebang = False
        self._problems = problems
        self._seen: set[str] = set()
        self._open = True

    def close(self) -> None:
        """Something else than a directive was met: there are no more."""
        self._open = False

    def read(self, line: str, start: int, end: int, number: int) -> Directive | None:
        """The directive on a comment line, given without its line ending; ``None`` for a comment.

        The line lies from ``start`` to ``end``; ``number`` counts from 1.
        """
        if not self._open:
            return None
        if number == 1 and line.startswith("#!"):
            self.after_shebang = True
            return None
        directive = _read(line, start, end, number)
        if directive is None:
            self.close()
        elif self.after_shebang and directive.name == "escape":
            return None
        else:
            self._apply(directive)
        return directive

    def _apply(self, directive: Directive) -> None:
        name, value = directive.name, directive.value
        if name in self._seen:
            self._report(f"only one {name} parser directive can be used", directive)
        elif name == "escape" and value not in ESCAPES:
            shown = shorten(value)
            self._report(f"invalid escape token '{shown}' does not match ` or \\", directive)
        elif name == "escape":
            self.escape = value
        self._seen.add(name)

    def _report(self, message: str, directive: Directive) -> None:
        span = Span(directive.name_span.start, directive.value_span.end)
        self._problems.append(Problem(message, span, directive.line))


def read_name_and_value(comment: str) -> tuple[str, str]:
    """The name, in lower case, and the value of ``name=value`` in a comment; ``""`` for others.

    Comments before an instruction are read as directives are.
    """
    directive = _read(f"#{comment}", 0, len(comment) + 1, 1)
    return (directive.name, directive.value) if directive else ("", "")


def _read(line: str, start: int, end: int, number: int) -> Directive | None:
    indent = len(line) - len(line.lstrip(SPACE))
    found = _NAME.match(line, indent)
    if found is None or found[1].lower() not in NAMES:
        return None
    value = line[found.end() :].rstrip(_BLANK)
    value_start = found.end()
    if not value:
        # One white space character, where there is one, is taken for the value.
        if found[0].endswith("="):
            return None
        value, value_start = found[0][-1], found.end() - 1
    return Directive(
        start=start,
        end=end,
        line=number,
        name=found[1].lower(),
        value=value,
        name_span=Span(start + found.start(1), start + found.end(1)),
        value_span=Span(start + value_start, start + value_start + len(value)),
    )
