"""The bundled sample: reproducible, sound, and telling the story its tour says it tells."""

import gzip
import hashlib
import json
import re
import subprocess
import tarfile
import zlib
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from resources.sample.recipe import NAME, SAMPLE, platform_image, sample
from tests.factory import Image
from tests.factory import folder as real
from tests.factory.reference import (
    State,
    anonymous,
    changed_aspects,
    link_groups,
    merged,
    states,
    stored_bytes,
    visible_bytes,
    wasted_bytes,
)

TOUR = SAMPLE.parent / "sample" / "tour.json"
CONF = b"etc/lantern/lantern.conf"
TIDES = b"app/data/tides-2025.csv"
SECRET = b"root/.netrc"

# zlib-ng packs otherwise; the content can be compared all the same.
CLASSIC_ZLIB = "ng" not in getattr(zlib, "ZLIB_RUNTIME_VERSION", "")


@pytest.fixture(scope="module")
def image() -> Image:
    return platform_image("amd64")


@pytest.fixture(scope="module")
def after(image: Image) -> list[State]:
    return states(layer.parts for layer in image.layers)


@pytest.fixture(scope="module")
def stored() -> dict[str, bytes]:
    with tarfile.open(SAMPLE) as opened:
        found = {}
        for member in opened:
            reader = opened.extractfile(member)
            if reader is not None:
                found[member.name] = reader.read()
    return found


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    tour: dict[str, Any] = json.loads(TOUR.read_text(encoding="utf-8"))
    assert tour["image"] == NAME
    found: list[dict[str, Any]] = tour["steps"]
    return found


# The file


@pytest.mark.skipif(not CLASSIC_ZLIB, reason="another DEFLATE library packs to other bytes")
def test_the_recipe_makes_the_file_byte_for_byte() -> None:
    assert sample().to_bytes() == SAMPLE.read_bytes(), "run: python -m resources.sample.recipe"


def test_the_recipe_makes_the_layers_whatever_packs_them(stored: dict[str, bytes]) -> None:
    (item,) = json.loads(stored["manifest.json"])
    made = [gzip.decompress(stored[path]) for path in item["Layers"]]
    assert made == [layer.tar for layer in platform_image("amd64").layers]


def test_the_file_is_small_enough_to_ship() -> None:
    assert 150_000 < SAMPLE.stat().st_size < 400_000


def test_every_blob_has_its_digest(stored: dict[str, bytes]) -> None:
    blobs = {name: data for name, data in stored.items() if name.startswith("blobs/")}
    assert len(blobs) == 16
    for name, data in blobs.items():
        assert name == "blobs/sha256/" + hashlib.sha256(data).hexdigest()


def test_the_index_leads_to_two_platforms_and_their_layers(stored: dict[str, bytes]) -> None:
    def blob(descriptor: dict[str, Any]) -> bytes:
        data = stored["blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")]
        assert len(data) == descriptor["size"]
        return data

    (top,) = json.loads(stored["index.json"])["manifests"]
    assert top["annotations"]["io.containerd.image.name"] == NAME
    platforms = []
    for found in json.loads(blob(top))["manifests"]:
        platforms.append("{os}/{architecture}".format(**found["platform"]))
        manifest = json.loads(blob(found))
        config = json.loads(blob(manifest["config"]))
        tars = [gzip.decompress(blob(layer)) for layer in manifest["layers"]]
        diff_ids = ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in tars]
        assert diff_ids == config["rootfs"]["diff_ids"]
        written = [step for step in config["history"] if not step.get("empty_layer")]
        assert len(written) == len(tars)
    assert platforms == ["linux/amd64", "linux/arm64"]


def test_docker_load_finds_its_manifest(stored: dict[str, bytes]) -> None:
    (item,) = json.loads(stored["manifest.json"])
    assert item["RepoTags"] == [NAME]
    assert {item["Config"], *item["Layers"]} <= stored.keys()


# The story


def test_platforms_share_all_layers_but_the_two_with_programs(image: Image) -> None:
    other = platform_image("arm64")
    pairs = zip(image.layers, other.layers, strict=True)
    assert [one.digest == two.digest for one, two in pairs] == [False] * 2 + [True] * 7


def test_there_are_enough_files_for_a_picture(after: list[State]) -> None:
    files = [inode for inode in after[-1].values() if inode.kind != "dir"]
    assert 120 <= len(files) <= 250


def test_a_settings_file_changes_its_content(after: list[State]) -> None:
    assert changed_aspects(after[1][CONF], after[2][CONF]) == {"content"}


def test_a_table_is_stored_again_for_its_mode_and_owner(image: Image, after: list[State]) -> None:
    assert changed_aspects(after[5][TIDES], after[6][TIDES]) == {"mode", "uid", "gid"}
    stack = [layer.parts for layer in image.layers]
    assert stored_bytes(stack)[6] == len(after[6][TIDES].content) > 200_000


def test_an_opaque_folder_hides_what_was_in_it(after: list[State]) -> None:
    folder = b"etc/lantern/conf.d/"
    assert sum(path.startswith(folder) for path in after[1]) == 3
    assert [path for path in after[2] if path.startswith(folder)] == [folder + b"tide.conf"]


