"""Short ways from a text to what a test looks at."""

from __future__ import annotations

from typing import Any

from explorer.dockerfile.checks.check import Checked, check
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.oci.platform import Platform

LINUX = Platform("linux", "amd64")


def program(text: str, **inputs: Any) -> Program:
    """What a Dockerfile means, on linux/amd64."""
    given = {"platform": LINUX, "build_platform": LINUX, **inputs}
    return understand(Document.parse(text), Inputs(**given))


def checked(text: str, **inputs: Any) -> Checked:
    """What is wrong with a Dockerfile, on linux/amd64."""
    given = {"platform": LINUX, "build_platform": LINUX, **inputs}
    return check(Document.parse(text), Inputs(**given))


def errors(text: str, **inputs: Any) -> list[str]:
    """The messages of all errors, in the order BuildKit would meet them."""
    return [problem.message for problem in checked(text, **inputs).errors]


def warnings(text: str, **inputs: Any) -> list[tuple[str, int, str]]:
    """Rule, line and exact place of all warnings."""
    found = checked(text, **inputs).warnings
    return [(w.rule, w.line, w.span.of(text)) for w in found]
