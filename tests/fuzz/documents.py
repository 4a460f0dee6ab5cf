"""JSON documents that are whole, but say what nobody expects."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import Any

_DIGEST = "sha256:" + "0" * 64
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 1e308, -0.0, 1.5,
    "", " ", "a", "\0", "\ud800", "\u202e", "../../etc/passwd", "/etc/passwd", "x" * 5000,
    _DIGEST, "sha256:", "sha256:" + "z" * 64, "sha512:" + "0" * 128, "md5:0", "sha256:../../x",
    "linux", "unknown", "9999-99-99T99:99:99Z", "0001-01-01T00:00:00Z", "2024-01-01T00:00:00+99:99",
    [], {}, [[]], [{}], [None], {"": ""}, [0] * 300, {"a": {"b": {"c": []}}},
    "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip",
)  # fmt: skip


def odd_documents(original: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    """Forms of a document with one to three values replaced, dropped, or doubled."""
    for number in count():
        chance = random.Random(f"{seed}/odd/{number}")
        document = json.loads(original)
        notes = [_spoil(document, chance) for _ in range(chance.choice((1, 1, 2, 3)))]
        yield f"{number}: {'; '.join(notes)}", json.dumps(document).encode()
        if number % 40 == 0:
            yield f"{number}: a deep document", b"[" * 100_000
            yield f"{number}: another top", json.dumps(deepcopy(chance.choice(ODD))).encode()


def _spoil(document: Any, chance: random.Random) -> str:
    places = list(_places(document))
    if not places:
        return "nothing"
    holder, key = chance.choice(places)
    action = chance.choice(("replace", "replace", "replace", "drop", "double"))
    if action == "drop":
        del holder[key]
    elif action == "double" and isinstance(holder, list):
        holder.append(holder[key])
    else:
        holder[key] = deepcopy(chance.choice(ODD))
    return f"{action} {key!r}"


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key, at any depth."""
    if isinstance(document, dict):
        pairs: Iterator[tuple[Any, Any]] = iter(list(document.items()))
    elif isinstance(document, list):
        pairs = iter(list(enumerate(document)))
    else:
        return
    for key, value in pairs:
        yield document, key
        yield from _places(value)
