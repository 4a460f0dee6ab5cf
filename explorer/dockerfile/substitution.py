"""One pass over one word: what :mod:`explorer.dockerfile.expansion` is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from explorer.dockerfile.glob import Glob
from explorer.dockerfile.wordlist import WordList

if TYPE_CHECKING:
    from explorer.dockerfile.expansion import Expander

MAX_EXPANDED: Final = 1 << 18
"""Characters that the variables of one word may add. ``ENV A=$A$A`` doubles line by line."""

MAX_NESTING: Final = 64
"""How deep ``${a:-${b:-...}}`` may go."""

_LESS: Final = re.compile(r"<(?:<[\t\r ]*)?")
_NAME: Final = re.compile(r"\d+|[@*#?$!-]|\w+")
_ORDINARY: Final = {
    (escape, stop): re.compile(rf"[\s\S][^$<'\"{re.escape(escape + stop)}]*")
    for escape in ("\\", "`")
    for stop in ("", "}", "/")
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a word where a variable is used, from its ``$`` on; offsets into the word."""

    name: str
    start: int
    end: int


class SubstitutionError(Exception):
    """Why a word cannot be read; becomes an ``ExpansionError`` further up."""


class Scan:
    """One pass over one word."""

    def __init__(self, how: Expander, text: str, variables: Mapping[str, str]) -> None:
        self._how = how
        self._text = text
        self._variables = variables
        self._at = 0
        self._depth = 0
        self._added = 0
        self._seen: dict[str, bool] = {}
        self.references: list[Reference] = []

    @property
    def matched(self) -> tuple[str, ...]:
        """The names looked up that were set."""
        return tuple(name for name, is_set in self._seen.items() if is_set)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The names looked up that were not."""
        return tuple(name for name, is_set in self._seen.items() if not is_set)

    def until(self, stop: str, *, raw: bool) -> tuple[str, tuple[str, ...]]:
        """Read up to and with ``stop`` (``""``: the end); ``raw`` keeps escapes."""
        out: list[str] = []
        words = WordList()
        quotes = "'\"" if self._how.quotes else ""
        ordinary = _ORDINARY[self._how.escape, stop]
        while (char := self._peek()) and char != stop:
            if char == "$":
                piece = self._dollar(raw)
                words.add(piece)
            elif char in quotes:
                piece = self._single() if char == "'" else self._double(raw)
                words.add_raw(piece)
            elif char == self._how.escape:
                piece = self._escaped(raw)
                words.add_raw(piece)
            elif char == "<":
                piece = self._less()
                words.add_raw(piece)
            else:
                piece = self._run(ordinary)
                words.add(piece)
            out.append(piece)
        if stop and not self._take(stop):
            raise SubstitutionError(
                f"unexpected end of statement while looking for matching {stop}"
            )
        return "".join(out), words.finished()

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _take(self, char: str) -> bool:
        taken = self._peek() == char
        self._at += taken
        return taken

    def _run(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        return found[0]

    def _escaped(self, raw: bool) -> str:
        escape, char = self._next(), self._next()
        return escape + char if raw else char

    def _less(self) -> str:
        """``<``, or ``<<`` and the blanks after it, which belong to a here-document's word."""
        return self._run(_LESS)

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            self._at = len(self._text)
            raise _unclosed("single")
        inside = self._text[self._at + 1 : end]
        self._at = end + 1
        return f"'{inside}'" if self._how.raw_quotes else inside

    def _double(self, raw: bool) -> str:
        self._at += 1
        out: list[str] = []
        while (char := self._peek()) != '"':
            if not char:
                raise _unclosed("double")
            if char == "$":
                out.append(self._dollar(raw))
            elif char == self._how.escape:
                out.append(self._escaped_in_double(raw))
            else:
                out.append(self._run(_ORDINARY[self._how.escape, ""]))
        self._at += 1
        inside = "".join(out)
        return f'"{inside}"' if self._how.raw_quotes else inside

    def _escaped_in_double(self, raw: bool) -> str:
        """An escape works before a quote, a dollar sign and itself; else it is a character."""
        escape = self._next()
        char = self._peek()
        if char not in ('"', "$", escape):
            return escape if char else ""
        self._at += 1
        return escape + char if raw else char

    def _dollar(self, raw: bool) -> str:
        start = self._at
        self._at += 1
        value = self._braced(start) if self._take("{") else self._plain(start)
        self._added += len(value)
        if self._added > MAX_EXPANDED:
            raise SubstitutionError(f"the result is longer than {MAX_EXPANDED} characters")
        return value

    def _plain(self, start: int) -> str:
        name = self._name()
        if not name:
            return "$"
        self.references.append(Reference(name, start, self._at))
        return self._value(name, f"${name}")

    def _value(self, name: str, unset: str) -> str:
        value = self._look_up(name)
        if value is None:
            return unset if self._how.keep_unset else ""
        return value

    def _look_up(self, name: str) -> str | None:
        value = self._variables.get(name)
        self._seen.setdefault(name, value is not None)
        return value

    def _name(self) -> str:
        """Letters, digits and underscores; or digits alone; or one special parameter."""
        found = _NAME.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _braced(self, start: int) -> str:
        if not self._peek():
            raise SubstitutionError("syntax error: missing '}'")
        if self._peek() in "{}:":
            raise SubstitutionError("syntax error: bad substitution")
        name = self._name()
        self.references.append(Reference(name, start, self._at))
        index = len(self.references) - 1
        value = self._modified(name)
        self.references[index] = Reference(name, start, self._at)
        return value

    def _modified(self, name: str) -> str:
        modifier = self._next()
        if modifier == "}":
            return self._value(name, f"${{{name}}}")
        if modifier == "/":
            return self._replaced(name)
        if modifier == ":":
            modifier += self._next()
        if modifier in ("#", "%"):
            return self._trimmed(name, modifier)
        if modifier in (":#", ":%", "") or modifier[0] not in ":+-?":
            raise _unsupported(modifier)
        return self._conditional(name, modifier)

    def _inner(self, stop: str, raw: bool, missing: str) -> str:
        """A word inside the braces, up to ``stop``."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise SubstitutionError(f"nested deeper than {MAX_NESTING} levels")
        try:
            text, _ = self.until(stop, raw=raw)
        except SubstitutionError:
            if self._peek():
                raise
            raise SubstitutionError(f"syntax error: missing {missing}") from None
        self._depth -= 1
        return text

    def _conditional(self, name: str, modifier: str) -> str:
        word = self._inner("}", False, "'}'")
        value = self._look_up(name)
        if value is None and self._how.keep_unset:
            return f"${{{name}{modifier}{word}}}"
        kind = modifier[-1]
        absent = value is None or (modifier[0] == ":" and not value)
        if kind == "-":
            return word if absent else value or ""
        if kind == "+":
            return "" if absent else word
        if kind != "?":
            raise _unsupported(modifier)
        if absent:
            state = "unset" if value is None else "empty"
            raise SubstitutionError(f"{name}: {word or f'is not allowed to be {state}'}")
        return value or ""

    def _trimmed(self, name: str, modifier: str) -> str:
        word = self._inner("}", True, "'}'")
        value = self._look_up(name)
        if value is None and self._how.keep_unset:
            return f"${{{name}{modifier}{word}}}"
        longest = word.startswith(modifier)
        pattern = _pattern(word[longest:])
        trim = pattern.without_prefix if modifier == "#" else pattern.without_suffix
        return trim(value or "", longest=longest)

    def _replaced(self, name: str) -> str:
        every = self._take("/")
        pattern = self._inner("/", True, "'/' in ${}")
        replacement = self._inner("}", True, "'}'")
        value = self._look_up(name)
        if value is None and self._how.keep_unset:
            return f"${{{name}/{pattern}/{replacement}}}"
        return _pattern(pattern).replaced(value or "", replacement, every=every)


def _pattern(pattern: str) -> Glob:
    try:
        return Glob.parse(pattern)
    except ValueError as error:
        raise SubstitutionError(f"invalid pattern ({pattern}) in substitution: {error}") from error


def _unsupported(modifier: str) -> SubstitutionError:
    if not modifier:
        return SubstitutionError("syntax error: missing '}'")
    return SubstitutionError(f"unsupported modifier ({modifier}) in substitution")


def _unclosed(name: str) -> SubstitutionError:
    return SubstitutionError(f"unexpected end of statement while looking for matching {name}-quote")
