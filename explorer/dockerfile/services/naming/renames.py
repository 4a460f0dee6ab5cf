"""Whether another name would change what is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.edits import TextEdit, apply
from explorer.dockerfile.services.knowledge.variables import OTHER_ARGUMENTS, PLATFORM, PROXIES
from explorer.dockerfile.services.naming import shell
from explorer.dockerfile.services.naming.names import settings_at
from explorer.dockerfile.services.naming.scopes import Placed, Scope
from explorer.dockerfile.services.naming.sites import (
    carried_out,
    script_bodies,
    script_word,
    sites_of,
)
from explorer.dockerfile.services.naming.stages import stage_sites
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.meaning import meaning
from explorer.dockerfile.stages.model import Program, Stage
from explorer.dockerfile.stages.program import understand

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STAGE: Final = re.compile(r"[a-z][a-z0-9_.-]*")
_RESERVED_STAGES: Final = frozenset({"scratch", "context"})
_BUILTIN: Final = frozenset(PLATFORM) | PROXIES | OTHER_ARGUMENTS


def stage_refusal(program: Program, stage: Stage, new: str) -> tuple[str, Span] | None:
    """Why a stage cannot have this name, and where that shows; ``None`` where it can."""
    alias = stage.command.alias if stage.command else None
    if alias is None:
        return "the stage has no name", stage.instruction.span
    here = stage.instruction.span_of(alias)
    if not _STAGE.fullmatch(new):
        return (
            "the name of a stage begins with a small letter, and has small letters, digits, "
            "dots, dashes and underscores",
            here,
        )
    if new in _RESERVED_STAGES:
        return f"{new} has a meaning of its own", here
    other = program.stage_named(new)
    if other is not None and other.index != stage.index:
        return f"stage {other.index} is called {new} already", other.instruction.span
    if program.inputs.target.lower() == stage.name:
        return f"the build asks for it by its name: its target is {stage.name}", here
    for name in (new, stage.name):
        if name in program.inputs.contexts:
            return f"a build context is called {name}", here
    for each in program.stages:
        for need in each.needs:
            if need.origin.stage is None and need.origin.name.lower() == new:
                return f"line {need.line} takes something else by the name {new}", need.span
    for site in stage_sites(program):
        written = site.span.of(program.document.text)
        if site.stage == stage.index and not site.exact and not written.isdecimal():
            return f"line {site.line} does not write the name as it is", site.span
    return None


def variable_refusal(program: Program, scope: Scope, new: str) -> tuple[str, Span] | None:
    """Why a variable cannot have this name, and where that shows; ``None`` where it can."""
    first = next(iter(scope.sites)).site.span
    if not _VARIABLE.fullmatch(new):
        return "a variable has letters, digits and underscores, and begins with no digit", first
    for name in (scope.name, new):
        if name in _BUILTIN:
            return f"{name} means something to the builder", first
        if name in program.inputs.arguments:
            return f"the build is given a value for {name}", first
    for stage in sorted(scope.stages):
        inherited = _from_outside(program, program.stages[stage])
        for name in (scope.name, new):
            if name in inherited:
                return f"{name} comes from the base image of stage {stage}", first
    return (
        _taken(program, scope, new) or _odd_site(program, scope) or _doubtful(program, scope, new)
    )


def _from_outside(program: Program, stage: Stage) -> frozenset[str]:
    """The variables that a stage has from the image at the bottom."""
    while stage.origin.stage is not None:
        stage = program.stages[stage.origin.stage]
    return frozenset(stage.inherited) | {"PATH"}


def _taken(program: Program, scope: Scope, new: str) -> tuple[str, Span] | None:
    """Another variable of the new name, within reach."""
    for instruction, _ in _instructions(program, scope):
        for site in sites_of(instruction, program.document.text):
            if site.name == new:
                return f"line {instruction.line} speaks of {new} already", site.span
    return None


def _odd_site(program: Program, scope: Scope) -> tuple[str, Span] | None:
    if not any(placed.site.defines for placed in scope.sites):
        return f"nothing in this file sets {scope.name}", scope.sites[0].site.span
    for placed in scope.sites:
        site = placed.site
        if not site.exact:
            return f"line {placed.line} does not write the name in one piece", site.span
        if not site.defines and not _is_set(program, placed):
            return f"line {placed.line} uses {scope.name} before it is set", site.span
    return None


def _is_set(program: Program, placed: Placed) -> bool:
    site = placed.site
    node = program.document.node_at(site.span.start)
    if isinstance(node, Instruction) and node.name == "ONBUILD":
        return True  # it is carried out elsewhere
    return site.name in settings_at(program, placed.stage, site.span.start)


def _doubtful(program: Program, scope: Scope, new: str) -> tuple[str, Span] | None:
    """A script that mentions either name in a way that may depend on it."""
    text = program.document.text
    for instruction, _ in _instructions(program, scope):
        for span in _scripts(instruction, text):
            script = span.of(text)
            for name in (scope.name, new):
                at = shell.doubt(script, name) if name in script else -1
                if at >= 0:
                    place = Span(span.start + at, min(span.start + at + len(name), span.end))
                    line = program.document.lines.position(place.start).line
                    return f"the script in line {line} sets {name} or asks for it itself", place
    return None


def _scripts(instruction: Instruction, text: str) -> Iterator[Span]:
    statement = carried_out(instruction)
    if statement.name not in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        return
    word = script_word(statement)
    if word is not None:
        yield instruction.span_of(word)
    # One that is only expanded sets nothing.
    yield from (span for span, quotes in script_bodies(instruction, text) if quotes)


def _instructions(program: Program, scope: Scope) -> Iterator[tuple[Instruction, int | None]]:
    """The instructions within reach of a scope."""
    if scope.is_global:
        for argument in program.preamble:
            yield argument.instruction, None
        for stage in program.stages:
            yield stage.instruction, None
    for index in sorted(scope.stages):
        for step in program.stages[index].steps:
            if step.trigger is None:
                yield step.instruction, index


def means_the_same(program: Program, edits: tuple[TextEdit, ...], old: str, new: str) -> bool:
    """Whether the edited text gives the same program, but for the one name."""
    changed = understand(Document.parse(apply(program.document.text, edits)), program.inputs)
    either = re.compile(rf"(?<!\w)(?:{re.escape(old)}|{re.escape(new)})(?!\w)", re.IGNORECASE)

    def read(text: str) -> str:
        return either.sub("\0", text)

    return bool(meaning(program, read) == meaning(changed, read))
