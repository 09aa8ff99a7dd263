"""Runs a command that ends when the process that started it does, however that one ends.

    python tether.py PARENT SIGNAL COMMAND ...

Without it, `kill -9` of `plumbline serve` would leave a server and a worker behind. Linux can promise that; on other
systems the command simply runs. It is started by path, so that it loads nothing.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, number: int, command: list[str]) -> None:
    """Become `command`, to get signal `number` when `parent` is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it went while we were starting
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - a command that plumbline.serve wrote


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
