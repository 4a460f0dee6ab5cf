"""Every fixture and what must become of it.

Numbers of entries and paths are those that GNU tar, umoci and the index of fixtures give.
"""

from __future__ import annotations

from dataclasses import replace

from tests.conformance.outcome import Opens, Outcome, Refused

BARE = "shown as a root filesystem (docker import)"


def _bare(name: str, entries: int, paths: int) -> Opens:
    """A tar that is no image: one layer of so many entries, and a warning that says so."""
    return Opens(name, "rootfs", "", (entries,), paths, says=(BARE,))


def _artifact(name: str, *types: str) -> Opens:
    """Something kept like an image, whose "layers" are no tars."""
    says = (f"layer {n}: it is not a tar ({kind})" for n, kind in enumerate(types))
    return Opens(name, "oci", "", (None,) * len(types), 0, says=tuple(says))


def _without_blob(name: str, platform: str) -> Opens:
    """An image of one layer that the layout names but does not hold."""
    says = ("layer 0 is not here: the layout does not hold its blob",)
    return Opens(name, "oci", platform, (None,), 0, says=says)


def _in(folder: str, *rows: Outcome) -> tuple[Outcome, ...]:
    return tuple(replace(row, name=_below(folder, row.name)) for row in rows)


def _below(folder: str, name: str) -> str:
    transport, colon, rest = name.partition(":")
    if colon and transport in ("docker-archive", "oci-archive", "oci"):
        return f"{transport}:/{folder}/{rest}"
    return f"{folder}/{name}"


