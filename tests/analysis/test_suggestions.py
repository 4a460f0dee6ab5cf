"""Suggestions name what is stored in vain, who is to blame, and what to write instead."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from explorer.analysis.opened import OpenImage, open_image
from explorer.analysis.suggestions import Kind, Suggestion, advise
from explorer.analysis.suggestions.hidden import hidden_files
from explorer.analysis.suggestions.losses import losses
from explorer.analysis.waste import measure_waste
from explorer.errors import Cancelled
from explorer.progress import Job
from explorer.store.cache import Caches
from tests.factory import (
    Entry,
    ImageBuilder,
    directory,
    docker_archive_v25,
    file,
    reference,
    sparse,
    whiteout,
)
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

BIG = "x" * 50_000
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"


def built(*steps: tuple[str, Sequence[Entry]]) -> OpenImage:
    """An image of these instructions, each with the entries of its layer."""
    builder = ImageBuilder()
    for created_by, entries in steps:
        builder = builder.add(*entries, created_by=f"{created_by} # buildkit")
    with tempfile.TemporaryDirectory() as folder:
        path = docker_archive_v25(builder.build()).write(Path(folder, "image.tar"))
        return open_image(str(path), caches=Caches.at(Path(folder, "cache")))


def of(kind: Kind, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Those of one kind."""
    return [each for each in suggestions if each.kind is kind]


def only(kind: Kind, image: OpenImage) -> Suggestion:
    """The one suggestion of a kind."""
    (found,) = of(kind, advise(image))
    return found


BASE = ("ADD rootfs.tar /", [directory("bin"), file("bin/sh", BIG), file("bin/ls", "ls" * 9000)])


def test_what_a_later_run_deletes_is_to_be_deleted_where_it_is_made() -> None:
    image = built(
        BASE,
        ("RUN /bin/sh -c make", [file("out/app", BIG + "!"), file("out/app.o", "o" * 30_000)]),
        ("RUN /bin/sh -c rm -r /out", [whiteout("out")]),
    )
    found = only(Kind.DELETED, image)
    assert (found.saves, found.layers, found.node) == (80_001, (1, 2), image.node("/out/app"))
    assert found.title == "80 kB that layer 2 deletes stay in layer 1"
    assert "Layer 1 (RUN make) stores 2 files (the largest is /out/app)" in found.why
    assert "layer 2 (RUN rm -r /out) deletes them" in found.why
    assert found.do.startswith("Delete them in the RUN of layer 1")


def test_what_was_copied_and_deleted_should_not_be_copied() -> None:
    image = built(
        BASE,
        ("COPY . /src", [file("src/data", BIG + "!")]),
        ("RUN /bin/sh -c rm /src/data", [whiteout("src/data")]),
    )
    assert ".dockerignore" in only(Kind.DELETED, image).do


def test_what_comes_with_the_base_cannot_be_deleted_away() -> None:
    image = built(
        BASE,
        ("RUN /bin/sh -c rm /bin/ls", [whiteout("bin/ls")]),
        ("COPY app /app", [file("app", "a")]),
    )
    found = only(Kind.DELETED, image)
    assert (found.saves, found.layers) == (18_000, (0, 1))
    assert "base image" in found.do


def test_a_cache_that_is_deleted_too_late_is_called_by_its_name() -> None:
    image = built(
        BASE,
        (
            "RUN /bin/sh -c apt-get update && apt-get install -y curl",
            [file("var/lib/apt/lists/x", BIG + "!"), file("tmp/other", "o" * 20_000)],
        ),
        (
            "RUN /bin/sh -c rm -rf /var/lib/apt/lists/* /tmp/*",
            [whiteout("var/lib/apt/lists/x"), whiteout("tmp/other")],
        ),
    )
    cache, other = of(Kind.DELETED, advise(image))
    assert cache.title == "50 kB of package lists of apt stay in layer 1"
    assert "--mount=type=cache,target=/var/lib/apt/lists" in cache.do
    assert (cache.saves, other.saves) == (50_001, 20_000)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("var/cache/apk/APKINDEX.tar.gz", "apk add --no-cache"),
        ("root/.cache/pip/http/x", "pip install --no-cache-dir"),
        ("home/web/.cache/pip/http/x", "pip install --no-cache-dir"),
        ("root/.npm/_cacache/content/x", "npm cache clean"),
        ("usr/local/cargo/registry/cache/x", "earlier stage"),
        ("var/cache/dnf/x", "dnf clean all"),
    ],
)
def test_a_cache_that_is_left_in_the_image_is_called_by_its_name(path: str, words: str) -> None:
    image = built(BASE, ("RUN /bin/sh -c install", [file(path, BIG + "!")]))
    found = only(Kind.CACHE, image)
    assert (found.saves, found.layers, found.node) == (50_001, (1,), image.node(path))
    assert words in found.do


