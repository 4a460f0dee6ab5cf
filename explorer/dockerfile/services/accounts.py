"""Users and groups that the steps of a stage add, as far as their scripts tell.

``useradd``, ``adduser``, ``groupadd`` and ``addgroup`` are looked for in RUN; whatever else makes
accounts is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.naming.sites import script_bodies, script_word
from explorer.dockerfile.stages.model import Program, Stage
from explorer.dockerfile.statement import MAX_LENGTH

_COMMAND: Final = re.compile(
    r"(?<![\w./-])(?:/usr/s?bin/|/s?bin/)?(useradd|adduser|groupadd|addgroup)[ \t]+([^\n;&|]*)"
)
_NAME: Final = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_SYSTEM: Final = frozenset({"--system", "-r", "-S", "-D", "-m", "-M", "-H", "-o", "-N", "-U", "-l"})
_SWITCHES: Final = _SYSTEM | {
    *("--create-home", "--no-create-home", "--disabled-password", "--disabled-login", "--group"),
    *("--no-user-group", "--user-group", "--no-log-init", "--non-unique", "--quiet"),
}


@dataclass(frozen=True, slots=True)
class Added:
    """An account that a step adds; ``is_group`` tells a group from a user."""

    name: str
    line: int
    is_group: bool


def added_accounts(program: Program, stage: Stage, line: int) -> Iterator[Added]:
    """The accounts that are added before a line of a stage, in it and in the stages below it."""
    text = program.document.text
    below: Stage | None = stage
    while below is not None:
        for step in below.steps:
            instruction = step.instruction
            if step.trigger is None and instruction.name == "RUN" and instruction.line < line:
                yield from _added(instruction, text)
        index = below.origin.stage
        below = program.stages[index] if index is not None else None


def _added(instruction: Instruction, text: str) -> Iterator[Added]:
    if len(instruction.text) > MAX_LENGTH:
        return
    word = script_word(instruction.statement)
    scripts = [word.value] if word is not None else []
    scripts += [span.of(text) for span, _ in script_bodies(instruction, text)]
    for script in scripts:
        for found in _COMMAND.finditer(script):
            yield from _of_command(found[1], found[2].split(), instruction.line)


def _of_command(program: str, words: list[str], line: int) -> Iterator[Added]:
    names = list(_names(words))
    if not names:
        return
    is_group = program in ("groupadd", "addgroup")
    # "adduser USER GROUP" only puts one into the other; a name may also come before the options.
    yield Added(names[0], line, is_group and len(names) == 1)
    if not is_group and program == "useradd" and not {"-N", "--no-user-group"} & set(words):
        yield Added(names[0], line, is_group=True)


def _names(words: list[str]) -> Iterator[str]:
    """The words that are no options and no values of options."""
    takes_value = False
    for word in words:
        if word.startswith("-"):
            takes_value = "=" not in word and word not in _SWITCHES
        elif takes_value:
            takes_value = False
        elif _NAME.fullmatch(word):
            yield word
