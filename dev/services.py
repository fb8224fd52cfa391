"""Start PostgreSQL and Redis, or use those that the environment names."""

import os
import shutil
from pathlib import Path

from . import process_table
from .binaries import postgres_programs, redis_program
from .errors import UserError
from .postgres import Postgres
from .process import end_all
from .redis import Redis
from .sockets import socket_directory

PATIENCE = 60  # seconds; recovery after a crash reads up to 256 MB of log


class Services:
    def __init__(self, data: Path, run_directory: Path, *, throw_away: bool = False):
        """`throw_away` ignores the environment's addresses and may lose the data."""
        wants_postgres = throw_away or not os.environ.get("DATABASE_URL")
        wants_redis = throw_away or not os.environ.get("REDIS_URL")
        programs = postgres_programs() if wants_postgres else None
        program = redis_program() if wants_redis else None
        self.sockets = sockets = socket_directory(run_directory)
        self._elsewhere = sockets.parent != run_directory
        self.postgres = self.redis = None
        if programs:
            self.postgres = Postgres(programs, data, run_directory, sockets, throw_away=throw_away)
        if program:
            self.redis = Redis(program, data, run_directory, sockets)

    @property
    def own(self) -> list[Postgres | Redis]:
        return [service for service in (self.redis, self.postgres) if service]

    def start(self) -> None:
        for service in self.own:
            service.log.unlink(missing_ok=True)
            service.start()
        for service in self.own:
            self._await(service)

    def _await(self, service: Postgres | Redis) -> None:
        process_table.wait_until(
            lambda: service.is_ready or not service.process.is_running, PATIENCE
        )
        if not service.is_ready:
            raise UserError(service.why_not())

    @property
    def addresses(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url if self.postgres else os.environ["DATABASE_URL"],
            "REDIS_URL": self.redis.url if self.redis else os.environ["REDIS_URL"],
        }

    def stop(self, seconds: float = 2) -> None:
        end_all([service.process for service in self.own], seconds)
        if self._elsewhere:
            shutil.rmtree(self.sockets, ignore_errors=True)
