"""The commands that the Makefile calls."""

import json
import os
import shlex
import subprocess
import sys

from . import environment, instance, run, signals, standing, suite
from .checkout import ROOT, VENV_PYTHON, data_directory
from .console import complain, say
from .errors import UserError


def main(arguments: list[str]) -> int:
    commands = {
        "run": run.run,
        "stop": stop,
        "reset": reset,
        "manage": manage,
        "install": lambda: environment.ensure("dev"),
        "lint": suite.lint,
        "check": suite.check,
        "quick": suite.quick,
        "test": suite.test,
        "soak": suite.soak,
        "keep-services": standing.keep,
        "requirements": requirements,
    }
    name = arguments[0] if arguments else ""
    if name not in commands:
        complain(f"One of: {', '.join(commands)}. `make help` says more.")
        return 2
    signals.listen()
    try:
        commands[name]()
    except UserError as error:
        complain(str(error))
        return 1
    except signals.Stopped:
        return 0 if name == "run" else 130
    return 0


def stop() -> None:
    stopped = [instance.stop(data) for data in (standing.directory(), data_directory())]
    say("Stopped." if any(stopped) else "Nothing was running.")


def reset() -> None:
    instance.stop(standing.directory())
    instance.forget(data_directory())
    say("The data is deleted.")


def manage() -> None:
    """Run a Django command on the running MessageHub: make manage ARGS=shell"""
    file = data_directory() / "run" / "settings.json"
    if not file.exists():
        raise UserError("MessageHub isn't running from here. Start it with: make run")
    arguments = shlex.split(os.environ.get("ARGS", ""))
    settings = {**os.environ, **json.loads(file.read_text())}
    command = [VENV_PYTHON, "manage.py", *arguments]
    if subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode:
        raise UserError(f"manage.py {shlex.join(arguments)} failed.")


def requirements() -> None:
    """Pin the newest compatible versions. The files name no index and no machine."""
    flags = "--universal --python-version=3.11 --generate-hashes --no-emit-index-url"
    flags += " --no-header --no-annotate --quiet --upgrade"
    wanted = {
        "base": ["pyproject.toml"],
        "local": ["pyproject.toml", "--group=local", "--constraints=requirements/base.txt"],
        "dev": ["pyproject.toml", "--group=dev", "--constraints=requirements/base.txt"],
        "postgres": ["--group=postgres", "--no-deps"],
        "redis": ["--group=redis", "--no-deps"],
    }
    for name, inputs in wanted.items():
        command = [
            "uv",
            "pip",
            "compile",
            *flags.split(),
            *inputs,
            "-o",
            f"requirements/{name}.txt",
        ]
        try:
            code = subprocess.run(command, cwd=ROOT, check=False).returncode
        except FileNotFoundError:
            raise UserError("Compiling the requirements needs uv: pip install uv") from None
        if code:
            raise UserError(f"requirements/{name}.txt could not be compiled; uv's output is above.")
    sys.stdout.write("requirements/ is up to date.\n")
