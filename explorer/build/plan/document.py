"""A plan as the document of ``layerscope plan --json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explorer.build.context.context import Context
from explorer.build.plan.model import StagePlan, StepPlan
from explorer.build.plan.request import Planned
from explorer.dockerfile.gotext import encode
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.stages.model import Need, Program
from explorer.filesystem.names import document_text

SCHEMA: Final = 1
LARGEST: Final = 10
"""How many of the largest files are listed."""
MOST_FOLDERS: Final = 1000
"""How many folders that are left out are listed."""
MOST_LEFT_OUT: Final = 250_000
"""Entries that are counted of what the ignore file leaves out."""


def plan_document(planned: Planned) -> dict[str, Any]:
    """Everything that a plan tells."""
    plan, program = planned.plan, planned.program
    broken = plan.first_break
    document: dict[str, Any] = _as_text(
        {
            "schema": SCHEMA,
            "target": plan.target,
            "platform": str(program.inputs.platform),
            "stages": [_stage(stage, program) for stage in plan.stages],
            "steps": [_step(step) for step in plan.steps],
            "first_break": broken
            and {"stage": broken.stage, "index": broken.index, "line": broken.line},
            "waves": [list(wave) for wave in plan.waves],
            "critical": list(plan.critical),
            "context": context_document(planned.context),
            "problems": [_problem(problem, program) for problem in problems_of(planned)],
        }
    )
    return document


def _as_text(value: Any) -> Any:
    """The same with bytes that were no UTF-8 percent-escaped, as documents have them."""
    if isinstance(value, str):
        return value if value.isascii() else document_text(encode(value))
    if isinstance(value, dict):
        return {name: _as_text(each) for name, each in value.items()}
    return [_as_text(each) for each in value] if isinstance(value, list) else value


def problems_of(planned: Planned) -> Iterator[Problem]:
    """What keeps the file from being built: errors of the language, and files that are missing."""
    yield from planned.program.document.problems
    yield from planned.program.problems
    for stage in planned.plan.stages:
        steps = {step.index: step for step in planned.program.stages[stage.index].steps}
        if stage.used:
            for step in stage.steps:
                yield from (mishap.problem(steps[step.index]) for mishap in step.mishaps)


def context_document(context: Context) -> dict[str, Any]:
    """A build context: what is sent, and what is not."""
    left_out, size = context.measure_left_out(MOST_LEFT_OUT)
    return {
        "folder": str(context.folder),
        "files": context.files,
        "bytes": context.size,
        "ignore_file": context.ignore.name or None,
        "ignored": left_out,
        "ignored_bytes": size,
        "ignored_folders": [
            document_text(b"/" + path) for path in context.left_out.folders[:MOST_FOLDERS]
        ],
        "largest": [
            {"path": document_text(b"/" + path), "bytes": bytes_}
            for path, bytes_ in context.largest(LARGEST)
        ],
        "notes": [
            {"path": document_text(b"/" + note.path), "what": note.what} for note in context.notes
        ],
    }


def _stage(stage: StagePlan, program: Program) -> dict[str, Any]:
    needs = program.stages[stage.index].needs
    return {
        "name": stage.title,
        "index": stage.index,
        "line": stage.line,
        "base": stage.origin.name,
        "base_kind": stage.origin.kind.value,
        "digest": stage.digest,
        "needs": [_need(need) for need in needs if need.origin.name],
        "used": stage.used,
        "wave": stage.wave,
        "cache": stage.cache.value,
        "problem": stage.problem,
    }


def _need(need: Need) -> dict[str, Any]:
    origin = need.origin
    return {
        "how": need.kind.value,
        "kind": origin.kind.value,
        "name": origin.name,
        "stage": origin.stage,
        "line": need.line,
    }


def _step(step: StepPlan) -> dict[str, Any]:
    adds = step.adds
    return {
        "stage": step.stage,
        "index": step.index,
        "line": step.line,
        "instruction": step.instruction,
        "text": step.text,
        "layer": step.layer,
        "cache": step.cache.value,
        "because": list(step.because),
        "adds": adds and {"files": adds.files, "bytes": adds.size, "exact": adds.is_exact},
        "key": step.key.digest if step.key is not None else None,
        "parts": [
            {"kind": part.kind.value, "name": part.name, "value": part.value}
            for part in (step.key.parts if step.key is not None else ())
        ],
    }


def _problem(problem: Problem, program: Program) -> dict[str, Any]:
    place = program.document.lines.position(problem.span.start)
    return {
        "severity": problem.severity.value,
        "message": problem.message,
        "why": problem.description,
        "line": place.line,
        "column": place.column,
    }
