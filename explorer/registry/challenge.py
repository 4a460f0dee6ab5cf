"""What a server asks for before it answers: ``WWW-Authenticate`` (RFC 9110, section 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

_LONGEST: Final = 16 << 10  # characters of a header; a genuine one has about two hundred
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER: Final = re.compile(rf'[\s,]*({_TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|{_TOKEN})')
_SCHEME: Final = re.compile(rf"[\s,]*({_TOKEN})(?:\s+[0-9A-Za-z._~+/-]+=*(?=\s*(?:,|$)))?")
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way in: the scheme and the names of parameters are in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)


def parse_challenges(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """All challenges of an answer, in order; what cannot be read ends the header it is in."""
    return tuple(found for header in headers for found in _of_header(header[:_LONGEST]))


def _of_header(text: str) -> list[Challenge]:
    found: list[Challenge] = []
    parameters: dict[str, str] = {}
    at = 0
    while at < len(text):
        parameter = _PARAMETER.match(text, at) if found else None
        if parameter is not None:
            parameters.setdefault(parameter[1].lower(), _unquoted(parameter[2]))
            at = parameter.end()
            continue
        scheme = _SCHEME.match(text, at)
        if scheme is None:
            break
        parameters = {}
        found.append(Challenge(scheme[1].lower(), parameters))
        at = scheme.end()
    return found


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1]) if text.startswith('"') else text
