"""rpm's three databases: read as rpm writes them, and never further than they are."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.packages import packages
from explorer.analysis.packages.rpm.berkeley import berkeley_headers
from explorer.analysis.packages.rpm.header import parse_header
from explorer.analysis.packages.rpm.ndb import ndb_headers
from explorer.analysis.packages.rpm.sqlite import sqlite_headers
from explorer.analysis.packages.values import Noted
from tests.factory import file
from tests.stacks import open_stack

Fields = dict[int, str | int]
BASH: Fields = {1000: "bash", 1001: "5.2", 1002: "3.el9", 1003: 2, 1009: 7000, 1022: "x86_64"}
GLIBC: Fields = {1000: "glibc", 1001: "2.34", 1002: "1.el9", 1022: "x86_64"}
NOTED = [Noted("bash", "2:5.2-3.el9", "x86_64", 7000), Noted("glibc", "2.34-1.el9", "x86_64", 0)]


def header(fields: Fields, padding: int = 0) -> bytes:
    """A header with these tags, as a database holds it; numbers as INT32, texts as STRING."""
    index, data = b"", b""
    for tag, value in fields.items():
        if isinstance(value, int):
            data += b"\0" * (-len(data) % 4)
            index += struct.pack(">IIII", tag, 4, len(data), 1)
            data += value.to_bytes(4, "big")
        else:
            index += struct.pack(">IIII", tag, 6, len(data), 1)
            data += value.encode() + b"\0"
    data += b"\0" * padding
    return struct.pack(">II", len(fields), len(data)) + index + data


def sqlite(
    tmp_path: Path, *statements: str, blobs: tuple[bytes, ...] = (), wal: bool = False
) -> bytes:
    """An SQLite database as rpm makes it."""
    path = tmp_path / "rpmdb.sqlite"
    database = sqlite3.connect(path)
    if wal:
        database.execute("PRAGMA journal_mode = WAL")
    for statement in statements or ("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)",):
        database.execute(statement)
    for number, blob in enumerate(blobs, 1):
        database.execute("INSERT INTO Packages VALUES (?, ?)", (number, blob))
    database.commit()
    database.close()
    return path.read_bytes()


def ndb(*blobs: bytes) -> bytes:
    """A database of rpm's own kind: one page of slots, then the blobs."""
    slots, body = b"", b""
    for number, blob in enumerate(blobs, 1):
        start = (4096 + len(body)) // 16
        piece = struct.pack("<4sIII", b"BlbS", number, 0, len(blob)) + blob
        piece += b"\0" * (-len(piece) % 16)
        slots += struct.pack("<4sIII", b"Slot", number, start, len(piece) // 16)
        body += piece
    top = struct.pack("<4sIII16x", b"RpmP", 0, 1, 1) + slots
    return top.ljust(4096, b"\0") + body


def berkeley(*blobs: bytes, order: str = "<", size: int = 512) -> bytes:
    """A Berkeley DB hash table: one page of pairs, then the pages of each value."""
    meta = struct.pack(f"{order}8xIIIIBB", 0, 0x00061561, 9, size, 0, 8).ljust(size, b"\0")
    pages: list[bytes] = []
    values: list[bytes] = []
    for blob in blobs:
        values.append(struct.pack(f"{order}B3xII", 3, len(pages) + 2, len(blob)))
        pieces = [blob[at : at + size - 26] for at in range(0, len(blob), size - 26)]
        for number, piece in enumerate(pieces):
            following = len(pages) + 3 if number < len(pieces) - 1 else 0
            head = struct.pack(
                f"{order}8xIIIHHBB", len(pages) + 2, 0, following, 1, len(piece), 0, 7
            )
            pages.append((head + piece).ljust(size, b"\0"))
    # The first pair counts the packages and lies on the page itself.
    items = [b"\1\0\0\0\0", b"\1\2\0\0\0"]
    for number, value in enumerate(values, 1):
        items += [b"\1" + struct.pack(f"{order}I", number), value]
    page, offsets, at = bytearray(size), [], size
    for item in items:
        at -= len(item)
        page[at : at + len(item)] = item
        offsets.append(at)
    page[:26] = struct.pack(f"{order}8xIIIHHBB", 1, 0, 0, len(items), at, 0, 13)
    struct.pack_into(f"{order}{len(offsets)}H", page, 26, *offsets)
    return meta + bytes(page) + b"".join(pages)


def noted(headers: Iterator[bytes]) -> list[Noted | None]:
    """What the headers of a database say."""
    return [parse_header(each) for each in headers]


def test_a_header_says_name_epoch_version_release_architecture_and_size() -> None:
    assert [parse_header(header(fields)) for fields in (BASH, GLIBC)] == NOTED


def test_a_key_that_rpm_trusts_is_no_package() -> None:
    assert parse_header(header({**GLIBC, 1000: "gpg-pubkey"})) is None


@pytest.mark.parametrize("wal", [False, True])
def test_an_sqlite_database_is_read(tmp_path: Path, wal: bool) -> None:
    data = sqlite(tmp_path, blobs=(header(BASH), header(GLIBC)), wal=wal)
    assert noted(sqlite_headers(data)) == NOTED


def test_a_database_of_rpms_own_is_read() -> None:
    assert noted(ndb_headers(ndb(header(BASH), header(GLIBC, padding=9000)))) == NOTED


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_berkeley_database_is_read_in_either_byte_order(order: str) -> None:
    data = berkeley(header(BASH), header(GLIBC, padding=2000), order=order)
    assert noted(berkeley_headers(data)) == NOTED


@pytest.mark.integration
def test_a_database_that_berkeley_db_itself_wrote_is_read(tmp_path: Path) -> None:
    if not shutil.which("perl"):
        pytest.skip("perl is not installed")
    for number in range(30):
        fields = {**GLIBC, 1000: f"package{number:02}"}
        (tmp_path / f"{number}").write_bytes(header(fields, padding=3000 * number))
    script = """
        use DB_File; my %table;
        tie %table, "DB_File", "Packages", O_RDWR|O_CREAT, 0644, $DB_HASH or die;
        $table{pack "V", 0} = pack "V", 30;
        for my $n (0..29) {
            open my $in, "<:raw", $n or die; local $/; $table{pack "V", $n + 1} = <$in>;
        }
    """
    done = subprocess.run(["perl", "-e", script], cwd=tmp_path, capture_output=True, check=False)
    if b"DB_File" in done.stderr:
        pytest.skip("perl has no DB_File")
    found = noted(berkeley_headers((tmp_path / "Packages").read_bytes()))
    # Small values lie on the pages themselves; rpm's are never that small.
    large = {f"package{number:02}" for number in range(1, 30)}
    assert large <= {each.name for each in found if each is not None}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("var/lib/rpm/Packages", berkeley(header(BASH), header(GLIBC))),
        ("usr/lib/sysimage/rpm/Packages.db", ndb(header(BASH), header(GLIBC))),
    ],
)
def test_the_packages_of_an_image_are_listed(path: str, data: bytes) -> None:
    found = packages(open_stack(((file(path, data),),)))
    assert [(each.kind.value, each.name, each.version) for each in found] == [
        ("rpm", "bash", "2:5.2-3.el9"),
        ("rpm", "glibc", "2.34-1.el9"),
    ]


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages.db", "Packages"])
def test_a_database_that_is_none_is_named(name: str) -> None:
    notes: list[str] = []
    assert packages(open_stack(((file(f"var/lib/rpm/{name}", "x" * 1000),),)), notes=notes) == ()
    (note,) = notes
    assert note.startswith(f"The packages in /var/lib/rpm/{name} are not listed: it is no ")


