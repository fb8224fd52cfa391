"""Run PostgreSQL as the user `nobody` if we are root, because it refuses to run as root.

That user may have no access to the folders above the checkout (/root, a `mktemp -d`). Opening these
folders to everyone would be worse, so the server keeps one capability, which lets it through.
"""

import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path

USER = "nobody"
SWITCH = ["setpriv", f"--reuid={USER}", "--clear-groups"]
KEEP = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


@cache
def command_prefix() -> list[str]:
    """Return what goes before every PostgreSQL program, or nothing for ordinary users."""
    if os.geteuid() != 0:
        return []
    group = f"--regid={pwd.getpwnam(USER).pw_gid}"
    for keep in (KEEP, []):
        prefix = [*SWITCH, group, *keep, "--pdeathsig=INT", "--"]
        if (
            shutil.which("setpriv")
            and subprocess.run([*prefix, "true"], check=False).returncode == 0
        ):
            return prefix
    return []


def give(directory: Path) -> None:
    if os.geteuid() == 0:
        entry = pwd.getpwnam(USER)
        os.chown(directory, entry.pw_uid, entry.pw_gid)
