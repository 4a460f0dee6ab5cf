"""Where Debian's buildah 1.28 and BuildKit do not agree; previews do what BuildKit does."""

from __future__ import annotations

_NO_FLAG = "buildah 1.28 does not know this flag: held to its own expectation instead"
_NOTHING = (
    "BuildKit refuses a path that names nothing with --parents; buildah 1.28 has no such flag"
)
_NO_SKIP = (
    "the exception begins with a wildcard: BuildKit looks for it in directories that are left "
    "out, buildah and the classic builder do not"
)

DIFFERENCES: dict[str, str] = {
    "copy-escape-glob": "buildah 1.28 does not find a name that is written with escapes",
    "setuid-file-in-context": "buildah drops the setuid and setgid bits, BuildKit keeps them",
    "copy-integration1": _NO_SKIP,
    "dockerignore-exceptions-skip": _NO_SKIP,
    "add--exclude-includes-slash": _NO_FLAG,
    "copy--exclude-includes-subdir-slash": _NO_FLAG,
    "copy--exclude-includes-slash": _NO_FLAG,
    "copy--exclude-subdir-under-source": _NO_FLAG,
    "copy--form-and--exclude-subdir-under-source": _NO_FLAG,
    "copy--parents-directories": _NO_FLAG,
    "copy--parents-all-directories": _NOTHING,
    "copy--parents-directory-with-parent-directory": _NO_FLAG,
    "copy--parents-path-with-star": _NO_FLAG,
    "copy--parents-two-parent-directories": _NO_FLAG,
    "copy--parents-unknown-count-parent-directories": _NO_FLAG,
    "copy--parents-directory-limit-parents-unknown-count-parent-directories": _NOTHING,
    "copy--parents-limit-parent-directories-1": _NO_FLAG,
}
"""The reason, by the case's name."""

_TREE = ("a.txt", "x/a.txt", "x/y/a.txt", "x/y/b.txt", "x/z/a.txt", "x/z/b.txt")

_POPULATED = (
    *(".dotfile-a.txt", "file-a.txt", "file-b.txt", "file-c.txt"),
    *("subdir-b/.dotfile-b.txt", "subdir-c/file-b.txt", "subdir-c/file-c.txt"),
    *(f"subdir-e/{name}" for name in ("file-a.txt", "file-b.txt", "file-n.txt")),
    *(f"subdir-e/subdir-f/{name}" for name in ("file-a.txt", "file-n.txt", "file-o.txt")),
    "subdir-e/subdir-f/subdir-g/subdir-b/.dotfile-b.txt",
)

FILES: dict[str, frozenset[str]] = {
    "add--exclude-includes-slash": frozenset(
        f"subdir/{path}" for path in _POPULATED if "/" in path
    ),
    "copy--exclude-includes-subdir-slash": frozenset(
        f"subdir/{path}" for path in _POPULATED if not path.startswith("subdir-c/")
    ),
    "copy--exclude-includes-slash": frozenset(f"subdir/{path}" for path in _POPULATED),
    "copy--exclude-subdir-under-source": frozenset({"app/storage/cache/cache_file"}),
    "copy--form-and--exclude-subdir-under-source": frozenset({"app/storage/cache/cache_file"}),
    "copy-escape-glob": frozenset(
        {"app/file.txt", "app2/file.txt", "app3/[abc]/file.txt", "app3/file.txt"}
        | {"app4/file.txt", "app5/file.txt"}
    ),
    "copy--parents-directories": frozenset(
        f"parents/{path}" for path in _TREE if path.startswith("x/")
    ),
    "copy--parents-directory-with-parent-directory": frozenset(
        {"parents/x/y/a.txt", "parents/x/y/b.txt"}
    ),
    "copy--parents-path-with-star": frozenset(
        {"parents/x/y/a.txt", "parents/x/z/a.txt", "parents/y/b.txt"}
    ),
    "copy--parents-two-parent-directories": frozenset({"parents/x/y/a.txt", "parents/x/y/b.txt"}),
    "copy--parents-unknown-count-parent-directories": frozenset(
        f"parents/{path}" for path in _TREE if path.startswith("x/")
    ),
    "copy--parents-limit-parent-directories-1": frozenset({"parents/a.txt", "parents/b.txt"}),
}
"""All files there are to be, where buildah cannot tell."""
