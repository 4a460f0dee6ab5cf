"""The variables that a RUN sees, as parts of its key."""

from __future__ import annotations

import re
from typing import Final

from explorer.build.plan.keys import Part, PartKind, digest_of
from explorer.dockerfile.stages.model import Stage

MOST_PARTS: Final = 128
"""Of more variables than these one part is made."""

_SECRET: Final = re.compile(
    r"(?:_|^)(?:api_?key|auth|credentials?|key|pass(?:word|wd|phrase)?|pword|secret|token)(?:_|$)",
    re.IGNORECASE,
)
_WRAP: Final = 1 << 256


class Variables:
    """The environment and the arguments in scope, from one step of a stage to the next.

    Predefined proxy arguments are none of them unless the stage declares them. What looks like a
    secret by its name counts, but is not kept in words.
    """

    def __init__(self, stage: Stage) -> None:
        self._bindings = stage.bindings
        self._at = 0
        self._parts: dict[str, Part] = {}
        self._sum = 0
        self._made: tuple[Part, ...] | None = None
        environment = stage.inherited_environment
        for name, value in stage.inherited.items():
            self._set(name, value, is_env=environment.get(name) == value)

    def at(self, step: int) -> tuple[Part, ...]:
        """The parts that a step sees, by name; steps are to be asked for in order."""
        bindings = self._bindings
        while self._at < len(bindings) and bindings[self._at].step < step:
            binding = bindings[self._at]
            self._set(binding.name, binding.value, is_env=binding.is_env)
            self._at += 1
        if self._made is None:
            self._made = self._folded()
        return self._made

    def _set(self, name: str, value: str, *, is_env: bool) -> None:
        kind = PartKind.ENV if is_env else PartKind.ARG
        part = Part.of(kind, value, name, secret=_SECRET.search(name) is not None)
        before = self._parts.get(name)
        # A sum does not depend on the order, and follows each change at once.
        self._sum = (self._sum + _number(part) - (_number(before) if before else 0)) % _WRAP
        self._parts[name] = part
        self._made = None

    def _folded(self) -> tuple[Part, ...]:
        count = len(self._parts)
        if count <= MOST_PARTS:
            return tuple(part for _, part in sorted(self._parts.items()))
        return (Part(PartKind.ENV, "", f"{count:,} variables", f"sum:{self._sum:064x}"),)


def _number(part: Part) -> int:
    digest = digest_of(part.kind.value, part.name, part.digest)
    return int(digest.removeprefix("sha256:"), 16)
