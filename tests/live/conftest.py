import pytest

from messagehub.lib import redis as redis_client
from tests.live.server import Redis, Server
from tests.processes import until


@pytest.fixture(scope="session")
def shared_server():
    server = Server()
    yield server, until(server.is_at_rest)
    server.stop()


@pytest.fixture
def server(shared_server):
    """A server that tests share. Each has to leave it as it was at the start."""
    server, before = shared_server
    yield server
    until(lambda: server.counts() == before)


@pytest.fixture
def start_server():
    """Servers with settings of their own."""
    servers = []

    def start(*arguments, **environment):
        servers.append(Server(*arguments, **environment))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def own_redis(settings):
    """A Redis to be killed; the test's own process publishes there too."""
    redis = Redis()
    settings.REDIS_URL = redis.url
    redis_client.client.cache_clear()
    yield redis
    redis_client.client.cache_clear()
    redis.resume()
    redis.kill()


@pytest.fixture
def publish(monkeypatch):
    """publish and close outside of any transaction: sent at once."""
    from messagehub.lib.live import publish as module

    monkeypatch.setattr(module, "after_commit", lambda message: module.send([message]))
    return module
