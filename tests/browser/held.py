"""Hold the response to a request back, as a slow network would."""

from tests.processes import until


class Held:
    """The first request of a page to a URL. Its response is held back until it is released."""

    def __init__(self, page, url):
        self.page = page
        self.arrived = []
        page.route(url, self.hold, times=1)

    def hold(self, route):
        self.arrived.append((route, route.fetch()))

    def wait(self):
        until(lambda: self.page.title() is not None and self.arrived, what="the response")

    def release(self):
        """Let the page have the response, and wait until its scripts have had a turn."""
        route, response = self.arrived.pop()
        with self.page.expect_request_finished(lambda request: request == route.request):
            route.fulfill(response=response)
        self.page.evaluate("() => new Promise((resolve) => requestIdleCallback(resolve))")
