"""A customer's website, where the chat is embedded."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<h1>A shop</h1><a href="#">A link</a><script async src="{app}/widget/{key}.js"></script>"""


class Website:
    """Serves a page with the chat of an inbox at /<inbox key>, and what a test puts into .pages."""

    def __init__(self, app):
        self.pages = pages = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                text = pages.get(path) or PAGE.format(app=app, key=path.strip("/"))
                self.send_response(200)
                kind = "text/javascript" if path.endswith(".js") else "text/html"
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        self.app = app
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def line(self, inbox):
        """Return the embed script of an inbox."""
        return f'<script async src="{self.app}/widget/{inbox.key}.js"></script>'

    def page(self, inbox):
        return f"{self.origin}/{inbox.key}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()
