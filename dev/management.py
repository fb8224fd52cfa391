"""Run Django's commands, and explain a failure in one line."""

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from .checkout import ROOT, VENV_PYTHON
from .errors import UserError

OnLine = Callable[[str], None]


def manage(
    *arguments: str, environment: dict[str, str], log: Path, on_line: OnLine | None = None
) -> None:
    run(["manage.py", *arguments], environment=environment, log=log, on_line=on_line)


def probe(environment: dict[str, str], log: Path) -> None:
    """Check that the given PostgreSQL and Redis answer and are new enough."""
    # -P keeps our redis.py, which is in the script's folder, from hiding the library.
    run(["-P", str(Path(__file__).with_name("probe.py"))], environment=environment, log=log)


def run(
    command: list[str], *, environment: dict[str, str], log: Path, on_line: OnLine | None = None
) -> None:
    """Run the command and call `on_line` with each line that it prints."""
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        process = subprocess.Popen(
            [VENV_PYTHON, *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
        )
        output = _follow(process, on_line)
        errors.seek(0)
        complaints = errors.read()
    if process.returncode:
        log.write_text(output + complaints)
        raise UserError(f"{_explained(complaints or output)} (All of it: {log})")


def _follow(process: subprocess.Popen, on_line: OnLine | None) -> str:
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if on_line and line.strip():
                on_line(line)
    except BaseException:  # Ctrl-C: the command must not go on alone
        process.terminate()
        raise
    finally:
        process.wait()
        process.stdout.close()
    return "".join(lines)


def _explained(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "it ended without output"
    kind, _, message = last.partition(": ")
    if kind == "ModuleNotFoundError":
        return f"{message}: delete .venv and run this again; pyproject.toml must name the package."
    if kind.endswith("ImproperlyConfigured"):
        return message
    if failed_check := re.match(r"\?: \(\w+\.E\d+\) (.*)", last):
        return failed_check[1]
    if re.search(r"(OperationalError|PoolTimeout)$", kind):
        said = re.findall(r"(?:FATAL|PANIC|ERROR): +(.*)", output)
        return (
            f"The database doesn't work: {said[-1] if said else message}. "
            "Repair it, or start over without the data: make reset"
        )
    return last
