"""The instruction behind a history entry.

``created_by`` is free text. Docker's classic builder and buildah write ``/bin/sh -c #(nop) CMD``
and the command of a RUN without its keyword, BuildKit writes the instruction and ``# buildkit``,
kaniko the line of the Dockerfile, and Jib, Bazel, apko, ko and buildpacks whatever they please.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.oci.arguments import PAIR_START, tidy_arguments
from explorer.oci.builders import builder_of
from explorer.oci.config import History
from explorer.oci.gosyntax import quoted_list
from explorer.oci.layout import lay_out, one_line, visible
from explorer.oci.shells import DEFAULT_SHELLS, shell_length, split_shell

KEYWORDS: Final = frozenset(
    {
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"),
        *("LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME"),
        "WORKDIR",
    }
)
LAYER_KEYWORDS: Final = frozenset({"ADD", "COPY", "RUN", "WORKDIR"})
"""Instructions that can change the filesystem; all others only change the configuration."""

MAX_CREATED_BY: Final = 64 * 1024
"""Characters of a ``created_by`` that are read; the rest is cut."""

_NOP: Final = "#(nop)"
_BUILDKIT: Final = " # buildkit"
_LONG_HASH: Final = re.compile(r"\b((?:file|dir|multi|sha256):[0-9a-f]{12})[0-9a-f]{52}\b")
_ARG_COUNT: Final = re.compile(r"\|(\d{1,3}) ")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction as the history shows it.

    ``keyword`` is empty where the text is none (``apko``, ``bazel build ...``). ``text`` is a line
    of a Dockerfile, or several, with backslashes; a comment where there is no instruction.
    ``shell_form`` is ``None`` where the two forms do not exist or cannot be told apart.
    ``comment`` says in words what was set aside: the shell, build arguments, a lost name.
    ``builder`` is the program that wrote the entry, or ``""``; ``Docker`` is its classic builder,
    and buildah and Podman, which write alike.
    """

    keyword: str
    text: str
    shell_form: bool | None = None
    buildkit: bool = False
    comment: str = ""
    summary: str = ""
    builder: str = ""
    shell: str = ""
    build_args: tuple[str, ...] = ()

    @classmethod
    def from_created_by(cls, created_by: str) -> Instruction:
        """Read the text of a history entry alone."""
        return cls.from_history(History(created_by=created_by))

    @classmethod
    def from_history(cls, history: History) -> Instruction:
        """Read a history entry; author and comment help to tell the builder."""
        recorded = history.created_by
        text = visible(recorded[:MAX_CREATED_BY]).strip()
        if len(recorded) > MAX_CREATED_BY:
            text += " …"
        marked = text.endswith(_BUILDKIT)
        text = text.removesuffix(_BUILDKIT).rstrip()
        buildkit = marked or history.comment.startswith("buildkit.")
        builder = "BuildKit" if buildkit else builder_of(history)
        if not text:
            return _unrecorded(builder, visible(history.comment))
        return _read(text, buildkit, builder)

    @property
    def makes_layer(self) -> bool:
        """Whether this kind of instruction can make a layer; unknown kinds can."""
        return not self.keyword or self.keyword in LAYER_KEYWORDS

    def __str__(self) -> str:
        return self.text


def _read(text: str, buildkit: bool, builder: str) -> Instruction:
    shell, script = split_shell(text)
    script = script.lstrip()
    if shell and script.startswith(_NOP):
        recorded = script[len(_NOP) :].strip()
        builder = builder or "Docker"
        return _keyworded(recorded, buildkit, builder) or _unknown(text, builder)
    if shell or _ARG_COUNT.match(text):
        return _run(text, buildkit, builder or "Docker")
    return _keyworded(text, buildkit, builder) or _unknown(text, builder)


def _keyworded(text: str, buildkit: bool, builder: str) -> Instruction | None:
    keyword, _, arguments = text.partition(" ")
    if keyword not in KEYWORDS:
        return None
    if keyword == "RUN":
        return _run(arguments, buildkit, builder)
    return _instruction(keyword, arguments.strip(), buildkit, builder)


def _run(command: str, buildkit: bool, builder: str) -> Instruction:
    args, command = _take_build_args(command)
    shell, script = split_shell(command)
    notes = []
    if shell and shell not in DEFAULT_SHELLS:
        notes.append(f"run by {shell}")
    if args:
        notes.append(f"with the build arguments {', '.join(args)}")
    # BuildKit records the shell it used, so a command without one was in exec form. Others record
    # the line of the Dockerfile.
    shell_form = True if shell else not (buildkit or quoted_list(command) is not None)
    if not shell_form and buildkit and quoted_list(command) is None:
        notes.append("exec form: where one argument ends and the next begins was not recorded")
    return Instruction(
        keyword="RUN",
        text=lay_out("RUN", script).rstrip(),
        shell_form=shell_form,
        buildkit=buildkit,
        comment="; ".join(notes),
        summary=one_line(f"RUN {script}"),
        builder=builder,
        shell=shell,
        build_args=args,
    )


def _take_build_args(command: str) -> tuple[tuple[str, ...], str]:
    """Split ``|2 A=1 B=two words /bin/sh -c make`` into the arguments and the command."""
    match = _ARG_COUNT.match(command)
    if match is None:
        return (), command
    count, words = int(match[1]), command[match.end() :].split(" ")
    end = next((i for i in range(len(words)) if shell_length(words[i : i + 12])), count)
    args: list[str] = []
    for word in words[:end]:
        # A word that begins no further pair belongs to the value before it.
        if args and (len(args) == count or not PAIR_START.match(word)):
            args[-1] += f" {word}"
        else:
            args.append(word)
    return tuple(args), " ".join(words[end:])


def _instruction(keyword: str, arguments: str, buildkit: bool, builder: str) -> Instruction:
    tidy, shell_form, comment = tidy_arguments(keyword, arguments)
    text = f"{keyword} {tidy}".rstrip()
    return Instruction(
        keyword=keyword,
        text=text,
        shell_form=shell_form,
        buildkit=buildkit,
        comment=comment,
        summary=one_line(_LONG_HASH.sub(r"\1…", text)),
        builder=builder,
    )


def _unknown(text: str, builder: str) -> Instruction:
    lines = (line.removeprefix("#").strip() for line in text.split("\n"))
    comment = "not an instruction of a Dockerfile; shown as it was recorded"
    return Instruction(
        keyword="",
        text="\n".join(f"# {line}".rstrip() for line in lines),
        comment=comment,
        summary=one_line(text.removeprefix("#")),
        builder=builder,
    )


def _unrecorded(builder: str, comment: str) -> Instruction:
    known = comment and not comment.startswith("buildkit.")
    summary = one_line(comment) if known else "not recorded"
    return Instruction(
        keyword="",
        text=f"# {summary}",
        buildkit=builder == "BuildKit",
        comment="the builder did not record what it did",
        summary=summary,
        builder=builder,
    )
