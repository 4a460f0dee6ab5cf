"""What keeps a COPY from being carried out, and where the blame is put."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from tests.build.files.making import make, tree

CONTEXT = tree(
    {"a.txt": "A", "src/main.py": "M", "other/main.py/x": "X"},
    links={"loop": "loop2", "loop2": "loop", "out": "/../../etc/passwd", "dangling": "gone"},
)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("COPY nope /x", '"/nope": not found'),
        ("COPY a.txt nope /x/", '"/nope": not found'),
        ("COPY nope/*.txt /x/", '"/nope": not found'),
        ("COPY ../nope /x", '"/nope": not found'),
        ("COPY loop /x", '"/loop": not found'),
        ("COPY dangling /x", '"/dangling": not found'),
        ("COPY out /x", '"/out": not found'),
        ("COPY --parents nope/y /x/", '"/nope/y": not found'),
        ("COPY a.txt /x\nCOPY src /x", "cannot copy to non-directory: /x"),
        ("COPY a.txt /x\nCOPY a.txt /x/y", "mkdir /x: not a directory"),
        ("COPY a.txt /x\nWORKDIR /x/y", "mkdir /x: not a directory"),
        ("COPY other /x\nCOPY src /x", "cannot replace to directory /x/main.py with file"),
        ("COPY src /x\nCOPY other /x", "cannot copy to non-directory: /x/main.py"),
        ("COPY src other /x/", "cannot copy to non-directory: /x/main.py"),
        ("COPY --chown=app a.txt /x", "invalid user index: -1"),
        ("COPY a.txt /y\nCOPY --link --chown=app a.txt /x", "invalid user index: -1"),
    ],
)
def test_the_message_is_the_builders(line: str, message: str) -> None:
    assert [problem.message for problem in make(line, CONTEXT).errors] == [message]


def test_the_blame_is_put_on_the_very_word() -> None:
    text = "FROM scratch\nCOPY a.txt \\\n  nope /x/\n"
    (problem,) = make(text, CONTEXT).errors
    assert problem.span.of(text) == "nope"
    assert problem.line == 2
    assert Document.parse(text).lines.position(problem.span.start).line == 3


def test_a_path_that_leads_out_is_explained() -> None:
    (problem,) = make("COPY ../../nope /x", CONTEXT).errors
    assert "outside the build context" in problem.description


def test_what_comes_before_the_mistake_is_still_shown() -> None:
    assert set(make("COPY a.txt /x\nCOPY nope /y", CONTEXT).files) == {"/x"}


def test_a_file_replaces_a_file_and_a_symlink_itself_stays_where_it_points() -> None:
    context = tree({"a": "A", "b": "B"}, links={"l": "a"})
    made = make("COPY . /x/\nCOPY b /x/l", context)
    # The destination is followed, as the system would.
    assert made.files["/x/a"] == b"B"


def test_a_symlink_below_a_copied_directory_is_replaced_not_followed() -> None:
    context = tree({"one/b": "B", "two/l": "L"}, links={"one/l": "b"})
    made = make("COPY one /x\nCOPY two /x", context)
    assert made.files == {"/x/b": b"B", "/x/l": b"L"}


@pytest.mark.parametrize(
    ("text", "is_sent"),
    [
        ("COPY src/*.none /x/", False),
        ("COPY src/*.none a.txt /x/", False),
        ("COPY *.none /x/", True),
        ("COPY src/*.none /x/\nCOPY . /y", True),
        ("COPY src/*.none /x/\nCOPY src /y", True),
        ("COPY src/*.none src/*.py /x/", True),
        ("COPY src/*.none src/main.py /x/", True),
        ("COPY src/*.none /x/\nRUN --mount=source=src,target=/s true", True),
        ("COPY src/*.none /x/\nFROM scratch\nCOPY . /y\nFROM scratch\nCOPY --from=0 x /", False),
    ],
)
def test_a_pattern_needs_a_directory_that_is_sent(text: str, is_sent: bool) -> None:
    made = make(f"FROM scratch\n{text}", CONTEXT)
    unsent = ["lstat /src: no such file or directory"]
    found = [p.message for p in made.errors if p.message in unsent]
    assert found == ([] if is_sent else unsent)
