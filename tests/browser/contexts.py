"""Browser contexts that are used again by later tests.

The desk has some fifty scripts and styles. A context that has shown it has them in its cache, so it
is emptied of everything that belongs to a test and kept.
"""

import json
from collections import defaultdict

from tests.browser.slowness import slow_pages_down
from tests.budget import SOAK

# Before each click Playwright waits until what moves has come to rest.
MOTION = "no-preference" if SOAK else "reduce"
STORAGES = "local_storage,indexeddb,cache_storage,service_workers"


class ContextPool:
    """Contexts by their options. Each is in one test at a time."""

    def __init__(self, launch, origins):
        self.launch = launch
        self.origins = origins
        self.idle = defaultdict(list)

    def take(self, **options):
        """Return a context without pages, cookies or storage, and the kind to give it back with."""
        kind = json.dumps(options, sort_keys=True)
        if self.idle[kind]:
            return kind, self.idle[kind].pop()
        context = new_context(self.launch, **options)
        context.add_init_script = refuse_init_script
        return kind, context

    def give_back(self, kind, context):
        if context not in context.browser.contexts:
            return  # the test has closed it
        if context.pages:
            storage = context.new_cdp_session(context.pages[0])
            for origin in self.origins:
                about = {"origin": origin, "storageTypes": STORAGES}
                storage.send("Storage.clearDataForOrigin", about)
        for page in context.pages:
            page.close()
        context.unroute_all()
        context.set_offline(False)
        context.clear_cookies()
        self.idle[kind].append(context)

    def close(self):
        for contexts in self.idle.values():
            for context in contexts:
                context.close()


def refuse_init_script(*script):
    raise TypeError("The next test would have this script too: use open_context or is_new=True.")


def new_context(launch, *, full_chromium=False, **options):
    browser = launch("CHROMIUM" if full_chromium else "CHROMIUM_HEADLESS_SHELL")
    usual = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": MOTION}
    context = browser.new_context(**usual | options)
    slow_pages_down(context)
    return context
