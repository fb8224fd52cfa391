"""The chat on cross-origin isolated websites."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from inbox.actions.message import post_reply
from inbox.models import Conversation
from tests.browser.people import Visitor
from tests.browser.website import PAGE


class IsolatedWebsite:
    """Serves a page with the chat of an inbox at /<inbox key>, isolated from other origins."""

    def __init__(self, app, policy):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                page = PAGE.format(app=app, key=self.path.strip("/")).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Cross-Origin-Opener-Policy", "same-origin")
                self.send_header("Cross-Origin-Embedder-Policy", policy)
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *text):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *about):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(params=["require-corp", "credentialless"])
def isolated(request, stack):
    with IsolatedWebsite(stack.app, request.param) as website:
        yield website


def test_the_chat_works_both_ways(isolated, acme, open_context):
    acme.inbox.allowed_sites = [isolated.origin]
    acme.inbox.save()
    page = open_context().new_page()
    vera = Visitor(page, f"{isolated.origin}/{acme.inbox.key}").open()
    assert page.evaluate("crossOriginIsolated")
    vera.writes("Do you hear me?")
    conversation = Conversation.objects.select_related("workspace").get(inbox=acme.inbox)
    post_reply(conversation, body="Loud and clear.", client_id=uuid4(), by=acme.bob)
    vera.sees("Loud and clear.")
    assert vera.inner_frame().evaluate("getComputedStyle(document.body).display") != "inline"
