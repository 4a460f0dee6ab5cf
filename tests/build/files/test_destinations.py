"""Where COPY puts things: trailing slashes, directories, several sources, the working directory."""

from __future__ import annotations

import pytest

from tests.build.files.making import make, tree

CONTEXT = tree(
    {"a.txt": "A", "b.txt": "B", "src/main.py": "M", "src/lib/util.py": "U"},
    folders={"src": 0o750, "src/lib": 0o701, "empty": 0o755},
)


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("COPY a.txt /x", {"/x"}),
        ("COPY a.txt /x/", {"/x/a.txt"}),
        ("COPY a.txt /x/.", {"/x/a.txt"}),
        ("COPY a.txt /x/y/z", {"/x/y/z"}),
        ("COPY a.txt .", {"/a.txt"}),
        ("COPY a.txt ./", {"/a.txt"}),
        ("COPY a.txt /", {"/a.txt"}),
        ("COPY ./a.txt x", {"/x"}),
        ("COPY /a.txt x", {"/x"}),
        ("COPY a.txt/ x", {"/x"}),
        ("COPY a.txt b.txt /x/", {"/x/a.txt", "/x/b.txt"}),
        ("COPY *.txt /x/", {"/x/a.txt", "/x/b.txt"}),
        ("COPY src /x", {"/x/main.py", "/x/lib/util.py"}),
        ("COPY src/ /x/", {"/x/main.py", "/x/lib/util.py"}),
        ("COPY src a.txt /x/", {"/x/main.py", "/x/lib/util.py", "/x/a.txt"}),
        ("COPY src/lib /x/lib", {"/x/lib/util.py"}),
        ("COPY . /x", {"/x/a.txt", "/x/b.txt", "/x/src/main.py", "/x/src/lib/util.py"}),
        ("COPY src/*.py src/lib/../main.py /x/", {"/x/main.py"}),
        ("WORKDIR /w\nCOPY a.txt .", {"/w/a.txt"}),
        ("WORKDIR /w\nCOPY a.txt x/", {"/w/x/a.txt"}),
        ("WORKDIR /w\nCOPY a.txt ../x", {"/x"}),
        ("WORKDIR /w\nWORKDIR v\nCOPY a.txt x", {"/w/v/x"}),
        ("COPY <<EOF /x\nhi\nEOF", {"/x"}),
        ("COPY <<one <<two /x/\n1\none\n2\ntwo", {"/x/one", "/x/two"}),
        ("COPY a.txt <<one /x/\n1\none", {"/x/a.txt", "/x/one"}),
    ],
)
def test_where_files_go(line: str, paths: set[str]) -> None:
    made = make(line, CONTEXT)
    assert made.errors == []
    assert set(made.files) == paths


def test_a_file_goes_into_a_directory_that_is_there() -> None:
    assert set(make("COPY src /x\nCOPY a.txt /x", CONTEXT).files) >= {"/x/a.txt", "/x/main.py"}


def test_several_files_without_a_slash_end_up_in_one() -> None:
    # BuildKit does not insist on the slash that the reference asks for.
    assert make("COPY a.txt b.txt /x", CONTEXT).files == {"/x": b"B"}


def test_a_directory_is_copied_without_its_own_permissions_but_with_those_below() -> None:
    entries = make("COPY src /x", CONTEXT).entries
    assert entries["/x"].mode == 0o755
    assert entries["/x/lib"].mode == 0o701


def test_a_directory_that_is_there_keeps_its_permissions_and_owner() -> None:
    text = "COPY --chown=7:8 --chmod=700 empty /x\nCOPY src /x"
    entry = make(text, CONTEXT).entries["/x"]
    assert (entry.mode, entry.uid, entry.gid) == (0o700, 7, 8)


def test_directories_on_the_way_belong_to_root_and_are_open() -> None:
    entries = make("COPY a.txt /x/y/z/", CONTEXT).entries
    assert [(e.mode, e.uid) for p, e in entries.items() if e.is_dir] == [(0o755, 0)] * 3


def test_directories_on_the_way_get_what_the_flags_say() -> None:
    entry = make("COPY --chown=3:4 --chmod=0711 a.txt /x/y/", CONTEXT).entries["/x"]
    assert (entry.mode, entry.uid, entry.gid) == (0o711, 3, 4)


def test_an_empty_directory_is_made() -> None:
    assert set(make("COPY empty /x", CONTEXT).entries) == {"/x"}


def test_a_wildcard_that_matches_nothing_copies_nothing() -> None:
    made = make("COPY *.none a.txt /x/", CONTEXT)
    assert made.errors == []
    assert set(made.files) == {"/x/a.txt"}


def test_workdir_makes_directories_for_the_user_in_force() -> None:
    entries = make("USER 12:34\nWORKDIR /x/y", CONTEXT).entries
    assert {(e.uid, e.gid, e.mode) for e in entries.values()} == {(12, 34, 0o755)}


def test_workdir_leaves_what_is_there() -> None:
    entries = make("COPY --chmod=700 empty /x\nUSER 5\nWORKDIR /x/y", CONTEXT).entries
    assert entries["/x"].mode == 0o700
    assert entries["/x"].uid == 0
    assert entries["/x/y"].uid == 5


def test_a_here_document_is_a_file_of_root() -> None:
    made = make("COPY <<EOF /motd\nhello $x\nEOF", CONTEXT)
    assert made.files == {"/motd": b"hello \n"}
    entry = made.entries["/motd"]
    assert (entry.mode, entry.uid) == (0o644, 0)
