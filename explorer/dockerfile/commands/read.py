"""Reading statements into commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.device import check_device
from explorer.dockerfile.commands.flags import FlagSet
from explorer.dockerfile.commands.health import read_healthcheck
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.commands.mount import check_mount
from explorer.dockerfile.commands.running import read_run
from explorer.dockerfile.commands.source import Source
from explorer.dockerfile.commands.transfer import read_add, read_copy
from explorer.dockerfile.gotext import SPACE, quote, shorten
from explorer.dockerfile.header import LONGEST_REMEMBERED, REMEMBERED, Header
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.statement import KEYWORDS, Fault, Statement
from explorer.dockerfile.suggest import did_you_mean
from explorer.dockerfile.words import Pair, Word, split_pair

EMPTY_VOLUME: Final = "VOLUME specified can not be an empty string"

_STAGE_NAME: Final = re.compile(r"[a-z][a-z0-9-_.]*")
_NEVER_TRIGGERS: Final = frozenset({"MAINTAINER", "FROM"})


def read_command(instruction: Instruction, text: str) -> model.Command | Fault:
    """The command of an instruction in a file with this text, or what is wrong with it first.

    Flags, counts and values are checked that do not depend on variables.
    """
    header = instruction.header
    if instruction.heredocs:
        return _read(Source(header, instruction.heredocs, text))
    if len(header.source) > LONGEST_REMEMBERED:
        return _read(Source(header))
    return _remembered(header)


def _read(source: Source) -> model.Command | Fault:
    statement = source.statement
    if statement.fault is not None:
        return statement.fault
    reader = _READERS.get(statement.name)
    try:
        return reader(source) if reader else _unknown(statement)
    except Mistake as mistake:
        return mistake.fault


@lru_cache(maxsize=REMEMBERED)
def _remembered(header: Header) -> model.Command | Fault:
    """Without here-documents a command depends on nothing but its header."""
    return _read(Source(header))


def _unknown(statement: Statement) -> Fault:
    keyword = statement.keyword
    message = f"unknown instruction: {shorten(keyword.value)}"
    message = did_you_mean(message, keyword.value, sorted(KEYWORDS), ignore_case=True)
    return Fault(message, keyword.start, keyword.end)


def _from(source: Source) -> model.From:
    words = source.statement.words
    name, alias = "", None
    if len(words) == 3 and words[1].value.lower() == "as":
        alias = words[2]
        name = alias.value.lower()
        if not _STAGE_NAME.fullmatch(name):
            shown = quote(shorten(alias.value))
            why = "name can't start with a number or contain symbols"
            raise Mistake(f"invalid name for build stage: {shown}, {why}", alias)
    elif len(words) != 1:
        raise Mistake("FROM requires either one or three arguments", source.arguments)
    return model.From(words[0], name, alias, FlagSet(source.statement).text("platform"))


def _arg(source: Source) -> model.Arg:
    _at_least_one(source)
    declarations = tuple(map(_declaration, source.statement.words))
    return model.Arg(declarations)


def _declaration(word: Word) -> model.Declaration:
    pair = split_pair(word)
    if pair is None:
        return model.Declaration(word)
    if not pair.key.value:
        raise Mistake("ARG names can not be blank", word)
    return model.Declaration(pair.key, pair.value)


def _pairs(source: Source) -> tuple[Pair, ...]:
    FlagSet(source.statement)
    pairs = source.statement.pairs
    if not pairs:
        raise _needs(source, "at least one argument")
    for pair in pairs:
        if not pair.key.value:
            raise Mistake(f"{source.statement.name} names can not be blank", pair.value)
    return pairs


def _env(source: Source) -> model.Env:
    return model.Env(_pairs(source))


def _label(source: Source) -> model.Label:
    return model.Label(_pairs(source))


def _cmd(source: Source) -> model.Cmd:
    FlagSet(source.statement)
    return model.Cmd(source.command_line)


def _entrypoint(source: Source) -> model.Entrypoint:
    FlagSet(source.statement)
    return model.Entrypoint(source.command_line)


def _shell(source: Source) -> model.Shell:
    FlagSet(source.statement)
    _at_least_one(source)
    if not source.statement.is_json:
        raise _needs(source, "the arguments to be in JSON form")
    return model.Shell(tuple(word.value for word in source.statement.words))


def _expose(source: Source) -> model.Expose:
    _at_least_one(source)
    FlagSet(source.statement)
    return model.Expose(source.statement.words)


def _volume(source: Source) -> model.Volume:
    _at_least_one(source)
    FlagSet(source.statement)
    paths = tuple(
        Word(word.value.strip(SPACE), word.start, word.end) for word in source.statement.words
    )
    for path in paths:
        if not path.value:
            raise Mistake(EMPTY_VOLUME, path)
    return model.Volume(paths)


def _user(source: Source) -> model.User:
    return model.User(_exactly_one(source))


def _workdir(source: Source) -> model.Workdir:
    return model.Workdir(_exactly_one(source))


def _maintainer(source: Source) -> model.Maintainer:
    return model.Maintainer(_exactly_one(source))


def _stopsignal(source: Source) -> model.StopSignal:
    # BuildKit does not look at the flags of this one, nor at those of ARG.
    return model.StopSignal(_exactly_one(source, check_flags=False))


def _onbuild(source: Source) -> model.OnBuild:
    trigger = source.statement.trigger
    if trigger is None:
        raise _needs(source, "at least one argument")
    FlagSet(source.statement)
    if trigger.name == "ONBUILD":
        raise Mistake("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", trigger.keyword)
    if trigger.name in _NEVER_TRIGGERS:
        raise Mistake(f"{trigger.name} isn't allowed as an ONBUILD trigger", trigger.keyword)
    return model.OnBuild(trigger, source.trigger_text)


def _run(source: Source) -> model.Run:
    flags = FlagSet(source.statement)
    for device in flags.texts("device"):
        check_device(device)
    for mount in flags.texts("mount"):
        check_mount(mount)
    return read_run(source, flags)


def _exactly_one(source: Source, *, check_flags: bool = True) -> Word:
    if len(source.statement.words) != 1:
        raise _needs(source, "exactly one argument")
    if check_flags:
        FlagSet(source.statement)
    return source.statement.words[0]


def _at_least_one(source: Source) -> None:
    if not source.statement.words:
        raise _needs(source, "at least one argument")


def _needs(source: Source, what: str) -> Mistake:
    return Mistake(f"{source.statement.name} requires {what}", source.arguments)


_READERS: Final[dict[str, Callable[[Source], model.Command]]] = {
    "ADD": read_add,
    "ARG": _arg,
    "CMD": _cmd,
    "COPY": read_copy,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": read_healthcheck,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
