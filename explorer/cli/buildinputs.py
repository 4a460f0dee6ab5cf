"""What a build is given on the command line, read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from explorer.build.request import Secret, SshAgent


def arguments(given: Iterable[str]) -> dict[str, str]:
    """``K=V``, or ``K`` alone for the value that the environment has."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not name:
            raise click.UsageError(f"{text!r} is no build argument; write it like NAME=VALUE")
        if equals:
            found[name] = value
        elif name in os.environ:
            found[name] = os.environ[name]
    return found


def pairs(
    given: Iterable[str], option: str, form: str, *, empty: bool = False
) -> Iterator[tuple[str, str]]:
    """``K=V`` each; ``empty`` allows no value."""
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and (value or empty)):
            raise click.UsageError(f"{text!r} is not what {option} takes; write it like {form}")
        yield name, value


def read_secret(text: str) -> Secret:
    """``id=ID[,src=FILE|,env=NAME]``, as buildx has it."""
    from explorer.build.request import Secret

    fields = dict(part.partition("=")[::2] for part in text.split(","))
    kind = fields.pop("type", "")
    name = fields.pop("id", "")
    source = fields.pop("src", "") or fields.pop("source", "")
    variable = fields.pop("env", "")
    if not name or fields or kind not in ("", "file", "env"):
        raise click.UsageError(
            f"{text!r} is no secret; write it like id=ID,src=FILE or id=ID,env=NAME"
        )
    if kind == "env":
        variable = variable or source or name
        source = ""
    return Secret(name, Path(source) if source else None, variable)


def read_ssh(text: str) -> SshAgent:
    """``ID[=SOCKET]``; ``default`` is the agent of this session."""
    from explorer.build.request import SshAgent

    name, _, socket = text.partition("=")
    if not name:
        raise click.UsageError(f"{text!r} is no agent; write it like default or ID=SOCKET")
    return SshAgent(name, Path(socket) if socket else None)
