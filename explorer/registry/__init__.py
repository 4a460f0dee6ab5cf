"""A client for registries (OCI distribution specification 1.1), on aiohttp.

::

    options       where, how many at a time, how patiently; mirrors, plain and insecure hosts
    credentials   what the user keeps for a host, and where; helpers, keyring
    challenge     WWW-Authenticate; auth: tokens and basic authentication; certificates: TLS
    asks          one request as a value; transport: proxies, redirects; servers: meeting hosts
    wire          as whom, how often again, how long to wait; faults: what went wrong, in words
    client        tags, catalog, referrers, manifests; documents, listing: how they come
    fetching      whole blobs, resumed; downloads: as streams; receiving: out of the socket
    uploads       blobs into a repository, resumed; sending: out of the file

Nothing is believed: documents and blobs are checked against digest and size, lists and waits are
bounded, credentials go to the host they are for and nowhere else.
"""

from explorer.registry import _aiohttp as _aiohttp  # before all that imports aiohttp
from explorer.registry.client import Document, RegistryClient
from explorer.registry.options import Options, Patience
from explorer.registry.wire import Wire

__all__ = ["Document", "Options", "Patience", "RegistryClient", "Wire"]
