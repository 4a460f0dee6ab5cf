"""Completion in the shell for verbs that read Dockerfiles: folders, and names of stages."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def complete_folder(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Folders, as the shell itself completes them."""
    return [CompletionItem(incomplete, type="dir")]


def complete_stage(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The stages of the Dockerfile that was named before; of the one in this folder else."""
    given = context.params.get("dockerfiles") or context.params.get("dockerfile")
    # Before an option that still lacks its value, click has not sorted the words.
    given = given or [word for word in context.args if not word.startswith("-")] or "."
    name = given if isinstance(given, str) else given[0]
    try:
        return [CompletionItem(stage) for stage in _stages(name) if stage.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - a keypress in the shell is no place for errors
        return []


def _stages(name: str) -> list[str]:
    from explorer.cli.dockerfiles import STDIN, read_dockerfile
    from explorer.dockerfile.document import Document
    from explorer.dockerfile.stages.program import understand

    if name == STDIN:
        return []
    program = understand(Document.parse(read_dockerfile(name).text))
    return [stage.name for stage in program.stages if stage.name]
