"""The tree as BuildKit's parser prints it (``parser/dumper``).

One line an instruction: ``(copy ["--from=build"] "/a" "/b")``; strings as Go's ``%q``.
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import NOT_UTF8, SPACE, quote
from explorer.dockerfile.statement import Statement


def dump(document: Document) -> str:
    """Print the tree of a document.

    Raises:
        DockerfileError: BuildKit's parser does not take the document.
    """
    instructions = document.validated().instructions
    return "".join(f"({dump_statement(node.statement)})\n" for node in instructions)


def dump_statement(statement: Statement) -> str:
    """Print one instruction, without the outer brackets."""
    keyword = NOT_UTF8.sub("\ufffd", statement.keyword.value.lower())
    return " ".join((keyword, *_parts(statement))).strip(SPACE)


def _parts(statement: Statement) -> Iterator[str]:
    if statement.flags:
        yield f"[{' '.join(quote(flag.text) for flag in statement.flags)}]"
    if not statement.is_known:
        yield '""'
    if statement.trigger is not None:
        yield f"({dump_statement(statement.trigger)})"
    for pair in statement.pairs:
        yield from (quote(pair.key.value), quote(pair.value.value))
        yield '""' if pair.legacy else '"="'
    for word in statement.words:
        yield quote(word.value)
