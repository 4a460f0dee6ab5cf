"""What to call an image where it arrives."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.oci import Reference


def references(names: Iterable[str]) -> tuple[Reference, ...]:
    """The names that are whole references; a lone tag, as some layouts have, names no image."""
    found = (Reference.parse_or_none(name) for name in names if _is_whole(name))
    return tuple(dict.fromkeys(reference for reference in found if reference is not None))


def _is_whole(name: str) -> bool:
    return ":" in name or "/" in name or "@" in name
