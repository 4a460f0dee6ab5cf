"""What a container will really run: ENTRYPOINT and CMD, put together as engines do.

OCI image specification, config.md ("Entrypoint", "Cmd"), and the Dockerfile reference, section
"Understand how CMD and ENTRYPOINT interact".
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from explorer.oci.config import ImageConfig
from explorer.oci.layout import one_line
from explorer.oci.shells import shell_length

Form: TypeAlias = Literal["exec", "shell", "none"]

_INITS: Final = frozenset({"tini", "tini-static", "dumb-init", "catatonit", "docker-init"})
_POSITIONAL: Final = re.compile(r"\$(?:[0-9@*#]|\{[0-9@*#])")
_VARIABLE: Final = re.compile(r"\$(?:[A-Za-z_]|\{[A-Za-z_])")
_OPERATORS: Final = frozenset({"&&", "||", "|", ";", ">", ">>", "<", "&", "2>&1"})
_DEFAULT_SIGNAL: Final = "SIGTERM"


@dataclass(frozen=True, slots=True)
class Process:
    """The process a container starts with.

    ``argv`` is what is executed, ``form`` how its first part is written. ``explanation`` says in
    sentences what follows from it; ``warnings`` what most likely is not meant.
    """

    argv: tuple[str, ...]
    form: Form
    explanation: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    user: str = "root"
    workdir: str = "/"
    stop_signal: str = _DEFAULT_SIGNAL

    @property
    def command_line(self) -> str:
        """``argv`` as one would type it into a POSIX shell."""
        return shlex.join(self.argv)


def effective_process(config: ImageConfig) -> Process:
    """The process that ``docker run IMAGE`` starts, and what there is to know about it."""
    entrypoint, cmd = config.entrypoint or (), config.cmd or ()
    argv = entrypoint + cmd
    form = _form(entrypoint or cmd)
    signal = config.stop_signal or _DEFAULT_SIGNAL
    windows = config.platform.os == "windows"
    return Process(
        argv=argv,
        form=form,
        explanation=(
            *_composition(entrypoint, cmd),
            *_first_process(argv, form, signal, windows=windows),
            *_arguments(entrypoint, cmd),
            *_surroundings(config, argv),
        ),
        warnings=_warnings(entrypoint, cmd),
        user=config.user or _default_user(config),
        workdir=config.workdir or _default_directory(config),
        stop_signal=signal,
    )


def _form(words: tuple[str, ...]) -> Form:
    if not words:
        return "none"
    return "shell" if shell_length(list(words)) else "exec"


def _has_script(words: tuple[str, ...]) -> bool:
    """Whether it is a shell together with the script it is to run."""
    return 0 < shell_length(list(words)) < len(words)


def _default_user(config: ImageConfig) -> str:
    return "the default user" if config.platform.os == "windows" else "root"


def _default_directory(config: ImageConfig) -> str:
    return "C:\\" if config.platform.os == "windows" else "/"


def _composition(entrypoint: tuple[str, ...], cmd: tuple[str, ...]) -> list[str]:
    if entrypoint and cmd:
        if _has_script(entrypoint):
            return [_ignored(entrypoint, cmd)]
        if _form(entrypoint) == "shell":
            return ["ENTRYPOINT is a shell, and CMD is the script it runs"]
        return ["CMD gives the default arguments of ENTRYPOINT: both are put together"]
    if entrypoint:
        return ["ENTRYPOINT alone is run; there is no CMD"]
    if cmd:
        return ["CMD alone is run; there is no ENTRYPOINT"]
    return ["The image sets neither ENTRYPOINT nor CMD: a command has to be given to run it"]


def _ignored(entrypoint: tuple[str, ...], cmd: tuple[str, ...]) -> str:
    script = " ".join(entrypoint[shell_length(list(entrypoint)) :])
    if _POSITIONAL.search(script):
        return (
            "ENTRYPOINT is in shell form and reads its arguments itself: CMD reaches it as $0, $1 "
            "and so on"
        )
    return (
        f"ENTRYPOINT is in shell form, so CMD has no effect: the shell takes "
        f"{_quote(cmd)} as $0, $1 and so on, which its script does not read"
    )


def _first_process(argv: tuple[str, ...], form: Form, signal: str, *, windows: bool) -> list[str]:
    if form == "none" or windows:  # Windows has neither signals nor a special first process
        return []
    name = _basename(argv[0])
    if form == "shell":
        return _shell_first(argv, signal)
    if name in _INITS:
        return [f"{name} is process 1: it passes signals on and reaps orphaned processes"]
    if name.endswith(".sh"):
        return [
            f"{name}, a script, is process 1: the program it starts gets {signal} from "
            "`docker stop` only if the script starts it with exec"
        ]
    return [
        f"{one_line(argv[0], 80)} is process 1 and gets {signal} from `docker stop` directly; as "
        "process 1 it has to handle it, for the kernel's default action does not apply"
    ]


def _shell_first(argv: tuple[str, ...], signal: str) -> list[str]:
    length = shell_length(list(argv))
    shell = one_line(argv[0], 80)
    script = argv[length].strip() if len(argv) > length else ""
    variables = f"{shell} expands variables and operators in it"
    if script.startswith("exec "):
        return [
            variables,
            f"exec replaces the shell, so the program becomes process 1 and gets {signal}",
        ]
    return [
        variables,
        f"{shell} is process 1. Unless it replaces itself by the program, as some shells do for "
        f"a single command, `docker stop` sends {signal} to the shell, which does not pass it on, "
        "and the program is killed 10 seconds later",
    ]


def _arguments(entrypoint: tuple[str, ...], cmd: tuple[str, ...]) -> list[str]:
    if _has_script(entrypoint):
        script = " ".join(entrypoint)
        if not _POSITIONAL.search(script):
            return ["`docker run IMAGE args` changes nothing; only --entrypoint does"]
        return ["`docker run IMAGE args` gives args in place of CMD"]
    if entrypoint and cmd:
        return [f"`docker run IMAGE args` runs {_quote(entrypoint)} args: args replace CMD"]
    if entrypoint:
        return [f"`docker run IMAGE args` runs {_quote(entrypoint)} args"]
    if cmd:
        return ["`docker run IMAGE args` runs args instead of CMD"]
    return []


def _surroundings(config: ImageConfig, argv: tuple[str, ...]) -> list[str]:
    if not argv:
        return []
    user = one_line(config.user, 80) or _default_user(config)
    where = one_line(config.workdir, 200) or _default_directory(config)
    sentences = [f"It runs as {user} in {where}"]
    if "/" not in argv[0] and "\\" not in argv[0]:
        path = config.environment().get("PATH", "")
        source = "the image's PATH" if path else "the engine's default PATH, for the image has none"
        sentences.append(f"{one_line(argv[0], 80)} is looked up in {source}")
    elif argv[0].startswith("."):
        sentences.append(f"{one_line(argv[0], 80)} is found from {where}")
    return sentences


def _warnings(entrypoint: tuple[str, ...], cmd: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for keyword, words in (("ENTRYPOINT", entrypoint), ("CMD", cmd)):
        length = shell_length(list(words))
        script = words[length] if length and len(words) > length else ""
        if script.startswith("[") and script.rstrip().endswith("]") and "," in script:
            found.append(
                f"{keyword} looks like an exec form that is not valid JSON (single quotes?), so "
                f"the shell is asked to run {one_line(script, 80)}"
            )
        if words and not length:
            found += _literal(keyword, words)
    return tuple(found)


def _literal(keyword: str, words: tuple[str, ...]) -> list[str]:
    found = []
    variable = next((word for word in words if _VARIABLE.search(word)), None)
    if variable is not None:
        found.append(
            f"{keyword} is in exec form, so no shell expands {one_line(variable, 80)}: it is "
            "passed as it stands"
        )
    operator = next((word for word in words[1:] if word in _OPERATORS), None)
    if operator is not None:
        found.append(f"{keyword} is in exec form, so {operator} is passed as a plain argument")
    return found


def _quote(words: tuple[str, ...]) -> str:
    return f"`{one_line(shlex.join(words), 120)}`"


def _basename(path: str) -> str:
    return re.split(r"[/\\]", path[-200:])[-1]
