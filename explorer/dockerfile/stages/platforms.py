"""Platforms in FROM, with containerd's messages where one cannot be read."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.gotext import quote, shorten
from explorer.errors import UsageError
from explorer.oci.platform import Platform

_SYSTEM: Final = r"^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$"
_PART: Final = r"^[A-Za-z0-9_.-]+$"
_INVALID: Final = "invalid argument"


def read_platform(text: str) -> Platform | str:
    """The platform a text means, or why it means none."""
    problem = _problem(text)
    if problem:
        return f"{problem}: {_INVALID}"
    try:
        return Platform.parse(text)
    except UsageError:
        what = "cannot parse platform specifier" if "/" in text else _UNKNOWN
        return f"{quote(shorten(text))}: {what}: {_INVALID}"


_UNKNOWN: Final = "unknown operating system or architecture"


def _problem(text: str) -> str:
    shown = quote(shorten(text))
    if "*" in text:
        return f"{shown}: wildcards not yet supported"
    system, *parts = text.split("/", 3)
    if not re.match(_SYSTEM, system):
        return (
            f"{quote(shorten(system))} is an invalid OS component of {shown}: "
            f"OSAndVersion specifier component must match {quote(_SYSTEM)}"
        )
    for part in parts:
        if not re.match(_PART, part):
            return (
                f"{quote(shorten(part))} is an invalid component of {shown}: "
                f"platform specifier component must match {quote(_PART)}"
            )
    return ""
