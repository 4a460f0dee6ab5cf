"""RUN."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from explorer.dockerfile.commands.flags import FlagSet
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.commands.model import CommandLine, InlineFile, Run
from explorer.dockerfile.commands.source import Source
from explorer.dockerfile.expansion import ExpansionError
from explorer.dockerfile.gotext import quote, shorten
from explorer.dockerfile.heredoc import parse_marker

PIPES: Final = "/dev/pipes/"
"""Where a here-document that begins with ``#!`` is mounted."""

_NETWORKS: Final = frozenset({"default", "none", "host"})
_SECURITY: Final = frozenset({"sandbox", "insecure"})


def read_run(source: Source, flags: FlagSet) -> Run:
    """Read a RUN without its mounts."""
    network, security = flags.text("network"), flags.text("security")
    if network is not None and network.value not in _NETWORKS:
        raise Mistake(f"invalid network mode {quote(shorten(network.value))}", network)
    if security is not None and security.value not in _SECURITY:
        raise Mistake(f"security {quote(shorten(security.value))} is not valid", security)
    run = Run(
        source.command_line,
        mount_flags=flags.texts("mount"),
        network=network.value if network else "default",
        security=security.value if security else "sandbox",
        devices=flags.texts("device"),
    )
    return _with_heredocs(run, source)


def _with_heredocs(run: Run, source: Source) -> Run:
    heredocs = source.heredocs
    if not heredocs or not run.line.is_shell or len(run.line.words) != 1:
        return run
    (script,) = run.line.words
    if not is_marker(script):
        return replace(run, line=_shell(source.with_heredocs(script)))
    first = heredocs[0]
    content = first.content(source.text)
    if not content.startswith("#!"):
        return replace(run, line=_shell(content))
    file = InlineFile(first.marker.name, content, first)
    return replace(run, line=_shell(PIPES + file.name), executable=file)


def is_marker(script: str) -> bool:
    """Whether the whole command is one here-document."""
    try:
        return parse_marker(script) is not None
    except ExpansionError:
        return False


def _shell(script: str) -> CommandLine:
    return CommandLine((script,), is_shell=True)
