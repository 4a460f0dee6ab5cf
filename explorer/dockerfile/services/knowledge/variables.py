"""Variables that there are without anybody defining them, and well-known labels."""

from __future__ import annotations

from typing import Final

PLATFORM: Final[dict[str, str]] = {
    "TARGETPLATFORM": "the platform that is built for, `os/architecture[/variant]`",
    "TARGETOS": "the operating system that is built for",
    "TARGETARCH": "the architecture that is built for",
    "TARGETVARIANT": "the variant of the architecture that is built for",
    "TARGETOSVERSION": "the version of the operating system that is built for",
    "TARGETSTAGE": "the name of the stage that is built",
    "BUILDPLATFORM": "the platform that the build runs on",
    "BUILDOS": "the operating system that the build runs on",
    "BUILDARCH": "the architecture that the build runs on",
    "BUILDVARIANT": "the variant of the architecture that the build runs on",
    "BUILDOSVERSION": "the version of the operating system that the build runs on",
}
"""Every FROM may use these; a stage declares them with ARG first."""

PROXIES: Final = frozenset(
    name
    for upper in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (upper, upper.lower())
)
"""Arguments that every RUN has without declaring them."""

OTHER_ARGUMENTS: Final = frozenset({"SOURCE_DATE_EPOCH"})
"""Arguments that the builder itself looks at."""

FORMS: Final = (
    (":-", "default", "the default where it is unset or empty"),
    ("-", "default", "the default where it is unset"),
    (":+", "other", "the other where it is set and not empty"),
    ("+", "other", "the other where it is set"),
    (":?", "message", "an error where it is unset or empty"),
    ("?", "message", "an error where it is unset"),
    ("#", "pattern", "without the shortest beginning that matches"),
    ("##", "pattern", "without the longest beginning that matches"),
    ("%", "pattern", "without the shortest end that matches"),
    ("%%", "pattern", "without the longest end that matches"),
    ("/", "pattern/text", "with the first match replaced"),
    ("//", "pattern/text", "with every match replaced"),
)
"""What may follow a name in braces: the operator, what follows it, and what comes out."""

_OCI: Final = "org.opencontainers.image."

LABELS: Final = tuple(
    (f"{_OCI}{name}", what)
    for name, what in (
        ("title", "the name of the image, for people"),
        ("description", "what it is, for people"),
        ("version", "the version of what it holds"),
        ("revision", "the commit that it was made of"),
        ("created", "when it was built, RFC 3339"),
        ("authors", "who made it"),
        ("vendor", "the organisation behind it"),
        ("licenses", "licences, as an SPDX expression"),
        ("source", "the address of the source code"),
        ("url", "the address of a page about it"),
        ("documentation", "the address of its documentation"),
        ("base.name", "the image it builds upon"),
        ("base.digest", "the digest of the image it builds upon"),
    )
)
"""The annotations that the OCI image specification names."""
