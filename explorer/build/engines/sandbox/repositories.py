"""ADD of a git repository, by the ``git`` program, as BuildKit's git source has it.

``URL[#REF[:FOLDER]]``, or ``URL?ref=REF&subdir=FOLDER`` with ``branch``, ``tag`` and ``commit`` as
other names of REF. Submodules come with it. Files are as old as their commit, so that the same
commit gives the same layer.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.build.context.context import Context
from explorer.build.context.ignoring import Ignore
from explorer.build.context.tree import ContextTree
from explorer.build.engines.sandbox.downloads import shown
from explorer.errors import NotFound, Refused, Unsupported
from explorer.oci.layout import visible
from explorer.progress import Job

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REFS: Final = ("ref", "branch", "tag", "commit")
_KNOWN: Final = frozenset({*_REFS, "subdir"})
_PLAIN: Final = ("-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never",
                 "-c", "advice.detachedHead=false", "-c", "init.defaultBranch=main",
                 "-c", "core.autocrlf=false")  # fmt: skip
_POLL: Final = 0.05
_SILENT: Final = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C",
                  "GIT_SSH_COMMAND": "ssh -oBatchMode=yes"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository is, what of it is wanted: ``ref`` "" is its HEAD, ``folder`` "" all."""

    url: str
    ref: str = ""
    folder: str = ""

    @classmethod
    def parse(cls, text: str) -> Repository:
        """Read a source of ADD. Raises :class:`Refused` for a query that says something else."""
        text, _, fragment = text.partition("#")
        ref, _, folder = fragment.partition(":")
        url, mark, query = text.partition("?")
        if mark and "://" in text:
            asked = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
            if other := sorted(asked.keys() - _KNOWN):
                raise Refused(f"{shown(text)}: {', '.join(other)} is not known in it")
            ref = ref or next((asked[name] for name in _REFS if asked.get(name)), "")
            folder = folder or asked.get("subdir", "")
            text = url
        return cls(text, ref, folder)

    def expect(self, commit: str, checksum: str) -> None:
        """Raise :class:`Refused` for another commit than ``--checksum`` says; "" allows any."""
        if checksum and not commit.startswith(checksum):
            raise Refused(
                f"{self} is at commit {commit}",
                why=f"its --checksum says {checksum}",
                hint="Take the new commit if its files are what you want",
            )

    def __str__(self) -> str:
        return shown(self.url) if "://" in self.url else visible(self.url)


def commit_of(repository: Repository, job: Job) -> str:
    """The commit that a reference is at, asked of the server; nothing is fetched.

    Raises :class:`Unsupported` without git, :class:`Refused`, :class:`NotFound`.
    """
    if _COMMIT.fullmatch(repository.ref):
        return repository.ref
    ref = repository.ref or "HEAD"
    said = _git(repository, job, "ls-remote", "--", repository.url, ref, f"{ref}^{{}}")
    lines = (line.partition("\t") for line in said.splitlines())
    found = {name: commit for commit, _, name in lines if name}
    for name in (ref, f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}", f"refs/heads/{ref}"):
        if name in found:
            return found[name]
    raise NotFound(f"{repository} has no branch or tag {visible(ref)}")


def checkout(
    repository: Repository, commit: str, folder: Path, job: Job, *, keep_git_dir: bool
) -> ContextTree:
    """The files of a commit, in a new folder below ``folder``, which they need to stay in.

    Raises as :func:`commit_of`.
    """
    place = Path(tempfile.mkdtemp(prefix="git-", dir=folder))
    job.check()
    _git(repository, job, "init", "-q", "--", str(place))
    _git(repository, job, "remote", "add", "--", "origin", repository.url, at=place)
    _fetch(repository, commit, place, job)
    _git(repository, job, "checkout", "-q", "--force", commit, "--", at=place)
    if (place / ".gitmodules").is_file():
        _git(repository, job, "submodule", "update", "-q", "--init", "--recursive", at=place)
    when = int(_git(repository, job, "log", "-1", "--format=%ct", commit, "--", at=place))
    if not keep_git_dir:
        _drop(place)
    top = _below(repository, place)
    _date(place, when)
    return ContextTree(Context.scan(top, Ignore(), job))


def _fetch(repository: Repository, commit: str, place: Path, job: Job) -> None:
    """Just the commit; where the server gives no single ones, everything."""
    with contextlib.suppress(Refused):
        _git(repository, job, "fetch", "-q", "--depth=1", "--no-tags", "origin", commit, at=place)
        return
    wanted = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    _git(repository, job, "fetch", "-q", "origin", *wanted, at=place)


def _below(repository: Repository, place: Path) -> Path:
    if not repository.folder.strip("/"):
        return place
    top = Path(os.path.realpath(place / repository.folder.strip("/")))
    if not top.is_relative_to(os.path.realpath(place)) or not top.is_dir():
        raise NotFound(f"{repository} has no folder {visible(repository.folder)}")
    return top


def _drop(place: Path) -> None:
    """Take away what git keeps for itself, also in submodules."""
    for folder, folders, files in os.walk(place):
        if ".git" in folders:
            folders.remove(".git")
            shutil.rmtree(Path(folder, ".git"))
        if ".git" in files:
            Path(folder, ".git").unlink()


def _date(place: Path, when: int) -> None:
    for folder, folders, files in os.walk(place, topdown=False):
        for name in (*folders, *files):
            with contextlib.suppress(NotImplementedError):
                os.utime(Path(folder, name), (when, when), follow_symlinks=False)
    os.utime(place, (when, when))


def _git(repository: Repository, job: Job, *words: str, at: Path | None = None) -> str:
    """What a call prints. It asks nobody anything, and runs no hooks."""
    program = shutil.which("git")
    if program is None:
        raise Unsupported(
            f"{repository} cannot be fetched",
            why="the program git is not installed",
            hint="Install git, or choose another engine: --engine buildkit",
        )
    environment = {**_clean(), **_SILENT}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [program, *_PLAIN, *words],
            cwd=at, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True,
        )  # fmt: skip
        try:
            while process.poll() is None:
                job.check()
                time.sleep(_POLL)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()
        out.seek(0)
        err.seek(0)
        if process.returncode:
            why = visible(err.read(4096).decode("utf-8", "replace").strip())
            said = next((line for line in why.splitlines() if "fatal:" in line), why)
            raise Refused(f"{repository} cannot be fetched", why=said.removeprefix("fatal: "))
        return out.read().decode("utf-8", "surrogateescape")


def _clean() -> dict[str, str]:
    """This environment without what points git at a repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
