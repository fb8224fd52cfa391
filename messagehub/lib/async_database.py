"""PostgreSQL from the event loop, for single statements that are transactions by themselves.

The server must not wait for the database in the loop's thread, and a thread for each statement
would cost more than the statement.
"""

import asyncio

from django.db import OperationalError, connections
from psycopg import AsyncConnection, InterfaceError
from psycopg import OperationalError as PsycopgOperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout

# More connections wouldn't store more, because they would wait for the same disk and processors.
CONNECTIONS = 4
WAIT_SECONDS = 4  # for a free connection
LOST = (PsycopgOperationalError, InterfaceError, PoolTimeout, TimeoutError)


class AsyncDatabase:
    """A few connections to the default database, opened with the first statement."""

    def __init__(self, *, seconds: float):
        """seconds: how long to wait for a statement."""
        self.seconds = seconds
        self.pool: AsyncConnectionPool | None = None

    async def fetch_one(self, sql: str, parameters: list) -> tuple:
        """Run one statement in a transaction of its own and return its row.

        Raises django.db.OperationalError if the database is unavailable or silent. The statement
        may have been committed even so.
        """
        if self.pool is None:
            self.pool = create_pool()
            await self.pool.open()
        try:
            async with self.pool.connection() as connection:
                try:
                    async with asyncio.timeout(self.seconds):
                        cursor = await connection.execute(sql, parameters, prepare=True)
                        return await cursor.fetchone()
                except TimeoutError:
                    # A late result would be taken for the result of the next statement.
                    await connection.close()
                    raise
        except LOST as error:
            raise OperationalError(str(error) or "no answer") from error

    async def close(self) -> None:
        if self.pool is not None:
            await self.pool.close()


def create_pool() -> AsyncConnectionPool:
    parameters = connections["default"].get_connection_params()
    del parameters["cursor_factory"]  # for Django's own connections
    return AsyncConnectionPool(
        kwargs=parameters | {"autocommit": True},
        connection_class=AsyncConnection,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=WAIT_SECONDS,
        open=False,
    )
