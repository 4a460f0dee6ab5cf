"""What queries find: in merged filesystems, in changes, and in every layer."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings

from explorer.analysis.opened import OpenImage
from explorer.analysis.query import EVERY_LAYER, Limits, Marked, compile_query, find, select
from explorer.analysis.query.scope import Scope
from explorer.analysis.timeline import timeline
from explorer.errors import Cancelled
from explorer.filesystem.entry import Change
from explorer.progress import Job
from tests.factory import (
    directory,
    fifo,
    file,
    hardlink,
    opaque,
    reference,
    sparse,
    symlink,
    whiteout,
)
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0)

LAYERS = (
    (
        directory("bin"),
        file("bin/tool", b"#!" + b"x" * 1500, mode=0o755),
        file("bin/su", "su", mode=0o4755),
        hardlink("bin/alias", "bin/tool"),
        symlink("bin/sh", "tool"),
        directory("etc"),
        file("etc/passwd", "root:x:0:0::/:\nweb:x:101:102::/:\n"),
        file("etc/group", "root:x:0:\nstaff:x:50:\n"),
        file("etc/old.conf", "listen 80\n", mtime=1_600_000_000),
        directory("tmp", mode=0o1777),
        fifo("tmp/pipe"),
    ),
    (
        file("etc/old.conf", "listen 443\n", mtime=1_600_000_000),
        file("bin/su", "su", mode=0o755),
        file("srv/data.bin", b"\0" * 70_000, uid=101, gid=50, xattrs={"user.note": b"1"}),
        file("srv/ping", "ping", xattrs={"security.capability": CAPABILITY}),
        directory("tmp", mode=0o1777),
    ),
    (whiteout("etc/old.conf"), opaque("tmp"), file("bin/tool", b"#!" + b"x" * 1500, mode=0o755)),
)


@pytest.fixture(scope="module")
def image() -> OpenImage:
    return open_stack(LAYERS)


def paths(image: OpenImage, query: str, scope: Scope | None = None) -> list[str]:
    """The paths that a query selects."""
    nodes = select(image, compile_query(query), scope)
    return [path.decode() for path in image.stack.trie.paths(nodes)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tool", ["/bin/tool"]),
        ("bin/", ["/bin/alias", "/bin/sh", "/bin/su", "/bin/tool"]),
        ("ext:bin", ["/srv/data.bin"]),
        ("type:symlink", ["/bin/sh"]),
        ("type:hardlink", ["/bin/alias"]),
        ("type:fifo", []),
        ("type:dir -name=tmp", ["/", "/bin", "/etc", "/srv"]),
        ("size>1k", ["/bin/alias", "/bin/tool", "/srv/data.bin"]),
        ("size<3", ["/bin/su"]),
        ("size=4", ["/srv/ping"]),
        ("size!=4 srv/", ["/srv/data.bin"]),
        ("size:1500..2k", ["/bin/alias", "/bin/tool"]),
        ("mode:0755 type:file", ["/bin/alias", "/bin/su", "/bin/tool"]),
        ("mode:sticky", ["/tmp"]),
        ("mode:world-writable", ["/tmp"]),
        ("mode:/0111 type:file", ["/bin/alias", "/bin/su", "/bin/tool"]),
        ("mode:-0644 srv/", ["/srv/data.bin", "/srv/ping"]),
        ("owner:web", ["/srv/data.bin"]),
        ("owner:101", ["/srv/data.bin"]),
        ("group:staff", ["/srv/data.bin"]),
        ("uid>0 or gid>0", ["/srv/data.bin"]),
        ("owner:nobody", []),
        ("xattr:note", ["/srv/data.bin"]),
        ("xattr:*", ["/srv/data.bin", "/srv/ping"]),
        ("capability", ["/srv/ping"]),
        ("capability:net_raw", ["/srv/ping"]),
        ("capability:sys_admin", []),
        ("link:tool", ["/bin/alias", "/bin/sh"]),
        ("link=tool", ["/bin/sh"]),
        ("link:bin/*", ["/bin/alias"]),
        ("mtime:2024-01-01 ext:bin", ["/srv/data.bin"]),
        ("mtime>2024-01-01", []),
        ("mtime<2024 bin", []),
        ("layer:1 type:file", ["/bin/su", "/srv/data.bin", "/srv/ping"]),
        ("change:modified", ["/bin/su"]),
        ("change:unchanged type:file", ["/bin/tool"]),
        ("what:mode", ["/bin/su"]),
        ("what:content", []),
        ('"#!xx"', ["/bin/alias", "/bin/tool"]),
        ("content:ROOT", []),
        ("content:Root", []),
        ("content:root", ["/etc/group", "/etc/passwd"]),
        ("-content:root etc/ type:file", []),
        ("(su or ping) -mode:0755", ["/srv/ping"]),
    ],
)
def test_the_final_filesystem_is_asked_by_default(
    image: OpenImage, query: str, expected: list[str]
) -> None:
    assert paths(image, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("change:removed", [("/etc/old.conf", 2), ("/tmp/pipe", 2)]),
        ("type:whiteout", [("/etc/old.conf", 2)]),
        ("old.conf", []),
        (
            "old.conf layer:0..9",
            [("/etc/old.conf", 0), ("/etc/old.conf", 1), ("/etc/old.conf", 2)],
        ),
        ("what:mode", [("/bin/su", 1)]),
        ("what:content", [("/etc/old.conf", 1)]),
        ("mode:setuid", []),
        ("mode:setuid layer:0", [("/bin/su", 0)]),
        ('change:any "listen 443"', [("/etc/old.conf", 1), ("/etc/old.conf", 2)]),
        ("tool", [("/bin/tool", 2)]),
    ],
)
def test_every_layer_is_searched_when_a_query_asks_about_layers(
    image: OpenImage, query: str, expected: list[tuple[str, int]]
) -> None:
    hits = [(image.stack.trie.path(hit.node).decode(), hit.layer)
            for hit in find(image, compile_query(query))]  # fmt: skip
    assert hits == expected


def test_a_removed_path_is_shown_as_it_was(image: OpenImage) -> None:
    (hit,) = find(image, compile_query("old.conf change:removed"))
    assert hit.change is Change.REMOVED
    assert hit.entry(image.stack).layer == 1
    assert image.content(hit.provider).read_at(0, 100) == b"listen 443\n"


def test_changes_alone_can_be_asked(image: OpenImage) -> None:
    assert paths(image, "", image.changes(2)) == ["/bin/tool", "/etc/old.conf", "/tmp/pipe"]
    assert paths(image, "change:removed layer:2", image.changes(1, 2)) == [
        "/etc/old.conf",
        "/tmp/pipe",
    ]
    assert paths(image, "layer:2 size>0", 2) == ["/bin/tool", "/etc/old.conf"]


def test_a_merged_filesystem_can_be_asked_with_its_changes_marked(image: OpenImage) -> None:
    marked = Marked(image.state(2), image.changes(2))
    assert paths(image, "change:removed", marked) == ["/etc/old.conf", "/tmp/pipe"]
    assert paths(image, "change:unchanged su", marked) == ["/bin/su"]
    assert paths(image, "change:modified", Marked(image.state(1), image.changes(1))) == [
        "/bin/su",
        "/etc/old.conf",
    ]


def test_an_older_state_can_be_asked(image: OpenImage) -> None:
    assert paths(image, "mode:setuid", image.state(0)) == ["/bin/su"]
    assert paths(image, '"listen 80"', image.state(0)) == ["/etc/old.conf"]


def test_a_path_is_given_once_however_many_versions_match(image: OpenImage) -> None:
    assert paths(image, "su type:file", EVERY_LAYER) == ["/bin/su"]


def test_an_owner_that_the_image_does_not_know_is_said(image: OpenImage) -> None:
    notes: list[str] = []
    select(image, compile_query("owner:nobody or group:none"), notes=notes)
    assert notes == [
        "The image knows no user “nobody”",
        "The image knows no group “none”",
    ]


def test_a_text_is_found_where_two_reads_meet_and_in_the_data_of_sparse_files() -> None:
    text = b"a needle in it"
    image = open_stack(
        [
            [
                file("meets", b"." * ((1 << 20) - 4) + text),
                sparse("holes", 1 << 34, {1 << 33: text}),
                file("short", text[:-1]),
            ]
        ]
    )
    assert paths(image, '"a needle in it"') == ["/holes", "/meets"]


def test_content_is_searched_within_limits_and_what_is_left_out_is_said() -> None:
    image = open_stack([[file("a", b"." * 3000 + b"end"), file("b", b"end")]])
    query, notes = compile_query('"end"'), list[str]()
    limits = Limits(file=1000)
    assert len(select(image, query, limits=limits, notes=notes)) == 1
    assert notes == ["Of large files only the first 1,000 bytes were searched"]
    notes.clear()
    assert len(list(find(image, query, limits=Limits(total=100), notes=notes))) == 0
    assert notes == ["Only the first 100 bytes of content were searched"]


def test_a_search_stops_when_it_is_cancelled(image: OpenImage) -> None:
    job = Job()
    hits = find(image, compile_query("content:o"), job=job)
    job.cancel()
    with pytest.raises(Cancelled):
        list(hits)


def test_an_image_without_layers_has_a_root_and_nothing_else() -> None:
    image = open_stack([])
    assert paths(image, "") == ["/"]
    assert paths(image, "change:removed or a", EVERY_LAYER) == []


everything = layer_stacks(implicit_parents=True, awkward=True)


@settings(max_examples=60, deadline=None)
@given(everything)
def test_every_layer_together_says_what_timelines_say(layers: reference.Stack) -> None:
    image = open_stack(layers)
    hits = {(hit.node, hit.layer): hit for hit in find(image, compile_query(""), EVERY_LAYER)}
    expected = {
        (node, version.layer): version
        for node in range(len(image.stack.trie))
        for version in timeline(image, node)
    }
    assert hits.keys() == expected.keys()
    for key, hit in hits.items():
        version = expected[key]
        assert hit.change is version.change
        assert hit.previous == version.previous
        assert hit.what(image.stack) == version.what
        assert hit.entry(image.stack) == version.entry


@settings(max_examples=60, deadline=None)
@given(everything)
def test_terms_agree_with_the_entries_they_are_asked_of(layers: reference.Stack) -> None:
    image = open_stack(layers)
    final = image.final
    entries = {node: final.entry(node) for node in final.nodes().tolist()}
    questions = {
        "type:file": lambda entry: entry.type.word == "file",
        "size>2": lambda entry: entry.type.word == "file" and entry.size > 2,
        "mode:0600": lambda entry: entry.mode == 0o600 and entry.type.word != "symlink",
        "uid:0": lambda entry: entry.uid == 0,
        "xattr:user.note": lambda entry: b"user.note" in entry.xattrs,
        "layer:1": lambda entry: entry.layer == 1,
        "name=a": lambda entry: entry.name == b"a",
    }
    for query, question in questions.items():
        expected = [node for node, entry in entries.items() if entry and question(entry)]
        assert select(image, compile_query(query)).tolist() == expected
        others = select(image, compile_query(f"-({query})")).tolist()
        assert sorted(expected + others) == sorted(entries)


@settings(max_examples=60, deadline=None)
@given(everything)
def test_the_change_of_a_merged_path_is_that_of_its_last_version(layers: reference.Stack) -> None:
    image = open_stack(layers)
    last = {
        node: versions[-1].change
        for node in image.final.nodes().tolist()
        if (versions := timeline(image, node))
    }
    for change in Change:
        found = select(image, compile_query(f"change:{change.word}")).tolist()
        expected = [node for node, last_change in last.items() if last_change is change]
        assert [node for node in found if node in last] == expected
