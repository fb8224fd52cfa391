"""The scripts in static/: their unit tests, and that what is served is valid."""

import os
import subprocess
import sys
from pathlib import Path

import playwright
import pytest

from dev.checkout import ROOT
from messagehub.lib.static import join_static

HERE = Path(__file__).parent
NODE = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")


def test_joined_scripts_are_valid(tmp_path):
    scripts = sorted((ROOT / "static").rglob("*.js"))
    assert len(scripts) > 50
    for script in scripts:
        target = tmp_path / script.relative_to(ROOT / "static")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(join_static(script.relative_to(ROOT / "static").as_posix()).text)
    lint = [Path(sys.executable).with_name("oxlint"), "-A", "all", "--no-ignore", tmp_path]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not NODE.exists(), reason="Playwright has no Node.js for this machine")
def test_scripts():
    files = sorted(HERE.glob("*.test.js"))
    assert len(files) >= 4
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    command = [NODE, "--test", quiet, f"--import={HERE / 'browser.js'}", *files]
    zone = os.environ | {"TZ": "Europe/Berlin"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=zone)
    assert done.returncode == 0, done.stdout + done.stderr