def test_a_change_of_mode_and_owner_alone_is_to_be_said_in_the_copy() -> None:
    image = built(
        BASE,
        ("COPY app /app", [file("app", BIG + "!")]),
        ("RUN /bin/sh -c chmod 750 /app", [file("app", BIG + "!", mode=0o750, uid=7, gid=8)]),
    )
    found = only(Kind.METADATA, image)
    assert found.saves == 50_001
    assert found.title == "50 kB are stored again for a new mode and owner"
    assert "COPY --chmod=0750 --chown=7:8" in found.do


def test_a_change_of_attributes_is_to_be_made_where_the_file_is() -> None:
    image = built(
        BASE,
        ("COPY app /app", [file("app", BIG + "!")]),
        ("RUN /bin/sh -c tag /app", [file("app", BIG + "!", xattrs={"user.tag": b"1"})]),
    )
    found = only(Kind.METADATA, image)
    assert "new attribute" in found.title
    assert "where the files are made" in found.do


def test_what_is_written_twice_is_to_be_written_once() -> None:
    image = built(
        BASE,
        ("RUN /bin/sh -c make", [file("app", BIG + "1")]),
        ("RUN /bin/sh -c strip /app", [file("app", "stripped")]),
    )
    found = only(Kind.REPLACED, image)
    assert (found.saves, found.layers) == (50_001, (1, 2))
    assert found.do == "Join the RUN of layer 2 with that of layer 1"


def test_what_is_stored_again_without_a_difference_is_to_be_left_out() -> None:
    image = built(
        BASE,
        ("COPY app /app", [file("app", BIG + "!")]),
        ("COPY app /app", [file("app", BIG + "!", mtime=1_800_000_000)]),
    )
    found = only(Kind.REPEATED, image)
    assert (found.saves, found.layers) == (50_001, (1, 2))
    assert found.do == "Leave it out of layer 2"


def test_what_is_moved_is_stored_twice() -> None:
    image = built(
        BASE,
        ("RUN /bin/sh -c fetch", [file("tmp/app", BIG + "!")]),
        ("RUN /bin/sh -c mv /tmp/app /app", [whiteout("tmp/app"), file("app", BIG + "!")]),
    )
    found = only(Kind.MOVED, image)
    assert (found.saves, found.node) == (50_001, image.node("/tmp/app"))


def test_equal_files_are_told_with_what_one_would_save() -> None:
    image = built(
        BASE,
        ("COPY a /a", [file("a/one", BIG + "!"), file("a/two", BIG + "!")]),
        ("COPY b /b", [file("b/three", BIG + "!")]),
    )
    found = only(Kind.DUPLICATE, image)
    assert (found.saves, found.layers) == (100_002, (1, 2))
    assert found.title == "3 files hold the same 50 kB"
    assert "/a/one, /a/two and /b/three" in found.why


def test_the_largest_files_come_last_and_save_nothing() -> None:
    last = advise(built(BASE))[-1]
    assert (last.kind, last.saves) == (Kind.LARGEST, 0)
    assert last.why == "/bin/sh (50 kB) and /bin/ls (18 kB)"


# -- secrets ------------------------------------------------------------------------------------


