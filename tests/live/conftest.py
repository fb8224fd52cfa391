import pytest

from messagehub.lib import redis as redis_client
from messagehub.lib.live import publish as module
from tests.live.server import Redis, Server
from tests.processes import until


@pytest.fixture(scope="session")
def shared_server():
    with Server() as server:
        yield server, until(server.is_at_rest)


@pytest.fixture
def server(shared_server):
    """A shared server. Each test has to leave it without open streams."""
    server, before = shared_server
    yield server
    until(lambda: server.counts() == before)


@pytest.fixture(scope="session")
def shared_small_server():
    with Server(LIVE_MAX_STREAMS=3, LIVE_MAX_STREAMS_EACH=2, LIVE_HEARTBEAT=0.3) as server:
        yield server


@pytest.fixture
def small_server(shared_small_server):
    """A shared server for three streams, two per subject, with a fast heartbeat."""
    until(lambda: shared_small_server.stats()["streams"] == 0)
    return shared_small_server


@pytest.fixture
def start_server():
    """Start servers that a test may kill or give its own settings."""
    servers = []

    def start(*arguments, finds_redis=True, **options):
        server = Server(*arguments, **options)
        servers.append(server)
        if finds_redis:
            # On a busy machine the first connection to Redis may be late, and streams are refused
            # until then.
            until(lambda: server.stats()["redis"])
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def shared_redis():
    redis = Redis()
    yield redis
    redis.kill()


@pytest.fixture
def own_redis(shared_redis, settings):
    """A Redis that a test may kill or pause. The test process publishes to it, too."""
    settings.REDIS_URL = shared_redis.url
    redis_client.client.cache_clear()
    yield shared_redis
    redis_client.client.cache_clear()
    shared_redis.resume()
    shared_redis.start()


@pytest.fixture(scope="session")
def shared_redis_server(shared_redis):
    with Server(REDIS_URL=shared_redis.url) as server:
        yield server


@pytest.fixture
def redis_server(own_redis, shared_redis_server):
    """A server connected to the Redis that tests may kill."""
    until(lambda: shared_redis_server.stats()["redis"])
    return shared_redis_server


@pytest.fixture
def publish(monkeypatch):
    """Make publish() and close() send at once, as outside a transaction."""
    monkeypatch.setattr(module, "send_on_commit", lambda message: module.send([message]))
    return module
