"""Run MessageHub from a bare checkout."""

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import address, environment, instance, preparation, signals
from .checkout import BYTECODE, VENV_PYTHON, data_directory
from .console import say
from .errors import UserError
from .process import Process, end_all
from .reloading import Reloader
from .services import Services
from .supervisor import Supervisor

PATIENCE = 60  # seconds for the first answer
START_LOOK_EVERY = 0.03  # seconds; later the supervisor has time
STOPPING = 2.5  # seconds that web and worker have to finish; then the databases have two
COMMANDS = {
    "web": f"uvicorn messagehub.asgi:application --host={address.HOST} --port={{port}}"
    " --timeout-graceful-shutdown=2 --no-proxy-headers --no-access-log --log-level=warning",
    "worker": "celery -A messagehub --quiet worker --loglevel=WARNING"
    " --pool=threads --concurrency=4 --without-gossip --without-mingle",
}
LOGINS = (
    "admin@acme.example  agent1@acme.example  agent2@acme.example",
    "admin@globex.example  agent1@globex.example",
)


def run() -> None:
    began = time.monotonic()
    port = address.chosen_port()
    data = data_directory()
    with instance.claimed(data) as run_directory:
        address.refuse_taken(port)
        environment.ensure("local")
        os.umask(0o077)  # no one else may read logs and sockets
        services = Services(data, run_directory)
        supervisor = Supervisor(data / "lock")
        apps: list[Process] = []
        reloader: Reloader | None = None
        try:
            services.start()
            settings = _settings(port, data, services)
            preparation.prepare(settings, data, services)
            for service in services.own:
                supervisor.watch(service.process, restart=service.start)
            apps = _apps(settings, port, run_directory)
            _start_apps(apps, supervisor, services, port)
            _write_down(settings, run_directory)
            if os.environ.get("RELOAD") != "0":
                prepare = partial(preparation.prepare, settings, data, services)
                reloader = Reloader(supervisor, apps, prepare)
            _introduce(port, settings, time.monotonic() - began)
            supervisor.stay_until(reloader.look if reloader else lambda: False)
        finally:
            signals.ignore()
            if reloader:
                reloader.stop()
            if apps:
                say("Stopping ...")
            end_all(apps, STOPPING)
            services.stop()
            (run_directory / "settings.json").unlink(missing_ok=True)


def _settings(port: int, data: Path, services: Services) -> dict[str, str]:
    return {
        **os.environ,
        **BYTECODE,
        **services.addresses,
        "LOCAL": "1",
        "DEMO": os.environ.get("DEMO") or "1",
        "PORT": str(port),
        "DATA_DIR": str(data),
        "PYTHONUNBUFFERED": "1",
        # Celery warns everyone who works as root on their own machine, at every start.
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS") or "ignore:You're running the worker",
    }


def _apps(settings: dict[str, str], port: int, run_directory: Path) -> list[Process]:
    apps = []
    for name, line in COMMANDS.items():
        command = [str(VENV_PYTHON), "-m", *line.format(port=port).split()]
        apps.append(Process(name, command, run_directory, environment=settings))
    return apps


def _start_apps(apps: list[Process], supervisor: Supervisor, services: Services, port: int) -> None:
    """Start them one after another. Started together they would share the processor, and the first
    page would have to wait for the worker.
    """
    say("Starting web and worker ...")
    conditions = {
        "web": lambda: address.is_healthy(port),
        "worker": lambda: services.redis is None or services.redis.has_worker,
    }
    for app in apps:
        app.start()
        supervisor.watch(app)
        _stay_until(conditions[app.name], app, supervisor)


def _stay_until(is_ready: Callable[[], bool], app: Process, supervisor: Supervisor) -> None:
    until = time.monotonic() + PATIENCE

    def answers() -> bool:
        if time.monotonic() > until:
            raise UserError(f"{app.name} doesn't answer; its output is above.")
        return is_ready()

    supervisor.stay_until(answers, look_every=START_LOOK_EVERY)


def _write_down(settings: dict[str, str], run_directory: Path) -> None:
    """Write the settings for `make manage`, which works on the running MessageHub."""
    file = run_directory / "settings.json"
    file.touch(mode=0o600)
    names = ("DATABASE_URL", "REDIS_URL", "LOCAL", "DEMO", "PORT", "DATA_DIR")
    file.write_text(json.dumps({name: settings[name] for name in names}))


def _introduce(port: int, settings: dict[str, str], seconds: float) -> None:
    local = f"http://localhost:{port}"
    site = settings.get("SITE_URL") or local
    is_demo = settings["DEMO"] == "1"
    say(f"\nMessageHub is ready ({seconds:.0f} s).\n\n  The desk            {site}/")
    if is_demo:
        say(f"  A shop with a chat  http://{address.HOST}:{port}/demo/")
    else:
        say(f"  Sign up first       {site}/accounts/signup/")
    if is_demo or not settings.get("EMAIL_URL"):
        say(f"  Mail that was sent  {local}/mailbox/")
    if is_demo:
        say()
        for logins in LOGINS:
            say(f"  {logins}")
        say("  Password for all    messagehub-demo")
    say("\nCtrl-C stops it.\n")
