"""Which program wrote a history entry, told by its habits."""

from __future__ import annotations

from typing import Final

from explorer.oci.config import History

_TOOLS: Final = (
    # Where to look (created_by, author or comment), what it begins with, and who writes it.
    ("comment", "buildkit.", "BuildKit"),
    ("author", "kaniko", "kaniko"),
    ("author", "jib", "Jib"),
    ("created_by", "jib", "Jib"),
    ("author", "bazel", "Bazel"),
    ("created_by", "bazel ", "Bazel"),
    ("created_by", "apko", "apko"),
    ("created_by", "ko build", "ko"),
    ("created_by", "ko publish", "ko"),
    ("created_by", "buildpacks ", "Buildpacks"),
    ("created_by", "layer: ", "Buildpacks"),
    ("created_by", "nix", "Nix"),
    ("comment", "debuerreotype", "debuerreotype"),
    ("comment", "imported from", "docker import"),
    ("created_by", "apply image ", "Windows"),
    ("created_by", "install update ", "Windows"),
)


def builder_of(history: History) -> str:
    """The name of the builder, or ``""`` where the entry does not show it."""
    for where, start, name in _TOOLS:
        if str(getattr(history, where))[:100].lower().startswith(start):
            return name
    return ""
