"""A shop in many tabs of a browser that partitions the storage of the chat's frame."""

from uuid import uuid4

from inbox.actions.message import post_reply
from tests.browser.test_tabs import expect_in_tabs, streams  # noqa: F401 (a fixture)
from tests.processes import until

MANY = 7


def test_the_shops_tabs_share_one_stream_in_firefox(acme, partitioning_firefox, site, request):
    count = request.getfixturevalue("streams")
    context = partitioning_firefox.new_context()
    page = f"<!doctype html><title>A shop</title>{site.line}"
    first = site.visit(context, page).open()
    first.writes("Hello?")
    tabs = [first, *(site.visit(context, page).open() for _number in range(MANY - 1))]
    [visitor] = acme.inbox.visitors.all()
    chat = visitor.contact.conversations.select_related("workspace").get()
    until(lambda: count() == 1, what="one stream")
    post_reply(chat, body="Hello to all tabs", client_id=uuid4(), by=acme.bob)
    expect_in_tabs(tabs, "Hello to all tabs")
    first.page.close()
    post_reply(chat, body="Who is left?", client_id=uuid4(), by=acme.bob)
    expect_in_tabs(tabs[1:], "Who is left?")
    until(lambda: count() == 1, what="one stream")
    context.close()
