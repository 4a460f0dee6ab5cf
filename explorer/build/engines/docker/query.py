"""A request as Docker's API takes it."""

from __future__ import annotations

import json

from explorer.build.engines.carrying import wants_engine
from explorer.build.engines.docker.placing import effective_target
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Program
from explorer.oci import Reference

Query = list[tuple[str, str]]


def query(request: BuildRequest, program: Program, dockerfile: str) -> Query:
    """What both builders take."""
    found: Query = [("dockerfile", dockerfile), ("rm", "1"), ("forcerm", "1")]
    if target := effective_target(request, program):
        found.append(("target", target))
    if request.arguments:
        found.append(("buildargs", json.dumps(dict(request.arguments))))
    if request.labels:
        found.append(("labels", json.dumps(dict(request.labels))))
    if request.platforms:
        found.append(("platform", str(request.platforms[0])))
    if request.no_cache:
        found.append(("nocache", "1"))
    found += [("t", name) for name in names(request.references) if wants_engine(request)]
    return found


def names(references: tuple[Reference, ...]) -> list[str]:
    """References in their short form, as the engine shows them."""
    return [reference.familiar for reference in references]
