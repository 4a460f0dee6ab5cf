"""What we show of layers on which unpackers differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explorer.analysis.opened import open_image
from explorer.filesystem.entry import Entry
from explorer.store.cache import Caches
from tests.conformance.looking import content, merged
from tests.conformance.overlay_cases import CASES, Case
from tests.factory import image, layer, oci_layout

_LETTERS = {"file": "f", "dir": "d", "symlink": "l", "char": "c", "fifo": "p"}


def shown(entry: Entry, *, mode: bool) -> str:
    link = f"->{(entry.link or b'').decode()}" if entry.type.word == "symlink" else ""
    return _LETTERS[entry.type.word] + link + (f"{entry.mode:04o}" if mode else "")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_we_show_what_is_noted(case: Case, tmp_path: Path, caches: Caches) -> None:
    made = image(*(layer(*parts) for parts in case.layers))
    opened = open_image(str(oci_layout(made).write(tmp_path / "image.tar")), caches=caches)
    wanted = dict(part.split(" ", 1) for part in case.shows.split(", "))
    found = merged(opened)
    assert set(found) == {"/" + path for path in wanted}
    for path, text in wanted.items():
        with_mode = re.search(r"\d{4}$", text) is not None
        assert shown(found["/" + path], mode=with_mode) == text
    assert opened.problems == ()


def test_a_hard_link_to_a_lower_layer_has_its_content(tmp_path: Path, caches: Caches) -> None:
    (case,) = (case for case in CASES if case.name == "a hard link to a lower layer")
    made = image(*(layer(*parts) for parts in case.layers))
    opened = open_image(str(oci_layout(made).write(tmp_path / "image.tar")), caches=caches)
    assert content(opened, "/l") == b"12345"
    assert opened.final.links(opened.node("/l")) == (b"/l", b"/t")
