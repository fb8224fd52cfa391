import pytest

from tests.outbox.mailhost import mail_host


@pytest.fixture
def host(settings):
    """A mail server that this process, and workers told its EMAIL_URL, send to."""
    with mail_host() as server:
        settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
