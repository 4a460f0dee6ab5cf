"""``RUN --mount=type=...``: the options and what they may be (Dockerfile reference, RUN)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from explorer.dockerfile.commands.csvfields import CsvError, split_fields
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.gonumbers import parse_bool, parse_size, parse_unsigned
from explorer.dockerfile.gotext import quote, shorten
from explorer.dockerfile.suggest import did_you_mean
from explorer.dockerfile.words import Word

MOUNT_TYPES: Final = ("bind", "cache", "tmpfs", "secret", "ssh")
SHARING_MODES: Final = ("shared", "private", "locked")
MOUNT_KEYS: Final = (
    *("type", "from", "source", "target", "readonly", "id", "sharing", "required", "size"),
    *("mode", "uid", "gid", "src", "dst", "destination", "ro", "rw", "readwrite", "env"),
)


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount. Numbers are ``None`` where not given; ``size`` is in bytes, 0 = no limit.

    ``source_stage`` is ``from``: a stage, an image or a named context. ``place`` is the whole
    value of the flag. ``env`` names the variable that a secret goes into.
    """

    place: Word
    type: str = "bind"
    source_stage: str = ""
    source: str = ""
    target: str = ""
    readonly: bool = True
    size: int = 0
    id: str = ""
    sharing: str = ""
    required: bool = False
    env: str | None = None
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None


def check_mount(place: Word) -> str:
    """Check what can be checked before variables are known; the stage it comes from.

    Raises:
        Mistake: the value is no list of fields, or ``from`` has a variable in it.
    """
    stage = ""
    for field in _fields(place):
        key, equals, value = field.partition("=")
        if key.lower() == "from" and equals:
            if "$" in value[:-1]:
                why = "doesn't support variable expansion, define alias stage instead"
                raise Mistake(f"'from' {why}", place)
            stage = value
    return stage


def read_mount(place: Word, expand: Callable[[str], str]) -> Mount:
    """Read the value of a ``--mount``; ``expand`` replaces the variables of one field.

    Raises:
        Mistake: a field that is unknown, misplaced or has a wrong value.
    """
    reader = _Reader(place)
    for field in _fields(place):
        key, equals, value = field.partition("=")
        if equals:
            reader.pair(key.lower(), expand(value), field)
        else:
            reader.word(key.lower(), field)
    return reader.finished()


def _fields(place: Word) -> list[str]:
    try:
        return split_fields(place.value)
    except CsvError as error:
        raise Mistake(f"failed to parse csv mounts: {error}", place) from error


class _Reader:
    def __init__(self, place: Word) -> None:
        self._place = place
        self._type = "bind"
        self._values: dict[str, Any] = {}
        self._readonly: bool | None = None

    def word(self, key: str, field: str) -> None:
        """A field without a value."""
        if key in ("readonly", "ro"):
            self._readonly = True
        elif key in ("readwrite", "rw"):
            self._readonly = False
        elif key == "required":
            self._only_for(key, "secret", "ssh")
            self._set(required=True)
        else:
            raise self._wrong(f"invalid field '{shorten(field)}' must be a key=value pair")

    def pair(self, key: str, value: str, field: str) -> None:
        """A field ``key=value``."""
        if key in _TEXTS:
            self._set(**{_TEXTS[key]: value})
        elif key in ("readonly", "ro", "readwrite", "rw"):
            self._readonly = self._truth(key, value) == (key in ("readonly", "ro"))
        elif key in ("uid", "gid", "mode"):
            self._set(**{key: self._number(key, value)})
        elif key in _RULED:
            _RULED[key](self, value)
        else:
            message = f"unexpected key '{shorten(key)}' in '{shorten(field)}'"
            raise self._wrong(did_you_mean(message, key, MOUNT_KEYS))

    def finished(self) -> Mount:
        """The mount, after the checks of what goes together."""
        readonly = self._readonly
        if readonly is None:
            readonly = self._type not in ("cache", "tmpfs")
        mount = Mount(self._place, self._type, readonly=readonly, **self._values)
        if mount.type not in ("secret", "ssh", "cache"):
            for name in ("mode", "uid", "gid"):
                if getattr(mount, name) is not None:
                    raise self._wrong(f"{name} not allowed for {quote(mount.type)} type mounts")
        if mount.type == "secret":
            self._check_secret(mount)
        if mount.sharing and mount.type != "cache":
            raise self._wrong(f"invalid cache sharing set for {mount.type} mount")
        return mount

    def _check_secret(self, mount: Mount) -> None:
        if mount.source_stage:
            raise self._wrong("secret mount should not have a from")
        if mount.sharing:
            raise self._wrong("secret mount should not define sharing")
        if not (mount.source or mount.target or mount.id):
            raise self._wrong("invalid secret mount. one of source, target required")
        if mount.source and mount.id:
            raise self._wrong("both source and id can't be set")

    def type(self, value: str) -> None:
        if value.lower() not in MOUNT_TYPES:
            message = f"unsupported mount type {quote(shorten(value))}"
            raise self._wrong(did_you_mean(message, value, MOUNT_TYPES))
        self._type = value.lower()

    def sharing(self, value: str) -> None:
        if value.lower() not in SHARING_MODES:
            message = f"unsupported sharing value {quote(shorten(value))}"
            raise self._wrong(did_you_mean(message, value, SHARING_MODES))
        self._set(sharing=value.lower())

    def required(self, value: str) -> None:
        self._only_for("required", "secret", "ssh")
        self._set(required=self._truth("required", value))

    def size(self, value: str) -> None:
        self._only_for("size", "tmpfs")
        size = parse_size(value)
        if size is None:
            raise self._wrong(f"invalid value for size: {shorten(value)}")
        self._set(size=size)

    def _only_for(self, key: str, *types: str) -> None:
        if self._type not in types:
            raise self._wrong(f"unexpected key '{key}' for mount type '{self._type}'")

    def _truth(self, key: str, value: str) -> bool:
        truth = parse_bool(value)
        if truth is None:
            raise self._wrong(f"invalid value for {key}: {shorten(value)}")
        return truth

    def _number(self, key: str, value: str) -> int:
        number = parse_unsigned(value, 8 if key == "mode" else 10)
        if number is None:
            raise self._wrong(f"invalid value {shorten(value)} for {key}")
        return number

    def _set(self, **values: Any) -> None:
        self._values.update(values)

    def _wrong(self, message: str) -> Mistake:
        return Mistake(message, self._place)


_TEXTS: Final = {
    "from": "source_stage",
    "source": "source",
    "src": "source",
    "target": "target",
    "dst": "target",
    "destination": "target",
    "id": "id",
    "env": "env",
}
_RULED: Final[dict[str, Callable[[_Reader, str], None]]] = {
    "type": _Reader.type,
    "sharing": _Reader.sharing,
    "required": _Reader.required,
    "size": _Reader.size,
}
