"""Turn Ctrl-C and similar signals into one exception."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class Stopped(BaseException):
    """Raised when a signal asks this process to stop."""


def listen() -> None:
    for ending in ENDINGS:
        signal.signal(ending, _raise_stopped)


def _raise_stopped(number, frame) -> None:
    ignore()  # a second Ctrl-C must not interrupt the stopping
    raise Stopped


def ignore() -> None:
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[None]:
    """Hold signals back until a new process is recorded, so that none is orphaned."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(ending: signal.Signals) -> Callable[[], None]:
    """Return a function for a new child to call, so that it ends with its parent.

    It works on Linux; on other systems the next start ends what is left.
    """
    parent = os.getpid()

    def at_birth() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        for each in ENDINGS:
            signal.signal(each, signal.SIG_DFL)
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(ending))
            if os.getppid() != parent:
                os._exit(1)

    return at_birth
