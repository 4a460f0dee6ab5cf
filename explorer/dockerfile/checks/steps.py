"""Rules about the steps of a stage, once their variables are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.checks import rules
from explorer.dockerfile.checks.finding import Finding
from explorer.dockerfile.checks.rules import Rule
from explorer.dockerfile.commands import model
from explorer.dockerfile.gotext import quote
from explorer.dockerfile.ignore import IgnoreFile, clean
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Stage, Step
from explorer.dockerfile.stages.ports import PortError, split_port
from explorer.dockerfile.stages.settings import is_absolute
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.dockerfile.substitution import Reference
from explorer.dockerfile.variables import header_references
from explorer.dockerfile.words import Pair, Word

_SECRET: Final = re.compile(
    r"(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)", re.I
)
_NO_SECRET: Final = re.compile(r"(?:_|^)(?:public|file|version)(?:_|$)", re.I)
_ONCE: Final = (model.Cmd, model.Entrypoint, model.HealthcheckCommand)


def findings(stage: Stage, ignore: IgnoreFile | None) -> Iterator[Finding]:
    """What the rules find in the steps of a stage."""
    last: dict[type, Step] = {}
    for step in stage.steps:
        yield from _undefined(step)
        command = step.command
        if isinstance(command, _ONCE):
            earlier = last.get(type(command))
            if earlier is not None:
                yield _repeated(earlier, step)
            last[type(command)] = step
        yield from _command(step, stage, ignore)


def _command(step: Step, stage: Stage, ignore: IgnoreFile | None) -> Iterator[Finding]:
    match step.command:
        case model.Env(pairs):
            for pair in pairs:
                yield from _legacy(step, pair)
                yield from _secret(step, "ENV", pair.key)
        case model.Label(pairs):
            for pair in pairs:
                yield from _legacy(step, pair)
        case model.Arg(declarations):
            for declaration in declarations:
                yield from _secret(step, "ARG", declaration.name)
        case model.Cmd(line) | model.Entrypoint(line):
            if line.is_shell and not step.settings.shell:
                yield _shell_form(step)
        case model.Workdir(path):
            if not step.settings.workdir_set and not is_absolute(path.value, stage.platform.os):
                why = "can have unexpected results if the base image changes"
                message = f"Relative workdir {quote(path.value)} {why}"
                yield _finding(rules.WORKDIR_RELATIVE_PATH, message, step, path)
        case model.Expose(ports):
            for port in ports:
                yield from _port(step, port)
        case model.Add(transfer):
            yield from _ignored(step, "Add", transfer, ignore)
        case model.Copy(transfer, source) if source is None or not source.value:
            yield from _ignored(step, "Copy", transfer, ignore)


def _undefined(step: Step) -> Iterator[Finding]:
    if not step.undefined:
        return
    uses: dict[str, list[Reference]] = {}
    for reference in reversed(header_references(step.instruction.header)):
        uses.setdefault(reference.name, []).append(reference)
    for undefined in step.undefined:
        span = step.span
        if uses.get(undefined.name) and step.trigger is None:
            used = uses[undefined.name].pop()
            span = step.instruction.place(used.start, used.end)
        hint = f" (did you mean ${undefined.suggestion}?)" if undefined.suggestion else ""
        message = f"Usage of undefined variable '${undefined.name}'{hint}"
        yield _at(rules.UNDEFINED_VAR, message, step, span)


def _repeated(earlier: Step, step: Step) -> Finding:
    """The earlier one is reported, since it is the one without effect."""
    name = _name(step)
    message = (
        f"Multiple {name} instructions should not be used in the same stage because only the "
        "last one will be used"
    )
    rule = rules.MULTIPLE_INSTRUCTIONS_DISALLOWED
    return Finding(rule, message, _keyword(earlier), earlier.line, step.comments)


def _legacy(step: Step, pair: Pair) -> Iterator[Finding]:
    if pair.legacy:
        name = _name(step)
        message = f'"{name} key=value" should be used instead of legacy "{name} key value" format'
        yield _finding(rules.LEGACY_KEY_VALUE_FORMAT, message, step, pair.key)


def _secret(step: Step, keyword: str, name: Word) -> Iterator[Finding]:
    if _SECRET.search(name.value) and not _NO_SECRET.search(name.value):
        message = (
            f"Do not use ARG or ENV instructions for sensitive data ({keyword} {quote(name.value)})"
        )
        yield _finding(rules.SECRETS_USED_IN_ARG_OR_ENV, message, step, name)


def _shell_form(step: Step) -> Finding:
    message = (
        f"JSON arguments recommended for {_name(step)} to prevent unintended behavior related to "
        "OS signals"
    )
    return _at(rules.JSON_ARGS_RECOMMENDED, message, step, step.span)


def _port(step: Step, port: Word) -> Iterator[Finding]:
    try:
        address, host, _, protocol = split_port(port.value)
    except PortError:
        return
    if protocol != protocol.lower():
        message = f"Defined protocol '{port.value}' in EXPOSE instruction should be lowercase"
        yield _finding(rules.EXPOSE_PROTO_CASING, message, step, port)
    if address or host:
        message = (
            "EXPOSE instruction should not define an IP address or host-port mapping, "
            f"found '{port.value}'"
        )
        yield _finding(rules.EXPOSE_INVALID_FORMAT, message, step, port)


def _ignored(
    step: Step, verb: str, transfer: model.Transfer, ignore: IgnoreFile | None
) -> Iterator[Finding]:
    # With exceptions, what remains of a directory cannot be told without looking into it.
    if ignore is None or ignore.has_exceptions:
        return
    for source in transfer.sources:
        if is_git(source.value) or is_http(source.value):
            continue
        path = clean(source.value)
        if path in (".", "/") and not ignore.ignores_everything:
            continue
        if ignore.ignores(path):
            message = f"Attempting to {verb} file {quote(path)} that is excluded by .dockerignore"
            yield _finding(rules.COPY_IGNORED_FILE, message, step, source)


def _name(step: Step) -> str:
    return step.instruction.statement.keyword.value


def _keyword(step: Step) -> Span:
    return step.span_of(step.instruction.statement.keyword)


def _finding(rule: Rule, message: str, step: Step, part: Word) -> Finding:
    return _at(rule, message, step, step.span_of(part))


def _at(rule: Rule, message: str, step: Step, span: Span) -> Finding:
    return Finding(rule, message, span, step.line, step.comments)
