"""Slow down browsers and responses, to find what depends on their speed.

SLOW_PROCESSOR=4 makes each page four times slower. SLOW_NETWORK=300 delays each request and each
response by up to 300 ms at random, so they don't arrive in the order in which they were sent.
"""

import asyncio
import os
from contextlib import suppress
from random import random

from playwright.sync_api import Error

SLOW_PROCESSOR = float(os.environ.get("SLOW_PROCESSOR") or 1)  # times
SLOW_NETWORK = float(os.environ.get("SLOW_NETWORK") or 0)  # milliseconds
APPLICATION = f"{__name__ if SLOW_NETWORK else 'messagehub.asgi'}:application"


def slow_pages_down(context):
    if SLOW_PROCESSOR > 1:
        context.on("page", slow_page_down)


def slow_page_down(page):
    throttle(page.context, page)
    page.on("framenavigated", lambda frame: frame.parent_frame and throttle(page.context, frame))


def throttle(context, target):
    # It may be closed already, and a frame of the same site shares its page's process.
    with suppress(Error):
        session = context.new_cdp_session(target)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})


async def application(scope, receive, send):
    """Run the product behind a slow network."""
    from messagehub.asgi import application as product

    async def send_later(message):
        if message["type"] == "http.response.start":
            await delay()
        await send(message)

    if scope["type"] == "http":
        await delay()
    await product(scope, receive, send_later)


async def delay():
    await asyncio.sleep(random() * SLOW_NETWORK / 1000)
