"""References follow the grammar of the distribution project, with Docker's defaults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.oci.digest import Digest
from explorer.oci.reference import Reference

HEX = "a" * 64
AT = f"@sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "canonical", "familiar"),
    [
        ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27"),
        ("library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("index.docker.io/library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("bitnami/redis", "docker.io/bitnami/redis:latest", "bitnami/redis:latest"),
        ("library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"),
        (f"nginx{AT}", f"docker.io/library/nginx{AT}", f"nginx{AT}"),
        (f"nginx:1{AT}", f"docker.io/library/nginx:1{AT}", f"nginx:1{AT}"),
        ("ghcr.io/a/b/c:d", "ghcr.io/a/b/c:d", "ghcr.io/a/b/c:d"),
        ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app:latest"),
        ("host:5000/app:t", "host:5000/app:t", "host:5000/app:t"),
        ("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"),
        ("[2001:db8::1]/app", "[2001:db8::1]/app:latest", "[2001:db8::1]/app:latest"),
        ("192.168.0.1/app", "192.168.0.1/app:latest", "192.168.0.1/app:latest"),
        ("Upper/app", "Upper/app:latest", "Upper/app:latest"),
        ("REGISTRY.example/app", "REGISTRY.example/app:latest", "REGISTRY.example/app:latest"),
        ("a.b/c.d/e__f/g-h--i", "a.b/c.d/e__f/g-h--i:latest", "a.b/c.d/e__f/g-h--i:latest"),
        ("xn--n3h.com/app", "xn--n3h.com/app:latest", "xn--n3h.com/app:latest"),
        ("app:_under", "docker.io/library/app:_under", "app:_under"),
        ("foo:5000", "docker.io/library/foo:5000", "foo:5000"),
        (
            "docker.io/localhost/app",
            "docker.io/localhost/app:latest",
            "docker.io/localhost/app:latest",
        ),
        (f"docker.io/library/{HEX}", f"docker.io/library/{HEX}:latest", f"library/{HEX}:latest"),
    ],
)
def test_canonical_and_familiar_forms(text: str, canonical: str, familiar: str) -> None:
    reference = Reference.parse(text)
    assert str(reference) == canonical
    assert reference.familiar == familiar
    assert Reference.parse(canonical) == reference
    assert Reference.parse(familiar) == reference


@pytest.mark.parametrize(
    ("text", "defaults"),
    [
        ("nginx", ("host", "namespace", "tag")),
        ("nginx:1", ("host", "namespace")),
        ("docker.io/nginx:1", ("namespace",)),
        ("a/b", ("host", "tag")),
        ("ghcr.io/a/b", ("tag",)),
        (f"ghcr.io/a/b{AT}", ()),
        ("docker.io/library/nginx:latest", ()),
    ],
)
def test_what_was_filled_in_is_told(text: str, defaults: tuple[str, ...]) -> None:
    reference = Reference.parse(text)
    assert reference.defaults == defaults
    assert len(reference.explanations) == len(defaults)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (" nginx", "spaces"),
        ("nginx\n", "spaces"),
        ("https://ghcr.io/a", "address"),
        ("docker://nginx", "address"),
        (HEX, "image ID"),
        ("a/B", "lower case"),
        ("nginX", "lower case"),
        ("ghcr.io/Owner/app", "lower case"),
        ("ghcr.io/", "names no repository"),
        ("ghcr.io/app:", "a tag has"),
        ("app:-x", "a tag has"),
        ("app:.x", "a tag has"),
        ("app:" + "t" * 129, "a tag has"),
        ("app:é", "a tag has"),
        ("app:a:b", "dots"),
        ("a//b", "dots"),
        ("-a", "dots"),
        ("a-", "dots"),
        ("a..b", "dots"),
        ("a___b", "dots"),
        ("é", "dots"),
        ("a/./b", "dots"),
        ("a/../b", "dots"),
        ("/a", "dots"),
        ("a\0b", "dots"),
        ("a.b/" + "c" * 256, "255 characters"),
        ("-host.io/a", "host name"),
        ("host-.io/a", "host name"),
        ("ho_st.io/a", "host name"),
        ("::1/a", "host name"),
        ("[::1/a", "host name"),
        ("host:port/a", "host name"),
        ("host:/a", "host name"),
        ("host:0/a", "not a port"),
        ("host:65536/a", "not a port"),
        ("host:" + "9" * 5000 + "/a", "not a port"),
        ("a@sha256:abc", "64 digits"),
        (f"a@sha256:{HEX.upper()}", "lower case"),
        (f"a@{HEX}", "form algorithm:hash"),
        ("a@", "form algorithm:hash"),
        (f"a{AT}{AT}", "form algorithm:hash"),
        (AT, "names no repository"),
    ],
)
def test_what_is_no_reference_is_refused_with_the_rule_it_breaks(text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        Reference.parse(text)
    assert why in caught.value.why
    assert caught.value.hint
    assert len(caught.value.what) < 200
    assert Reference.parse_or_none(text) is None


def test_upper_case_is_answered_with_the_name_that_would_do() -> None:
    with pytest.raises(UsageError) as caught:
        Reference.parse("ghcr.io/Owner/app:V1")
    assert caught.value.hint == "Try 'ghcr.io/owner/app:V1'"


def test_another_tag_of_the_same_repository() -> None:
    assert str(Reference.parse("ghcr.io/a/b:c").with_tag("d")) == "ghcr.io/a/b:d"
    with pytest.raises(UsageError):
        Reference.parse("a").with_tag("not a tag")


def test_pinning_keeps_a_tag_that_was_asked_for_and_drops_one_that_was_not() -> None:
    digest = Digest.parse(f"sha256:{HEX}")
    assert Reference.parse("nginx:1").with_digest(digest).familiar == f"nginx:1{AT}"
    assert Reference.parse("nginx").with_digest(digest).familiar == f"nginx{AT}"


def test_a_registry_is_asked_for_the_digest_before_the_tag() -> None:
    assert Reference.parse("nginx:1").identifier == "1"
    assert Reference.parse(f"nginx:1{AT}").identifier == f"sha256:{HEX}"


_COMPONENT = st.from_regex(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+){0,2}", fullmatch=True)
_PATH = st.lists(_COMPONENT, min_size=1, max_size=4).map("/".join)
_HOST = st.sampled_from(
    ["", "docker.io/", "localhost/", "ghcr.io/", "a:1/", "UP/", "[::1]:80/", "index.docker.io/"]
)
_TAG = st.just("") | st.from_regex(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
_DIGEST = st.just("") | st.binary().map(lambda data: f"@{Digest.of(data)}")


@given(_HOST, _PATH, _TAG, _DIGEST)
def test_both_forms_of_every_reference_read_back_as_the_same(
    host: str, path: str, tag: str, digest: str
) -> None:
    reference = Reference.parse_or_none(f"{host}{path}{tag}{digest}")
    if reference is None:
        return  # a path may happen to look like a host or an image ID
    canonical = Reference.parse(str(reference))
    assert canonical == reference
    assert canonical.defaults == ()
    assert Reference.parse(reference.familiar) == reference


@given(st.text(max_size=60))
def test_no_text_whatever_raises_anything_but_a_usage_error(text: str) -> None:
    reference = Reference.parse_or_none(text)
    assert reference is None or Reference.parse(str(reference)) == reference
