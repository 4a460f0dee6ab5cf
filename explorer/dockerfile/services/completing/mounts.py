"""The fields of ``RUN --mount``."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.dockerfile.commands.mount import MOUNT_TYPES
from explorer.dockerfile.services.completing import paths, values, variables
from explorer.dockerfile.services.completing.items import Completion, CompletionKind, Completions
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.knowledge.mounts import ALIASES, CACHES, OPTIONS, TYPES, option


def complete_mount(request: Request, at: int) -> Completions:
    """The field at the caret of a mount whose value begins at ``at``."""
    *earlier, typed = request.text[at:].split(",")
    start = len(request.text) - len(typed)
    fields = _fields(earlier)
    key, equals, _ = typed.partition("=")
    if equals:
        return _value(request, key.lower(), fields, start + len(key) + 1)
    token = request.token(start, ends=",")
    if not earlier:
        return token.answer(_types())
    return token.answer(_options(fields, request.follows("=", token.end)))


def _fields(written: list[str]) -> dict[str, str]:
    """The fields before the caret, under their first names."""
    fields: dict[str, str] = {}
    for field in written:
        key, _, value = field.partition("=")
        fields[ALIASES.get(key.lower(), key.lower())] = value
    return fields


def _types() -> Iterator[Completion]:
    for name in ("cache", "bind", "secret", "ssh", "tmpfs"):
        topic = TYPES[name]
        insert = topic.title if name == "ssh" else f"{topic.title},"
        yield Completion(topic.title, insert, CompletionKind.VALUE, topic.summary, topic.body)
    for path, whose, sharing in CACHES:
        field = f"type=cache,target={path}" + (f",sharing={sharing}" if sharing else "")
        yield Completion(field, field, CompletionKind.SNIPPET, f"the cache of {whose}")


def _options(fields: dict[str, str], has_value: bool) -> Iterator[Completion]:
    kind = fields.get("type", "bind").lower()
    for each in OPTIONS:
        if kind not in each.types or each.name in fields:
            continue
        insert = each.name if has_value or each.is_switch else f"{each.name}="
        yield Completion(insert, insert, CompletionKind.OPTION, each.summary, each.summary)
    if "type" not in fields:
        yield Completion("type=", "type=", CompletionKind.OPTION, "What kind of mount it is.")


def _value(request: Request, key: str, fields: dict[str, str], at: int) -> Completions:
    name = ALIASES.get(key, key)
    if name != "from":
        answer = variables.complete_variable(request, at)
        if answer is not None:
            return answer
    token = request.token(at, ends=",")
    match name:
        case "type":
            items = (
                Completion(kind, kind, CompletionKind.VALUE, TYPES[kind].summary, TYPES[kind].body)
                for kind in MOUNT_TYPES
            )
            return token.answer(items)
        case "from":
            return token.answer(values.sources(request))
        case "source":
            return paths.complete_from(request, at, fields.get("from", ""), ends=",")
        case "target" if fields.get("type", "").lower() == "cache":
            items = (
                Completion(path, path, CompletionKind.FOLDER, f"the cache of {whose}")
                for path, whose, _ in CACHES
            )
            return token.answer(items)
        case "target":
            return paths.complete_here(request, at, ends=",", folders=False)
    known = option(name)
    return token.answer(
        Completion(value, value, CompletionKind.VALUE) for value in (known.values if known else ())
    )
