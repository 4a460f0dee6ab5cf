"""One line of comma-separated values (RFC 4180), as Go's ``encoding/csv`` reads it."""

from __future__ import annotations

import re
from typing import Final

_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"(?=,|\Z)')
_PLAIN: Final = re.compile(r"[^,]*")


class CsvError(ValueError):
    """A quote stands where none may stand, or is never closed."""


def split_fields(text: str) -> list[str]:
    """The fields of a line; none of an empty one.

    Raises:
        CsvError: the quotes do not fit.
    """
    fields: list[str] = []
    at = 0
    while at <= len(text) and text:
        quoted = _QUOTED.match(text, at)
        if quoted is not None:
            fields.append(quoted[1].replace('""', '"'))
            at = quoted.end() + 1
            continue
        if text.startswith('"', at):
            raise CsvError('extraneous or missing " in quoted-field')
        plain = _PLAIN.match(text, at)
        field = plain[0] if plain else ""
        if '"' in field:
            raise CsvError('bare " in non-quoted-field')
        fields.append(field)
        at += len(field) + 1
    return fields
