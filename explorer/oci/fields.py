"""Taking a JSON object apart without trusting it.

A field of the wrong type counts as absent, and a plain sentence about it goes into a list that all
objects of one document share. So one odd label does not hide an image.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explorer.oci.document import JsonObject, kind

MAX_PROBLEMS: Final = 50
"""How many problems are told one by one; a hostile document could have millions."""

INT64_MAX: Final = 2**63 - 1


class Fields:
    """One JSON object, read field by field; wrong types count as absent and are noted.

    ``where`` is the path of the object inside its document (empty for the top), and ``problems``
    the list that all objects of one document share.
    """

    __slots__ = ("problems", "raw", "where")

    def __init__(self, raw: JsonObject, where: str = "", problems: list[str] | None = None) -> None:
        self.raw = raw
        self.where = where
        self.problems: list[str] = [] if problems is None else problems

    def note(self, problem: str) -> None:
        """Tell a problem, unless too many have been told already."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append("further problems are not listed")

    def path(self, key: str | int) -> str:
        """The path of a field inside the document, such as ``config.Env[3]``."""
        if isinstance(key, int):
            return f"{self.where}[{key}]"
        return f"{self.where}.{key}" if self.where else key

    def text(self, key: str) -> str:
        """A string, or ``""`` where there is none."""
        value = self._typed(key, str, "a string")
        return value if isinstance(value, str) else ""

    def boolean(self, key: str) -> bool:
        """A boolean, or ``False`` where there is none."""
        value = self._typed(key, bool, "a boolean")
        return value is True

    def integer(self, key: str) -> int | None:
        """A whole number that fits 64 bits, or ``None``."""
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(key, value, "a whole number")
            return None
        if abs(value) > INT64_MAX:
            self.note(f"{self.path(key)} does not fit 64 bits; ignored")
            return None
        return value

    def child(self, key: str) -> Fields | None:
        """An object, or ``None``."""
        value = self._typed(key, dict, "an object")
        return Fields(value, self.path(key), self.problems) if isinstance(value, dict) else None

    def section(self, key: str) -> Fields:
        """An object; an empty one where there is none."""
        return self.child(key) or Fields({}, self.path(key), self.problems)

    def items(self, key: str) -> list[Any] | None:
        """A list, or ``None``."""
        value = self._typed(key, list, "a list")
        return value if isinstance(value, list) else None

    def objects(self, key: str) -> Iterator[Fields]:
        """The objects of a list; members of another type are noted and left out."""
        inside = self.path(key)
        for index, value in enumerate(self.items(key) or ()):
            if isinstance(value, dict):
                yield Fields(value, f"{inside}[{index}]", self.problems)
            else:
                self.note(f"{inside}[{index}] is {kind(value)}, not an object; ignored")

    def texts(self, key: str) -> tuple[str, ...] | None:
        """The strings of a list, or ``None``; one bad member makes the whole list absent.

        Leaving a member out would silently change the meaning of a command.
        """
        values = self.items(key)
        if values is None:
            return None
        if not all(isinstance(value, str) for value in values):
            self.note(f"{self.path(key)} holds something that is not a string; ignored")
            return None
        return tuple(values)

    def text_map(self, key: str) -> dict[str, str]:
        """A map of strings; members of another type are noted and left out."""
        kept: dict[str, str] = {}
        for name, value in self.section(key).raw.items():
            if isinstance(value, str):
                kept[name] = value
            elif value is None:
                kept[name] = ""  # as Go reads null into a string
            else:
                self.note(f"{self.path(key)}.{name} is {kind(value)}, not a string; ignored")
        return kept

    def names(self, key: str) -> tuple[str, ...]:
        """The keys of a set written as ``{"name": {}}``; a list of strings is taken as well."""
        value = self.raw.get(key)
        if isinstance(value, list):
            return self.texts(key) or ()
        return tuple(self.section(key).raw)

    def _typed(self, key: str, wanted: type, name: str) -> Any:
        value = self.raw.get(key)
        if value is None or isinstance(value, wanted):
            return value
        self._wrong(key, value, name)
        return None

    def _wrong(self, key: str, value: Any, wanted: str) -> None:
        self.note(f"{self.path(key)} is {kind(value)}, not {wanted}; ignored")
