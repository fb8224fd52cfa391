"""The unit tests of the scripts in static/, run by the Node.js that Playwright brings."""

import os
import subprocess
from pathlib import Path

import playwright
import pytest

HERE = Path(__file__).parent
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")


@pytest.mark.skipif(not NODE.exists(), reason="Playwright has no Node.js for this machine")
def test_scripts():
    files = sorted(HERE.glob("*.test.js"))
    assert len(files) >= 4
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    command = [NODE, "--test", quiet, f"--import={HERE / 'browser.js'}", *files]
    zone = os.environ | {"TZ": "Europe/Berlin"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=zone)
    assert done.returncode == 0, done.stdout + done.stderr
