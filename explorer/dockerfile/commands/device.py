"""``RUN --device=NAME[,required]``: devices of the Container Device Interface."""

from __future__ import annotations

from typing import Final

from explorer.dockerfile.commands.csvfields import CsvError, split_fields
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.gonumbers import parse_bool
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.suggest import did_you_mean
from explorer.dockerfile.words import Word

_KEYS: Final = ("name", "required")


def check_device(place: Word) -> str:
    """Check the value of a ``--device``; the name of the device.

    Raises:
        Mistake: a field that is unknown or has a wrong value, or two names.
    """
    try:
        fields = split_fields(place.value)
    except CsvError as error:
        raise Mistake(f"failed to parse csv devices: {error}", place) from error
    name = ""
    for field in fields:
        key, equals, value = field.partition("=")
        key = key.lower()
        if key == "name" and equals:
            if name:
                raise Mistake(f"device name already set to {shorten(name)}", place)
            name = value
        elif key == "required":
            if equals and parse_bool(value) is None:
                raise Mistake(f"invalid value for required: {shorten(value)}", place)
        elif not name:
            name = field
        else:
            raise _unexpected(key, field, place, has_value=bool(equals))
    return name


def _unexpected(key: str, field: str, place: Word, *, has_value: bool) -> Mistake:
    if not has_value:
        return Mistake(f"invalid field '{shorten(field)}' must be a key=value pair", place)
    message = f"unexpected key '{shorten(key)}' in '{shorten(field)}'"
    return Mistake(did_you_mean(message, key, _KEYS), place)
