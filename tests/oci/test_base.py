"""Where the base image ends is shown by traces, told with their reason."""

from __future__ import annotations

from explorer.oci.annotations import BASE_DIGEST, BASE_NAME
from explorer.oci.base import BaseBoundary, base_boundary
from explorer.oci.config import History
from explorer.oci.steps import steps

BUILDKIT = "buildkit.dockerfile.v0"
DEBIAN = History(created_by="# debian.sh --arch 'amd64'", comment="debuerreotype 0.15")
CLASSIC_BASE = [
    History(created_by=f"/bin/sh -c #(nop) ADD file:{'a' * 64} in / "),
    History(created_by='/bin/sh -c #(nop)  CMD ["sh"]', empty_layer=True),
]


def _boundary(*history: History, **notes: str) -> BaseBoundary | None:
    layers = sum(not entry.empty_layer for entry in history)
    return base_boundary(steps(history, layers), notes)


def _buildkit(text: str) -> History:
    empty = text.split()[0] in ("CMD", "ENTRYPOINT", "ENV", "LABEL")
    return History(created_by=text, comment=BUILDKIT, empty_layer=empty)


def test_cmd_closes_the_base() -> None:
    found = _boundary(*CLASSIC_BASE, History(created_by="/bin/sh -c make"))
    assert found is not None
    assert (found.layer_count, found.last_layer, found.step) == (1, 0, 2)
    assert "CMD" in found.why
    assert not found.sure


def test_the_topmost_cmd_with_layers_above_counts() -> None:
    python = [_buildkit("RUN /bin/sh -c make python # buildkit"), _buildkit('CMD ["python3"]')]
    app = [_buildkit("COPY . /app # buildkit"), _buildkit('CMD ["app"]')]
    found = _boundary(DEBIAN, *python, *app)
    assert found is not None
    assert found.layer_count == 2


def test_an_entrypoint_closes_a_base_too() -> None:
    found = _boundary(
        _buildkit("ADD rootfs.tar / # buildkit"),
        _buildkit('ENTRYPOINT ["/x"]'),
        _buildkit("COPY a /a # buildkit"),
    )
    assert found is not None
    assert "ENTRYPOINT" in found.why


def test_buildah_notes_the_base_in_a_comment() -> None:
    first = History(created_by="/bin/sh -c make", comment="FROM docker.io/library/alpine:3.20")
    found = _boundary(*CLASSIC_BASE, first, History(created_by="/bin/sh -c more"))
    assert found is not None
    assert (found.layer_count, found.name) == (1, "docker.io/library/alpine:3.20")
    assert found.sure


def test_of_several_builds_with_buildah_the_last_counts() -> None:
    entries = [
        History(created_by="/bin/sh -c 1"),
        History(created_by="/bin/sh -c 2", comment="FROM a"),
        History(created_by="/bin/sh -c 3", comment="FROM b"),
    ]
    found = _boundary(*entries)
    assert found is not None
    assert (found.layer_count, found.name) == (2, "b")


def test_from_scratch_is_no_base() -> None:
    entries = [
        History(created_by="/bin/sh -c #(nop) COPY x in /", comment="FROM scratch"),
        History(created_by="/bin/sh -c #(nop) COPY y in /"),
    ]
    assert _boundary(*entries) is None


def test_another_builder_takes_over() -> None:
    found = _boundary(DEBIAN, _buildkit("RUN /bin/sh -c x # buildkit"))
    assert found is not None
    assert found.layer_count == 1
    assert found.why == "BuildKit takes over from debuerreotype here"


def test_a_step_that_does_not_show_its_builder_is_no_change() -> None:
    exec_form = History(created_by="make all")
    shell_form = History(created_by="/bin/sh -c make")
    copy = History(created_by=f"/bin/sh -c #(nop) COPY file:{'a' * 64} in /x ")
    assert _boundary(copy, exec_form, shell_form) is None


def test_a_root_filesystem_added_first_is_the_weakest_hint() -> None:
    found = _boundary(
        _buildkit("ADD rootfs.tar.xz / # buildkit"), _buildkit("RUN /bin/sh -c x # buildkit")
    )
    assert found is not None
    assert found.layer_count == 1
    assert "root filesystem" in found.why


def test_nothing_is_claimed_without_a_trace() -> None:
    assert _boundary() is None
    assert _boundary(*CLASSIC_BASE) is None
    assert _boundary(DEBIAN) is None
    assert _boundary(_buildkit("COPY a /a # buildkit"), _buildkit("COPY b /b # buildkit")) is None
    assert base_boundary(steps([], 3)) is None


def test_a_command_below_all_layers_marks_no_base() -> None:
    command = History(created_by='/bin/sh -c #(nop)  CMD ["/bin/sh"]', empty_layer=True)
    assert _boundary(command, History(created_by="/bin/sh -c make")) is None


def test_labels_name_the_base_but_do_not_place_it() -> None:
    notes = {BASE_NAME: "docker.io/library/alpine:3.20", BASE_DIGEST: "sha256:abc"}
    assert _boundary(_buildkit("COPY a /a # buildkit"), **notes) is None
    found = _boundary(*CLASSIC_BASE, History(created_by="/bin/sh -c make"), **notes)
    assert found is not None
    assert (found.name, found.digest) == ("docker.io/library/alpine:3.20", "sha256:abc")


def test_a_history_that_does_not_fit_the_layers_makes_nothing_sure() -> None:
    first = History(created_by="/bin/sh -c make", comment="FROM a")
    found = base_boundary(steps([*CLASSIC_BASE, first], 5))
    assert found is not None
    assert not found.sure
