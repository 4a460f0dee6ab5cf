"""From a name to where it is defined and used, and to another name."""

from __future__ import annotations

from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import DockerfileError, Problem
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program


def definition(document: Document, program: Program, offset: int) -> Span | None:
    """Where the stage or the variable at an offset is named first."""
    return None


def references(document: Document, program: Program, offset: int) -> tuple[Span, ...]:
    """Every place of the name at an offset, the definition included, in order."""
    return ()


def renameable(document: Document, program: Program, offset: int) -> Span | None:
    """The name at an offset that :func:`rename` would change; ``None`` where there is none."""
    return None


def rename(
    document: Document, program: Program, offset: int, new_name: str
) -> tuple[TextEdit, ...]:
    """Give the stage or the variable at an offset another name, everywhere it is used.

    Raises:
        DockerfileError: there is no such name, or renaming it would change what is built.
    """
    line = document.lines.position(offset).line
    raise DockerfileError(Problem("no name stands here", Span(offset, offset), line))
