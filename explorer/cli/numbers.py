"""Numbers as people type them: sizes, percentages, layers.

Functions for ``type=`` of an option; what they cannot read raises :class:`click.BadParameter`.
"""

from __future__ import annotations

import re

import click

_DECIMAL = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
_BINARY = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d{1,18})(\.\d{1,18})?\s*(?:([KMGT])(I?))?B?", re.ASCII)
_NUMBER = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)\s*(%?)", re.ASCII)
_RANGE = re.compile(r"(\d{1,9})?\.\.(\d{1,9})?", re.ASCII)


def size(text: str) -> int:
    """Bytes: ``10M``, ``1.5 GB``, ``512KiB``; units are decimal, those with an i binary."""
    match = _SIZE.fullmatch(text.strip().upper())
    if match is None:
        raise click.BadParameter(f"{text!r} is no size; write it like 10M or 512KiB")
    whole, fraction, unit, binary = match.groups()
    factor = (_BINARY if binary else _DECIMAL)[unit or ""]
    return int(whole) * factor + round(float(f"0{fraction or '.0'}") * factor)


def percent(text: str) -> float:
    """A percentage from 0 to 100: ``5``, ``2.5%``."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or float(match[1]) > 100:
        raise click.BadParameter(f"{text!r} is no percentage from 0 to 100")
    return float(match[1])


def ratio(text: str) -> float:
    """A ratio from 0 to 1: ``0.95``, ``95%``."""
    match = _NUMBER.fullmatch(text.strip())
    value = float(match[1]) / (100 if match[2] else 1) if match else 2.0
    if value > 1:
        raise click.BadParameter(f"{text!r} is no ratio from 0 to 1; write it like 0.95 or 95%")
    return value


def layer_range(text: str) -> tuple[int, int | None]:
    """Two layers: ``2..5``; ``..5`` begins before the lowest, at -1, ``2..`` ends at the top."""
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        raise click.BadParameter(f"{text!r} is no range of layers; write it like 2..5")
    return int(match[1]) if match[1] else -1, int(match[2]) if match[2] else None
