"""Platforms are normalised and ranked as containerd does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.oci.fields import Fields
from explorer.oci.platform import Platform, best_match


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("Linux/X86-64", "linux/amd64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64/v8"),
        ("linux/arm64/8", "linux/arm64/v8"),
        ("linux/armhf", "linux/arm"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/arm/6", "linux/arm/v6"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("linux/i386", "linux/386"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("macos/arm64", "darwin/arm64"),
        ("windows/amd64", "windows/amd64"),
        ("linux/s390x", "linux/s390x"),
        ("plan10/newchip", "plan10/newchip"),
        ("unknown/unknown", "unknown/unknown"),
    ],
)
def test_a_platform_is_read_and_its_names_normalised(text: str, expected: str) -> None:
    assert str(Platform.parse(text)) == expected


def test_half_a_platform_is_completed_by_this_machine() -> None:
    host = Platform.host()
    assert Platform.parse("arm64") == Platform(host.os, "arm64")
    assert Platform.parse("windows") == Platform("windows", host.architecture, host.variant)


def test_containers_here_run_on_linux_whatever_the_desktop() -> None:
    assert Platform.host().os == "linux"
    assert Platform.host() == Platform.parse(str(Platform.host()))


def test_a_version_of_the_system_can_be_named() -> None:
    platform = Platform.parse("windows(10.0.17763+win32k)/amd64")
    assert platform.os_version == "10.0.17763"
    assert platform.os_features == ("win32k",)
    assert str(platform) == "windows/amd64"
    assert platform.full == "windows(10.0.17763+win32k)/amd64"


@pytest.mark.parametrize(
    "text", ["", "/", "linux/", "/amd64", "a/b/c/d", "linux amd64", "frob", "linux/a b", "é/amd64"]
)
def test_what_is_no_platform_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Platform.parse(text)
    assert caught.value.why
    assert "linux/amd64" in caught.value.hint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm/v7", "linux/arm"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/aarch64", "linux/arm64"),
    ],
)
def test_two_spellings_of_one_platform_match(one: str, other: str) -> None:
    assert Platform.parse(one).matches(Platform.parse(other))
    assert Platform.parse(other).matches(Platform.parse(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("linux/amd64", "linux/arm64"),
        ("linux/amd64", "windows/amd64"),
        ("linux/arm/v6", "linux/arm/v7"),
        ("linux/amd64", "linux/amd64/v2"),
        ("windows(10.0.1)/amd64", "windows(10.0.2)/amd64"),
        ("windows/amd64", "windows(10.0.2)/amd64"),
    ],
)
def test_different_platforms_do_not_match(one: str, other: str) -> None:
    assert not Platform.parse(one).matches(Platform.parse(other))


def test_a_raw_spelling_inside_an_image_is_kept_but_matches() -> None:
    odd = Platform("Linux", "x86_64")
    assert str(odd) == "Linux/x86_64"
    assert odd.matches(Platform("linux", "amd64"))


def _best(wanted: str, *offered: str) -> str | None:
    platforms = [Platform.parse(text) for text in offered]
    index = best_match(platforms, Platform.parse(wanted))
    return None if index is None else offered[index]


@pytest.mark.parametrize(
    ("wanted", "offered", "best"),
    [
        ("linux/amd64", ["linux/arm64", "linux/amd64"], "linux/amd64"),
        ("linux/arm64", ["linux/amd64", "linux/arm64/v8"], "linux/arm64/v8"),
        ("linux/arm/v7", ["linux/arm/v5", "linux/arm/v6", "linux/arm64"], "linux/arm/v6"),
        ("linux/arm/v7", ["linux/arm/v6", "linux/arm/v7"], "linux/arm/v7"),
        ("linux/arm/v6", ["linux/arm/v7"], None),
        ("linux/amd64/v3", ["linux/amd64", "linux/amd64/v2", "linux/amd64/v4"], "linux/amd64/v2"),
        ("linux/amd64", ["linux/amd64/v3"], None),
        ("linux/amd64", ["linux/amd64/strange"], None),
        ("linux/riscv64", ["linux/amd64"], None),
        ("linux/amd64", [], None),
        ("linux/amd64", ["linux/amd64", "linux/x86_64"], "linux/amd64"),
        (
            "windows(10.0.17763.1)/amd64",
            ["windows(10.0.14393.9)/amd64", "windows(10.0.17763.5)/amd64"],
            "windows(10.0.17763.5)/amd64",
        ),
    ],
)
def test_the_best_platform_is_the_same_or_the_highest_the_processor_runs(
    wanted: str, offered: list[str], best: str | None
) -> None:
    assert _best(wanted, *offered) == best


def test_an_entry_without_platform_is_passed_over() -> None:
    amd64 = Platform("linux", "amd64")
    assert best_match([None, Platform("unknown", "unknown"), amd64], amd64) == 2


def test_attestations_have_the_unknown_platform() -> None:
    assert Platform("unknown", "unknown").is_unknown
    assert Platform("", "").is_unknown
    assert str(Platform("", "")) == "unknown/unknown"
    assert not Platform("linux", "").is_unknown


def test_a_platform_of_wrong_types_is_unknown_and_noted() -> None:
    fields = Fields({"os": 1, "architecture": [], "os.features": "x"})
    assert Platform.from_fields(fields).is_unknown
    assert len(fields.problems) == 3


def test_json_keeps_every_part() -> None:
    platform = Platform("windows", "arm", "v7", "10.0", ("win32k",))
    assert Platform.from_fields(Fields(platform.to_json())) == platform


_NAME = st.sampled_from(["linux", "windows", "freebsd", "frob"])
_ARCH = st.sampled_from(["amd64", "arm64", "arm", "386", "riscv64", "frob"])
_VARIANT = st.sampled_from(["", "v5", "v6", "v7", "v8", "v9.2", "x"])
_VERSION = st.sampled_from(["", "10.0.17763.1"])
_FEATURES = st.sampled_from([(), ("win32k",), ("a", "b")])


@given(_NAME, _ARCH, _VARIANT, _VERSION, _FEATURES)
def test_the_full_form_reads_back_and_normalising_twice_is_normalising_once(
    name: str, architecture: str, variant: str, version: str, features: tuple[str, ...]
) -> None:
    platform = Platform(name, architecture, variant, version, features)
    again = Platform.parse(platform.full)
    assert again.matches(platform)
    assert platform.matches(again)
    assert platform.normalized() == platform.normalized().normalized()
    assert best_match([platform], platform) == 0


@given(st.text(max_size=30))
def test_no_text_whatever_raises_anything_but_a_usage_error(text: str) -> None:
    try:
        platform = Platform.parse(text)
    except UsageError:
        return
    assert Platform.parse(platform.full).matches(platform)
