"""What ``tarfile`` takes to list the layers of a plain archive, and nothing more.

    python -m tests.benchmarks.probes.tarfile_listing ARCHIVE

Each layer is read in place, through the file and not through the member: that is its quickest way.
"""

from __future__ import annotations

import sys
import tarfile


def main(path: str) -> None:
    count = 0
    with tarfile.open(path, "r:") as archive, open(path, "rb") as file:  # noqa: PTH123
        for member in archive:
            file.seek(member.offset_data + 257)
            if member.isfile() and file.read(5) == b"ustar":
                file.seek(member.offset_data)
                with tarfile.open(fileobj=file, mode="r:") as layer:
                    for _ in layer:
                        count += 1
                        layer.members = []  # type: ignore[attr-defined]  # it would keep them all
    print(count)


if __name__ == "__main__":
    main(sys.argv[1])
