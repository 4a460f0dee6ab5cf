"""Deleted files whose names promise secrets: deleting them in a later layer hides nothing.

Only names are looked at, never content.
"""

from __future__ import annotations

import re

from explorer.analysis.waste import Waste, WastedPath

_NAMES = re.compile(
    rb"[._]netrc|\.pgpass|\.npmrc|\.pypirc|\.htpasswd|\.git-credentials|\.vault-token"
    rb"|\.env(?:\.\w+)?|id_(?:rsa|dsa|ecdsa|ed25519)"
    rb"|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ovpn)"
    rb"|(?:.*[-_.])?(?:credentials?|secrets?|tokens?|passwords?)(?:\.(?:json|ya?ml|toml|ini|cfg|txt))?"
    rb"|service[-_]account.*\.json",
    re.IGNORECASE,
)
_PUBLIC = re.compile(rb"/(?:certs|ca-certificates|certifi)/|/\.ssh/(?:known_hosts|config)")
_PLACES = re.compile(
    rb"/(?:\.ssh/|\.aws/credentials|\.docker/config\.json|\.kube/config"
    rb"|\.gnupg/|run/secrets/)"
)


def leftover_secrets(waste: Waste, limit: int = 20) -> tuple[WastedPath, ...]:
    """Hidden files that look like secrets, in the order of their paths."""
    found = [path for path in waste.paths if looks_secret(path.path)]
    return tuple(sorted(found, key=lambda path: path.path)[:limit])


def looks_secret(path: bytes) -> bool:
    """Whether the name of a file promises a secret."""
    if _PUBLIC.search(path):
        return False
    name = path.rpartition(b"/")[2]
    return _NAMES.fullmatch(name) is not None or _PLACES.search(path) is not None