ROWS: tuple[Outcome, ...] = (
    *_in(
        "GoogleContainerTools__container-diff/util/testTars",
        _bare("la-croix-dir-update.tar", 2, 2),
        _bare("la-croix-update.tar", 1, 1),
        _bare("la-croix-wh.tar", 4, 2),
        _bare("la-croix1.tar", 3, 3),
        _bare("la-croix2.tar", 5, 5),
        _bare("la-croix3.tar", 6, 6),
    ),
    *_in(
        "GoogleContainerTools__container-diff/util/testTars/la-croix3-actual",
        _bare("nested-dir.tar", 1, 1),
    ),
    *_in(
        "alpinelinux__docker-alpine/x86_64",
        _bare("alpine-minirootfs-3.20.3-x86_64.tar.gz", 518, 517),
    ),
    *_in(
        "anchore__stereoscope/pkg/image/oci/testdata",
        Refused("invalid_file", "DamagedImage", 4, "The manifest cannot be read: it is empty"),
        Refused("no_manifests", "DamagedImage", 4, "index.json is no index"),
        Opens("valid-oci.tar", "oci-archive", "linux/amd64", (1,), 1),
        Refused("valid_manifest", "DigestMismatch", 4, "The manifest does not match its digest"),
        Opens("valid_oci_dir", "oci", "linux/amd64", (1,), 1),
        Opens("multiplatform_oci_dir", "oci", "linux/amd64", (3,), 3, wanted="linux/amd64"),
        Opens("multiplatform_oci_dir", "oci", "linux/arm64", (3,), 3, wanted="linux/arm64"),
        Refused("multiplatform_oci_dir", "NotFound", 3, "No image for", wanted="linux/s390x"),
    ),
    *_in(
        "bazel-contrib__rules_img/img_tool/pkg/ztoc/testdata/vectors",
        _bare("multi-large.tar.gz", 4, 5),
    ),
    *_in(
        "bazel-contrib__rules_img/tests/mtree/testcases/image_base_layers",
        _bare("base_layer.tar", 1, 3),
    ),
    *_in(
        "bazel-contrib__rules_img/tests/mtree/testcases/image_from_tar",
        _bare("layer.tar", 3, 4),
    ),
    *_in(
        "bazel-contrib__rules_img/tests/mtree/testcases/oci_layer_filesystem_applied_changeset",
        _bare("layer.tar", 12, 15),
    ),
    *_in(
        "buildpacks__imgutil/layout/testdata/layout",
        Opens("busybox", "oci", "linux/amd64", (423,), 423),
        Refused("busybox-multi-platform", "NotFound", 3, "names a blob that it does not hold"),
        _without_blob("busybox-sparse", "linux/amd64"),
        Refused(
            "index-with-docker-media-type", "NotFound", 3, "names a blob that it does not hold"
        ),
        Opens("my-previous-image", "oci", "", (1,), 1),
        _without_blob("my-previous-sparse-image", ""),
    ),
    *_in(
        "chainguard-dev__apko/internal/cli/testdata",
        Opens("golden", "oci", "linux/amd64", (39,), 39, wanted="linux/amd64"),
        Opens("base_image", "oci", "linux/amd64", (39,), 39, wanted="linux/amd64"),
        Opens("top_image", "oci", "linux/amd64", (39, 37), 46, wanted="linux/amd64"),
        Opens("base_image", "oci", "linux/arm64", (39,), 39, wanted="linux/arm64"),
        Opens("top_image", "oci", "linux/arm64", (39, 37), 46, wanted="linux/arm64"),
    ),
    *_in(
        "docker-library__busybox",
        Opens("busybox-musl-amd64", "oci", "linux/amd64", (425,), 424),
        Opens("busybox-musl-arm64v8", "oci", "linux/arm64/v8", (425,), 424),
        Opens("oci:busybox-musl-amd64:busybox:1.37.0-musl", "oci", "linux/amd64", (425,), 424),
    ),
    *_in(
        "docker-library__busybox/busybox-musl-amd64",
        _bare("rootfs.tar.gz", 425, 424),
    ),
    *_in(
        "docker-library__busybox/busybox-musl-arm64v8",
        _bare("rootfs.tar.gz", 425, 424),
    ),
    *_in(
        "google__go-containerregistry/pkg/crane/testdata",
        _bare("content.tar.zst", 3, 2),
    ),
    *_in(
        "google__go-containerregistry/pkg/v1/layout/testdata",
        Opens("test_gc_index", "oci", "linux/amd64", (3,), 2),
        Refused("test_index", "AmbiguousImage", 3, "several images: none is named"),
        Opens("test_index_media_type", "oci", "", (3,), 2),
        Opens("test_index_one_image", "oci", "linux/amd64", (1,), 1),
        Opens("test_index:1", "oci", "linux/amd64", (3,), 2),
        Opens("test_index:2", "oci", "linux/amd64", (3,), 2),
        Opens("test_index:3", "oci", "linux/amd64", (3,), 2),
        Opens("test_index:4", "oci", "linux/amd64", (3,), 2),
    ),
    *_in(
        "google__go-containerregistry/pkg/v1/mutate/testdata",
        Opens("overwritten_file.tar", "docker-archive", "linux/amd64", (2, 3, 0), 2),
        Opens("source_image.tar", "docker-archive", "linux/amd64", (3,), 2),
        Opens(
            "source_image_with_empty_layer_history.tar",
            "docker-archive",
            "linux/amd64",
            (3,),
            2,
            says=("the configuration hashes to 05b5ec129058, not to its file's name",),
        ),
        Opens("whiteout_dir.tar", "docker-archive", "linux/amd64", (2, 2, 1, 2), 4),
        Opens("whiteout_image.tar", "docker-archive", "linux/amd64", (3, 2, 0), 1),
    ),
    *_in(
        "google__go-containerregistry/pkg/v1/tarball/testdata",
        _bare("content.tar", 3, 2),
        Opens("hello-world-v25.tar", "docker-archive", "linux/arm64", (1,), 1),
        Refused("no_manifest.tar", "DamagedImage", 4, "looks like a saved image, but has neither"),
        Refused("null_manifest.tar", "DamagedImage", 4, "its manifest.json is null"),
        Refused("test_bundle.tar", "AmbiguousImage", 3, "several images: none is named"),
        Opens("test_image_1.tar", "docker-archive", "linux/amd64", (3,), 2),
        Opens("test_image_2.tar", "docker-archive", "linux/amd64", (3,), 2),
        Refused("test_link.tar", "AmbiguousImage", 3, "several images: none is named"),
        Opens("test_load_manifest.tar", "docker-archive", "linux/amd64", (3,), 2),
        Opens("test_bundle.tar:test_image_1", "docker-archive", "linux/amd64", (3,), 2),
        Opens("test_bundle.tar:test_image_2", "docker-archive", "linux/amd64", (3,), 2),
        Opens(
            "test_link.tar:bazel/v1/tarball:test_image_1", "docker-archive", "linux/amd64", (3,), 2
        ),
        Opens(
            "test_link.tar:bazel/v1/tarball:test_image_3",
            "docker-archive",
            "linux/amd64",
            (3, 1),
            3,
        ),
    ),
    *_in(
        "google__osv-scalibr/artifact/image/layerscanning/image/testdata",
        Opens("basic.tar", "docker-archive", "linux/amd64", (1, 1), 2),
        Refused("empty.tar", "DamagedImage", 4, "a tar without any entry"),
        Opens("multiple-files.tar", "docker-archive", "linux/amd64", (1, 3), 4),
        Opens("overwrite-file.tar", "docker-archive", "linux/amd64", (1, 1), 1),
        Opens("single-file.tar", "docker-archive", "linux/amd64", (1,), 1),
        Opens("symlink-attack.tar", "docker-archive", "linux/amd64", (3,), 3),
        Opens("symlink-basic.tar", "docker-archive", "linux/amd64", (6,), 6),
        Opens("symlink-cycle.tar", "docker-archive", "linux/amd64", (4,), 4),
        Opens("symlink-dangling.tar", "docker-archive", "linux/amd64", (5, 5), 10),
        Opens("symlink-depth-exceeded.tar", "docker-archive", "linux/amd64", (9,), 9),
        Opens("two-files.tar", "docker-archive", "linux/amd64", (1, 1), 2),
    ),
    *_in(
        "google__osv-scalibr/artifact/image/unpack/testdata",
        Opens("basic.tar", "docker-archive", "linux/amd64", (1, 1), 2),
        Opens("dangling-symlinks.tar", "docker-archive", "linux/amd64", (5, 5), 10),
        _bare("escape.tar", 6, 11),
        Opens("permissions.tar", "docker-archive", "linux/amd64", (1,), 1),
        Opens("symlinks.tar", "docker-archive", "linux/amd64", (8, 6), 14),
    ),
    *_in(
        "quay__claircore/pkg/tarfs/testdata",
        _bare("bad_name.tar", 1, 1),
        _bare("concat.tar", 11, 7),
    ),
    *_in(
        "quay__claircore/pkg/tarfs/testdata/known",
        _bare("oddlayer.tar", 1, 0),
    ),
    *_in(
        "regclient__regclient/testdata",
        Refused("external", "AmbiguousImage", 3, "several images: none is named"),
        _bare("layer-wh.tar", 5, 3),
        _bare("layer.tar", 3, 3),
        Refused("testrepo", "AmbiguousImage", 3, "several images: none is named"),
        Opens("testrepo:v1", "oci", "linux/amd64", (1, 1), 2, wanted="linux/amd64"),
        Opens("testrepo:v2", "oci", "linux/amd64", (1, 1, 1), 3, wanted="linux/amd64"),
        Opens("testrepo:v3", "oci", "linux/amd64", (1, 1, 1, 1, 2), 6, wanted="linux/amd64"),
        Opens("testrepo:b2", "oci", "linux/amd64", (1,), 1, wanted="linux/amd64"),
        Opens("testrepo:b3", "oci", "linux/amd64", (1,), 1, wanted="linux/amd64"),
        _artifact("testrepo:a1", "application/example.sbom.breakfast"),
        _artifact("testrepo:a2", "application/example.signature.text"),
        _artifact(
            "testrepo:a3",
            "application/example.layer.1",
            "application/example.layer.2",
            "application/example.layer.3",
        ),
        Refused("testrepo:ai", "AmbiguousImage", 3, "several images of that name"),
        _artifact("testrepo:a-docker", "application/vnd.example.build-type+json"),
        _artifact("testrepo:a-docker-oci", "application/vnd.example.build-type+json"),
        _artifact("testrepo:a-example", "application/example"),
        _artifact("testrepo:child", "application/example.child"),
        _artifact("testrepo:loop", "application/example.child"),
        _artifact("testrepo:mirror", "application/example.mirror"),
        Refused(
            "testrepo:sha256-dfae8f425735a5e3a72e40d6609e03079995511d48157c74d54801ff4430491e",
            "AmbiguousImage",
            3,
            "several images of that name",
        ),
        _artifact("testrepo:sha256:819ff4564a5d", "application/example.sbom.breakfast"),
        Refused("testrepo:nonesuch", "NotFound", 3, "No image nonesuch"),
        Opens("testrepo:b1", "oci", "linux/amd64", (1,), 1, wanted="linux/amd64"),
        Opens("testrepo:b1", "oci", "linux/arm64", (1,), 1, wanted="linux/arm64"),
        Opens("testrepo:b1", "oci", "linux/arm/v7", (1,), 1, wanted="linux/arm/v7"),
        Opens("testrepo:b1", "oci", "linux/arm/v6", (1,), 1, wanted="linux/arm/v6"),
        Refused("testrepo:b1", "NotFound", 3, "No image for", wanted="windows/amd64"),
        _artifact("external:a3", "application/example.sbom.breakfast"),
        _artifact("external:a4", "application/example.sbom.breakfast"),
    ),
    *_in(
        "vbatts__tar-split/archive/tar/testdata",
        _bare("file-and-dir.tar", 2, 2),
        _bare("gnu-incremental.tar", 3, 3),
        _bare("gnu-long-nul.tar", 1, 1),
        _bare("gnu-multi-hdrs.tar", 1, 3),
        _bare("gnu-nil-sparse-data.tar", 1, 1),
        _bare("gnu-nil-sparse-hole.tar", 1, 1),
        _bare("gnu-not-utf8.tar", 1, 1),
        _bare("gnu-sparse-big.tar", 1, 1),
        _bare("gnu-utf8.tar", 1, 1),
        _bare("gnu.tar", 2, 2),
        _bare("hardlink.tar", 2, 2),
        _bare("hdr-only.tar", 16, 8),
        _bare("invalid-go17.tar", 1, 2),
        Refused("issue10968.tar", "DamagedImage", 4, "negative size at byte 0"),
        Refused("issue11169.tar", "DamagedImage", 4, "no 'LENGTH KEY=VALUE' at byte 0"),
        Refused(
            "issue12435.tar", "DamagedImage", 4, "a size of 7118155225890936580669964288 bytes"
        ),
        Refused("neg-size.tar", "DamagedImage", 4, "negative size at byte 0"),
        _bare("nil-uid.tar", 1, 1),
        Refused("pax-bad-hdr-file.tar", "DamagedImage", 4, "no 'LENGTH KEY=VALUE' at byte 0"),
        Refused("pax-bad-hdr-large.tar.bz2", "DamagedImage", 4, "1 MiB is the limit"),
        Refused("pax-bad-mtime-file.tar", "DamagedImage", 4, "a time is b'999xxx9324"),
        _bare("pax-global-records.tar", 4, 4),
        _bare("pax-multi-hdrs.tar", 1, 1),
        _bare("pax-nil-sparse-data.tar", 1, 1),
        _bare("pax-nil-sparse-hole.tar", 1, 1),
        Refused("pax-nul-path.tar", "DamagedImage", 4, "NUL in b'path'"),
        Refused("pax-nul-xattrs.tar", "DamagedImage", 4, "NUL in b'SCHILY.xattr.null"),
        Refused("pax-path-hdr.tar", "DamagedImage", 4, "its last header has no entry"),
        _bare("pax-pos-size-file.tar", 1, 1),
        _bare("pax-records.tar", 1, 1),
        _bare("pax-sparse-big.tar", 1, 1),
        _bare("pax.tar", 2, 3),
        _bare("sparse-formats.tar", 5, 5),
        _bare("star.tar", 2, 2),
        _bare("trailing-slash.tar", 1, 30),
        _bare("ustar-file-devs.tar", 1, 1),
        _bare("ustar-file-reg.tar", 1, 1),
        _bare("ustar.tar", 1, 16),
        _bare("v7.tar", 2, 2),
        Refused(
            "writer-big-long.tar", "DamagedImage", 4, "claims 17179869184 bytes that are not there"
        ),
        Refused("writer-big.tar", "DamagedImage", 4, "claims 17179869184 bytes that are not there"),
        _bare("writer.tar", 3, 3),
        _bare("xattrs.tar", 2, 2),
    ),
    *_in(
        "vbatts__tar-split/tar/asm/testdata",
        _bare("1c51fc286aa95d9413226599576bafa38490b1e292375c90de095855b64caea6", 1, 1),
        _bare("extranils.tar.gz", 1, 1),
        _bare("fatlonglink.tar.gz", 22, 22),
        _bare("iso-8859.tar.gz", 2, 2),
        _bare("longlink.tar.gz", 18, 18),
        _bare("notenoughnils.tar.gz", 1, 1),
        _bare("t.tar.gz", 2, 2),
    ),
    *_in(
        "wagoodman__dive/.data",
        Opens(
            "test-docker-image.tar",
            "docker-archive",
            "linux/amd64",
            (415, 1, 4, 3, 3, 3, 3, 4, 2, 2, 4, 2, 3, 2),
            423,
        ),
        _bare("test-gzip-image.tar", 1, 1),
        Opens(
            "test-kaniko-image.tar",
            "docker-archive",
            "linux/amd64",
            (421, 2, 5, 4, 4, 4, 4, 5, 3, 3, 5, 3, 4, 3),
            429,
        ),
        Opens("test-oci-estargz-image.tar", "oci-archive", "linux/arm64", (1,), 1),
        Opens("test-oci-gzip-image.tar", "oci-archive", "linux/arm64", (1,), 1),
        Opens("test-oci-uncompressed-image.tar", "oci-archive", "linux/arm64", (1,), 1),
        Opens("test-oci-zstd-image.tar", "oci-archive", "linux/arm64", (1,), 1),
        Refused(
            "docker-archive:test-gzip-image.tar",
            "DamagedImage",
            4,
            "a tar without manifest.json or index.json",
        ),
        Refused(
            "oci-archive:test-gzip-image.tar",
            "DamagedImage",
            4,
            "a tar without manifest.json or index.json",
        ),
        Opens(
            "docker-archive:test-docker-image.tar:dive-test:latest",
            "docker-archive",
            "linux/amd64",
            (415, 1, 4, 3, 3, 3, 3, 4, 2, 2, 4, 2, 3, 2),
            423,
        ),
        Refused("test-docker-image.tar:other", "NotFound", 3, "No image other"),
        Refused("oci-archive:test-docker-image.tar", "DamagedImage", 4, "it has no index.json"),
    ),
)
