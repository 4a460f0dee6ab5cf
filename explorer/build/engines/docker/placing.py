"""Where the Dockerfile is in the context that is sent, and under what name.

It is there already as a rule. One that the ignore file leaves out, that is kept elsewhere, or that
an editor has not saved comes as a file of its own, whose name no pattern of a step matches; a step
that copies the whole context would take it along, so that is told beforehand.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.build.context.context import Context
from explorer.build.request import BuildRequest
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program
from explorer.filesystem.entry import EntryType

IGNORE: Final = ".dockerignore"
_NEWER: Final = re.compile(
    r"<<|\s--(mount|link|chmod|network|security|device|parents|exclude|checksum|keep-git-dir"
    r"|unpack|start-interval)\b"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """The Dockerfile's name in the archive, and files that come besides the context's.

    ``is_seen`` tells that a step copies the added file along.
    """

    name: str
    extra: Mapping[str, bytes] = field(default_factory=dict)
    is_seen: bool = False


def effective_text(request: BuildRequest, program: Program) -> str:
    """The text to build: all of it, or what comes before the step to stop behind."""
    text = program.document.text
    if request.stop_after is None:
        return text
    stage, step = request.stop_after
    instruction = program.stages[stage].steps[step].instruction
    if program.stages[stage].steps[step].trigger is not None:
        instruction = program.stages[stage].instruction
    return "\n".join(text.split("\n")[: instruction.last_line]) + "\n"


def effective_target(request: BuildRequest, program: Program) -> str:
    """The stage to build, as engines take it; "" is the last one of :func:`effective_text`.

    BuildKit knows stages by their names alone.
    """
    if request.stop_after is not None:
        return ""
    number = int(request.target) if request.target.isdigit() else -1
    if 0 <= number < len(program.stages):
        return program.stages[number].name or request.target
    return request.target


def place(request: BuildRequest, program: Program, context: Context | None) -> Placed:
    """Find the Dockerfile in a context, or a name for it there."""
    text = effective_text(request, program).encode("utf-8", "surrogateescape")
    inside = _inside(request.dockerfile, context)
    if inside is not None and context is not None:
        path = os.fsdecode(inside)
        if _read(context.folder / path) == text:
            return Placed(path)
    name = f".layerscope.{hashlib.sha256(text).hexdigest()[:12]}.dockerfile"
    seen = context is not None and _copies_all(program)
    if seen and inside is not None:
        # In place of the file that the step would have copied anyway.
        return Placed(os.fsdecode(inside), {os.fsdecode(inside): text})
    return Placed(name, {name: text}, is_seen=seen)


def hidden_by_ignore(placed: Placed, context: Context | None, file: str = IGNORE) -> Placed:
    """Let an ignore file that the engine reads leave out what was added.

    Docker's command line does so too. All other rules are applied before anything is sent.
    """
    if not placed.is_seen or context is None:
        return placed
    if context.entries.find(os.fsencode(file)) is not None:
        rules = _read(context.folder / file).rstrip(b"\n") + f"\n{placed.name}\n".encode()
    else:
        rules = f"{file}\n{placed.name}\n".encode()
    return Placed(placed.name, {**placed.extra, file: rules})


def needs_buildkit(program: Program) -> bool:
    """Whether a text uses what the classic builder does not know."""
    return any(_NEWER.search(each.text) for each in program.document.instructions)


def _inside(dockerfile: Path, context: Context | None) -> bytes | None:
    """The Dockerfile's path in the context, where it is a file that is sent."""
    if context is None:
        return None
    try:
        path = os.fsencode(dockerfile.relative_to(context.folder).as_posix())
    except ValueError:
        return None
    row = context.entries.find(path)
    is_file = row is not None and context.entries.type[row] == EntryType.FILE
    return path if is_file else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _copies_all(program: Program) -> bool:
    """Whether a step copies all that is at the top of the context, or what a pattern matches."""
    for index in program.reachable:
        for step in program.stages[index].steps:
            command = step.command
            if isinstance(command, model.Copy | model.Add):
                copied = any(n.step == step.index for n in program.stages[index].needs)
                words = [word.value for word in command.transfer.sources]
                if not copied and any(_reaches_top(word) for word in words):
                    return True
    return False


def _reaches_top(source: str) -> bool:
    first = os.path.normpath("/" + source).lstrip("/").partition("/")[0]
    return not first or first[0] in "*?[" or first.startswith(".*")
