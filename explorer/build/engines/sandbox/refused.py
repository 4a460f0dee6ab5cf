"""Numbers of the system calls that a RUN may not make, for each kind of program.

By name: numbers on x86_64, aarch64 and i386 (32-bit programs run on x86_64 as well); None where
there is no such call. From ``unistd.h`` of Linux 6.12.
"""

from __future__ import annotations

from typing import Final

MACHINES: Final = ("x86_64", "aarch64", "i386")
"""The columns of the tables."""

REFUSED: Final[dict[str, tuple[int | None, int | None, int | None]]] = {
    "acct": (163, 89, 51),
    "add_key": (248, 217, 286),
    "adjtimex": (159, 171, 124),
    "bpf": (321, 280, 357),
    "clock_adjtime": (305, 266, 343),
    "clock_adjtime64": (None, None, 405),
    "clock_settime": (227, 112, 264),
    "clock_settime64": (None, None, 404),
    "delete_module": (176, 106, 129),
    "finit_module": (313, 273, 350),
    "fsconfig": (431, 431, 431),
    "fsmount": (432, 432, 432),
    "fsopen": (430, 430, 430),
    "fspick": (433, 433, 433),
    "init_module": (175, 105, 128),
    "io_uring_enter": (426, 426, 426),
    "io_uring_register": (427, 427, 427),
    "io_uring_setup": (425, 425, 425),
    "ioperm": (173, None, 101),
    "iopl": (172, None, 110),
    "kexec_file_load": (320, 294, None),
    "kexec_load": (246, 104, 283),
    "keyctl": (250, 219, 288),
    "lookup_dcookie": (212, 18, 253),
    "mount": (165, 40, 21),
    "mount_setattr": (442, 442, 442),
    "move_mount": (429, 429, 429),
    "move_pages": (279, 239, 317),
    "name_to_handle_at": (303, 264, 341),
    "open_by_handle_at": (304, 265, 342),
    "open_tree": (428, 428, 428),
    "perf_event_open": (298, 241, 336),
    "pivot_root": (155, 41, 217),
    "quotactl": (179, 60, 131),
    "quotactl_fd": (443, 443, 443),
    "reboot": (169, 142, 88),
    "request_key": (249, 218, 287),
    "setns": (308, 268, 346),
    "settimeofday": (164, 170, 79),
    "stime": (None, None, 25),
    "swapoff": (168, 225, 115),
    "swapon": (167, 224, 87),
    "syslog": (103, 116, 103),
    "umount": (None, None, 22),
    "umount2": (166, 39, 52),
    "userfaultfd": (323, 282, 374),
    "vhangup": (153, 58, 111),
    "vm86": (None, None, 166),
    "vm86old": (None, None, 113),
}
"""They fail with EPERM."""

GUARDED: Final[dict[str, tuple[int, int, int]]] = {
    "clone": (56, 220, 120),
    "unshare": (272, 97, 310),
    "ioctl": (16, 29, 54),
    "socket": (41, 198, 359),
}
"""They are refused for some values of an argument."""

CHANGES_OF_OWNER: Final[dict[str, tuple[int | None, int | None, int | None]]] = {
    "chown": (92, None, 182),
    "chown32": (None, None, 212),
    "fchown": (93, 55, 95),
    "fchown32": (None, None, 207),
    "fchownat": (260, 54, 298),
    "lchown": (94, None, 16),
    "lchown32": (None, None, 198),
}
"""Where only one user exists they do nothing, and say that they did."""
