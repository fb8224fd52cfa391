"""Start processes as production does, with only the given settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

from dev.steps import OURS

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {"SITE_URL": "https://chat.example.com", "SECRET_KEY": "an-example-" * 6}

# Reads [(arguments, settings)], runs manage.py with each in a child process, and writes
# [(exit code, output, errors)]. A child starts with the common imports done, but no settings.
RUN_EACH = """
import json, os, runpy, sys, tempfile
import django.core.management, messagehub.lib.env, messagehub.lib.startup

def run(arguments, settings):
    files = [tempfile.TemporaryFile() for _ in range(2)]
    child = os.fork()
    if not child:
        for number, file in enumerate(files, start=1):
            os.dup2(file.fileno(), number)
        os.environ.update(settings)
        sys.argv = ["manage.py", *arguments]
        runpy.run_path("manage.py", run_name="__main__")
        sys.exit(0)
    _child, status = os.waitpid(child, 0)
    for file in files:
        file.seek(0)
    return os.waitstatus_to_exitcode(status), *(file.read().decode() for file in files)

print(json.dumps([run(*each) for each in json.load(sys.stdin)]))
"""


def run(*command, stdin=None, **settings):
    """Run a process with these settings."""
    others = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *command],
        env={**others, **settings},
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage_each(calls):
    """Run manage.py for each of [(arguments, settings)], much faster than as separate processes.

    Returns [CompletedProcess] in the same order.
    """
    done = run("-c", RUN_EACH, stdin=json.dumps(calls))
    assert done.returncode == 0, done.stderr
    return [
        subprocess.CompletedProcess(arguments, code, output, errors)
        for (arguments, _settings), (code, output, errors) in zip(
            calls, json.loads(done.stdout), strict=True
        )
    ]
