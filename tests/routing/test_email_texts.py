"""What was written in a chat stands in emails as it was written."""

from tests.routing.chat import MINUTE, mails

CODE = "    if (x) {\n        return 1;\n    }"


def test_indentation_and_links_of_an_answer_survive(chat):
    address = "https://shop.example.com/cart?sku=1&currency=EUR&region=eu"
    chat.bob_answers(f"{CODE}\n{address} or sean.o'brien@example.com")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert "\n>     if (x) {\n>         return 1;\n>     }\n" in message.body
    [(html, _kind)] = message.alternatives
    assert CODE.replace("\n", "<br>") in html
    assert "white-space: pre-wrap" in html
    assert f'href="{address.replace("&", "&amp;")}"' in html
    assert 'href="mailto:sean.o&#x27;brien@example.com"' in html
