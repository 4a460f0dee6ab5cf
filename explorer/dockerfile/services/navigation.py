"""From a name to where it is defined and used, and to another name.

Names are those of stages and of variables (ENV and ARG). A variable reaches as far as its stage,
the stages upon it and below it, and the global arguments it takes its value from. In scripts,
``$name`` is the variable where a POSIX shell would replace it; where a script sets a variable of
that name or asks for it in another way, renaming is refused.
"""

from __future__ import annotations

from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import DockerfileError, Problem
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.services.naming.names import Variable, setting_of, variable_at
from explorer.dockerfile.services.naming.renames import (
    means_the_same,
    stage_refusal,
    variable_refusal,
)
from explorer.dockerfile.services.naming.scopes import scope_of
from explorer.dockerfile.services.naming.sites import Use
from explorer.dockerfile.services.naming.stages import StageSite, stage_site_at, stage_sites
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program


def definition(document: Document, program: Program, offset: int) -> Span | None:
    """Where the stage or the variable at an offset gets its name or its value.

    From an ARG that only takes a global argument into a stage it leads on to that one.
    """
    site = stage_site_at(program, offset)
    if site is not None:
        return _stage_definition(program, site)
    variable = variable_at(program, offset)
    if variable is None:
        return None
    if variable.site.defines:
        return _own_definition(document, program, variable)
    found = setting_of(program, variable.stage, variable.site.name, variable.site.span.start)
    return found.site.span if found else None


def references(document: Document, program: Program, offset: int) -> tuple[Span, ...]:
    """Every place of the name at an offset, the definition included, in order."""
    site = stage_site_at(program, offset)
    if site is not None:
        found = {each.span for each in stage_sites(program) if each.stage == site.stage}
        return tuple(sorted(found))
    variable = variable_at(program, offset)
    if variable is None:
        return ()
    scope = scope_of(program, variable.site.name, variable.stage)
    return tuple(sorted({placed.site.span for placed in scope.sites}))


def renameable(document: Document, program: Program, offset: int) -> Span | None:
    """The name at an offset that :func:`rename` is asked for; ``None`` where there is none.

    It may still be refused: only then it is known why.
    """
    site = stage_site_at(program, offset)
    if site is not None:
        return site.span if site.exact else None
    variable = variable_at(program, offset)
    return variable.site.span if variable is not None and variable.site.exact else None


def rename(
    document: Document, program: Program, offset: int, new_name: str
) -> tuple[TextEdit, ...]:
    """Give the stage or the variable at an offset another name, everywhere it is used.

    Raises:
        DockerfileError: there is no such name, or renaming it could change what is built.
    """
    place = renameable(document, program, offset)
    if place is None:
        raise _refused(
            document, "no name of a stage or a variable stands here", Span(offset, offset)
        )
    old = place.of(document.text)
    if new_name == old:
        return ()
    site = stage_site_at(program, offset)
    spans = _stage_spans(document, program, site, new_name) if site else None
    if spans is None:
        spans = _variable_spans(document, program, offset, new_name)
    edits = tuple(TextEdit(span.start, span.end, new_name) for span in spans)
    if not means_the_same(program, edits, old, new_name):
        raise _refused(document, f"with {new_name} in its place something else is built", place)
    return edits


def _stage_spans(
    document: Document, program: Program, site: StageSite, new: str
) -> tuple[Span, ...]:
    refusal = stage_refusal(program, program.stages[site.stage], new)
    if refusal is not None:
        raise _refused(document, *refusal)
    sites = (each for each in stage_sites(program) if each.stage == site.stage and each.exact)
    return tuple(sorted({each.span for each in sites}))


def _variable_spans(
    document: Document, program: Program, offset: int, new: str
) -> tuple[Span, ...]:
    variable = variable_at(program, offset)
    if variable is None:
        return ()
    scope = scope_of(program, variable.site.name, variable.stage)
    refusal = variable_refusal(program, scope, new)
    if refusal is not None:
        raise _refused(document, *refusal)
    return tuple(sorted({placed.site.span for placed in scope.sites}))


def _refused(document: Document, why: str, span: Span) -> DockerfileError:
    line = document.lines.position(span.start).line
    return DockerfileError(Problem(why, span, line), what="this cannot be renamed")


def _stage_definition(program: Program, site: StageSite) -> Span:
    stage = program.stages[site.stage]
    alias = stage.command.alias if stage.command else None
    return stage.instruction.span_of(alias) if alias else stage.instruction.span


def _own_definition(document: Document, program: Program, variable: Variable) -> Span:
    if variable.site.use is Use.BARE_ARG and variable.stage is not None:
        found = setting_of(program, None, variable.site.name, len(document.text))
        if found is not None:
            return found.site.span
    return variable.site.span
