"""Secrets that can be read from an image: left in it, or deleted and still there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from explorer.analysis.opened import OpenImage
from explorer.analysis.query import EVERY_LAYER, Hit, compile_query, find
from explorer.analysis.secrets import looks_secret
from explorer.analysis.suggestions import words
from explorer.analysis.suggestions.values import Kind, Suggestion
from explorer.errors import DamagedImage, NotFound
from explorer.filesystem.entry import Change
from explorer.progress import Job

_MOST = 20  # suggestions
_LOOKED_AT = 2000  # files that are opened
_HEAD = 64 << 10  # bytes that are read of each

# Names that may be secrets. A superset, asked of all names at once; each is then looked at.
_MAYBE = compile_query(
    "type:file size>0 -change:removed (netrc or .pgpass or .npmrc or .pypirc or .htpasswd or "
    ".git-credentials or .vault-token or .env or id_rsa or id_dsa or id_ecdsa or id_ed25519 or "
    "ext:pem,key,p12,pfx,jks,keystore,kdbx,ovpn or credential or secret or token or password or "
    "service or path:.ssh/ or path:.aws/ or path:.docker/ or path:.kube/ or path:.gnupg/)"
)
_TELLING = re.compile(
    rb"PRIVATE KEY|_auth(?:Token)?\s*=|_password\s*=|\"auth\"\s*:|aws_secret_access_key"
    rb"|\bpassword\s*[:= ]\s*\S|(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY)\w*\s*[:=]\s*\S"
    rb"|client-key-data|://[^/\s:@]+:[^/\s:@]+@",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    rb".*\.(?:p12|pfx|jks|keystore|kdbx)|.*/\.ssh/id_[^/.]+|.*/\.gnupg/.*\.(?:gpg|key)"
)
_PUBLIC = re.compile(rb".*\.(?:pem|key|pub)")


def suggest_secrets(image: OpenImage, job: Job) -> Iterator[Suggestion]:
    """Files that look like secrets, one suggestion a path."""
    told: set[int] = set()
    hits = (hit for hit in find(image, _MAYBE, EVERY_LAYER, job) if _looks_secret(image, hit))
    for hit in islice(hits, _LOOKED_AT):
        job.check()
        if hit.node in told or len(told) == _MOST:
            continue
        visible = int(image.final.visible[hit.node]) == hit.provider
        if _is_secret(image, hit, visible=visible):
            told.add(hit.node)
            yield _left(image, hit) if visible else _recoverable(image, hit)


def _looks_secret(image: OpenImage, hit: Hit) -> bool:
    return looks_secret(image.stack.trie.path(hit.node))


def _is_secret(image: OpenImage, hit: Hit, *, visible: bool) -> bool:
    """Whether the content bears the name out. What was deleted needs less proof: someone cared."""
    path = image.stack.trie.path(hit.node)
    if _ALWAYS.fullmatch(path):
        return True
    try:
        head = image.content(hit.provider).read_at(0, _HEAD)
    except (DamagedImage, NotFound):
        return not visible
    if _TELLING.search(head):
        return True
    return not visible and not _PUBLIC.fullmatch(path)


def _recoverable(image: OpenImage, hit: Hit) -> Suggestion:
    path = words.path(image, hit.node)
    hider = _hider(image, hit)
    deleted = hider is None or int(image.state(hider).visible[hit.node]) < 0
    what = "deletes it" if deleted else "replaces it"
    why = f"{words.sentence(words.layer(image, hit.layer))} stores it"
    if hider is not None:
        why += f" and {words.layer(image, hider)} {what}"
    return Suggestion(
        Kind.SECRET,
        f"A secret that was {'deleted' if deleted else 'replaced'} can still be read: {path}",
        f"{why}, but whoever has the image can read it from layer {hit.layer}",
        "Treat it as known to others and revoke it. Give secrets to a build with "
        "RUN --mount=type=secret, which leaves them in no layer",
        0,
        (hit.layer,) if hider is None else (hit.layer, hider),
        hit.node,
    )


def _left(image: OpenImage, hit: Hit) -> Suggestion:
    return Suggestion(
        Kind.SECRET,
        f"What looks like a secret is in the image: {words.path(image, hit.node)}",
        f"{words.sentence(words.layer(image, hit.layer))} stores it, and whoever has the image "
        "can read it",
        "If it is one, revoke it and leave it out: give it to a build with "
        "RUN --mount=type=secret, and to a container when it starts",
        0,
        (hit.layer,),
        hit.node,
    )


def _hider(image: OpenImage, hit: Hit) -> int | None:
    """The next layer that touches the path of a version."""
    for layer in range(hit.layer + 1, image.top + 1):
        row = image.changes(layer).row(hit.node)
        if row is not None and image.changes(layer).kinds[row] != Change.UNCHANGED:
            return layer
    return None
