"""Django's commands, run to their end; what goes wrong is told in one line."""

import re
import subprocess
from pathlib import Path

from .checkout import ROOT, VENV_PYTHON
from .trouble import Trouble


def manage(*arguments: str, environment: dict[str, str], log: Path) -> None:
    run(["manage.py", *arguments], environment=environment, log=log)


def probe(environment: dict[str, str], log: Path) -> None:
    """Asks the PostgreSQL and the Redis of these addresses for their versions."""
    # -P: beside the script lies our redis.py, and the library is meant.
    run(["-P", str(Path(__file__).with_name("probe.py"))], environment=environment, log=log)


def run(command: list[str], *, environment: dict[str, str], log: Path) -> None:
    done = subprocess.run(
        [VENV_PYTHON, *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        log.write_text(done.stdout + done.stderr)
        raise Trouble(f"{_explained(done.stderr or done.stdout)} (All of it: {log})")


def _explained(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "it ended without a word"
    kind, _, words = last.partition(": ")
    if kind == "ModuleNotFoundError":
        return f"{words}: delete .venv and run this again; pyproject.toml must name the package."
    if kind.endswith("ImproperlyConfigured"):
        return words
    if re.search(r"(OperationalError|PoolTimeout)$", kind):
        said = re.findall(r"(?:FATAL|PANIC|ERROR): +(.*)", output)
        return (
            f"The database does not work: {said[-1] if said else words}. "
            "Mend it, or begin anew without the data: make reset"
        )
    return last
