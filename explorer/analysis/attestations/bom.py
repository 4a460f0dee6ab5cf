"""Bills of materials: SPDX 2 (JSON and tag-value), SPDX 3 (JSON-LD), CycloneDX 1 (JSON)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from explorer.analysis.attestations.values import Bom, Package
from explorer.oci import parse_rfc3339
from explorer.oci.fields import Fields

MOST: Final = 200_000
_UNSAID: Final = frozenset({"", "NOASSERTION", "NONE"})


def bom_in(fields: Fields) -> Bom | None:
    """The bill of materials that an object is, or None."""
    if isinstance(fields.raw.get("spdxVersion"), str):
        return _spdx(fields)
    if fields.raw.get("bomFormat") == "CycloneDX":
        return _cyclonedx(fields)
    if "@graph" in fields.raw and "spdx.org" in str(fields.raw.get("@context"))[:200]:
        return _spdx_three(fields)
    return None


# -- SPDX -------------------------------------------------------------------------------------


def _spdx(fields: Fields) -> Bom:
    creation = fields.section("creationInfo")
    packages = (
        Package(
            name=one.text("name"),
            version=_stated(one.text("versionInfo")),
            license=_stated(one.text("licenseConcluded")) or _stated(one.text("licenseDeclared")),
            purl=_purl(one),
            supplier=_who(one.text("supplier")) or _who(one.text("originator")),
            kind=one.text("primaryPackagePurpose").lower(),
        )
        for one in fields.objects("packages")
    )
    return Bom(
        format=fields.text("spdxVersion").replace("-", " "),
        name=fields.text("name"),
        created=parse_rfc3339(creation.text("created")),
        tools=creation.texts("creators") or (),
        packages=_bounded(packages, fields),
        files=len(fields.items("files") or ()),
    )


def _purl(package: Fields) -> str:
    for reference in package.objects("externalRefs"):
        if reference.raw.get("referenceType") == "purl":
            return reference.text("referenceLocator")
    return ""


def _stated(words: str) -> str:
    return "" if words in _UNSAID else words


def _who(words: str) -> str:
    for kind in ("Organization: ", "Person: "):
        words = words.removeprefix(kind)
    return _stated(words.strip())


def _spdx_three(fields: Fields) -> Bom:
    packages: list[Package] = []
    files, name, version, created = 0, "", "3", None
    for one in fields.objects("@graph"):
        kind = str(one.raw.get("type", ""))[:100].rpartition("_")[2]
        if kind == "Package":
            packages.append(
                Package(
                    name=one.text("name"),
                    version=one.text("software_packageVersion"),
                    purl=one.text("software_packageUrl"),
                    kind=one.text("software_primaryPurpose"),
                )
            )
        elif kind == "File":
            files += 1
        elif kind == "SpdxDocument":
            name = one.text("name")
        elif kind == "CreationInfo":
            version = one.text("specVersion") or version
            created = parse_rfc3339(one.text("created"))
    return Bom(f"SPDX {version}", name, created, (), _bounded(iter(packages), fields), files)


def tag_value(text: str) -> Bom | None:
    """A bill of materials in SPDX's tag-value form, or None."""
    if "SPDXVersion:" not in text[:4096]:
        return None
    outer: dict[str, str] = {}
    tools: list[str] = []
    packages: list[dict[str, str]] = []
    files = 0
    for line in text.splitlines():
        tag, colon, value = line.partition(":")
        value = value.strip()
        if not colon or not tag.isalnum():
            continue
        if tag == "PackageName":
            if len(packages) >= MOST:
                break
            packages.append({"PackageName": value})
        elif tag == "FileName":
            files += 1
        elif tag == "Creator":
            tools.append(value)
        elif tag == "ExternalRef" and " purl " in f" {value} ":
            (packages[-1] if packages else outer).setdefault("purl", value.rpartition(" ")[2])
        else:
            (packages[-1] if packages else outer).setdefault(tag, value)
    return Bom(
        format=outer.get("SPDXVersion", "").replace("-", " "),
        name=outer.get("DocumentName", ""),
        created=parse_rfc3339(outer.get("Created", "")),
        tools=tuple(tools[:MOST]),
        packages=tuple(map(_tagged, packages)),
        files=files,
    )


def _tagged(tags: dict[str, str]) -> Package:
    concluded = _stated(tags.get("PackageLicenseConcluded", ""))
    return Package(
        name=tags["PackageName"],
        version=tags.get("PackageVersion", ""),
        license=concluded or _stated(tags.get("PackageLicenseDeclared", "")),
        purl=tags.get("purl", ""),
        supplier=_who(tags.get("PackageSupplier", "")),
    )


# -- CycloneDX --------------------------------------------------------------------------------


def _cyclonedx(fields: Fields) -> Bom:
    metadata = fields.section("metadata")
    subject = metadata.section("component")
    name = " ".join(filter(None, (subject.text("name"), subject.text("version"))))
    components = _components(fields)
    files = sum(one.raw.get("type") == "file" for one in components)
    packages = (
        Package(
            name="/".join(filter(None, (one.text("group"), one.text("name")))),
            version=one.text("version"),
            license=_licenses(one),
            purl=one.text("purl"),
            supplier=one.section("supplier").text("name") or one.text("publisher"),
            kind=one.text("type"),
        )
        for one in components
        if one.raw.get("type") != "file"
    )
    return Bom(
        format=f"CycloneDX {fields.text('specVersion')}".rstrip(),
        name=name,
        created=parse_rfc3339(metadata.text("timestamp")),
        tools=tuple(_tools(metadata)),
        packages=_bounded(packages, fields),
        files=files,
    )


def _components(fields: Fields) -> list[Fields]:
    """All components, those inside others too; depth is bounded by the document's."""
    found: list[Fields] = []
    waiting = list(fields.objects("components"))[::-1]
    while waiting and len(found) <= MOST:
        one = waiting.pop()
        found.append(one)
        if "components" in one.raw:
            waiting += list(one.objects("components"))[::-1]
    return found


def _licenses(component: Fields) -> str:
    names: list[str] = []
    for one in component.objects("licenses"):
        inner = one.section("license")
        names.append(one.text("expression") or inner.text("id") or inner.text("name"))
    return ", ".join(filter(None, names))


def _tools(metadata: Fields) -> Iterator[str]:
    """A list until CycloneDX 1.4, an object with components from 1.5 on."""
    said: Any = metadata.raw.get("tools")
    listed = metadata if isinstance(said, list) else metadata.section("tools")
    for one in listed.objects("tools" if isinstance(said, list) else "components"):
        words = " ".join(filter(None, (one.text("vendor"), one.text("name"), one.text("version"))))
        if words:
            yield words


def _bounded(packages: Iterator[Package], fields: Fields) -> tuple[Package, ...]:
    found: list[Package] = []
    for package in packages:
        if len(found) == MOST:
            fields.note(f"only the first {MOST:,} packages are listed")
            break
        found.append(package)
    return tuple(found)
