"""Words with variables in them: quotes, escapes, ``$name`` and the forms of ``${name}``.

The language is BuildKit's (``frontend/dockerfile/shell``), which mimics a POSIX shell:

====================  ==========================================================
``$v`` ``${v}``       the value, nothing if it is unset
``${v:-w}`` ``-``     the word if unset (with the colon: or empty)
``${v:+w}`` ``+``     the word if set (with the colon: and not empty)
``${v:?w}`` ``?``     an error if unset (with the colon: or empty)
``${v#p}`` ``##``     without the shortest, the longest beginning that matches
``${v%p}`` ``%%``     without the shortest, the longest end that matches
``${v/p/r}`` ``//``   the first match, every match replaced
====================  ==========================================================

One thing differs on purpose: where BuildKit splits a word that has ``${a:-b}`` in its middle it
loses what stands before it (``80${a:-80}`` gives ``80``); here it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.gotext import quote, shorten
from explorer.dockerfile.substitution import Reference, Scan, SubstitutionError
from explorer.dockerfile.wordlist import split_words
from explorer.errors import ExplorerError

_SYNTAX: Final = {escape: re.compile(rf"[$'\"<{re.escape(escape)}]") for escape in ("\\", "`")}


class ExpansionError(ExplorerError):
    """A word that cannot be expanded; ``unmatched`` are the unset variables met until then."""

    exit_code = 4

    def __init__(self, word: str, why: str, unmatched: tuple[str, ...] = ()) -> None:
        super().__init__(f"failed to process {quote(shorten(word))}", why=why)
        self.unmatched = unmatched


@dataclass(frozen=True, slots=True)
class Expansion:
    """What became of a word.

    ``words`` is the text split at white space that no quotes protect. ``matched`` and
    ``unmatched`` are the names of the variables that were set and unset, each once, in order.
    """

    text: str
    words: tuple[str, ...]
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Expander:
    """How words are read.

    ``escape`` is the Dockerfile's escape character. ``raw_quotes`` and ``raw_escapes`` keep
    quotes and escapes in the result. ``keep_unset`` leaves references to unset variables as they
    are. With ``quotes`` off, quotes are ordinary characters, as in a here-document.
    """

    escape: str = "\\"
    raw_quotes: bool = False
    raw_escapes: bool = False
    keep_unset: bool = False
    quotes: bool = True

    def expand(self, word: str, variables: Mapping[str, str]) -> Expansion:
        """Replace the variables of a word.

        Raises:
            ExpansionError: bad syntax, an unset variable that must be set, or too long a result.
        """
        if not self.has_syntax(word):
            return Expansion(word, split_words(word))
        scan = Scan(self, word, variables)
        try:
            text, words = scan.until("", raw=self.raw_escapes)
        except SubstitutionError as error:
            raise ExpansionError(word, str(error), scan.unmatched) from None
        return Expansion(text, words, scan.matched, scan.unmatched, tuple(scan.references))

    def references(self, word: str) -> tuple[Reference, ...]:
        """Where the word uses variables; up to the first error in it, if there is one."""
        if "$" not in word:
            return ()
        keeping = Expander(self.escape, keep_unset=True, quotes=self.quotes)
        scan = Scan(keeping, word, {})
        with suppress(SubstitutionError):
            scan.until("", raw=False)
        return tuple(sorted(scan.references, key=lambda found: found.start))

    def has_syntax(self, word: str) -> bool:
        """Whether expanding a word could change it."""
        return _SYNTAX[self.escape].search(word) is not None