# -- hostile databases --------------------------------------------------------------------------

ENDLESS = (
    "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS hnum, i AS blob FROM n"
)


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ((ENDLESS,), "no table of packages"),
        (("CREATE TABLE Other (x)",), "no table of packages"),
        (("CREATE TABLE Packages (x)",), "damaged"),
    ],
)
def test_an_sqlite_database_of_another_shape_is_refused(
    tmp_path: Path, statements: tuple[str, ...], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        list(sqlite_headers(sqlite(tmp_path, *statements)))


def test_a_computed_column_computes_nothing(tmp_path: Path) -> None:
    table = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, x, blob AS (zeroblob(1000000000)))"
    data = sqlite(tmp_path, table, "INSERT INTO Packages (x) VALUES (1)")
    with pytest.raises(ValueError, match="damaged"):
        list(sqlite_headers(data))


def test_chains_of_pages_that_go_in_circles_end() -> None:
    data = bytearray(berkeley(header(GLIBC, padding=2000)))
    struct.pack_into("<I", data, 3 * 512 + 16, 2)  # the second page of the value leads to its first
    assert len(list(berkeley_headers(bytes(data)))) == 1


def test_packages_that_overlap_are_damage() -> None:
    whole = bytearray(ndb(header(GLIBC, padding=9000)))
    slot = whole[32:48]
    for number in range(100):
        whole[32 + 16 * number : 48 + 16 * number] = slot
    with pytest.raises(ValueError, match="overlap"):
        list(ndb_headers(bytes(whole)))


READERS: tuple[tuple[Callable[[bytes], Iterator[bytes]], bytes], ...] = (
    (ndb_headers, ndb(header(BASH), header(GLIBC, padding=500))),
    (berkeley_headers, berkeley(header(BASH), header(GLIBC, padding=900))),
)


@given(st.sampled_from(READERS), st.data())
def test_damaged_databases_are_read_as_far_as_they_go(
    reader: tuple[Callable[[bytes], Iterator[bytes]], bytes], data: st.DataObject
) -> None:
    headers, whole = reader
    broken = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(len(broken) - 1, 0)), max_size=6)):
        if broken:
            broken[place] = data.draw(st.integers(0, 255))
    try:
        found = noted(headers(bytes(broken)))
    except ValueError as error:
        assert str(error)
    else:
        assert len(found) <= 4


@given(st.binary(max_size=120))
def test_any_bytes_can_stand_for_a_header(data: bytes) -> None:
    assert parse_header(data) is None or data
