"""Steps that install what a manifest of the project lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from explorer.dockerfile.advice.shell import ShellCommand


@dataclass(frozen=True, slots=True)
class Installer:
    """A program that installs from ``manifests``, the names of files in the project's folder.

    ``verbs`` are the words after its name that do so, the first two joined where it takes two.
    With ``bare`` further operands name packages, so only a command without any reads a manifest.
    """

    title: str
    programs: tuple[str, ...]
    verbs: tuple[str, ...]
    manifests: tuple[str, ...]
    bare: bool = True

    def reads_manifest(self, command: ShellCommand) -> bool:
        """Whether a command installs from a manifest of the folder it works in."""
        if command.name not in self.programs or command.has("-g", "--global"):
            return False
        operands = [word.value for word in command.operands]
        for verb in self.verbs:
            wanted = verb.split()
            alone = len(operands) == len(wanted)
            if operands[: len(wanted)] == wanted and (alone or (wanted and not self.bare)):
                return True
        return False

    def is_manifest(self, path: str) -> bool:
        """Whether a source of COPY is a manifest, or a pattern that stands for some."""
        name = path.rstrip("/").rpartition("/")[2]
        return any(
            name == one or fnmatchcase(one, name) for one in self.manifests
        ) and name not in (
            "*",
            "**",
        )


_NODE: Final = ("package.json", "package-lock.json", "npm-shrinkwrap.json")

INSTALLERS: Final = (
    Installer("npm", ("npm",), ("install", "i", "ci", "clean-install"), _NODE),
    Installer("yarn", ("yarn",), ("install", ""), ("package.json", "yarn.lock", ".yarnrc.yml")),
    Installer("pnpm", ("pnpm",), ("install", "i"), ("package.json", "pnpm-lock.yaml")),
    Installer("bun", ("bun",), ("install", "i"), ("package.json", "bun.lockb", "bun.lock")),
    Installer(
        "bundler", ("bundle", "bundler"), ("install", ""), ("Gemfile", "Gemfile.lock"), bare=False,
    ),
    Installer("composer", ("composer",), ("install",), ("composer.json", "composer.lock")),
    Installer("go", ("go",), ("mod download",), ("go.mod", "go.sum")),
    Installer("pipenv", ("pipenv",), ("install", "sync"), ("Pipfile", "Pipfile.lock")),
    Installer("cargo", ("cargo",), ("fetch",), ("Cargo.toml", "Cargo.lock")),
    Installer(
        "maven", ("mvn", "mvnw"), ("dependency:go-offline", "dependency:resolve"), ("pom.xml",),
        bare=False,
    ),
    Installer("mix", ("mix",), ("deps.get",), ("mix.exs", "mix.lock")),
)  # fmt: skip

_BY_PROGRAM: Final[dict[str, list[Installer]]] = {}
for _one in INSTALLERS:
    for _program in _one.programs:
        _BY_PROGRAM.setdefault(_program, []).append(_one)

_PIP: Final = ("pip", "pip3", "uv")
_SHORT: Final = re.compile(r"-[a-zA-Z]{0,8}r")


def installer_of(command: ShellCommand) -> Installer | None:
    """What installs from a manifest in this command; ``None`` where nothing does."""
    found = next(
        (one for one in _BY_PROGRAM.get(command.name, ()) if one.reads_manifest(command)), None
    )
    return found or _requirements(command)


def _requirements(command: ShellCommand) -> Installer | None:
    """``pip install -r FILE``; with a project or a folder besides, the source is needed."""
    if command.name not in _PIP and not command.name.startswith("python"):
        return None
    words = [word.value for word in command.words]
    if command.name.startswith("python") and words[1:3] == ["-m", "pip"]:
        words = words[2:]
    name = words[0].rpartition("/")[2]
    if name not in _PIP or "install" not in words[:3]:
        return None
    files: list[str] = []
    rest = words[words.index("install") + 1 :]
    for word, following in zip(rest, (*rest[1:], ""), strict=False):
        if word == "--requirement" or _SHORT.fullmatch(word):
            files.append(following)
        elif word.startswith("--requirement="):
            files.append(word.partition("=")[2])
        elif word in (".", "-e", "--editable") or word.startswith(("./", "file:")):
            return None
    names = tuple(file.rpartition("/")[2] for file in files if file)
    return Installer(name, (name,), (), names) if names else None
