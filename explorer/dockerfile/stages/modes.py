"""Permissions as ``--chmod`` takes them: octal or symbolic."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.gotext import shorten

_MAX: Final = 0o7777
_OCTAL: Final = re.compile(r"[0-7]{1,20}")
_CLAUSE: Final = r"[ugoa]*(?:[-+=][rwxXstugo]*)+"
_SYMBOLIC: Final = re.compile(rf"{_CLAUSE}(?:,{_CLAUSE})*")


def mode_problem(text: str) -> str:
    """Why a text is no mode, in BuildKit's words; ``""`` where it is one."""
    is_octal = _OCTAL.fullmatch(text) is not None
    if is_octal and int(text, 8) <= _MAX:
        return ""
    if is_octal or text[:1].isdigit():
        shown = shorten(text)
        return (
            f"invalid chmod parameter: '{shown}'. it should be octal string and between 0 and 07777"
        )
    return "" if _SYMBOLIC.fullmatch(text) else "invalid syntax"
