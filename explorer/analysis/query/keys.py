"""The words of the language: each key with how its value is read, and what help says of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TypeVar

from explorer.analysis.query import values
from explorer.analysis.query.changes import Changed, Layer, What
from explorer.analysis.query.content import Content
from explorer.analysis.query.details import Capability, Link, Xattr
from explorer.analysis.query.expression import Expression, Not, quoted
from explorer.analysis.query.glob import Glob
from explorer.analysis.query.lexer import Token
from explorer.analysis.query.paths import PathPattern
from explorer.analysis.query.problem import QueryError, fail
from explorer.analysis.query.terms import Mode, ModeBits, Name, Number, Owner, Path, Type
from explorer.analysis.query.text import Text
from explorer.filesystem.entry import Aspect, Change, EntryType

Reader = Callable[[Token], Expression]
_E = TypeVar("_E", bound=IntEnum)

TYPES: Mapping[str, frozenset[EntryType]] = {
    **{kind.word: frozenset({kind}) for kind in EntryType},
    "f": frozenset({EntryType.FILE}),
    "d": frozenset({EntryType.DIR}),
    "directory": frozenset({EntryType.DIR}),
    "folder": frozenset({EntryType.DIR}),
    "l": frozenset({EntryType.SYMLINK}),
    "device": frozenset({EntryType.CHAR, EntryType.BLOCK}),
}
CHANGES: Mapping[str, frozenset[Change]] = {
    **{change.word: frozenset({change}) for change in Change},
    **{change.glyph: frozenset({change}) for change in Change},
    "deleted": frozenset({Change.REMOVED}),
    "-": frozenset({Change.REMOVED}),
    "any": frozenset({Change.ADDED, Change.MODIFIED, Change.REMOVED}),
}
ASPECTS: Mapping[str, frozenset[Aspect]] = {
    **{aspect.word: frozenset({aspect}) for aspect in Aspect},
    "owner": frozenset({Aspect.UID, Aspect.GID}),
    "xattr": frozenset({Aspect.XATTRS}),
}
MODES: Mapping[str, ModeBits] = {
    "setuid": ModeBits(0o4000, 0o4000),
    "setgid": ModeBits(0o2000, 0o2000),
    "sticky": ModeBits(0o1000, 0o1000),
    "world-writable": ModeBits(0o002, 0o002),
    "executable": ModeBits(0o111, 0, some=True),
}
_OCTAL = re.compile(r"([-/]?)([0-7]{1,5})")


def _name(token: Token) -> Expression:
    text = _needed(token, "passwd")
    shown = quoted(str(text))
    if _plain_operator(token) == "=":
        return Name((Glob.exactly(text),), "is", shown)
    if text.is_glob:
        return Name((Glob.parse(text),), "matches", shown)
    return Name((Glob.containing(text),), "contains", shown)


def _path(token: Token) -> Expression:
    text = _needed(token, "/etc/nginx")
    shown = quoted(str(text))
    if _plain_operator(token) == "=":
        return Path(PathPattern.exactly(text), "is", shown)
    if text.is_glob:
        return Path(PathPattern.parse(text), "matches", shown)
    rooted = text.chars.startswith("/")
    return Path(PathPattern.parse(text), "starts with" if rooted else "contains", shown)


def _extension(token: Token) -> Expression:
    _plain_operator(token)
    texts = [part.removeprefix(".") for part in _choices(token, "so")]
    globs = tuple(Glob((b"", Text("." + text).raw), Text(text).folds) for text in texts)
    return Name(globs, "ends in", _either(["." + text for text in texts]))


def _numeric(
    column: str, subject: str, value: Callable[[str], values.Span], example: str
) -> Reader:
    def read(token: Token) -> Expression:
        return Number(column, subject, values.Range.parse(token, value, example))

    return read


def _layer(token: Token) -> Expression:
    return Layer(values.Range.parse(token, values.number, "layer:3"))


def _type(token: Token) -> Expression:
    chosen, shown = _enumerated(token, TYPES, "type:file")
    return Type(chosen, shown)


def _change(token: Token) -> Expression:
    chosen, shown = _enumerated(token, CHANGES, "change:removed")
    return Changed(chosen, shown)


def _what(token: Token) -> Expression:
    chosen, shown = _enumerated(token, ASPECTS, "what:mode")
    return What(chosen, shown)


def _mode(token: Token) -> Expression:
    _plain_operator(token)
    words = _choices(token, "mode:setuid")
    return Mode(tuple(_mode_bits(word, token) for word in words), _either(words))


def _mode_bits(word: str, token: Token) -> ModeBits:
    match = _OCTAL.fullmatch(word)
    if match is not None:
        bits = int(match[2], 8)
        if bits <= 0o7777:
            kind = match[1]
            return ModeBits(0o7777 if not kind else bits, bits, some=kind == "/")
    if word.lower() in MODES:
        return MODES[word.lower()]
    raise _unknown(word, [*MODES, "0755", "/0111"], token)


def _owner(column: str) -> Reader:
    numeric = _numeric(column, "owner" if column == "uid" else "group", values.number, "owner:0")

    def read(token: Token) -> Expression:
        text = str(_needed(token, "owner:root"))
        if text[0].isdigit() or text.startswith("..") or token.operator.strip(":=!"):
            return numeric(token)
        return Owner(column, text)

    return read


def _xattr(token: Token) -> Expression:
    _plain_operator(token)
    text = _needed(token, "xattr:security.capability")
    return Xattr(Glob.parse(text) if text.is_glob else Glob.containing(text), str(text))


def _capability(token: Token) -> Expression:
    _plain_operator(token)
    return Capability(str(_needed(token, "capability:net_raw")).lower())


def _link(token: Token) -> Expression:
    text = _needed(token, "link:busybox")
    if _plain_operator(token) == "=":
        return Link(Glob.exactly(text), "is", str(text))
    if text.is_glob:
        return Link(Glob.parse(text), "matches", str(text))
    return Link(Glob.containing(text), "contains", str(text))


def content(token: Token) -> Expression:
    """The term for a text in quotes, or after ``content:``."""
    _plain_operator(token)
    text = _needed(token, '"text"')
    raw = text.raw.lower() if text.folds else text.raw
    return Content(raw, text.folds, str(text))


READERS: Mapping[str, Reader] = {
    "name": _name,
    "path": _path,
    "ext": _extension,
    "type": _type,
    "size": _numeric("size", "size", values.size, "size>1M"),
    "change": _change,
    "what": _what,
    "layer": _layer,
    "mode": _mode,
    "owner": _owner("uid"),
    "user": _owner("uid"),
    "group": _owner("gid"),
    "uid": _numeric("uid", "uid", values.number, "uid:0"),
    "gid": _numeric("gid", "gid", values.number, "gid:0"),
    "mtime": _numeric("mtime", "modification time", values.moment, "mtime>2024-01-01"),
    "xattr": _xattr,
    "capability": _capability,
    "link": _link,
    "content": content,
}


def keyed(token: Token) -> Expression:
    """The expression of a term with a key; raises :class:`QueryError`."""
    expression = READERS[token.key](token)
    return Not(expression) if token.operator.endswith("!=") else expression


def unknown_key(token: Token) -> QueryError:
    """The error for a key that is none."""
    near = difflib.get_close_matches(token.key, READERS, 1, 0.6)
    hint = f"Did you mean {near[0]}:?" if near else f'To find it in a name: name:"{token.raw}"'
    known = ", ".join(READERS)
    return fail(
        token.position, f"there is no {token.key}: (there are {known})", len(token.key), hint=hint
    )


def bare(token: Token) -> Expression:
    """The expression of a word without a key."""
    if token.quoted:
        return content(token)
    if token.raw.lower() == "capability":
        return Capability("")
    text = token.value
    return _path(token) if "/" in text.chars else _name(token)


def _plain_operator(token: Token) -> str:
    """The operator of a term whose values have no order."""
    operator = token.operator.lstrip(":") or ":"
    if operator[0] in "<>":
        raise fail(
            token.position + len(token.key),
            f"{token.key} has no more or less",
            len(token.operator),
            hint=f"Write {token.key}:",
        )
    return "=" if operator in ("=", "!=") else ":"


def _needed(token: Token, example: str) -> Text:
    if token.value:
        return token.value
    what = f"{token.key}{token.operator}" if token.key else "the quotes"
    raise fail(
        token.position,
        f"{what} needs a value, such as {example}",
        token.length,
        hint=f"Try {example}",
    )


def _choices(token: Token, example: str) -> list[str]:
    words = [word.strip() for word in re.split(r"[,|]", str(_needed(token, example)))]
    if not all(words):
        raise fail(
            token.value_position,
            "a value between commas is missing",
            max(len(token.value.chars), 1),
        )
    return words


def _enumerated(
    token: Token, known: Mapping[str, frozenset[_E]], example: str
) -> tuple[frozenset[_E], str]:
    _plain_operator(token)
    chosen: set[_E] = set()
    for word in _choices(token, example):
        if word.lower() not in known:
            raise _unknown(word, list(known), token)
        chosen |= known[word.lower()]
    return frozenset(chosen), _either([value.name.lower() for value in sorted(chosen)])


def _unknown(word: str, known: list[str], token: Token) -> QueryError:
    words = [name for name in known if len(name) > 1]
    near = difflib.get_close_matches(word.lower(), words, 1, 0.5)
    at = token.value_position + max(str(token.value).find(word), 0)
    return fail(
        at,
        f"{quoted(word)} is no {token.key}: there are {', '.join(words)}",
        max(len(word), 1),
        hint=f"Did you mean {near[0]}?" if near else "",
    )


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
