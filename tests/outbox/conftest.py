import pytest

from tests.outbox.mailhost import mail_host


@pytest.fixture
def host(settings):
    """A mail server for this process, and for workers that get its EMAIL_URL."""
    with mail_host() as server:
        settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
