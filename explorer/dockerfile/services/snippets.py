"""Snippets: texts with places to fill in.

A place is written ``${1:what stands there first}`` or ``$1``; they are visited by number, and
``$0`` is where the caret ends. ``\\$``, ``\\}`` and ``\\\\`` stand for the characters themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\\([$}\\])|\$(\d)|\$\{(\d):((?:\\[$}\\]|[^}\\])*)\}")
_KEYWORD: Final = re.compile(r"^[A-Z]+(?= )|(?<= )(?:AS|CMD)(?= )", re.MULTILINE)
_ESCAPED: Final = re.compile(r"\\([$}\\])")


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to fill in: its number, and where it stands in the snippet's text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SnippetText:
    """The text to insert and the places in it, in the order in which they are visited."""

    text: str
    stops: tuple[Stop, ...]

    @classmethod
    def parse(cls, source: str) -> SnippetText:
        """Read the notation; any text gives a snippet. Without ``$0`` the caret ends last."""
        parts: list[str] = []
        stops: list[Stop] = []
        at = length = 0
        for found in _PLACE.finditer(source):
            literal, plain, number, default = found.groups()
            before = source[at : found.start()]
            shown = literal or _ESCAPED.sub(r"\1", default or "")
            start = length + len(before)
            if literal is None:
                stops.append(Stop(int(plain or number), start, start + len(shown)))
            parts += (before, shown)
            length, at = start + len(shown), found.end()
        text = "".join(parts) + source[at:]
        if not any(stop.number == 0 for stop in stops):
            stops.append(Stop(0, len(text), len(text)))
        return cls(text, tuple(sorted(stops, key=lambda stop: stop.number or 10)))


def literal(text: str) -> str:
    """A text in which nothing is a place to fill in."""
    return re.sub(r"([$}\\])", r"\\\1", text)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A snippet; ``keyword`` is the instruction that it begins with."""

    name: str
    keyword: str
    body: str
    description: str

    def written(self, *, lower: bool = False, escape: str = "\\") -> str:
        """The body for a file with keywords in lower case, or with another escape character."""
        body = _KEYWORD.sub(lambda found: found[0].lower(), self.body) if lower else self.body
        return body if escape == "\\" else body.replace("\\\\\n", f"{escape}\n")


_SCRIPT: Final = "RUN <<EOF\n${1:set -e}\n$0\nEOF\n"

SNIPPETS: Final = (
    Snippet("from-as", "FROM", "FROM ${1:image}:${2:tag} AS ${3:name}\n$0", "a named stage"),
    Snippet(
        "from-cross",
        "FROM",
        "FROM --platform=\\$BUILDPLATFORM ${1:image} AS ${2:build}\n"
        "ARG TARGETOS TARGETARCH\n$0",
        "a stage that cross-compiles",
    ),
    Snippet("run-script", "RUN", _SCRIPT, "a script of several lines"),
    Snippet(
        "run-cache",
        "RUN",
        "RUN --mount=type=cache,target=${1:/root/.cache} \\\\\n    ${2:command}\n$0",
        "a command with a cache that is kept",
    ),
    Snippet(
        "run-secret",
        "RUN",
        "RUN --mount=type=secret,id=${1:token},env=${2:TOKEN} \\\\\n    ${3:command}\n$0",
        "a command with a secret",
    ),
    Snippet(
        "run-apt",
        "RUN",
        "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\\\n"
        "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\\\n"
        "    apt-get update && apt-get install -y --no-install-recommends \\\\\n"
        "    ${1:package}\n$0",
        "Debian packages, with caches",
    ),
    Snippet("run-apk", "RUN", "RUN apk add --no-cache ${1:package}\n$0", "Alpine packages"),
    Snippet(
        "run-pip",
        "RUN",
        "RUN --mount=type=cache,target=/root/.cache/pip \\\\\n"
        "    --mount=type=bind,source=requirements.txt,target=requirements.txt \\\\\n"
        "    pip install -r requirements.txt\n$0",
        "Python packages, with a cache",
    ),
    Snippet(
        "run-npm",
        "COPY",
        "COPY package.json package-lock.json ./\n"
        "RUN --mount=type=cache,target=/root/.npm \\\\\n    npm ci\n$0",
        "Node packages, with a cache",
    ),
    Snippet(
        "copy-from", "COPY", "COPY --from=${1:stage} ${2:/path} ${3:/path}\n$0", "from a stage"
    ),
    Snippet(
        "copy-file",
        "COPY",
        "COPY <<EOF ${1:/etc/name.conf}\n$0\nEOF\n",
        "a file written here",
    ),
    Snippet(
        "user-new",
        "RUN",
        "RUN useradd --system --create-home --uid ${1:10001} ${2:app}\nUSER ${2:app}\n$0",
        "an account that is not root",
    ),
    Snippet(
        "healthcheck-http",
        "HEALTHCHECK",
        "HEALTHCHECK --interval=30s --timeout=3s --start-period=${1:10s} \\\\\n"
        '    CMD ["${2:wget}", "-q", "-O", "-", "http://localhost:${3:8080}/"]\n$0',
        "ask a web server",
    ),
    Snippet("shell-strict", "SHELL", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n$0',
            "stop where a part of a pipe fails"),
)  # fmt: skip
"""All snippets. The continuations in them are written with a backslash."""
