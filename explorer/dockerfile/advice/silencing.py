"""Switching a rule off where it complains, as an edit of the Dockerfile."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.advice.model import Diagnostic, Fix, Source
from explorer.dockerfile.checks.rules import RULES
from explorer.dockerfile.directives import read_name_and_value
from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Comment, Directive, Instruction, Node
from explorer.dockerfile.services.edits import TextEdit

_FILE_RULES: Final = frozenset(rule.name for rule in RULES if not rule.commented)
_SKIPS: Final = re.compile(r"skip=[^;\s]+")
_IGNORES: Final = re.compile(r"hadolint[ \t]+ignore[ \t]*=[ \t]*[A-Z0-9, \t]+(?<=[A-Z0-9])")


def silence(document: Document, diagnostic: Diagnostic) -> Fix | None:
    """The edit that makes a rule say nothing more here; ``None`` for errors of the language.

    A comment above the instruction does it, one that is there already is extended. Rules that
    look at the file as a whole are switched off in its first line.
    """
    if not diagnostic.rule:
        return None
    title = f"Switch {diagnostic.rule} off here"
    if diagnostic.source in (Source.HADOLINT, Source.SHELLCHECK):
        edit = _above(document, diagnostic, _IGNORES, "# hadolint ignore=")
    elif diagnostic.rule in _FILE_RULES:
        title, edit = f"Switch {diagnostic.rule} off in this file", _at_top(document, diagnostic)
    else:
        edit = _above(document, diagnostic, _SKIPS, "# check=skip=")
    return Fix(title, (edit,), safe=False) if edit is not None else None


def _above(
    document: Document, diagnostic: Diagnostic, pattern: re.Pattern[str], prefix: str
) -> TextEdit | None:
    index = _instruction(document, diagnostic)
    if index is None:
        return None
    nodes, at = document.nodes, index - 1
    while at >= 0 and isinstance(nodes[at], Comment):
        found = _extended(document, nodes[at], pattern, diagnostic.rule)
        if found is not None:
            return found
        at -= 1
    start = nodes[index].start
    if start == 0 and prefix.startswith("# check"):
        # As the first line it would be a directive, and count for the whole file.
        return TextEdit(0, 0, f"\n{prefix}{diagnostic.rule}\n")
    return TextEdit(start, start, f"{prefix}{diagnostic.rule}\n")


def _extended(
    document: Document, node: Node, pattern: re.Pattern[str], rule: str
) -> TextEdit | None:
    found = pattern.search(document.text, node.start, node.end)
    if found is None:
        return None
    return TextEdit(found.end(), found.end(), f",{rule}")


def _instruction(document: Document, diagnostic: Diagnostic) -> int | None:
    """The index of the node that a diagnostic is about."""
    return next(
        (
            index
            for index, node in enumerate(document.nodes)
            if isinstance(node, Instruction) and node.line <= diagnostic.line <= node.last_line
        ),
        None,
    )


def _at_top(document: Document, diagnostic: Diagnostic) -> TextEdit | None:
    for node in document.directives:
        if node.name == "check":
            extended = _extended(document, node, _SKIPS, diagnostic.rule)
            end = node.value_span.end
            return extended or TextEdit(end, end, f";skip={diagnostic.rule}")
    start = _after_directives(document)
    text = document.text[start:].split("\n", 1)[0]
    # A comment that follows and looks like a directive must not become one.
    after = "\n" if any(read_name_and_value(text.lstrip("#"))) else ""
    return TextEdit(start, start, f"# check=skip={diagnostic.rule}\n{after}")


def _after_directives(document: Document) -> int:
    """Where one more directive can stand."""
    last = max((node.end for node in document.nodes if isinstance(node, Directive)), default=0)
    first_line, _, _ = document.text.partition("\n")
    if not last and first_line.startswith("#!"):
        return min(len(first_line) + 1, len(document.text))
    return last or (1 if document.text.startswith("\ufeff") else 0)
