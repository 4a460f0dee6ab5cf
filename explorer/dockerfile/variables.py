"""Where an instruction uses variables.

Only some arguments are expanded (Dockerfile reference, "Environment replacement"): those of ADD,
ARG, COPY, ENV, EXPOSE, FROM, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR, a few of their flags,
and the options of ``RUN --mount``. The shell's own variables in RUN, CMD and ENTRYPOINT are the
shell's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.expansion import Expander
from explorer.dockerfile.header import Header
from explorer.dockerfile.heredoc import Heredoc
from explorer.dockerfile.statement import Statement
from explorer.dockerfile.substitution import Reference

EXPANDED_FLAGS: Final = {
    "ADD": frozenset({"chown", "chmod", "checksum"}),
    "COPY": frozenset({"chown", "chmod"}),
    "FROM": frozenset({"platform"}),
    "RUN": frozenset({"mount"}),
}
"""The flags whose values are expanded."""

_EXPANDED_WORDS: Final = frozenset(
    {"ADD", "COPY", "EXPOSE", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
_HEREDOC: Final = Expander(quotes=False)


def header_references(header: Header) -> tuple[Reference, ...]:
    """The variables an instruction uses, in order; offsets into its joined text.

    A reference inside another one, as in ``${a:-$b}``, follows it.
    """
    if "$" not in header.line.text:
        return ()
    expander = Expander(header.escape)
    found = [
        Reference(reference.name, start + reference.start, start + reference.end)
        for text, start in _expanded(header.statement, header.line.text)
        if "$" in text
        for reference in expander.references(text)
    ]
    return tuple(sorted(found, key=lambda reference: (reference.start, -reference.end)))


def heredoc_references(heredoc: Heredoc, name: str, text: str) -> tuple[Reference, ...]:
    """The variables in a here-document of the instruction ``name``; offsets into ``text``.

    Those of ADD and COPY are expanded, unless their word is quoted; those of RUN never are.
    """
    if name not in ("ADD", "COPY") or not heredoc.marker.expands:
        return ()
    start = heredoc.body.start
    return tuple(
        Reference(reference.name, start + reference.start, start + reference.end)
        for reference in _HEREDOC.references(heredoc.body.of(text))
    )


def _expanded(statement: Statement, text: str) -> Iterator[tuple[str, int]]:
    """The parts of the joined text that are expanded, and where they begin."""
    flags = EXPANDED_FLAGS.get(statement.name, frozenset())
    for flag in statement.flags:
        if flag.name in flags:
            yield text[flag.value_start : flag.end], flag.value_start
    for pair in statement.pairs:
        yield pair.key.value, pair.key.start
        yield pair.value.value, pair.value.start
    if statement.trigger is not None:
        yield from _expanded(statement.trigger, text)
    yield from _expanded_words(statement, text)


def _expanded_words(statement: Statement, text: str) -> Iterator[tuple[str, int]]:
    if statement.name in _EXPANDED_WORDS:
        quote = 1 if statement.is_json else 0
        for word in statement.words:
            yield text[word.start + quote : word.end - quote], word.start + quote
    elif statement.name == "FROM":
        for word in statement.words[:1]:
            yield word.value, word.start
    elif statement.name == "ARG":
        for word in statement.words:
            name, equals, value = word.value.partition("=")
            if equals:
                yield value, word.start + len(name) + 1
