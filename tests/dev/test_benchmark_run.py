"""The load benchmark starts servers, visitors and agents, and measures all of it."""

import json
import os
import subprocess
import sys

from bench.figures import TARGETS
from dev.checkout import ROOT

SMALLEST = (
    "--visitors=20 --agents=2 --rates 20 100 --seconds=0.5 --warm-up=0.1 --senders 1"
    " --queue-rate=5 --bare-seconds=1 --count=2"
)
OF_LOAD = {
    *("ms_at_100", "ms_at_most", "ms_offline", "ms_at_capacity", "stored", "refused"),
    *("seen_20_p50", "seen_20_p99", "seen_100_p50", "seen_100_p99", "first_message"),
    *("memory_idle", "memory_connected"),
}


def test_the_smallest_load_measures_every_figure(tmp_path):
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench.load", *SMALLEST.split(), f"--figures={file}"]
    environment = {**os.environ, "PACE": "5"}  # for the sweep that takes agents offline
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    figures = json.loads(file.read_text())
    assert set(figures) == OF_LOAD <= {target.key for target in TARGETS}
    assert figures["stored"] > 0
    assert "| none | 0.0 |" in run.stdout
    assert "the server's path" in run.stdout
