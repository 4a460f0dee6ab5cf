"""A client for registries (OCI distribution specification 1.1), on aiohttp.

::

    options       where, how many at a time, how patiently; mirrors, plain and insecure hosts
    credentials   what the user keeps for a host, and where; helpers, keyring
    challenge     WWW-Authenticate; auth: tokens and basic authentication
    wire          one request: TLS, proxy, redirects, retries; faults: what went wrong, in words
    client        manifests, tags, catalog, referrers; downloads and uploads: blobs

Nothing is believed: documents and blobs are checked against digest and size, lists and waits are
bounded, credentials go to the host they are for and nowhere else.
"""

from explorer.registry.client import Document, RegistryClient
from explorer.registry.options import Options, Patience
from explorer.registry.wire import Wire

__all__ = ["Document", "Options", "Patience", "RegistryClient", "Wire"]
