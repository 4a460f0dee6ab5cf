"""What went wrong with a registry, in words: the host, the cause, what to do."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from yarl import URL

from explorer.errors import ExplorerError, NotFound, Refused
from explorer.oci.layout import one_line
from explorer.registry.options import is_loopback

_DAMAGED: Final = "DIGEST_INVALID"
_LOGIN: Final = "layerscope login {} tells it who you are"
_PLAIN: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")


class SentDamaged(Refused):
    """What arrived at a registry was not what was sent: that may have happened on the way."""


def said(data: bytes) -> str:
    """What a registry says in an error (distribution specification, "Error Codes")."""
    texts = (error.get("message") or error.get("code") for error in _errors(data))
    return "; ".join(one_line(text, 200) for text in texts if isinstance(text, str) and text)


def is_about_digest(data: bytes) -> bool:
    """Whether an error says that content does not match its digest."""
    return any(error.get("code") == _DAMAGED for error in _errors(data))


def _errors(data: bytes) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return []
    errors = document.get("errors") if isinstance(document, Mapping) else None
    if not isinstance(errors, list):
        return []
    return [error for error in errors[:3] if isinstance(error, Mapping)]


def refused(host: str, status: int, what: str, message: str, wait: str = "") -> ExplorerError:
    """The error for an answer that is none. ``what`` is what was wanted, as ``Reading app:1``."""
    detail = f" ({message})" if message else ""
    match status:
        case 401:
            why = f"it wants to know who asks{detail}"
            return Refused(f"{host} refused: {what}", why=why, hint=_LOGIN.format(host))
        case 403:
            why = f"you may not do that{detail}"
            hint = f"Ask its owner for access, or use another name: layerscope login {host}"
            return Refused(f"{host} refused: {what}", why=why, hint=hint)
        case 404:
            hint = "Check the name and the tag"
            return NotFound(f"{host} does not have it: {what}", why=message, hint=hint)
        case 405:
            why = f"it does not allow that{detail}"
            hint = "Its owner can, in the settings of the registry"
            return Refused(f"{host} refused: {what}", why=why, hint=hint)
        case 429:
            why = f"too many requests{detail}"
            hint = (
                f"Try again {f'in {wait} s' if wait else 'later'}; logging in may raise the limit"
            )
            return Refused(f"{host} refused: {what}", why=why, hint=hint)
    kind = "it has a fault of its own" if status >= 500 else "it did not accept the request"
    hint = "Try again later" if status >= 500 else ""
    return Refused(f"{host} failed: {what}", why=f"{kind}: HTTP {status}{detail}", hint=hint)


def forgotten(host: str, what: str) -> Refused:
    """The error for an upload that a registry no longer knows when it goes on."""
    why = "it forgot the upload before it was whole"
    return Refused(f"{host} failed: {what}", why=why, hint="Try again")


def damaged(host: str, what: str, message: str) -> SentDamaged:
    """The error for content that arrived otherwise than it was sent."""
    detail = f" ({message})" if message else ""
    return SentDamaged(
        f"{host} failed: {what}",
        why=f"it says that what arrived does not match its digest{detail}",
        hint="Try again; layerscope fsck checks the local store",
    )


def broken(host: str, what: str, error: Exception) -> ExplorerError:
    """The error for a connection that was not made, or ended."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _certificate(host, what, error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return _tls(host, what, str(error))
    if isinstance(error, ssl.SSLError):
        return _tls(host, what, str(error))
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        why = f"the proxy does not answer: {_reason(error.os_error)}"
        hint = "Check the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
        return Refused(f"{host} cannot be reached: {what}", why=why, hint=hint)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        why = f"the proxy answered with HTTP {error.status}"
        hint = "Check the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
        return Refused(f"{host} cannot be reached: {what}", why=why, hint=hint)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        hint = "Check the spelling of the host, and the connection"
        return Refused(f"{host} cannot be reached: {what}", why="no such host", hint=hint)
    if isinstance(error, aiohttp.ClientConnectorError):
        why = _reason(error.os_error)
        hint = "Check the host, the port, and the connection"
        return Refused(f"{host} cannot be reached: {what}", why=why, hint=hint)
    if isinstance(error, TimeoutError):
        why = "it stopped answering"
        return Refused(f"{host} failed: {what}", why=why, hint="Try again later")
    if isinstance(error, aiohttp.InvalidURL):
        return Refused(f"{host} failed: {what}", why="it sent an address that is none")
    if isinstance(error, (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError)):
        why = "it ended the connection"
        return Refused(f"{host} failed: {what}", why=why, hint="Try again")
    why = f"its answer is not understood ({type(error).__name__})"
    return Refused(f"{host} failed: {what}", why=why)


def is_final(error: BaseException) -> bool:
    """Whether asking again cannot help: the other side is not who it should be, or is not there."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return error.os_error.errno == socket.EAI_NONAME
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, ConnectionRefusedError
    ):
        return True
    return isinstance(error, aiohttp.ClientSSLError | aiohttp.InvalidURL)


def redirected(host: str, what: str, why: str) -> ExplorerError:
    """The error for a redirect that is not followed."""
    return Refused(f"{host} failed: {what}", why=why)


def same_origin(one: URL, other: URL) -> bool:
    """Whether two addresses are one server, so that one may see what the other may."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _certificate(host: str, what: str, error: Exception) -> Refused:
    why = str(getattr(error, "verify_message", "") or "nobody vouches for it")
    hint = f"Put its authority into /etc/docker/certs.d/{host}/ca.crt, or name it with --ca"
    if "mismatch" in why:
        hint = "It is another host's: check the name, and who answers for it"
    elif "expired" in why or "not yet valid" in why:
        hint = "Check the clock of this machine; else its owner has to renew it"
    return Refused(
        f"{host} shows a certificate that is not trusted: {what}",
        why=one_line(why, 200),
        hint=hint,
    )


def _tls(host: str, what: str, text: str) -> Refused:
    if any(word in text for word in _PLAIN):
        hint = "" if is_loopback(host) else "--insecure allows that, where you trust the network"
        return Refused(f"{host} cannot be spoken to: {what}", why="it speaks no HTTPS", hint=hint)
    return Refused(
        f"{host} cannot be spoken to: {what}", why="no TLS connection could be agreed on"
    )


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return error.strerror or "the connection could not be made"
