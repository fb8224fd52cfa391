"""Ctrl-C and its relatives, as one exception."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class Stopped(BaseException):
    """Somebody asked us to stop."""


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
    """Between a process being born and its being written down, no signal may come."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(ending: signal.Signals) -> Callable[[], None]:
    """For a child to call at birth. Elsewhere than on Linux the next start finds the orphans."""
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
