"""What the thing at the caret is, and what it means here."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.stages.model import Program


@dataclass(frozen=True, slots=True)
class Hover:
    """An explanation of the text from ``start`` up to ``end``.

    ``body`` is small Markdown: paragraphs, lists with ``-``, `` `code` ``, ``**strong**`` and
    fenced blocks. ``url`` is the page with more about it, ``""`` where there is none.
    """

    start: int
    end: int
    title: str
    body: str
    url: str = ""


def hover(
    document: Document, program: Program, offset: int, surroundings: Surroundings
) -> Hover | None:
    """What stands at an offset; ``None`` where there is nothing to say."""
    node = document.node_at(offset)
    if not isinstance(node, Instruction):
        return None
    keyword = node.span_of(node.statement.keyword)
    if offset not in keyword:
        return None
    return Hover(keyword.start, keyword.end, node.name, "")
