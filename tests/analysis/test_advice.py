"""Advice on waste: the cause is named, and what to do about it fits the instruction."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.advice import Advice, Loss, advise
from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.waste import measure_waste
from explorer.store.cache import Caches
from tests.factory import Entry, ImageBuilder, docker_archive_v25, file, whiteout

BODY = "x" * 1000


def _advice(folder: Path, *layers: tuple[str, list[Entry]]) -> tuple[Advice, ...]:
    image = _open(folder, *layers)
    return advise(image, measure_waste(image))


def _open(folder: Path, *layers: tuple[str, list[Entry]]) -> OpenImage:
    builder = ImageBuilder()
    for created_by, entries in layers:
        builder = builder.add(*entries, created_by=f"{created_by} # buildkit")
    path = docker_archive_v25(builder.build()).write(folder / "image.tar")
    return open_image(str(path), caches=Caches.at(folder / "cache"))


@pytest.mark.parametrize(
    ("made", "path", "hidden", "loss", "words"),
    [
        ("RUN make", "big", [whiteout("big")], Loss.DELETED, "in the RUN that makes them"),
        ("COPY . /", "big", [whiteout("big")], Loss.DELETED, ".dockerignore"),
        ("RUN apt", "var/lib/apt/lists/x", [whiteout("var/lib/apt/lists")], Loss.CACHE, "cache"),
        ("RUN make", "big", [file("big", BODY, mode=0o755)], Loss.METADATA, "a new mode"),
        ("COPY big /", "big", [file("big", BODY, uid=5)], Loss.METADATA, "--chown"),
        ("RUN make", "big", [file("big", "y")], Loss.REPLACED, "Write them once"),
        ("RUN make", "big", [file("big", BODY)], Loss.REPEATED, "without any difference"),
    ],
)
def test_each_loss_has_its_advice(
    made: str, path: str, hidden: list[Entry], loss: Loss, words: str, tmp_path: Path
) -> None:
    [advice] = _advice(tmp_path, (made, [file(path, BODY)]), ("RUN later", hidden))
    assert (advice.loss, advice.stored_in, advice.hidden_by) == (loss, 0, 1)
    assert (advice.size, advice.count, advice.paths) == (1000, 1, (b"/" + path.encode(),))
    assert words in advice.text


def test_what_the_base_brought_is_told_apart(tmp_path: Path) -> None:
    [advice] = _advice(
        tmp_path,
        ("ADD rootfs.tar /", [file("usr/share/man", BODY)]),
        ("RUN rm man", [whiteout("usr/share/man")]),
    )
    assert "base image" in advice.text


def test_losses_of_one_cause_are_one_advice_and_the_largest_comes_first(tmp_path: Path) -> None:
    found = _advice(
        tmp_path,
        ("RUN small", [file("s", "x")]),
        ("RUN make", [file(f"d/{number}", BODY) for number in range(5)]),
        ("RUN rm", [whiteout("d"), whiteout("s")]),
    )
    assert [(advice.stored_in, advice.size, advice.count) for advice in found] == [
        (1, 5000, 5),
        (0, 1, 1),
    ]
    assert len(found[0].paths) == 3


def test_nothing_wasted_needs_no_advice(tmp_path: Path) -> None:
    assert _advice(tmp_path, ("RUN make", [file("a", BODY)])) == ()


def test_the_advice_adds_up_to_the_waste(tmp_path: Path) -> None:
    image = _open(
        tmp_path,
        ("RUN a", [file("a", "1"), file("b", "22")]),
        ("RUN b", [file("a", "333"), file("b", "22", mode=0o600)]),
        ("RUN c", [whiteout("a"), file("b", "4444")]),
    )
    waste = measure_waste(image)
    assert sum(advice.size for advice in advise(image, waste, limit=99)) == waste.wasted
