"""The documents of the contract, written down by hand, and a check against them.

A schema is a type, a tuple of alternatives, ``None``, a list with the schema of its items, or a
dictionary with the schema of each field; ``text`` patterns are compiled regular expressions. Fields
may be added to a document but never be missing.
"""

from __future__ import annotations

import re
from typing import Any

DIGEST = re.compile(r"sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
MODE = re.compile(r"[0-7]{4}")
PATH = re.compile(r"/.*", re.DOTALL)
PLATFORM = re.compile(r"[^/]+/[^/]+(/[^/]+)?")

CHANGE = re.compile("added|modified|removed|unchanged")
TYPE = re.compile("file|dir|symlink|hardlink|char|block|fifo|whiteout|opaque")
ASPECT = re.compile("type|content|mode|uid|gid|xattrs|capability|link|device")

ENTRY = {
    "path": PATH,
    "type": TYPE,
    "mode": MODE,
    "uid": int,
    "gid": int,
    "size": int,
    "mtime": (TIME, None),
    "link": (str, None),
    "device": ({"major": int, "minor": int}, None),
    "xattrs": dict,
    "layer": int,
    "change": CHANGE,
    "what": [ASPECT],
}
LAYER = {
    "index": int,
    "digest": (DIGEST, None),
    "diff_id": (DIGEST, None),
    "chain_id": (DIGEST, None),
    "media_type": str,
    "compression": str,
    "stored": int,
    "size": int,
    "contribution": int,
    "cumulative": int,
    "entries": int,
    "changes": {"added": int, "modified": int, "removed": int},
    "created": (TIME, None),
    "created_by": str,
    "verified": (bool, None),
    "missing": bool,
}
WARNINGS = {"warnings": [str]}
INSPECT = {
    "reference": str,
    "transport": str,
    "digest": (DIGEST, None),
    "image_id": DIGEST,
    "media_type": str,
    "platform": PLATFORM,
    "platforms": [PLATFORM],
    "tags": [str],
    "config": dict,
    "history": [
        {
            "created": (TIME, None),
            "created_by": str,
            "comment": str,
            "empty_layer": bool,
            "layer": (int, None),
        }
    ],
    "layers": [LAYER],
    "size": int,
    "files": int,
} | WARNINGS
LAYERS = {"layers": [LAYER]} | WARNINGS
ENTRIES = {"entries": [ENTRY]} | WARNINGS
TIMELINE = {
    "path": PATH,
    "versions": [
        {"layer": int, "change": CHANGE, "what": [ASPECT], "entry": ENTRY, "created_by": str}
    ],
} | WARNINGS
ANY = object()
DIFF = {
    "config": [{"key": str, "a": ANY, "b": ANY}],
    "layers": {"shared": list, "only_a": list, "only_b": list},
    "entries": [
        {
            "path": PATH,
            "change": re.compile("added|modified|removed"),
            "what": [ASPECT],
            "a": (ENTRY, None),
            "b": (ENTRY, None),
        }
    ],
    "packages": [
        {
            "kind": str,
            "name": str,
            "change": re.compile("added|modified|removed"),
            "a": (str, None),
            "b": (str, None),
        }
    ],
} | WARNINGS
WASTE = {
    "efficiency": (float, int),
    "wasted_bytes": int,
    "paths": [{"path": PATH, "bytes": int, "layers": [int]}],
    "layers": [{"layer": int, "bytes": int}],
    "rules": [{"rule": str, "limit": (int, float), "value": (int, float), "passed": bool}],
} | WARNINGS
SHARED = {
    "images": [str],
    "layers": [{"digest": (DIGEST, None), "size": int, "images": [str]}],
    "stored": int,
    "unshared": int,
    "saved": int,
} | WARNINGS
# Registries, and what is moved between them and other places.
HOST = re.compile(r"[^/\s]+")
REPOSITORY = re.compile(r"[^/\s]+/[^\s:@]+")
REFERENCE = re.compile(r"[^/\s]+/[^\s:@]+(:[\w.-]+)?(@sha\d+:[0-9a-f]+)?")
DESCRIPTOR = {"digest": DIGEST, "size": int, "media_type": str}
RECEIPT = {
    "references": [REFERENCE],
    "digest": DIGEST,
    "media_type": str,
    "index": (DIGEST, None),
    "platforms": [PLATFORM],
    "bytes": int,
    "spared": int,
    "requests": int,
    "blobs": [DESCRIPTOR | {"fate": re.compile("moved|mounted|spared")}],
}
PULL = PUSH = COPY = RECEIPT
LOGIN = {"host": HOST, "username": str, "kept_in": str}
LOGOUT = {"host": HOST, "removed_from": [str]}
TAGS = {"repository": REPOSITORY, "tags": [str]}
TAGS_LONG = TAGS | {
    "details": [
        {
            "tag": str,
            "digest": (DIGEST, None),
            "media_type": (str, None),
            "size": (int, None),
            "created": (TIME, None),
            "platforms": [PLATFORM],
            "artifact_type": (str, None),
            "problem": (str, None),
        }
    ]
}
CATALOG = {"host": HOST, "repositories": [str]}
REFERRERS = {
    "reference": REFERENCE,
    "digest": DIGEST,
    "referrers": [DESCRIPTOR | {"artifact_type": str, "annotations": dict}],
}
DELETE = {
    "reference": REFERENCE,
    "digest": DIGEST,
    "media_type": str,
    "deleted": re.compile("tag|manifest"),
    "tags": [str],
}
INDEX = {
    "references": [REFERENCE],
    "digest": DIGEST,
    "media_type": str,
    "platforms": [PLATFORM],
    "manifests": [DESCRIPTOR | {"platform": (PLATFORM, None), "attestation": bool}],
    "bytes": int,
    "spared": int,
}
SAVE = {"digest": DIGEST, "digests": [DIGEST], "platforms": [[PLATFORM]], "bytes": int}
LOAD = {"images": [{"references": [REFERENCE], "digest": DIGEST, "bytes": int, "spared": int}]}

EXTRACT = {"files": int, "bytes": int, "skipped": list} | WARNINGS


def check(document: dict[str, Any], schema: dict[str, Any]) -> None:
    """Fail, naming the field, where a document is not what the contract says."""
    assert next(iter(document)) == "schema"
    assert document["schema"] == 1
    assert not (trouble := _trouble(document, schema, "document")), trouble


def _trouble(value: Any, schema: Any, where: str) -> str:
    """What is wrong with a value; empty if nothing is."""
    if isinstance(schema, tuple):
        found = [_trouble(value, one, where) for one in schema]
        return "" if "" in found else found[0]
    if isinstance(schema, dict) and isinstance(value, dict):
        absent = set(schema) - set(value)
        inner = (_trouble(value[key], schema[key], f"{where}.{key}") for key in schema)
        return f"{where} lacks {absent}" if absent else next(filter(None, inner), "")
    if isinstance(schema, list) and isinstance(value, list):
        items = enumerate(value)
        inner = (_trouble(item, schema[0], f"{where}[{place}]") for place, item in items)
        return next(filter(None, inner), "")
    return "" if _fits(value, schema) else f"{where}: {value!r} is not {schema}"


def _fits(value: Any, schema: Any) -> bool:
    if isinstance(schema, re.Pattern):
        return isinstance(value, str) and schema.fullmatch(value) is not None
    if isinstance(schema, type):
        return isinstance(value, schema) and (schema is bool or not isinstance(value, bool))
    return schema is ANY or (schema is None and value is None)