def test_a_deleted_secret_is_still_there_and_it_is_said_where() -> None:
    image = built(
        BASE,
        ("COPY id_rsa /root/.ssh/", [file("root/.ssh/id_rsa", KEY)]),
        ("RUN /bin/sh -c fetch && rm /root/.ssh/id_rsa", [whiteout("root/.ssh/id_rsa")]),
    )
    found = only(Kind.SECRET, image)
    assert found.title == "A secret that was deleted can still be read: /root/.ssh/id_rsa"
    assert found.layers == (1, 2)
    assert "Layer 1 (COPY id_rsa /root/.ssh/) stores it and layer 2" in found.why
    assert "--mount=type=secret" in found.do


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("root/.netrc", "machine x login y password z"),
        ("app/.env", "API_KEY=abc"),
        ("root/.npmrc", "//registry/:_authToken=abc"),
        ("root/.aws/credentials", "aws_secret_access_key = abc"),
        ("root/.docker/config.json", '{"auths": {"x": {"auth": "abc"}}}'),
        ("app/server.key", "-----BEGIN RSA PRIVATE KEY-----"),
        ("app/tls.pem", "-----BEGIN PRIVATE KEY-----"),
        ("app/store.jks", "\xfe\xed"),
    ],
)
def test_a_secret_that_is_left_in_the_image_is_told(path: str, content: str) -> None:
    found = only(Kind.SECRET, built(BASE, ("COPY . /", [file(path, content)])))
    assert found.title == f"What looks like a secret is in the image: /{path}"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("app/.env", "GREETING=hello"),
        ("etc/ssl/certs/ca.pem", "-----BEGIN CERTIFICATE-----"),
        ("app/public.pem", "-----BEGIN PUBLIC KEY-----"),
        ("root/.npmrc", "fund=false"),
        ("usr/lib/python3/secrets.py", "import random  # password = 1"),
        ("root/.netrc", ""),
    ],
)
def test_what_holds_no_secret_is_not_told(path: str, content: str) -> None:
    assert of(Kind.SECRET, advise(built(BASE, ("COPY . /", [file(path, content)])))) == []


def test_a_public_certificate_that_was_deleted_is_no_secret() -> None:
    image = built(
        BASE,
        ("COPY . /", [file("app/ca.pem", "-----BEGIN CERTIFICATE-----")]),
        ("RUN /bin/sh -c rm /app/ca.pem", [whiteout("app/ca.pem")]),
    )
    assert of(Kind.SECRET, advise(image)) == []


# -- all together -------------------------------------------------------------------------------


def test_suggestions_come_in_the_order_of_what_they_save_then_secrets_first() -> None:
    image = built(
        BASE,
        (
            "COPY . /",
            [file("a", BIG + "1"), file("b", "b" * 9000), file("root/.netrc", "password x")],
        ),
        ("RUN /bin/sh -c rm /a", [whiteout("a")]),
        ("RUN /bin/sh -c change /b", [file("b", "c" * 9000)]),
    )
    kinds = [each.kind for each in advise(image)]
    assert kinds == [Kind.DELETED, Kind.REPLACED, Kind.SECRET, Kind.LARGEST]


def test_small_savings_are_left_out() -> None:
    image = built(BASE, ("COPY . /", [file("a", "a" * 900)]), ("RUN rm", [whiteout("a")]))
    assert of(Kind.DELETED, advise(image)) == []
    assert len(of(Kind.DELETED, advise(image, least=900))) == 1


def test_layers_without_a_history_have_numbers_only() -> None:
    image = open_stack(((file("a", BIG),), (whiteout("a"),)))
    found = only(Kind.DELETED, image)
    assert found.why.startswith("Layer 0 stores /a; layer 1 deletes it")


def test_an_image_without_layers_has_nothing_to_improve() -> None:
    assert advise(open_stack(())) == ()


def test_a_sparse_file_counts_with_what_it_stores() -> None:
    image = open_stack(((sparse("a", 1 << 40, {0: b"x" * 5000}),), (whiteout("a"),)))
    assert only(Kind.DELETED, image).saves == 5000


def test_looking_for_advice_can_be_cancelled() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        advise(open_stack(((file("a", BIG), file("b", BIG)),)), job=job)


everything = layer_stacks(implicit_parents=True, awkward=True)


@settings(max_examples=100, deadline=None)
@given(everything)
def test_losses_add_up_to_the_waste(layers: reference.Stack) -> None:
    image = open_stack(layers)
    waste = measure_waste(image)
    hidden = hidden_files(image)
    assert int(hidden.sizes.sum()) == waste.wasted
    found = losses(image, hidden, Job())
    assert sum(loss.size for loss in found) == waste.wasted
    for layer in waste.layers:
        for hider, size in layer.by:
            mine = [x for x in found if (x.stored_in, x.hidden_by) == (layer.layer, hider)]
            assert sum(loss.size for loss in mine) == size
