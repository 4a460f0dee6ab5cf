"""File capabilities, as the kernel keeps them in ``security.capability``.

``struct vfs_cap_data`` of linux/capability.h: a little-endian magic with the revision in its top
byte and the effective flag in its lowest bit, then pairs of permitted and inheritable sets of 32
bits; revision 3 ends with the user that is root in the namespace it was set in.
"""

from __future__ import annotations

import struct

_REVISIONS = {0x01: 1, 0x02: 2, 0x03: 2}
"""How many pairs of sets each revision has."""
_NAMES = (
    *("chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid"),
    *("setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw"),
    *("ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct"),
    *("sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod"),
    *("lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog"),
    *("wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore"),
)


def capability_text(value: bytes) -> str:
    """A capability attribute as ``getcap`` writes it: ``cap_net_bind_service=ep``.

    What the kernel would not take is given in hexadecimal.
    """
    if len(value) < 4:
        return value.hex()
    magic = int.from_bytes(value[:4], "little")
    revision = magic >> 24
    pairs = _REVISIONS.get(revision, 0)
    if not pairs or len(value) != 4 + 8 * pairs + (4 if revision == 3 else 0):
        return value.hex()
    words = struct.unpack(f"<{2 * pairs}I", value[4 : 4 + 8 * pairs])
    permitted = sum(word << 32 * place for place, word in enumerate(words[0::2]))
    inheritable = sum(word << 32 * place for place, word in enumerate(words[1::2]))
    effective = bool(magic & 1)
    text = _clauses(permitted, inheritable, effective=effective) or "="
    if revision == 3:
        text += f" [rootid={int.from_bytes(value[-4:], 'little')}]"
    return text


def _clauses(permitted: int, inheritable: int, *, effective: bool) -> str:
    groups: dict[str, list[str]] = {}
    for bit in range(64):
        has, passes = permitted >> bit & 1, inheritable >> bit & 1
        if has or passes:
            flags = ("e" if effective else "") + ("i" if passes else "") + ("p" if has else "")
            groups.setdefault(flags, []).append(_name(bit))
    return " ".join(f"{','.join(names)}={flags}" for flags, names in groups.items())


def _name(bit: int) -> str:
    return f"cap_{_NAMES[bit]}" if bit < len(_NAMES) else str(bit)
