"""A catalogue of hostile, broken and merely odd layer tars, each a small case with a name.

The verdict says what a reader owes: ``valid`` must be read as it stands,
``broken`` must be reported as damaged, in whole or from there on, ``odd`` may be
read or reported but never crash, hang, fill memory or leave its root. The tars are a
few kilobytes each, whatever sizes they declare.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from tests.factory.entries import (
    character_device,
    directory,
    end_marker,
    file,
    global_pax,
    hardlink,
    symlink,
    whiteout,
)
from tests.factory.entry import Entry, Part, Raw, extension, tar_bytes
from tests.factory.header import BLOCK, base256, octal, pax_record
from tests.factory.sparse_files import sparse

Verdict = Literal["valid", "broken", "odd"]

BOMB: Final = 60_000_000_000
"""What a sparse bomb declares, in bytes."""


@dataclass(frozen=True, slots=True)
class Case:
    """One tar; ``names`` are what a reader must list where the verdict is ``valid``."""

    name: str
    tar: bytes
    verdict: Verdict
    names: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        return self.name


GOOD: Final = file("good", b"good\n")
"""A member after the hostile one, to see whether a reader finds its way."""


def cases() -> tuple[Case, ...]:
    """All cases, for ``pytest.mark.parametrize("case", cases(), ids=str)``."""
    groups = (_ends(), _headers(), _sizes(), _pax(), _gnu(), _sparse())
    more = (_names(), _links(), _whiteouts(), _formats())
    return tuple(case for group in (*groups, *more) for case in group)


def case(name: str) -> Case:
    """The case of that name; KeyError if there is none."""
    return {each.name: each for each in cases()}[name]


def _valid(name: str, *parts: Part) -> Case:
    listed = tuple(part.path.rstrip(b"/") for part in parts if isinstance(part, Entry))
    return Case(name, tar_bytes(parts), "valid", listed)


def _broken(name: str, *parts: Part) -> Case:
    return Case(name, tar_bytes(parts), "broken")


def _odd(name: str, *parts: Part) -> Case:
    return Case(name, tar_bytes(parts), "odd")


def _ends() -> Iterable[Case]:
    whole = tar_bytes([GOOD])
    body_cut = file("f", bytes(2000)).to_bytes()[: BLOCK + 700]
    yield Case("nothing at all", b"", "odd")
    yield Case("end marker alone", tar_bytes([]), "valid")
    yield Case("no end marker", tar_bytes([GOOD], end=False), "valid", (b"good",))
    yield Case("one zero block at the end", whole[:-BLOCK], "valid", (b"good",))
    yield Case("many zero blocks", whole + bytes(20 * BLOCK), "valid", (b"good",))
    yield Case("rubbish after the end", whole + b"rubbish" * 300, "valid", (b"good",))
    yield Case("two tars in a row", whole + tar_bytes([file("late")]), "valid", (b"good",))
    yield replace(_valid("end marker between", GOOD), tar=tar_bytes([GOOD, end_marker(), GOOD]))
    yield Case("cut in a header", whole[:300], "broken")
    yield Case("cut in a body", body_cut, "broken")
    yield Case("cut in the padding", whole[: BLOCK + 5], "odd")
    yield Case("text", b"This is no tar at all.\n" * 60, "broken")


def _headers() -> Iterable[Case]:
    yield _broken("wrong checksum", GOOD.with_fields(chksum=b"000000\0 "), GOOD)
    yield _broken("checksum of letters", GOOD.with_fields(chksum=b"checksum"), GOOD)
    yield _broken("size of letters", GOOD.with_fields(size=b"sixty bytes\0"), GOOD)
    yield _broken("mode of letters", GOOD.with_fields(mode=b"rw-r--r-"), GOOD)
    yield _valid("numbers with spaces", GOOD.with_fields(mode=b"   644 \0", size=b"         5 \0"))
    yield _valid("empty numbers", file("empty").with_fields(uid=bytes(8), mtime=bytes(12)))
    yield _valid("time before 1970", GOOD.with_fields(mtime=base256(-86400, 12)))
    yield _valid("binary numbers", GOOD.with_fields(uid=base256(70_000, 8), size=base256(5, 12)))
    yield _odd("negative owner", GOOD.with_fields(uid=base256(-2, 8)), GOOD)
    yield _odd("enormous owner", GOOD.with_fields(uid=base256(2**50, 8)), GOOD)
    yield _odd("unknown type", replace(GOOD, typeflag=b"Z"), GOOD)
    yield _valid("contiguous file", replace(GOOD, typeflag=b"7"))
    yield _odd("directory list of GNU", replace(directory("d"), typeflag=b"D"), GOOD)
    yield _odd("multi-volume part", replace(GOOD, typeflag=b"M"), GOOD)
    yield _odd("volume label", replace(file("label"), typeflag=b"V"), GOOD)
    yield _odd("mode of all bits", GOOD.with_fields(mode=octal(0o7777777, 8)), GOOD)


def _sizes() -> Iterable[Case]:
    yield _broken("negative size", GOOD.with_fields(size=base256(-1, 12)), GOOD)
    yield _broken("very negative size", GOOD.with_fields(size=base256(-(2**63), 12)), GOOD)
    yield _broken("size past the end", GOOD.with_size(17 * 2**30))
    yield _broken("size of 2^63", GOOD.with_fields(size=base256(2**63, 12)), GOOD)
    yield _broken("size that wraps round", GOOD.with_fields(size=base256(2**64 - 512, 12)), GOOD)
    yield _valid("hard link with a size and no body", GOOD, hardlink("l", "good").with_size(5))
    yield _odd("directory with a size", directory("d").with_size(512), Raw(bytes(BLOCK)), GOOD)
    yield _odd("symlink with a size", symlink("l", "good").with_size(1000), GOOD)
    yield _odd("device with a size", character_device("null", 1, 3).with_size(2**40), GOOD)


def _pax() -> Iterable[Case]:
    yield _valid("path in pax", file("good/long" + "x" * 200))
    pax_path = file("short").with_pax({"path": "other"})
    yield replace(_valid("pax path over header path", pax_path), names=(b"other",))
    yield _valid(
        "pax size", file("f", b"12345").with_fields(size=octal(0, 12)).with_pax({"size": "5"})
    )
    yield _valid("global header", global_pax({"comment": "made by hand"}), GOOD)
    yield _odd("global path", global_pax({"path": "everywhere"}), GOOD)
    yield _valid("unknown keyword", GOOD.with_pax({"VENDOR.key": "value"}))
    yield _valid("value with a newline", GOOD.with_pax({"comment": "a\nb"}))
    yield _broken("NUL in pax path", GOOD.with_pax({"path": b"a\0b"}), GOOD)
    yield _broken("NUL in pax linkpath", symlink("l", "x").with_pax({"linkpath": b"a\0b"}), GOOD)
    yield _broken("NUL in xattr name", GOOD.with_pax({b"SCHILY.xattr.user\0x": "1"}), GOOD)
    yield _broken("negative pax size", GOOD.with_pax({"size": "-1"}), GOOD)
    yield _broken("pax size of letters", GOOD.with_pax({"size": "many"}), GOOD)
    yield _broken("pax size past the end", GOOD.with_pax({"size": str(2**70)}))
    yield _odd("pax time of letters", GOOD.with_pax({"mtime": "noon"}), GOOD)
    yield _odd("pax time of infinity", GOOD.with_pax({"mtime": "inf"}), GOOD)
    yield _odd("empty pax path", GOOD.with_pax({"path": ""}), GOOD)
    for name, body in (
        ("record longer than the header", b"99 path=x\n"),
        ("record of length 0", b"0 path=x\n"),
        ("record without a length", b"path=x\n"),
        ("record without an equals sign", b"9 pathxy\n"),
        ("record without a newline", b"9 path=xy"),
        ("record of an enormous length", b"9" * 400 + b" path=x\n"),
    ):
        yield _broken("pax " + name, extended(body), GOOD)
    declared = extended(pax_record(b"path", b"x"), size=2**40)
    yield _broken("enormous pax header", declared, GOOD)
    yield _odd("pax header and then nothing", extended(pax_record(b"path", b"x")))


def extended(body: bytes, size: int | None = None) -> Raw:
    """A pax extended header with any body, declaring ``size`` bytes if given."""
    if size is None:
        return Raw(extension(b"x", b"PaxHeaders.0/hostile", body, "pax"))
    head = Entry(b"PaxHeaders.0/hostile", b"x", declared_size=size)
    return Raw(head.with_fields(size=base256(size, 12)).with_format("gnu").to_bytes() + body)


def _gnu() -> Iterable[Case]:
    long_link = symlink("l", "t" * 300, format="gnu")
    yield _valid("GNU long name and long link", file("n" * 300, format="gnu"), long_link)
    name = Raw(extension(b"L", b"././@LongLink", b"first\0", "gnu"))
    second = Raw(extension(b"L", b"././@LongLink", b"second\0", "gnu"))
    yield _odd("long name twice", name, second, GOOD)
    yield _odd("long name and then nothing", name)
    head = Entry(b"././@LongLink", b"L", format="gnu", declared_size=2**40)
    yield _broken("enormous long name", head, GOOD)
    yield _odd("a hundred long names", *[name] * 100, GOOD)


def _sparse() -> Iterable[Case]:
    chunk = {0: b"data"}
    yield _valid("sparse GNU of 60 GB", sparse("big", BOMB, chunk, "gnu"), GOOD)
    pax = sparse("big", BOMB, chunk, "0.0")
    yield _valid("sparse 0.0 of 60 GB", pax, GOOD)
    for form in ("0.1", "1.0"):
        bomb = _valid(f"sparse {form} of 60 GB", sparse("big", BOMB, chunk, form), GOOD)
        yield replace(bomb, names=(b"big", b"good"))
    many = {number * 10_000: b"x" for number in range(60)}
    yield _valid("sparse GNU with extension blocks", sparse("holes", 10**6, many, "gnu"), GOOD)
    yield _broken("sparse range past its end", sparse("f", 2, {100: b"data"}, "1.0"), GOOD)
    yield _broken("sparse ranges that overlap", sparse("f", 100, {0: b"12345", 2: b"x"}), GOOD)
    counts = sparse("f", 100, chunk, "0.1").with_pax({"GNU.sparse.numblocks": "-1"})
    yield _odd("negative number of sparse ranges", counts, GOOD)
    endless = replace(sparse("f", 100, chunk, "1.0"), content=b"9" * 600)
    yield _broken("sparse table that never ends", endless, GOOD)
    table = sparse("f", 100, chunk, "gnu")
    area = dict(table.fields)["prefix"]
    chained = table.with_fields(prefix=area[:137] + b"\1" + area[138:])
    yield _broken("sparse GNU chain that never ends", Raw(chained.header()), Raw(b"\1" * BLOCK))


def _names() -> Iterable[Case]:
    yield _valid("name that is not UTF-8", file(b"caf\xe9"), file(b"\xff\xfe"))
    yield _valid("name with a newline", file("two\nlines"), file("c:\\colon"))
    yield _valid("name with escapes", file("\x1b[31mred\x1b[0m"), file("bell\a"))
    yield _valid("name that reads backwards", file("exe\u202etxt.cod"))
    yield replace(_valid("dotted names", directory("./"), file("./a")), names=(b"a",))
    yield replace(_valid("doubled slashes", directory("a//"), file("a//b")), names=(b"a", b"a/b"))
    yield _odd("absolute name", file("/etc/passwd", b"root"), GOOD)
    yield _odd("climbing name", file("../../outside", b"escaped"), GOOD)
    yield _odd("climbing in the middle", file("a/../../outside", b"escaped"), GOOD)
    yield _odd("empty name", file(""), GOOD)
    yield _odd("name of a dot", file("."), GOOD)
    yield _odd("name of two dots", directory(".."), GOOD)
    yield _odd("file with a trailing slash", file("f/", b"content"), GOOD)
    yield _odd("very deep name", file("d/" * 3000 + "f"), GOOD)
    yield _odd("very long name", file("n" * 70_000), GOOD)
    yield _odd("file as a parent", file("a", b"file"), file("a/b", b"below"), GOOD)


def _links() -> Iterable[Case]:
    yield _odd("hard link to nothing", hardlink("l", "absent"), GOOD)
    yield _odd("hard link to itself", hardlink("l", "l"), GOOD)
    yield _odd("hard links in a ring", hardlink("a", "b"), hardlink("b", "a"), GOOD)
    yield _odd("hard link before its target", hardlink("l", "good"), GOOD)
    yield _odd("hard link to a directory", directory("d"), hardlink("l", "d"), GOOD)
    yield _odd("hard link out of the root", hardlink("l", "../../etc/passwd"), GOOD)
    yield _odd("absolute hard link", hardlink("l", "/etc/passwd"), GOOD)
    yield _valid("symlinks in a ring", symlink("a", "b"), symlink("b", "a"), GOOD)
    out = symlink("out", "../../../tmp")
    yield _odd("file through a symlink out of the root", out, file("out/escaped", b"x"), GOOD)
    absolute = symlink("out", "/tmp")
    yield _odd("file through an absolute symlink", absolute, file("out/escaped", b"x"), GOOD)
    yield _odd("hard link through a symlink", out, hardlink("l", "out/escaped"), GOOD)
    yield _odd("symlink to nothing", symlink("l", ""), GOOD)


def _whiteouts() -> Iterable[Case]:
    yield Case("whiteout of an absent path", tar_bytes([whiteout("absent")]), "valid")
    yield _broken("whiteout without a name", file(".wh."), GOOD)
    yield _odd("whiteout of the directory itself", directory("d"), file("d/.wh.."), GOOD)
    yield _odd("whiteout of the parent", directory("d"), file("d/.wh..."), GOOD)
    aufs = (directory(".wh..wh.plnk"), file(".wh..wh..aufs"), directory(".wh..wh.orph"))
    yield replace(_valid("leftovers of AUFS", *aufs, GOOD), names=(b"good",))
    almost = file(".wh..wh..opqX")
    yield replace(_valid("almost an opaque marker", almost, GOOD), names=(b"good",))
    yield _odd("whiteout that is a directory", directory(".wh.a"), file(".wh.a/b"), GOOD)
    yield _odd("whiteout that is a symlink", symlink(".wh.a", "good"), GOOD)


def _formats() -> Iterable[Case]:
    yield _valid("seventh edition", file("old", b"1979", format="v7"))
    yield _valid("prefix field", file("p" * 90 + "/" + "q" * 60, b"x", format="ustar"))
    twice = (file("same", b"first"), file("same", b"second"))
    yield replace(_valid("one path twice", *twice), names=(b"same",))
