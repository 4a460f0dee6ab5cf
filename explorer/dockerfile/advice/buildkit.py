"""BuildKit's problems as diagnostics: with why they matter, and quick fixes where one is safe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from explorer.dockerfile.advice.explanations import EXPLANATIONS
from explorer.dockerfile.advice.model import Diagnostic, Fix, Level, Source
from explorer.dockerfile.gotext import SPACE
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.settings import joined
from explorer.dockerfile.words import split_quoted

_SHELL_MARKS: Final = frozenset("$`\"'\\|&;<>()*?[]#~={}!\n")


def as_diagnostics(program: Program, problems: Iterable[Problem]) -> tuple[Diagnostic, ...]:
    """Errors of the language and findings of BuildKit's rules, each with its remedies."""
    return tuple(_diagnostic(program, problem) for problem in problems)


def _diagnostic(program: Program, problem: Problem) -> Diagnostic:
    return Diagnostic(
        rule=problem.rule,
        severity=Level(problem.severity.value),
        message=problem.message,
        span=problem.span,
        line=problem.line,
        source=Source.BUILDKIT,
        explanation=EXPLANATIONS.get(problem.rule, problem.description),
        url=problem.url,
        fixes=tuple(_fixes(program, problem)),
    )


def _fixes(program: Program, problem: Problem) -> Iterator[Fix]:
    maker = _MAKERS.get(problem.rule)
    node = program.document.node_at(problem.span.start)
    if maker is not None and isinstance(node, Instruction):
        yield from maker(program, problem, node)


def _replace(title: str, span: Span, text: str, *, safe: bool = True) -> Fix:
    return Fix(title, (TextEdit(span.start, span.end, text),), safe=safe)


def _stage_name(program: Program, problem: Problem, _node: Instruction) -> Iterator[Fix]:
    name = problem.span.of(program.document.text)
    yield _replace(f"Write {name.lower()}", problem.span, name.lower())


def _as(program: Program, problem: Problem, node: Instruction) -> Iterator[Fix]:
    keyword = node.statement.keyword.value
    word = "as" if keyword == keyword.lower() else "AS"
    if problem.span.of(program.document.text).lower() == "as":
        yield _replace(f"Write {word}", problem.span, word)


def _empty_lines(program: Program, _problem: Problem, node: Instruction) -> Iterator[Fix]:
    at, edits = node.start, []
    lines = node.header.source.split("\n")
    for index, line in enumerate(lines):
        end = at + len(line) + 1
        if 0 < index < len(lines) - 1 and not line.strip(SPACE):
            edits.append(TextEdit(at, end, ""))
        at = end
    if edits:
        yield Fix("Remove the empty lines", tuple(edits))


def _keyword_case(program: Program, problem: Problem, _node: Instruction) -> Iterator[Fix]:
    word = problem.span.of(program.document.text)
    new = word.lower() if problem.message.endswith("(lowercase)") else word.upper()
    yield _replace(f"Write {new}", problem.span, new)


def _json_form(program: Program, _problem: Problem, node: Instruction) -> Iterator[Fix]:
    """Words that a shell would hand on as they are."""
    rest = node.statement.rest
    if node.heredocs or node.statement.is_json or not rest.value:
        return
    if _SHELL_MARKS & set(rest.value) or not rest.value.isprintable():
        return
    words = rest.value.split()
    if words[0] in ("exec", "cd", "source", ".", "eval", "export", "set", "ulimit", "umask"):
        return
    text = json.dumps(words, ensure_ascii=False)
    yield _replace("Use the JSON form", node.span_of(rest), text)


def _maintainer(_program: Program, _problem: Problem, node: Instruction) -> Iterator[Fix]:
    rest = node.statement.rest
    if len(node.statement.words) != 1 or "\n" in node.header.source.strip():
        return
    value = rest.value
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if not set(value) & set('"\\`$'):
        keyword = node.statement.keyword.value
        label = "label" if keyword == keyword.lower() else "LABEL"
        text = f'{label} org.opencontainers.image.authors="{value}"'
        yield _replace("Use a label", node.span, text)


