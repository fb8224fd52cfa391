"""Choose where PostgreSQL and Redis listen: sockets in a private folder, no ports."""

import re
import tempfile
from pathlib import Path

LONGEST = 103  # what macOS allows; Linux has 107
NAME = "/postgres/.s.PGSQL.5432"


def socket_directory(run_directory: Path) -> Path:
    """Return a folder in the run directory, or in /tmp if that path is too long or unusual."""
    own = run_directory / "sockets"
    if len(str(own) + NAME) <= LONGEST and re.fullmatch(r"[\w./+-]+", str(own), re.ASCII):
        own.mkdir(mode=0o700, exist_ok=True)
        return own
    return Path(tempfile.mkdtemp(prefix="messagehub-", dir="/tmp"))
