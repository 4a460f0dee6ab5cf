"""The flags of each instruction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.statement import Statement
from explorer.dockerfile.suggest import did_you_mean
from explorer.dockerfile.words import Flag, Word


class FlagKind(Enum):
    """What a flag takes."""

    BOOL = "bool"
    TEXT = "text"
    TEXTS = "texts"
    """A text each time; the flag may stand several times."""


@dataclass(frozen=True, slots=True)
class FlagSpec:
    """A flag there is; ``values`` are the only ones it takes, where that is so."""

    name: str
    kind: FlagKind = FlagKind.TEXT
    values: tuple[str, ...] = ()


_BOOLEANS: Final = ("true", "false")


def _bool(name: str) -> FlagSpec:
    return FlagSpec(name, FlagKind.BOOL, _BOOLEANS)


_TRANSFER: Final = (
    FlagSpec("chown"),
    FlagSpec("chmod"),
    _bool("link"),
    FlagSpec("exclude", FlagKind.TEXTS),
)
FLAGS: Final[dict[str, tuple[FlagSpec, ...]]] = {
    "ADD": (*_TRANSFER, _bool("keep-git-dir"), FlagSpec("checksum"), _bool("unpack")),
    "COPY": (*_TRANSFER, FlagSpec("from"), _bool("parents")),
    "FROM": (FlagSpec("platform"),),
    "HEALTHCHECK": tuple(
        map(FlagSpec, ("interval", "timeout", "start-period", "start-interval", "retries"))
    ),
    "RUN": (
        FlagSpec("mount", FlagKind.TEXTS),
        FlagSpec("network", values=("default", "none", "host")),
        FlagSpec("security", values=("sandbox", "insecure")),
        FlagSpec("device", FlagKind.TEXTS),
    ),
}
"""The flags that each instruction takes; one that is missing here takes none."""


class FlagSet:
    """The flags of one instruction, checked.

    Raises:
        Mistake: a flag that is unknown, repeated, or lacks its value or the right one.
    """

    def __init__(self, statement: Statement) -> None:
        self._found: dict[str, list[Flag]] = {}
        specs = {spec.name: spec for spec in FLAGS.get(statement.name, ())}
        for flag in statement.flags:
            self._add(flag, specs)

    def _add(self, flag: Flag, specs: dict[str, FlagSpec]) -> None:
        shown = f"--{shorten(flag.name)}"
        spec = specs.get(flag.name)
        if spec is None:
            raise Mistake(did_you_mean(f"unknown flag: {shown}", flag.name, specs), flag)
        if flag.name in self._found and spec.kind is not FlagKind.TEXTS:
            raise Mistake(f"duplicate flag specified: {shown}", flag)
        if spec.kind is FlagKind.BOOL:
            _check_bool(flag, shown)
        elif flag.value is None:
            raise Mistake(f"missing a value on flag: {shown}", flag)
        self._found.setdefault(flag.name, []).append(flag)

    def text(self, name: str) -> Word | None:
        """The value of a flag with where it stands; ``None`` where the flag is absent."""
        values = self.texts(name)
        return values[0] if values else None

    def texts(self, name: str) -> tuple[Word, ...]:
        """The values of a flag that may stand several times."""
        flags = self._found.get(name, [])
        return tuple(Word(flag.value or "", flag.value_start, flag.end) for flag in flags)

    def truth(self, name: str) -> bool | None:
        """Whether a flag is set; ``None`` where it is absent."""
        flags = self._found.get(name)
        return None if flags is None else (flags[0].value or "true").lower() == "true"


def _check_bool(flag: Flag, shown: str) -> None:
    if flag.value == "":
        raise Mistake(f"missing a value on flag: {shown}", flag)
    if flag.value is not None and flag.value.lower() not in _BOOLEANS:
        value = shorten(flag.value)
        raise Mistake(f"expecting boolean value for flag {shown}, not: {value}", flag)
