"""A plan for people: the stages with their steps, what breaks the chain, and the context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.build.context.context import Context
from explorer.build.plan.document import MOST_LEFT_OUT
from explorer.build.plan.model import Adds, Cache, Plan, StagePlan, StepPlan
from explorer.build.plan.request import Planned
from explorer.cli import text
from explorer.cli.screen import Cell, Column, Screen, Styled
from explorer.dockerfile.gotext import encode
from explorer.filesystem.names import display, document_text
from explorer.oci.layout import one_line

_MARKS: Final = {
    Cache.HIT: Styled("✓ cached", "green"),
    Cache.MISS: Styled("● runs", "yellow"),
    Cache.UNKNOWN: Styled("? unknown", "magenta"),
}
_FAILS: Final = Styled("✗ fails", "red")
_METADATA: Final = Styled("· metadata", "dim")
_COLUMNS: Final = (
    Column(""),
    Column("", right=True, style="dim"),
    Column("", flexible=True),
    Column("", right=True),
    Column("", flexible=True, style="dim"),
)
_LARGEST: Final = 3
_FOLDERS: Final = 4


def shown(text: str) -> str:
    """A text on one line; bytes that were no UTF-8, and controls, are spelled out."""
    return one_line(document_text(encode(text)))


def show_plan(screen: Screen, planned: Planned, name: str) -> None:
    """The whole page."""
    plan = planned.plan
    screen.line(Styled(shown(name), "bold"), f"  for {planned.program.inputs.platform}")
    for stage in plan.stages:
        _stage(screen, plan, stage)
    screen.line()
    screen.facts(_summary(plan))
    screen.heading("Build context")
    screen.facts(_context(planned.context))
    for note in planned.context.notes[:_FOLDERS]:
        screen.line(Styled("! ", "yellow"), display(note.path), ": ", shown(note.what))


def _stage(screen: Screen, plan: Plan, stage: StagePlan) -> None:
    screen.line()
    name = Styled(shown(stage.title), "bold" if stage.used else "dim")
    base = shown(stage.origin.name) or "?"
    pieces: list[str | Styled] = [name, "  from ", base]
    if stage.digest is not None:
        pieces.append(Styled(f"  {stage.digest[:19]}", "dim"))
    needed = [plan.stages[need].title for need in stage.needs if need < len(plan.stages)]
    copied = [title for title in needed if title != stage.origin.name]
    if copied:
        pieces.append(Styled(f"  with {', '.join(map(shown, copied))}", "dim"))
    if stage.index == plan.target:
        pieces.append(Styled("  target", "cyan"))
    elif not stage.used:
        pieces.append(Styled("  not needed", "dim"))
    screen.line(*pieces)
    if stage.problem and not stage.steps:
        screen.line(Styled(f"  {shown(stage.problem)}", "magenta"))
    screen.table(_COLUMNS, [_row(step) for step in stage.steps])


def _row(step: StepPlan) -> list[Cell]:
    mark = _MARKS[step.cache] if step.layer or step.cache is not Cache.HIT else _METADATA
    if any(mishap.is_error for mishap in step.mishaps):
        mark = _FAILS
    style = "" if step.layer else "dim"
    written = shown(step.text)
    return [
        mark,
        str(step.line),
        Styled(written, style) if style else written,
        _adds(step.adds),
        shown("; ".join(step.because)),
    ]


def _adds(adds: Adds | None) -> str:
    if adds is None:
        return ""
    if not adds.files and not adds.size:
        return "0 B" if adds.is_exact else ""
    return ("" if adds.is_exact else "~") + text.size(adds.size)


def _summary(plan: Plan) -> Iterator[tuple[str, Cell]]:
    counts = [(plan.count(Cache.HIT), "cached"), (plan.count(Cache.MISS), "to run")]
    if plan.count(Cache.UNKNOWN):
        counts.append((plan.count(Cache.UNKNOWN), "unknown"))
    yield "Layers", ", ".join(f"{count} {what}" for count, what in counts)
    broken = plan.first_break
    if broken is not None:
        why = shown(broken.because[0]) if broken.because else broken.cache.value
        yield "Breaks at", (Styled(f"line {broken.line}", "bold"), f": {why}")
    if any(len(wave) > 1 for wave in plan.waves):
        names = [" + ".join(shown(plan.stages[i].title) for i in wave) for wave in plan.waves]
        yield "Side by side", ", then ".join(names)


def _context(context: Context) -> Iterator[tuple[str, Cell]]:
    yield "Folder", shown(str(context.folder))
    yield "Sent", f"{text.plural(context.files, 'file')}, {text.size(context.size)}"
    largest = [
        f"{display(path)} {text.size(size)}" for path, size in context.largest(_LARGEST) if size
    ]
    yield "Largest", ", ".join(largest)
    if not context.ignore.name:
        yield "Left out", Styled("nothing: there is no .dockerignore", "dim")
        return
    count, size = context.measure_left_out(MOST_LEFT_OUT)
    left_out = context.left_out
    folders = ", ".join(display(path) + "/" for path in left_out.folders[:_FOLDERS])
    more = left_out.folder_count - _FOLDERS
    also = f" and {more:,} more folders" if more > 0 else ""
    yield (
        "Left out",
        (
            f"{count:,} {'entry' if count == 1 else 'entries'}, {text.size(size)}",
            Styled(f"  by {shown(context.ignore.name)}", "dim"),
            Styled(f"  {folders}{also}" if folders else "", "dim"),
        ),
    )
