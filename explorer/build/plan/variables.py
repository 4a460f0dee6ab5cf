"""The variables that a RUN sees, as parts of its key."""

from __future__ import annotations

import re
from typing import Final

from explorer.build.plan.keys import Part, PartKind
from explorer.dockerfile.stages.model import Stage, Step

_SECRET: Final = re.compile(
    r"(?:_|^)(?:api_?key|auth|credentials?|key|pass(?:word|wd|phrase)?|pword|secret|token)(?:_|$)",
    re.IGNORECASE,
)


def variable_parts(stage: Stage, step: Step) -> list[Part]:
    """The environment and the arguments in scope, by name.

    Predefined proxy arguments are none of them unless the stage declares them. What looks like a
    secret by its name counts, but is not kept in words.
    """
    environment = stage.environment_at(step.index)
    values = stage.variables_at(step.index)
    return [
        Part.of(
            PartKind.ENV if environment.get(name) == value else PartKind.ARG,
            value,
            name,
            secret=_SECRET.search(name) is not None,
        )
        for name, value in sorted(values.items())
    ]