def _key_value(program: Program, problem: Problem, node: Instruction) -> Iterator[Fix]:
    pairs = node.statement.pairs
    if len(pairs) != 1 or not pairs[0].legacy:
        return
    key, value = node.span_of(pairs[0].key), node.span_of(pairs[0].value)
    raw, escape = pairs[0].value.value, program.document.escape
    gap = TextEdit(key.end, value.start, "=")
    words = split_quoted(raw, 0, escape)
    if len(words) == 1 and words[0].value == raw and raw:
        yield Fix("Use key=value", (gap,))
    elif raw and not set(raw) & {'"', "'", escape} and "\n" not in value.of(program.document.text):
        quotes = (TextEdit(key.end, value.start, '="'), TextEdit(value.end, value.end, '"'))
        yield Fix('Use key="value"', quotes)


def _workdir(program: Program, problem: Problem, _node: Instruction) -> Iterator[Fix]:
    stage = program.stage_at(problem.line)
    step = stage.step_at(problem.line) if stage else None
    path = problem.span.of(program.document.text)
    if stage is None or step is None or "$" in path or not path.isprintable():
        return
    known = stage.base is not None or stage.origin.name == "scratch"
    new = joined(step.settings.workdir, path, stage.platform.os)
    if " " not in new and "\n" not in path:
        yield _replace(f"Write {new}", problem.span, new, safe=known)


def _platform(program: Program, _problem: Problem, node: Instruction) -> Iterator[Fix]:
    for flag in node.statement.flags:
        if flag.name == "platform":
            span = node.span_of(flag)
            text = program.document.text
            end = span.end
            while end < len(text) and text[end] in " \t":
                end += 1
            yield Fix("Remove the flag", (TextEdit(span.start, end, ""),))


def _repeated(program: Program, _problem: Problem, node: Instruction) -> Iterator[Fix]:
    if not node.comments:
        # In a file that cannot be read as a whole, nobody knows what belongs to which stage.
        whole = not program.problems and not program.document.problems
        edit = TextEdit(node.start, node.end, "")
        yield Fix("Remove what has no effect", (edit,), safe=whole)


def _protocol(program: Program, problem: Problem, _node: Instruction) -> Iterator[Fix]:
    word = problem.span.of(program.document.text)
    port, slash, protocol = word.rpartition("/")
    if slash and "$" not in protocol:
        yield _replace(
            f"Write {port}/{protocol.lower()}", problem.span, f"{port}/{protocol.lower()}"
        )


def _port(program: Program, problem: Problem, _node: Instruction) -> Iterator[Fix]:
    word = problem.span.of(program.document.text)
    port = word.rpartition(":")[2]
    if ":" in word and "$" not in word and port:
        yield _replace(f"Write {port}", problem.span, port)


def _suggested(program: Program, problem: Problem, _node: Instruction) -> Iterator[Fix]:
    """The name that was probably meant."""
    _, hint, rest = problem.message.rpartition("(did you mean ")
    name = rest.removesuffix("?)").lstrip("$")
    used = problem.span.of(program.document.text)
    if not hint or not name.isidentifier() or not used.startswith("$"):
        return
    start = problem.span.start + (2 if used.startswith("${") else 1)
    end = start
    text = program.document.text
    while end < problem.span.end and (text[end].isalnum() or text[end] == "_"):
        end += 1
    if end > start:
        yield _replace(f"Write ${name}", Span(start, end), name, safe=False)


_Maker = Callable[[Program, Problem, Instruction], Iterator[Fix]]
_MAKERS: Final[dict[str, _Maker]] = {
    "StageNameCasing": _stage_name,
    "FromAsCasing": _as,
    "NoEmptyContinuation": _empty_lines,
    "ConsistentInstructionCasing": _keyword_case,
    "JSONArgsRecommended": _json_form,
    "MaintainerDeprecated": _maintainer,
    "LegacyKeyValueFormat": _key_value,
    "WorkdirRelativePath": _workdir,
    "RedundantTargetPlatform": _platform,
    "MultipleInstructionsDisallowed": _repeated,
    "ExposeProtoCasing": _protocol,
    "ExposeInvalidFormat": _port,
    "UndefinedVar": _suggested,
    "UndefinedArgInFrom": _suggested,
}
