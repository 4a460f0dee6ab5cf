"""Package managers: how they are called, what they keep, and how they are told not to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.advice.shell import ShellCommand, ShellWord

SYSTEM_VERBS: Final = frozenset(
    {"add", "autoclean", "autoremove", "build-dep", "cache", "check-update", "clean", "del"}
    | {"dist-upgrade", "download", "downgrade", "erase", "fix", "full-upgrade", "groupinstall"}
    | {"index", "info", "install", "list", "localinstall", "makecache", "policy", "purge"}
    | {"reinstall", "remove", "safe-upgrade", "satisfy", "search", "show", "source", "swap"}
    | {"update", "upgrade"}
)
"""Verbs of the package managers of distributions."""


@dataclass(frozen=True, slots=True)
class Manager:
    """One package manager.

    ``caches`` are the folders that its ``verbs`` fill, for root. Any of ``flags`` and of the
    environment's ``variables`` sends them elsewhere; ``flag`` is the one to add. ``clean`` is the
    command that empties them, ``cleaners`` the verbs that do. ``mount`` is the folder to mount a
    cache at. With ``bare`` the program alone installs. Those of a ``system`` take options with
    values before their verbs.
    """

    title: str
    programs: tuple[str, ...]
    verbs: tuple[str, ...]
    caches: tuple[str, ...]
    mount: str
    flag: str = ""
    flags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    clean: str = ""
    cleaners: tuple[tuple[str, ...], ...] = ()
    bare: bool = False
    system: bool = False

    def verb(self, command: ShellCommand) -> ShellWord | None:
        """The verb of a command that fills the caches; ``None`` for other commands."""
        words = command.words
        if command.name.startswith("python") and len(words) > 2 and words[1].value == "-m":
            words = words[2:]
        if words[0].value.rpartition("/")[2] not in self.programs:
            return None
        if self.system:
            first = command.verb_among(SYSTEM_VERBS)
        else:
            first = next((word for word in words[1:] if not word.value.startswith("-")), None)
        if first is None:
            return words[0] if self.bare else None
        return first if first.value in self.verbs else None

    def keeps_none(self, command: ShellCommand) -> bool:
        """Whether a command is told to keep its caches empty, or elsewhere."""
        assigned = {word.value.partition("=")[0] for word in command.assignments}
        return command.has(*self.flags) or bool(assigned & set(self.variables))

    def cleans(self, command: ShellCommand) -> bool:
        """Whether a command empties the caches."""
        if command.name in ("rm", "find"):
            return any(self.covers(word.value) for word in command.operands)
        words = tuple(word.value for word in command.operands)
        return command.name in self.programs and any(
            words[: len(cleaner)] == cleaner for cleaner in self.cleaners
        )

    def covers(self, path: str) -> bool:
        """Whether a folder holds a cache or lies in one; homes of other users count, too."""
        path = path.replace("${HOME}", "~").replace("$HOME", "~").rstrip("/")
        path = path.removesuffix("/*").removesuffix("/**").replace("~", "/root", 1)
        return any(_over(path, cache) for cache in self.caches)


def _over(path: str, cache: str) -> bool:
    if path == cache or path.startswith(f"{cache}/"):
        return True
    if cache.startswith(f"{path}/") and path.count("/") > 1:
        return True
    home, _, tail = cache.partition("/root/")
    parts = tail.split("/") if tail and not home else []
    return any(path.endswith("/" + "/".join(parts[: i + 1])) for i in range(len(parts)))


APT: Final = Manager(
    "apt",
    ("apt-get", "apt", "aptitude"),
    ("update",),
    ("/var/lib/apt/lists",),
    "/var/lib/apt/lists",
    clean="rm -rf /var/lib/apt/lists/*",
    system=True,
)
APK: Final = Manager(
    "apk",
    ("apk",),
    ("add", "update", "upgrade"),
    ("/var/cache/apk", "/etc/apk/cache"),
    "/var/cache/apk",
    flag="--no-cache",
    flags=("--no-cache", "--cache-dir", "--no-network"),
    cleaners=(("cache", "clean"),),
    system=True,
)
PIP: Final = Manager(
    "pip",
    ("pip", "pip3"),
    ("install", "wheel", "download"),
    ("/root/.cache/pip",),
    "/root/.cache/pip",
    flag="--no-cache-dir",
    flags=("--no-cache-dir", "--no-cache", "--cache-dir"),
    variables=("PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME"),
    cleaners=(("cache", "purge"),),
)
NPM: Final = Manager(
    "npm",
    ("npm",),
    ("install", "i", "ci", "add", "clean-install"),
    ("/root/.npm",),
    "/root/.npm",
    flags=("--cache",),
    variables=("npm_config_cache", "NPM_CONFIG_CACHE"),
    clean="npm cache clean --force",
    cleaners=(("cache", "clean"),),
)
DNF: Final = Manager(
    "dnf",
    ("dnf", "yum", "microdnf", "dnf5", "tdnf"),
    ("install", "update", "upgrade", "groupinstall", "makecache", "localinstall", "check-update"),
    ("/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf"),
    "/var/cache/dnf",
    clean="dnf clean all",
    cleaners=(("clean", "all"), ("clean", "packages")),
    system=True,
)
ZYPPER: Final = Manager(
    "zypper",
    ("zypper",),
    ("install", "in", "update", "up", "refresh", "ref", "dist-upgrade", "dup"),
    ("/var/cache/zypp",),
    "/var/cache/zypp",
    clean="zypper clean --all",
    cleaners=(("clean",), ("cc",)),
)
CONDA: Final = Manager(
    "conda",
    ("conda", "mamba", "micromamba"),
    ("install", "update", "env", "create"),
    ("/opt/conda/pkgs", "/root/.conda/pkgs"),
    "/opt/conda/pkgs",
    clean="conda clean --all --yes",
    cleaners=(("clean",),),
)
COMPOSER: Final = Manager(
    "composer",
    ("composer",),
    ("install", "update", "require"),
    ("/root/.composer/cache", "/root/.cache/composer"),
    "/root/.cache/composer",
    flags=("--no-cache",),
    variables=("COMPOSER_CACHE_DIR", "COMPOSER_HOME"),
    flag="--no-cache",
    cleaners=(("clear-cache",), ("clearcache",), ("cc",)),
)
CARGO: Final = Manager(
    "cargo",
    ("cargo",),
    ("build", "install", "fetch", "test"),
    ("/usr/local/cargo/registry", "/root/.cargo/registry"),
    "/usr/local/cargo/registry",
    variables=("CARGO_HOME",),
)
GO: Final = Manager(
    "go",
    ("go",),
    ("build", "install", "test", "get"),
    ("/root/.cache/go-build",),
    "/root/.cache/go-build",
    variables=("GOCACHE",),
    cleaners=(("clean",),),
)

YARN: Final = Manager(
    "yarn",
    ("yarn", "yarnpkg"),
    ("install", "add"),
    ("/usr/local/share/.cache/yarn", "/root/.cache/yarn"),
    "/root/.cache/yarn",
    flags=("--cache-folder", "--version"),
    variables=("YARN_CACHE_FOLDER",),
    clean="yarn cache clean",
    cleaners=(("cache", "clean"),),
    bare=True,
)

MANAGERS: Final = (APT, APK, PIP, NPM, YARN, DNF, ZYPPER, CONDA, COMPOSER, CARGO, GO)
"""All that are known; of those left out, what they keep is shared with what they install."""

_BY_PROGRAM: Final[dict[str, tuple[Manager, ...]]] = {
    program: tuple(one for one in MANAGERS if program in one.programs)
    for manager in MANAGERS
    for program in manager.programs
}


def managers_of(command: ShellCommand) -> tuple[Manager, ...]:
    """The package managers that a command may call."""
    if command.name.startswith("python"):
        return (PIP,)
    return _BY_PROGRAM.get(command.name, ())
