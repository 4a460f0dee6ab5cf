"""Flags and their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explorer.dockerfile.commands.flags import FLAGS, FlagKind, FlagSpec
from explorer.dockerfile.services.completing import mounts, paths, values, variables
from explorer.dockerfile.services.completing.items import Completion, CompletionKind, Completions
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.knowledge.flags import FLAG_VALUES, SUGGESTED_VALUES
from explorer.dockerfile.services.knowledge.flags import FLAGS as TOPICS
from explorer.dockerfile.variables import EXPANDED_FLAGS
from explorer.dockerfile.words import Flag


def complete_flag(request: Request, name: str, found: tuple[Flag, ...]) -> Completions:
    """The flag that the caret stands in, the last of those found."""
    *earlier, flag = found
    if flag.value is None:
        return complete_name(request, name, flag.start, earlier)
    if flag.name in EXPANDED_FLAGS.get(name, ()):
        answer = variables.complete_variable(request, flag.value_start)
        if answer is not None:
            return answer
    return _value(request, name, flag)


def complete_name(request: Request, name: str, at: int, earlier: Iterable[Flag]) -> Completions:
    """The names of flags, without those that may stand only once and do."""
    token = request.token(at, ends="=")
    return token.answer(names(request, name, earlier, has_value=request.follows("=", token.end)))


def names(
    request: Request, name: str, earlier: Iterable[Flag], *, has_value: bool = False
) -> Iterator[Completion]:
    """Flags that may still be given to an instruction."""
    given = {flag.name for flag in earlier}
    for spec in FLAGS.get(name, ()):
        if spec.name not in given or spec.kind is FlagKind.TEXTS:
            yield _name(name, spec, has_value)


def _name(name: str, spec: FlagSpec, has_value: bool) -> Completion:
    topic = TOPICS[name, spec.name]
    label = f"--{spec.name}" if spec.kind is FlagKind.BOOL else f"--{spec.name}="
    insert = f"--{spec.name}" if has_value else label
    return Completion(label, insert, CompletionKind.FLAG, topic.title, topic.body)


def _value(request: Request, name: str, flag: Flag) -> Completions:
    at = flag.value_start
    match flag.name:
        case "from":
            return request.token(at).answer(values.sources(request))
        case "chown":
            return values.complete_owner(request, at)
        case "platform":
            return request.token(at).answer(values.platforms())
        case "mount":
            return mounts.complete_mount(request, at)
        case "exclude":
            return paths.complete_context(request, at)
    return request.token(at).answer(_suggested(name, flag.name))


def _suggested(name: str, flag: str) -> Iterator[Completion]:
    spec = next((spec for spec in FLAGS.get(name, ()) if spec.name == flag), None)
    for value in spec.values if spec else ():
        meaning = FLAG_VALUES.get((name, flag, value), "")
        yield Completion(value, value, CompletionKind.VALUE, meaning)
    for value, meaning in SUGGESTED_VALUES.get((name, flag), ()):
        yield Completion(value, value, CompletionKind.VALUE, meaning)
