"""Provenance: SLSA 0.2 and 1, with what BuildKit and GitHub add to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from explorer.analysis.attestations.intoto import decoded
from explorer.analysis.attestations.values import Material, Provenance, SourceFile, Statement
from explorer.oci import parse_rfc3339
from explorer.oci.fields import Fields

_ARGUMENT: Final = "build-arg:"
_MOST: Final = 10_000
_LONGEST: Final = 2000  # characters of a parameter
_MOST_TEXT: Final = 1 << 20  # bytes of a recorded file
_VERSION: Final = re.compile(r"slsa\.dev/provenance/v(\d+(?:\.\d+)*)")
_BUILDKIT: Final = ("https://mobyproject.org/buildkit@v1#metadata", "buildkit_metadata")


def provenance_of(statement: Statement, problems: list[str]) -> Provenance | None:
    """What a statement says of a build, or None where it is about something else."""
    match = _VERSION.search(statement.predicate_type)
    if match is None:
        return None
    fields = Fields(dict(statement.predicate), "predicate", problems)
    if "buildDefinition" in fields.raw or match[1].startswith("1"):
        return _one(fields, match[1])
    return _zero_two(fields, match[1])


def _one(fields: Fields, version: str) -> Provenance:
    definition, run = fields.section("buildDefinition"), fields.section("runDetails")
    outer = definition.section("externalParameters")
    inner = definition.section("internalParameters")
    metadata = run.section("metadata")
    request = outer.section("request")
    arguments, parameters = _arguments(request)
    known = {"configSource", "request"}
    others = [*_flat(outer.raw, known), *_flat(inner.raw, {"buildConfig"})]
    return Provenance(
        version=version,
        builder=run.section("builder").text("id"),
        build_type=definition.text("buildType"),
        invocation=metadata.text("invocationId") or metadata.text("invocationID"),
        started=parse_rfc3339(metadata.text("startedOn")),
        finished=parse_rfc3339(metadata.text("finishedOn")),
        source=_source(outer.section("configSource")),
        entry_point=outer.section("configSource").text("path"),
        **_vcs(metadata),
        platform=inner.text("builderPlatform"),
        arguments=arguments,
        parameters=(*parameters, *others[:_MOST]),
        materials=_materials(definition, "resolvedDependencies"),
        sources=tuple(_sources(metadata)),
        complete=_complete(metadata, ("buildkit_completeness", "completeness")),
        reproducible=_flag(metadata, ("buildkit_reproducible", "reproducible")),
    )


def _zero_two(fields: Fields, version: str) -> Provenance:
    invocation, metadata = fields.section("invocation"), fields.section("metadata")
    configured = invocation.section("configSource")
    arguments, parameters = _arguments(invocation.section("parameters"))
    environment = invocation.section("environment")
    return Provenance(
        version=version,
        builder=fields.section("builder").text("id"),
        build_type=fields.text("buildType"),
        invocation=metadata.text("buildInvocationID") or metadata.text("buildInvocationId"),
        started=parse_rfc3339(metadata.text("buildStartedOn")),
        finished=parse_rfc3339(metadata.text("buildFinishedOn")),
        source=_source(configured),
        entry_point=configured.text("entryPoint"),
        **_vcs(metadata),
        platform=environment.text("platform"),
        arguments=arguments,
        parameters=(*parameters, *_flat(environment.raw, {"platform"}))[:_MOST],
        materials=_materials(fields, "materials"),
        sources=tuple(_sources(metadata)),
        complete=_complete(metadata, ("completeness",)),
        reproducible=_flag(metadata, ("reproducible",)),
    )


def _arguments(
    request: Fields,
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Build arguments, and the other parameters, of BuildKit's request or of any other."""
    given = request.section("args").raw
    arguments: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, value in given.items():
        if name.startswith(_ARGUMENT):
            arguments[name.removeprefix(_ARGUMENT)] = _said(value)
        else:
            others.append((name, _said(value)))
    more = _flat(request.raw, {"args", "locals", "root", "compatibilityVersion"})
    return tuple(arguments.items())[:_MOST], tuple([*others, *more][:_MOST])


def _flat(raw: Mapping[str, Any], without: set[str]) -> list[tuple[str, str]]:
    return [(name, _said(value)) for name, value in raw.items() if name not in without]


def _said(value: Any) -> str:
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"


def _source(fields: Fields) -> Material | None:
    uri = fields.text("uri")
    return Material(uri, _digests(fields)) if uri else None


def _materials(fields: Fields, key: str) -> tuple[Material, ...]:
    found = list(fields.objects(key))[:_MOST]
    return tuple(Material(one.text("uri") or one.text("name"), _digests(one)) for one in found)


def _digests(fields: Fields) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(fields.text_map("digest").items()))


def _buildkit(metadata: Fields) -> Fields:
    return next((metadata.section(key) for key in _BUILDKIT if key in metadata.raw), Fields({}))


def _vcs(metadata: Fields) -> dict[str, str]:
    vcs = _buildkit(metadata).section("vcs")
    return {"vcs_source": vcs.text("source"), "vcs_revision": vcs.text("revision")}


def _sources(metadata: Fields) -> Iterator[SourceFile]:
    """The files that BuildKit keeps with ``mode=max``."""
    for info in list(_buildkit(metadata).section("source").objects("infos"))[:_MOST]:
        data = decoded(info.text("data"))
        if data is None:
            info.note(f"{info.path('data')} is not base64; ignored")
            continue
        text = data[:_MOST_TEXT].decode("utf-8", "replace")
        yield SourceFile(info.text("filename"), info.text("language"), text)


def _complete(metadata: Fields, keys: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    said = next((metadata.section(key) for key in keys if key in metadata.raw), Fields({}))
    return tuple((name, value) for name, value in said.raw.items() if isinstance(value, bool))


def _flag(metadata: Fields, keys: tuple[str, ...]) -> bool | None:
    return next((metadata.boolean(key) for key in keys if key in metadata.raw), None)
