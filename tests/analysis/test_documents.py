"""How values are written in documents, and that documents are plain values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.documents import values
from explorer.analysis.documents.entries import entry_document, listed_document
from explorer.analysis.documents.timelines import timeline_document
from explorer.analysis.documents.values import document, settled
from explorer.analysis.listing import Listed
from explorer.filesystem.entry import Aspect, Change, Entry, EntryType
from tests.factory import reference
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack


def test_a_document_begins_with_its_schema() -> None:
    assert list(document(b=1, a=2)) == ["schema", "b", "a"]


def test_iterators_become_lists_when_a_document_is_settled() -> None:
    made = document(rows=iter([1, (2, 3)]), deep={"x": (n for n in "ab")})
    assert settled(made) == {"schema": 1, "rows": [1, [2, 3]], "deep": {"x": ["a", "b"]}}


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_704_067_200_000_000_000, "2024-01-01T00:00:00Z"),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (2**63 - 1, "2262-04-11T23:47:16.854775807Z"),
        (-(2**63), "1677-09-21T00:12:43.145224192Z"),
    ],
)
def test_times_keep_their_nanoseconds(nanoseconds: int, shown: str) -> None:
    assert values.time_text(nanoseconds) == shown


def test_unknown_times_and_digests_are_null() -> None:
    assert values.moment_text(None) is None
    assert values.moment_text(datetime(2024, 1, 1, tzinfo=UTC)) == "2024-01-01T00:00:00Z"
    assert values.digest_text(None) is None


@pytest.mark.parametrize(("mode", "shown"), [(0, "0000"), (0o644, "0644"), (0o4755, "4755")])
def test_modes_are_four_octal_figures(mode: int, shown: str) -> None:
    assert values.mode_text(mode) == shown


@given(st.binary(min_size=1, max_size=20))
def test_any_path_can_be_written_and_told_apart(name: bytes) -> None:
    path = b"/" + name
    fields = values.path_fields(path)
    written = json.loads(json.dumps(fields))
    if "raw_path_b64" in written:
        import base64

        assert base64.b64decode(written["raw_path_b64"]) == path
    else:
        assert written["path"].encode() == path


def test_an_entry_has_the_fields_of_the_contract_in_order() -> None:
    entry = Entry(b"/x", EntryType.FILE, 0o644, 1, 2, 3, 4_000_000_000, layer=5)
    assert entry_document(entry, Change.MODIFIED, (Aspect.MODE, Aspect.UID)) == {
        "path": "/x",
        "type": "file",
        "mode": "0644",
        "uid": 1,
        "gid": 2,
        "size": 3,
        "mtime": "1970-01-01T00:00:04Z",
        "link": None,
        "device": None,
        "xattrs": {},
        "layer": 5,
        "change": "modified",
        "what": ["mode", "uid"],
    }


def test_link_targets_are_as_written_for_symlinks_and_absolute_for_hard_links() -> None:
    symlink = Entry(b"/s", EntryType.SYMLINK, link=b"../x/./y")
    hardlink = Entry(b"/h", EntryType.HARDLINK, link=b"x/./y")
    assert entry_document(symlink)["link"] == "../x/./y"
    assert entry_document(hardlink)["link"] == "/x/y"
    odd = entry_document(Entry(b"/s", EntryType.SYMLINK, link=b"\xff"))
    assert (odd["link"], odd["raw_link_b64"]) == ("%FF", "/w==")


def test_an_implied_directory_has_no_time() -> None:
    implied = entry_document(Entry(b"/d", EntryType.DIR, 0o755, implicit=True))
    assert (implied["mtime"], implied["implied"]) == (None, True)


def test_names_of_one_inode_are_listed() -> None:
    row = Listed(Entry(b"/a", EntryType.FILE), Change.UNCHANGED, (), (b"/a", b"/\xff"), 7)
    fields = listed_document(row)
    assert (fields["links"], fields["link_count"]) == (["/a", "/%FF"], 7)


@given(layer_stacks())
def test_every_timeline_is_a_document_that_json_can_write(layers: reference.Stack) -> None:
    image = open_stack(layers)
    for node in range(len(image.stack.trie)):
        made = timeline_document(image, node)
        assert json.loads(json.dumps(made)) == made
        assert [version["layer"] for version in made["versions"]] == sorted(
            version["entry"]["layer"] for version in made["versions"]
        )
