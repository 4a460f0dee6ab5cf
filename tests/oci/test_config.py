"""Image configurations: OCI image specification, config.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import DamagedImage
from explorer.oci.config import Healthcheck, History, ImageConfig, chain_ids
from explorer.oci.digest import Digest
from explorer.oci.platform import Platform

from .documents import DIGESTS, data

FULL = {
    "created": "2024-05-01T10:00:00.123456789Z",
    "author": "Ann",
    "architecture": "arm64",
    "os": "linux",
    "variant": "v8",
    "config": {
        "User": "1000:1000",
        "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
        "Env": ["PATH=/bin", "A=b=c", "EMPTY="],
        "Entrypoint": ["/entry"],
        "Cmd": ["serve", "--all"],
        "Volumes": {"/data": {}},
        "WorkingDir": "/srv",
        "Labels": {"b": "2", "a": "1"},
        "StopSignal": "SIGQUIT",
        "Healthcheck": {
            "Test": ["CMD-SHELL", "true"],
            "Interval": 30_000_000_000,
            "Timeout": 1,
            "StartPeriod": 2,
            "StartInterval": 3,
            "Retries": 4,
        },
        "Shell": ["/bin/bash", "-c"],
        "OnBuild": ["RUN x"],
        "ArgsEscaped": True,
    },
    "rootfs": {"type": "layers", "diff_ids": DIGESTS[:2]},
    "history": [
        {"created": "2024-05-01T10:00:00Z", "created_by": "ADD x /", "author": "Ann"},
        {"created_by": "CMD serve", "comment": "c", "empty_layer": True},
    ],
    "newField": {"kept": True},
}


def _config(**run: Any) -> ImageConfig:
    return ImageConfig.parse(data({"rootfs": {"diff_ids": []}, "config": run}))


def test_every_field_is_read() -> None:
    config = ImageConfig.parse(data(FULL))
    moment = datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert config == ImageConfig(
        platform=Platform("linux", "arm64", "v8"),
        created=moment.replace(microsecond=123456),
        author="Ann",
        env=(("PATH", "/bin"), ("A", "b=c"), ("EMPTY", "")),
        entrypoint=("/entry",),
        cmd=("serve", "--all"),
        user="1000:1000",
        workdir="/srv",
        labels={"a": "1", "b": "2"},
        exposed_ports=("80/tcp", "443/tcp"),
        volumes=("/data",),
        stop_signal="SIGQUIT",
        healthcheck=Healthcheck(("CMD-SHELL", "true"), 30_000_000_000, 1, 2, 3, 4),
        shell=("/bin/bash", "-c"),
        onbuild=("RUN x",),
        args_escaped=True,
        rootfs_diff_ids=tuple(map(Digest.parse, DIGESTS[:2])),
        history=(
            History(moment, "ADD x /", author="Ann"),
            History(None, "CMD serve", "c", empty_layer=True),
        ),
    )
    assert config.problems == ()
    assert config.raw["newField"] == {"kept": True}


def test_an_empty_object_is_a_configuration_without_anything() -> None:
    config = ImageConfig.parse(b"{}")
    assert config.platform.is_unknown
    assert (config.entrypoint, config.cmd, config.env, config.history) == (None, None, (), ())
    assert config.problems == (
        "rootfs is absent: layers cannot be checked against the configuration",
    )


@pytest.mark.parametrize("document", [None, [], "x", 1])
def test_anything_but_an_object_is_refused(document: Any) -> None:
    with pytest.raises(DamagedImage, match="image configuration cannot be read"):
        ImageConfig.parse(data(document))


def test_not_set_differs_from_set_to_nothing() -> None:
    assert _config().cmd is None
    assert _config(Cmd=None).cmd is None
    assert _config(Cmd=[]).cmd == ()


def test_a_command_of_one_string_as_docker_before_1_8_wrote_it() -> None:
    assert _config(Cmd="/bin/sh").cmd == ("/bin/sh",)
    assert _config(Entrypoint="/bin/sh").entrypoint == ("/bin/sh",)


def test_variables_keep_order_and_repetition_and_the_last_one_counts() -> None:
    config = _config(Env=["A=1", "B=2", "A=3"])
    assert config.env == (("A", "1"), ("B", "2"), ("A", "3"))
    assert config.environment() == {"A": "3", "B": "2"}


def test_a_variable_without_equals_sign_is_noted() -> None:
    config = _config(Env=["A", ""])
    assert config.env == (("A", ""), ("", ""))
    assert len(config.problems) == 2


def test_the_drive_variables_of_windows_begin_with_an_equals_sign() -> None:
    assert _config(Env=["=C:=C:\\app"]).env == (("=C:", "C:\\app"),)


_MALFORMED: list[dict[str, Any]] = [
    {"created": "yesterday"},
    {"created": 5},
    {"author": []},
    {"os": {}},
    {"config": "x"},
    {"config": {"Env": "A=1"}},
    {"config": {"Env": ["A=1", 5]}},
    {"config": {"Cmd": {"a": 1}}},
    {"config": {"Labels": ["a"]}},
    {"config": {"ExposedPorts": 80}},
    {"config": {"Healthcheck": "x"}},
    {"config": {"Healthcheck": {"Interval": "30s"}}},
    {"config": {"Healthcheck": {"Retries": 10**30}}},
    {"rootfs": []},
    {"rootfs": {"diff_ids": "x"}},
    {"rootfs": {"diff_ids": [*DIGESTS[:1], "sha256:short"]}},
    {"history": {}},
    {"history": ["x"]},
    {"history": [{"created": "x"}]},
    {"history": [{"created_by": 1}]},
    {"history": [{"empty_layer": "true"}]},
]


@pytest.mark.parametrize("bent", _MALFORMED)
def test_a_malformed_field_is_noted_and_leaves_the_rest_readable(bent: dict[str, Any]) -> None:
    config = ImageConfig.parse(data({**FULL, **bent}))
    assert len(config.problems) == 1
    assert config.raw["newField"] == {"kept": True}


def test_one_bad_diff_id_voids_all_for_the_others_would_shift() -> None:
    config = ImageConfig.parse(data({"rootfs": {"diff_ids": [DIGESTS[0], "x"]}}))
    assert config.rootfs_diff_ids == ()
    assert "the whole list is ignored" in config.problems[0]


def test_gos_zero_time_means_unknown_and_is_no_problem() -> None:
    config = ImageConfig.parse(data({**FULL, "created": "0001-01-01T00:00:00Z"}))
    assert config.created is None
    assert config.problems == ()


def test_the_first_chain_id_is_the_first_diff_id() -> None:
    diff_ids = tuple(map(Digest.parse, DIGESTS[:3]))
    chain = chain_ids(diff_ids)
    assert chain[0] == diff_ids[0]
    assert chain[1] == Digest.of(f"{chain[0]} {diff_ids[1]}".encode())
    assert chain[2] == Digest.of(f"{chain[1]} {diff_ids[2]}".encode())
    assert chain_ids(()) == ()


@given(st.lists(st.binary(max_size=2).map(Digest.of), max_size=5))
def test_a_chain_id_depends_only_on_the_layers_below(diff_ids: list[Digest]) -> None:
    chain = chain_ids(diff_ids)
    assert len(chain) == len(diff_ids)
    for end in range(len(diff_ids)):
        assert chain_ids(diff_ids[:end]) == chain[:end]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(sorted(FULL)), _ANY),
    st.dictionaries(st.sampled_from(sorted(FULL["config"])), _ANY),  # type: ignore[call-overload]
)
def test_whatever_the_fields_hold_a_configuration_is_read(top: Any, run: Any) -> None:
    config = ImageConfig.parse(data({**FULL, "config": run, **top}))
    assert isinstance(config.platform, Platform)
    assert all(isinstance(problem, str) for problem in config.problems)
