"""What each instruction takes after its flags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from explorer.dockerfile.services.completing import flags, paths, values, variables
from explorer.dockerfile.services.completing.items import Completion, CompletionKind, Completions
from explorer.dockerfile.services.completing.request import Request
from explorer.dockerfile.services.completing.words import Typed
from explorer.dockerfile.services.knowledge.variables import LABELS, PLATFORM
from explorer.dockerfile.services.snippets import literal
from explorer.dockerfile.stages.signals import NAMES
from explorer.dockerfile.words import Flag

_SHELLS: Final = (
    '["/bin/bash", "-o", "pipefail", "-c"]',
    '["/bin/sh", "-c"]',
    '["/bin/ash", "-eo", "pipefail", "-c"]',
    '["powershell", "-Command"]',
    '["cmd", "/S", "/C"]',
)
_EXEC: Final = '["${1:program}", "${2:argument}"]'
_SIGNALS: Final = ("TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2", "WINCH")
_PROTOCOLS: Final = (("tcp", "the default"), ("udp", ""), ("sctp", ""))
_SCRIPTS: Final = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
_PLAIN: Final = frozenset({"MAINTAINER"})


def complete_arguments(
    request: Request, name: str, rest: int, found: tuple[Flag, ...]
) -> Completions:
    """What could stand at the caret; the arguments of the instruction begin at ``rest``."""
    typed = Typed.read(request.text, rest, request.escape)
    answer = _variable(request, name, typed)
    if answer is not None:
        return answer
    read = _READERS.get(name)
    if read is None:
        return request.token(typed.start).answer(())
    answer = read(request, typed, {flag.name: flag.value or "" for flag in found})
    if typed.words or typed.is_json or request.text[typed.start :]:
        return answer
    # Nothing is typed after the flags: there may be more of them.
    more = tuple(flags.names(request, name, found))
    return Completions(answer.start, answer.end, answer.items + more)


def _variable(request: Request, name: str, typed: Typed) -> Completions | None:
    if name in _SCRIPTS:
        # What the shell reads; there a backslash escapes, whatever the document's escape is.
        return variables.complete_variable(request, typed.rest, escape="\\")
    if name in _PLAIN or (name == "FROM" and typed.words):
        return None
    return variables.complete_variable(request, typed.start)


def _from(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    if not typed.words:
        return request.token(typed.start).answer(values.bases(request))
    token = request.token(typed.start)
    if len(typed.words) > 1:
        return token.answer(())
    word = request.keyword("AS")
    return token.answer(
        [Completion(word, f"{word} ", CompletionKind.INSTRUCTION, "names the stage")]
    )


def _copy(request: Request, typed: Typed, given: dict[str, str]) -> Completions:
    text = request.text[typed.start :]
    if typed.words and text.startswith("/"):
        return paths.complete_here(request, typed.start)
    answer = paths.complete_from(request, typed.start, given.get("from", ""))
    if typed.words and not text:
        folder = request.place.settings.workdir or "/"
        here = Completion("./", "./", CompletionKind.FOLDER, f"the working directory, {folder}")
        return Completions(answer.start, answer.end, (here, *answer.items))
    return answer


def _arg(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    token = request.token(typed.start, ends="=")
    if "=" in token.typed or request.stage is None:
        return token.answer(())
    return token.answer(_arguments(request))


def _arguments(request: Request) -> Iterator[Completion]:
    """What a stage can declare: global arguments, then those of the platforms."""
    program = request.program
    for name in program.declared:
        value = program.arguments.get(name, "")
        yield Completion(name, name, CompletionKind.VARIABLE, value or "declared before FROM")
    for name, meaning in PLATFORM.items():
        value = program.arguments.get(name, "")
        yield Completion(name, name, CompletionKind.VARIABLE, value, meaning)


def _env(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    token = request.token(typed.start, ends="=")
    if "=" in token.typed:
        return token.answer(())
    return token.answer(_environment(request, request.follows("=", token.end)))


def _environment(request: Request, has_value: bool) -> Iterator[Completion]:
    """Variables that could be set anew, PATH with what it holds."""
    for name, value in request.place.variables().items():
        if has_value:
            yield Completion(name, name, CompletionKind.VARIABLE, value)
        elif name == "PATH":
            insert = f"PATH=${{1:/folder}}:{literal('$PATH')}"
            yield Completion(name, insert, CompletionKind.VARIABLE, value, snippet=True)
        else:
            yield Completion(name, f"{name}=", CompletionKind.VARIABLE, value)


def _label(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    token = request.token(typed.start, ends="=")
    if "=" in token.typed:
        return token.answer(())
    equals = "" if request.follows("=", token.end) else "="
    return token.answer(
        Completion(name, name + equals, CompletionKind.OPTION, meaning) for name, meaning in LABELS
    )


def _expose(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    slash = request.text.find("/", typed.start)
    if slash >= 0:
        return _simple(request, slash + 1, _PROTOCOLS)
    facts = request.outside.base(request.stage.index) if request.stage else None
    ports = tuple((port, "exposed by the base") for port in facts.exposed) if facts else ()
    return _simple(request, typed.start, ports)


def _user(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    return values.complete_owner(request, typed.start)


def _place(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    return paths.complete_here(request, typed.start)


def _stopsignal(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    order = (*_SIGNALS, *sorted(NAMES.difference(_SIGNALS)))
    return _simple(request, typed.start, tuple((f"SIG{name}", "") for name in order))


def _shell(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    if typed.words or request.text[typed.rest :] not in ("", "["):
        return request.token(typed.start).answer(())
    return _simple(request, typed.rest, tuple((shell, "") for shell in _SHELLS))


def _program(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    token = request.token(typed.rest)
    if request.text[typed.rest :]:
        return request.token(typed.start).answer(())
    label = '["program", "argument"]'
    return token.answer(
        [Completion(label, _EXEC, CompletionKind.SNIPPET, "exec form", snippet=True)]
    )


def _healthcheck(request: Request, typed: Typed, _flags: dict[str, str]) -> Completions:
    if typed.words:
        return request.token(typed.start).answer(())
    kinds = (("CMD ", "what to run"), ("NONE", "no check, not even the base's"))
    items = (Completion(word.strip(), word, CompletionKind.VALUE, what) for word, what in kinds)
    return request.token(typed.start).answer(items)


def _simple(request: Request, at: int, known: tuple[tuple[str, str], ...]) -> Completions:
    return request.token(at).answer(
        Completion(value, value, CompletionKind.VALUE, meaning) for value, meaning in known
    )


_READERS: Final[dict[str, Callable[[Request, Typed, dict[str, str]], Completions]]] = {
    "ADD": _copy,
    "ARG": _arg,
    "CMD": _program,
    "COPY": _copy,
    "ENTRYPOINT": _program,
    "ENV": _env,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "RUN": lambda request, typed, _: request.token(typed.start).answer(()),
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "USER": _user,
    "VOLUME": _place,
    "WORKDIR": _place,
}
