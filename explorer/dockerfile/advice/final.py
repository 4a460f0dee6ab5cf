"""Advice about the final image: who it runs as, and what it carries along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.dockerfile.advice import rules
from explorer.dockerfile.advice.brought import PACKAGES
from explorer.dockerfile.advice.scripts import Script
from explorer.dockerfile.advice.shell import ShellCommand
from explorer.dockerfile.advice.subject import Found, Line, Subject
from explorer.dockerfile.commands import model
from explorer.dockerfile.gotext import shorten
from explorer.dockerfile.stages.model import OriginKind, Stage
from explorer.oci.reference import Reference

_ROOT: Final = frozenset({"root", "0"})
_DROPS: Final = ("gosu", "su-exec", "setpriv", "s6-setuidgid", "s6-overlay", "chpst", "setuidgid")
_AS_ROOT: Final = frozenset(
    "library/" + name
    for name in (
        *("debian", "ubuntu", "alpine", "busybox", "fedora", "centos", "rockylinux", "almalinux"),
        *("amazonlinux", "oraclelinux", "archlinux", "bash", "buildpack-deps", "python", "node"),
        *("golang", "ruby", "rust", "perl", "openjdk", "eclipse-temurin", "amazoncorretto"),
        *(
            "sapmachine",
            "ibmjava",
            "gcc",
            "erlang",
            "elixir",
            "haskell",
            "julia",
            "r-base",
            "swift",
        ),
        *(
            "dart",
            "tomcat",
            "pypy",
            "mono",
            "maven",
            "gradle",
            "photon",
            "clearlinux",
            "crystallang",
        ),
    )
)
"""Images of the Docker library whose containers run as root, and do not drop it by themselves."""

_FOR_WORK: Final = re.compile(r"(?i)(?:^|[-_.])(?:dev|devel|build|builder|test|tests|ci|sdk|debug)")
_TOOLS: Final = frozenset(
    {
        "gcc",
        "g++",
        "clang",
        "make",
        "cmake",
        "build-essential",
        "build-base",
        "autoconf",
        "automake",
    }
    | {"golang", "rustc", "cargo", "maven", "gradle", "ninja-build", "gcc-c++", "musl-dev"}
    | {"libc-dev", "libc6-dev", "linux-headers"}
)
_COMPILERS: Final = {
    "go": (("build",), ("install",)),
    "cargo": (("build",), ("install",)),
    "mvn": (("package",), ("install",)),
    "mvnw": (("package",), ("install",)),
    "gradle": (("build",), ("bootJar",)),
    "gradlew": (("build",), ("bootJar",)),
    "dotnet": (("publish",), ("build",)),
}


def findings(subject: Subject) -> Iterator[Found]:
    """What the target runs as, and tools that only its making needs."""
    if not subject.chain:
        return
    target = subject.chain[-1]
    if _starts_something(subject) and not _FOR_WORK.search(target.name):
        yield from _root(subject, target)
        yield from _tools(subject)


def _starts_something(subject: Subject) -> bool:
    """Whether the Dockerfile says what a container of it runs."""
    return any(
        isinstance(line.step.command, model.Cmd | model.Entrypoint)
        for stage in subject.chain
        for line in subject.lines[stage.index]
    )


def _root(subject: Subject, target: Stage) -> Iterator[Found]:
    lines = [line for stage in subject.chain for line in subject.lines[stage.index]]
    users = [line for line in lines if isinstance(line.step.command, model.User)]
    if any(_drops(line) for line in lines) or target.platform.os == "windows":
        return
    if users:
        command = users[-1].step.command
        assert isinstance(command, model.User)
        if command.user.value.partition(":")[0] in _ROOT:
            message = (
                f"USER {shorten(command.user.value)} is the last one, so containers run as root"
            )
            span = users[-1].step.span_of(command.user)
            yield users[-1].found(rules.RUNS_AS_ROOT, message, span)
    elif _is_root_below(subject.chain[0]):
        instruction = target.instruction
        message = "Nothing sets a USER, so containers run as root"
        yield Found(
            rules.RUNS_AS_ROOT,
            message,
            instruction.span,
            instruction.line,
            instruction.comments,
        )


def _is_root_below(stage: Stage) -> bool:
    """Whether the base is known to run as root."""
    if stage.base is not None:
        return stage.base.user.partition(":")[0] in ("", *_ROOT)
    if stage.origin.kind is OriginKind.SCRATCH:
        return True
    if stage.origin.kind is not OriginKind.IMAGE:
        return False
    reference = Reference.parse_or_none(stage.origin.name)
    return (
        reference is not None
        and reference.host in ("docker.io", "index.docker.io")
        and reference.path in _AS_ROOT
    )


def _drops(line: Line) -> bool:
    """Whether a step brings a program that lets a container start as root and then drop it."""
    text = line.step.instruction.text
    return any(program in text for program in _DROPS)


def _tools(subject: Subject) -> Iterator[Found]:
    lines = [line for stage in subject.chain for line in subject.lines[stage.index]]
    compiled = next(filter(None, map(_compiles, lines)), None)
    if compiled is not None:
        line, script, command = compiled
        what = " ".join(word.value for word in command.words[:2])
        message = f"The sources and tools of {what} stay in the image: copy its result from a stage"
        span = script.place(command.start, command.words[1].end)
        yield line.found(rules.BUILD_TOOLS, message, span)
        return
    for line in lines:
        if any(_removes(command) for _, command in line.commands):
            continue
        for script, command in line.commands:
            verb, _ = PACKAGES.get(command.name, ("", ()))
            tools = [word for word in command.operands if _package(word.value) in _TOOLS]
            if verb and tools and command.verb_among((verb,)) is not None:
                names = ", ".join(dict.fromkeys(word.value for word in tools))
                message = f"{shorten(names)} will be in the image: build in a stage of its own"
                yield line.found(rules.BUILD_TOOLS, message, script.span_of(tools[0]))
                return


def _compiles(line: Line) -> tuple[Line, Script, ShellCommand] | None:
    for script, command in line.commands:
        words = tuple(word.value for word in command.operands[:1])
        if words in _COMPILERS.get(command.name, ()) and len(command.words) > 1:
            return line, script, command
    return None


def _removes(command: ShellCommand) -> bool:
    _, verbs = PACKAGES.get(command.name, ("", ()))
    return command.verb_among(verbs) is not None


def _package(word: str) -> str:
    return word.partition("=")[0].partition("~")[0]
