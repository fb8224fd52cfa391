"""Print to the terminal."""

import sys


def say(text: str = "") -> None:
    clear = "\r\033[K" if sys.stdout.isatty() else ""
    print(f"{clear}{text}", flush=True)


def show_progress(text: str) -> None:
    """Print a line that the next one replaces, or nothing if the output is a file."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text[:100]}", end="", flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
