"""--chmod, --chown, --exclude, --parents and --link."""

from __future__ import annotations

import pytest

from tests.build.files.making import make, tree

CONTEXT = tree(
    {"run.sh": "#!", "a/b/c.txt": "C", "a/b/d.md": "D", "a/e.txt": "E", "f.txt": "F"},
    folders={"a/b": 0o2750},
    modes={"run.sh": 0o744},
)


@pytest.mark.parametrize(
    ("mode", "file", "folder"),
    [
        ("600", 0o600, 0o600),
        ("4755", 0o4755, 0o4755),
        ("u+x", 0o744, 0o2750),
        ("a+x", 0o755, 0o2751),
        ("+x", 0o755, 0o2751),
        ("go-rwx", 0o700, 0o2700),
        ("u=rw,go=r", 0o644, 0o644),
        ("a=rX", 0o555, 0o555),
        ("u+s,+t", 0o5744, 0o7750),
        ("g=u", 0o774, 0o2770),
        ("o=", 0o740, 0o2750),
        ("g=", 0o704, 0o700),
    ],
)
def test_modes(mode: str, file: int, folder: int) -> None:
    entries = make(f"COPY --chmod={mode} . /x/", CONTEXT).entries
    assert entries["/x/run.sh"].mode == file
    assert entries["/x/a/b"].mode == folder


@pytest.mark.parametrize(
    ("owner", "uid", "gid"),
    [("5", 5, 5), ("5:6", 5, 6), ("root:6", 0, 6), ("0", 0, 0), ("7:root", 7, 0)],
)
def test_owners_by_number(owner: str, uid: int, gid: int) -> None:
    entries = make(f"COPY --chown={owner} a /x/", CONTEXT).entries
    assert {(entry.uid, entry.gid) for entry in entries.values()} == {(uid, gid)}


ACCOUNTS = tree(
    {
        "etc/passwd": "root:x:0:0::/:\napp:x:100:200:App:/app:/bin/sh\nbroken\n",
        "etc/group": "root:x:0:\nstaff:x:50:app\n",
        "f.txt": "F",
    }
)


@pytest.mark.parametrize(
    ("owner", "uid", "gid"),
    [("app", 100, 200), ("app:staff", 100, 50), ("app:7", 100, 7), ("3:staff", 3, 50)],
)
def test_owners_by_name_are_those_of_the_image(owner: str, uid: int, gid: int) -> None:
    made = make(f"COPY etc /etc\nCOPY --chown={owner} f.txt /x", ACCOUNTS)
    entry = made.entries["/x"]
    assert (entry.uid, entry.gid) == (uid, gid)
    assert made.warnings == []


def test_a_name_that_nothing_defines_is_root_and_a_warning() -> None:
    made = make("COPY etc /etc\nCOPY --chown=nobody:none f.txt /x", ACCOUNTS)
    assert made.entries["/x"].uid == 0
    (warning,) = made.warnings
    assert "'nobody'" in warning
    assert "'none'" in warning


@pytest.mark.parametrize(
    ("flags", "paths"),
    [
        ("--exclude=*.txt", {"run.sh", "a/b/c.txt", "a/b/d.md", "a/e.txt"}),
        ("--exclude=**/*.txt", {"run.sh", "a/b/d.md"}),
        ("--exclude=a", {"run.sh", "f.txt"}),
        ("--exclude=a/b --exclude=f.txt", {"run.sh", "a/e.txt"}),
        ("--exclude=a --exclude=!a/b/c.txt", {"run.sh", "f.txt", "a/b/c.txt"}),
        ("--exclude=**", set()),
    ],
)
def test_excludes(flags: str, paths: set[str]) -> None:
    assert set(make(f"COPY {flags} . /x/", CONTEXT).files) == {f"/x/{path}" for path in paths}


def test_a_source_itself_is_never_excluded() -> None:
    assert set(make("COPY --exclude=*.txt f.txt /x/", CONTEXT).files) == {"/x/f.txt"}


@pytest.mark.parametrize(
    ("sources", "paths"),
    [
        ("a/b/c.txt", {"a/b/c.txt"}),
        ("./a/b/*.txt", {"a/b/c.txt"}),
        ("a", {"a/b/c.txt", "a/b/d.md", "a/e.txt"}),
        ("a/./b", {"b/c.txt", "b/d.md"}),
        ("a/b/./*.md f.txt", {"d.md", "f.txt"}),
        ("**/*.txt", {"a/b/c.txt", "a/e.txt", "f.txt"}),
        ("*", {"run.sh", "f.txt", "a/b/c.txt", "a/b/d.md", "a/e.txt"}),
        ("a/./*", {"b/c.txt", "b/d.md", "e.txt"}),
        ("a*/./", set()),
    ],
)
def test_parents(sources: str, paths: set[str]) -> None:
    made = make(f"COPY --parents {sources} /x/", CONTEXT)
    assert made.errors == []
    assert set(made.files) == {f"/x/{path}" for path in paths}


@pytest.mark.parametrize(("source", "path"), [(".", "/"), ("./", "/"), ("a/./", "/a")])
def test_parents_of_nothing_are_refused(source: str, path: str) -> None:
    (problem,) = make(f"COPY --parents {source} /x/", CONTEXT).errors
    assert problem.message == f'"{path}": not found'
    assert "names nothing" in problem.description


def test_parents_keep_the_permissions_of_the_directories_they_make() -> None:
    assert make("COPY --parents a/b/c.txt /x/", CONTEXT).entries["/x/a/b"].mode == 0o2750


def test_a_linked_copy_does_not_look_at_what_is_below() -> None:
    context = tree({"a/x": "X", "f": "F"}, links={"a/l": "/elsewhere"})
    made = make("COPY a /d\nCOPY --link f /d/l/f", context)
    # Not through the symlink: the new layer's directory takes its place.
    assert set(made.files) == {"/d/x", "/d/l/f"}
    plain = make("COPY a /d\nCOPY f /d/l/f", context)
    assert set(plain.files) == {"/d/x", "/elsewhere/f"}


def test_with_a_mode_nothing_is_linked() -> None:
    context = tree({"a/x": "X", "f": "F"}, links={"a/l": "/elsewhere"})
    made = make("COPY a /d\nCOPY --link --chmod=600 f /d/l/f", context)
    assert "/elsewhere/f" in made.files


def test_a_linked_copy_resets_directories_on_the_way() -> None:
    context = tree({"f": "F"}, folders={"d": 0o700})
    made = make("COPY --chmod=700 d /d\nCOPY --link f /d/f", context)
    assert made.entries["/d"].mode == 0o755
