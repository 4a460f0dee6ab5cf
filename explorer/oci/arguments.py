"""The arguments of recorded instructions, put back into the form a Dockerfile has.

BuildKit and Docker print the parsed instruction, not its source: lists in Go's syntax, values
without their quotes, and the hash of a source in place of its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from explorer.oci.gosyntax import healthcheck, plain_list, quoted_list
from explorer.oci.shells import DEFAULT_SHELLS, shell_length

PAIR_START: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*=")
"""How a word that begins another ``name=value`` looks."""

Tidy: TypeAlias = tuple[str, bool | None, str]
"""The arguments, whether they are in shell form (``None``: no such thing), and a comment."""

_HASHED_SOURCE: Final = re.compile(
    r"((?:--\S+ )*)((?:file|dir|multi):[0-9a-f]{64}) in (.*)", re.DOTALL
)


def tidy_arguments(keyword: str, arguments: str) -> Tidy:
    """The recorded arguments of an instruction as a Dockerfile has them; as they are if unknown."""
    return _TIDIERS.get(keyword, _as_is)(arguments)


def _as_is(arguments: str) -> Tidy:
    return arguments, None, ""


def _command(arguments: str) -> Tidy:
    words = quoted_list(arguments)
    if words is None:
        return arguments, bool(arguments) and not arguments.startswith("["), ""
    length = shell_length(words)
    if length and len(words) == length + 1 and " ".join(words[:length]) in DEFAULT_SHELLS:
        return words[-1], True, ""
    return json.dumps(words, ensure_ascii=False), length > 0, ""


def _copy(arguments: str) -> Tidy:
    match = _HASHED_SOURCE.fullmatch(arguments)
    if match is None:
        return arguments, None, ""
    flags, source, target = match.groups()
    kind = source.partition(":")[0]
    what = {"file": "one file", "dir": "one directory"}.get(kind, "several files")
    note = f"the name in the build context was not recorded, only a hash of its content ({what})"
    return f"{flags}{source} {target.strip()}", None, note


def _words(arguments: str) -> Tidy:
    words = quoted_list(arguments) or plain_list(arguments)
    return arguments if words is None else " ".join(words), None, ""


def _shell(arguments: str) -> Tidy:
    words = quoted_list(arguments) or plain_list(arguments)
    return arguments if words is None else json.dumps(words, ensure_ascii=False), None, ""


def _pairs(arguments: str) -> Tidy:
    # Values are recorded without the quotes they need in a Dockerfile.
    if '"' in arguments or "'" in arguments or "\\" in arguments or "=" not in arguments:
        return arguments, None, ""
    pairs: list[str] = []
    for word in arguments.split(" "):
        if not pairs or PAIR_START.match(word):
            pairs.append(word)
        else:
            pairs[-1] += f" {word}"
    return " ".join(map(_quote_pair, pairs)), None, ""


def _quote_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return f'{name}{equals}"{value}"' if " " in value or "\n" in value else pair


def _healthcheck(arguments: str) -> Tidy:
    parts = healthcheck(arguments)
    if parts is None:
        return arguments, None, ""
    test, durations, retries = parts
    names = ["interval", "timeout", "start-period", "start-interval"]
    options = [
        f"--{name}={value}"
        for name, value in zip(names, durations, strict=False)
        if value not in ("0s", "")
    ]
    if retries:
        options.append(f"--retries={retries}")
    kind, *command = test or ["NONE"]
    match kind:
        case "CMD-SHELL":
            return " ".join([*options, "CMD", *command]), True, ""
        case "CMD":
            return " ".join([*options, "CMD", json.dumps(command, ensure_ascii=False)]), False, ""
        case _:
            return "NONE", None, ""


_TIDIERS: Final[dict[str, Callable[[str], Tidy]]] = {
    "ADD": _copy,
    "CMD": _command,
    "COPY": _copy,
    "ENTRYPOINT": _command,
    "ENV": _pairs,
    "EXPOSE": _words,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "SHELL": _shell,
    "VOLUME": _words,
}