def test_whiteouts_hide_files_and_whole_folders(after: list[State]) -> None:
    for gone in (b"usr/share/man", b"app/tests", b"var/cache/apk/lantern-1.4.2-r0.apk"):
        assert gone in after[6]
        assert not [path for path in after[7] if path == gone or path.startswith(gone + b"/")]


def test_the_password_is_removed_and_still_there(after: list[State]) -> None:
    assert b"NOT A REAL SECRET" in after[3][SECRET].content
    assert SECRET not in after[4]


def test_hard_links_symlinks_setuid_and_a_capability_occur(after: list[State]) -> None:
    (applets,) = link_groups(after[-1])
    assert {b"bin/pebblebox", b"bin/ls", b"bin/ash"} <= applets
    assert len(applets) > 40
    assert after[-1][b"bin/sh"].link == b"ash"
    assert after[-1][b"bin/su"].mode == 0o4755
    assert dict(after[-1][b"usr/sbin/lantern"].xattrs)[b"security.capability"].startswith(
        b"\1\0\0\2"
    )


def test_a_link_points_elsewhere_and_a_file_becomes_a_link(after: list[State]) -> None:
    assert changed_aspects(after[1][b"etc/localtime"], after[2][b"etc/localtime"]) == {"link"}
    assert "kind" in changed_aspects(after[7][b"app/config.json"], after[8][b"app/config.json"])


def test_a_file_moves_without_a_change(after: list[State]) -> None:
    old, new = after[7][b"app/CHANGES.txt"], after[8][b"app/docs/changes.txt"]
    assert b"app/CHANGES.txt" not in after[8]
    assert old.content == new.content


def test_packages_are_added_by_the_second_layer(after: list[State]) -> None:
    def names(state: State) -> list[bytes]:
        lines = state[b"lib/apk/db/installed"].content.splitlines()
        return [line[2:] for line in lines if line.startswith(b"P:")]

    assert names(after[1])[: len(names(after[0]))] == names(after[0])
    assert names(after[1])[-3:] == [b"lantern", b"lantern-doc", b"tide-tools"]


@pytest.mark.parametrize(
    ("path", "start"),
    [
        (b"app/static/harbour.png", b"\x89PNG\r\n\x1a\n"),
        (b"app/static/bundle.tar.gz", b"\x1f\x8b"),
        (b"app/bin/tide", b"#!/bin/sh\n"),
        (b"app/data/turns-2025.json", b"{"),
        (b"bin/pebblebox", b"\x7fELF\x02\x01\x01"),
        (b"usr/share/zoneinfo/Europe/Lisbon", b"TZif2"),
    ],
)
def test_files_of_many_kinds_occur(after: list[State], path: bytes, start: bytes) -> None:
    assert after[-1][path].content.startswith(start)


# The tour


def test_the_tour_has_six_steps_a_reader_can_follow(steps: list[dict[str, Any]]) -> None:
    assert len(steps) == 6
    for step in steps:
        assert step.keys() == {"title", "text", "layer", "path", "view", "mode"}
        assert step["view"] in {"stack", "tree", "overlay", "inspector", "usage", "facts"}
        assert step["mode"] in {"layer", "merged", "compare"}
        assert 2 <= len(re.findall(r"[a-z.]\.(?: |$)", step["text"])) <= 4


def test_every_place_of_the_tour_exists(steps: list[dict[str, Any]], after: list[State]) -> None:
    for step in steps:
        layer = step["layer"]
        first, last = layer if isinstance(layer, list) else (layer, layer)
        path = step["path"].strip("/").encode()
        assert 0 <= first <= last < len(after)
        assert not path or any(path in state for state in after[first : last + 1])


def test_the_tour_counts_rightly(
    steps: list[dict[str, Any]], image: Image, after: list[State]
) -> None:
    stack = [layer.parts for layer in image.layers]
    usage = steps[4]["text"]
    assert f"hold {sum(stored_bytes(stack)) / 1000:,.0f} kB" in usage
    assert f"sees {visible_bytes(after[-1]) / 1000:.0f} kB" in usage
    assert f"other {wasted_bytes(stack) / 1000:.0f} kB" in usage
    assert f"all {len(after[6][TIDES].content) / 1000:.0f} kB" in steps[1]["text"]
    assert f"{len(image.layers)} of them" in steps[0]["text"]


# Real programs


@pytest.mark.integration
def test_umoci_unpacks_what_the_story_says(image: Image, tmp_path: Path) -> None:
    for program in ("skopeo", "umoci"):
        if which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not real.can_apply(tmp_path):
        pytest.skip("unpacking owners and attributes needs root")
    layout, bundle = tmp_path / "layout", tmp_path / "bundle"
    platform = ("--insecure-policy", "--override-os", "linux", "--override-arch", "amd64")
    run("skopeo", *platform, "copy", "-q", f"oci-archive:{SAMPLE}:1.0", f"oci:{layout}:tour")
    run("umoci", "unpack", "--image", f"{layout}:tour", str(bundle))
    assert comparable(real.read(bundle / "rootfs")) == comparable(
        merged(layer.parts for layer in image.layers)
    )


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def comparable(state: State) -> State:
    """Without times, which umoci keeps otherwise for folders, and modes of symlinks."""
    return {
        path: replace(inode, mtime=0, mode=0 if inode.kind == "symlink" else inode.mode)
        for path, inode in anonymous(state).items()
    }
