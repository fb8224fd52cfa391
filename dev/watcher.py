"""Prints a line for each change of code or templates; runs in the environment's Python."""

import sys
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

SUFFIXES = (".py", ".html", ".txt", ".json", ".js", ".css", ".svg")
IGNORED = (".data", ".venv", "bench", "dev", "docs", "requirements", "tests")


class CodeFilter(DefaultFilter):
    """Accepts files that running processes have read: code, templates, static files, demo data."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def __call__(self, change: Change, path: str) -> bool:
        inside = Path(path).relative_to(self.root)
        if inside.parts[0] in IGNORED or inside.parts[0].startswith(".venv"):
            return False
        return path.endswith(SUFFIXES) and super().__call__(change, path)


def main(root: Path) -> None:
    # Folders that no one edits (.data has a running database's files) aren't watched at all.
    folders = [
        folder
        for folder in root.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in IGNORED
    ]
    for changes in watch(*folders, watch_filter=CodeFilter(root), raise_interrupt=False):
        names = sorted({str(Path(path).relative_to(root)) for _change, path in changes})
        print(", ".join(names[:3]) + (" ..." if len(names) > 3 else ""), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
