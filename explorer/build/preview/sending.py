"""What of a build context reaches the builder: only what some instruction names.

A client sends the paths that COPY and ADD of all stages of a build name, with the directories above
them. A pattern that matches nothing in a directory that is not sent therefore fails, where it would
copy nothing if the directory were there.
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.build.files.match import matches
from explorer.build.files.mishap import Mishap
from explorer.build.files.paths import rooted, split_wildcards
from explorer.build.files.sources import Unmatched
from explorer.build.tree import Tree, resolve
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Stage
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.filesystem.names import display, is_below


def unsent(program: Program, stage: Stage, tree: Tree, missed: Unmatched) -> Mishap | None:
    """What is wrong with a pattern without a match; ``None`` if its directory is sent anyway."""
    folder = missed.folder
    if folder == b"/" or any(_sends(tree, path, folder) for path in _named(program, stage)):
        return None
    return Mishap(
        f"lstat {display(folder)}: no such file or directory",
        missed.word,
        "nothing in it matches, and no instruction copies anything else from there: BuildKit does "
        "not send it at all",
    )


def _sends(tree: Tree, path: bytes, folder: bytes) -> bool:
    """Whether a source makes a directory known to the builder."""
    start, pattern = split_wildcards(path)
    if not pattern:
        return path == folder or is_below(folder, path) or _holds(tree, path, folder)
    top = resolve(tree, start)
    if top is None:
        return False
    found = list(matches(tree, top, pattern))
    return any(each == folder or is_below(folder, each) or is_below(each, folder) for each in found)


def _holds(tree: Tree, path: bytes, folder: bytes) -> bool:
    real = resolve(tree, path)
    return is_below(path, folder) and real is not None and tree.entry(real) is not None


def _named(program: Program, stage: Stage) -> Iterator[bytes]:
    """The sources of all COPY and ADD from the context that a build of a stage carries out."""
    for index in sorted(_built(program, stage)):
        for step in program.stages[index].steps:
            command = step.command
            if isinstance(command, model.Copy) and command.source and command.source.value:
                continue
            if isinstance(command, model.Copy | model.Add):
                for word in command.transfer.sources:
                    if not (is_git(word.value) or is_http(word.value)):
                        yield rooted(word.value)
            elif isinstance(command, model.Run):
                yield from (
                    rooted(mount.source)
                    for mount in command.mounts
                    if mount.type == "bind" and not mount.source_stage
                )


def _built(program: Program, stage: Stage) -> set[int]:
    """The stages that are built: for the target, or for a stage that the target does not need."""
    if stage.index in program.reachable:
        return set(program.reachable)
    wanted = {stage.index}
    for other in reversed(program.stages[: stage.index + 1]):
        if other.index in wanted:
            wanted |= {n.origin.stage for n in other.needs if n.origin.stage is not None}
    return wanted
