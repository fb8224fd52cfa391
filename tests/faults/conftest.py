import pytest

from tests.faults.line import line_to_redis


@pytest.fixture
def redis_line():
    with line_to_redis() as line:
        yield line
