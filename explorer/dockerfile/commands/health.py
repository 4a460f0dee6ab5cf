"""HEALTHCHECK."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.commands.flags import FlagSet
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.commands.model import HealthcheckCommand
from explorer.dockerfile.commands.source import Source
from explorer.dockerfile.gonumbers import parse_duration
from explorer.dockerfile.gotext import quote, shorten

_MILLISECOND: Final = 10**6
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,10}")
_MAX_RETRIES: Final = (1 << 31) - 1


def read_healthcheck(source: Source) -> HealthcheckCommand:
    """Read ``HEALTHCHECK NONE`` or ``HEALTHCHECK CMD ...``."""
    statement = source.statement
    if not statement.words:
        raise Mistake("HEALTHCHECK requires at least one argument", source.arguments)
    kind, *command = statement.words
    name = kind.value.upper()
    if name == "NONE":
        if command:
            raise Mistake("HEALTHCHECK NONE takes no arguments", command[0])
        return HealthcheckCommand((name,))
    flags = FlagSet(statement)
    if name != "CMD":
        raise Mistake(f"Unknown type {quote(shorten(name))} in HEALTHCHECK (try CMD)", kind)
    if not command:
        raise Mistake("Missing command after HEALTHCHECK CMD", kind)
    form = "CMD" if statement.is_json else "CMD-SHELL"
    return HealthcheckCommand(
        test=(form, *(word.value for word in command)),
        interval=_duration(flags, "interval"),
        timeout=_duration(flags, "timeout"),
        start_period=_duration(flags, "start-period"),
        start_interval=_duration(flags, "start-interval"),
        retries=_retries(flags),
    )


def _duration(flags: FlagSet, name: str) -> int:
    word = flags.text(name)
    if word is None or not word.value:
        return 0
    try:
        duration = parse_duration(word.value)
    except ValueError as error:
        raise Mistake(str(error), word) from error
    if duration and duration < _MILLISECOND:
        raise Mistake(f"Interval {quote(name)} cannot be less than 1ms", word)
    return duration


def _retries(flags: FlagSet) -> int:
    word = flags.text("retries")
    if word is None or not word.value:
        return 0
    shown = quote(shorten(word.value))
    if not _INTEGER.fullmatch(word.value):
        raise Mistake(f"strconv.ParseInt: parsing {shown}: invalid syntax", word)
    retries = int(word.value)
    if abs(retries) > _MAX_RETRIES:
        raise Mistake(f"strconv.ParseInt: parsing {shown}: value out of range", word)
    if retries < 0:
        raise Mistake(f"--retries cannot be negative ({retries})", word)
    return retries
