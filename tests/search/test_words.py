"""What a search finds: words and their forms, prefixes, quotes, accents, languages."""

import pytest

from inbox.models import Contact, Conversation
from search import messages
from search.query import SearchText
from teams.models import Workspace

TEXTS = {
    "kettle": "The blue kettle leaks. Please send the invoice 00123 to vera.van-dyk@shop.example!",
    "refund": "Refunds: I'd like my money back (order A-1234), it's naïve Müller’s café—really",
    "tea": "茶碗を注文した 2026",
}
FOUND = [
    ("kettle", "kettle"),
    ("KETTLES", "kettle"),  # the stem
    ("leaking kettles", "kettle"),
    ("kettle refund", ""),
    ("kettle or refund", "refund kettle"),
    ("refund OR voucher", "refund"),
    ("the", "kettle"),  # words without a meaning of their own are found, too
    ("ket", "kettle"),  # still typing
    ("ket ", ""),  # a whole word
    ("ket the", ""),  # only the last word is still being typed
    ('"blue kettle"', "kettle"),
    ('"kettle blue"', ""),
    ('"blue kettles"', ""),  # exactly these
    ('"blue kettle', "kettle"),  # the second quote is yet to come
    ("“blue kettle” leak", "kettle"),
    ('refund -"blue kettle"', "refund"),
    ("my -refunds", ""),
    ("-kettle", ""),
    ("naive", "refund"),
    ("NAÏVE", "refund"),
    ("muller", "refund"),
    ("MÜLLER", "refund"),
    ("cafe", "refund"),
    ("really", "refund"),  # after a dash without spaces
    ("1234", "refund"),
    ("a-1234", "refund"),
    ("00123", "kettle"),
    ("shop.example", "kettle"),
    ("vera.van-dyk@shop.ex", "kettle"),
    ("dyk", "kettle"),
    ("注文", "tea"),
    ("文注", ""),
    ("!!! & | :* <-> \\ ' kettle", "kettle"),
    ("kettle:*", "kettle"),
    ("kettle & | !", "kettle"),
    ('"', ""),
    ("or", "refund"),  # the beginning of a word
    ("-", ""),
    ("🙂", ""),
    ("x" * 300, ""),
    ("ﷺ" * 200, ""),
    ("kettle " + "the " * 100, "kettle"),
]


@pytest.mark.parametrize(("typed", "expected"), FOUND)
def test_words_are_found_as_people_type_them(acme, vera, bodies, typed, expected):
    for text in TEXTS.values():
        vera.writes(text)
    assert bodies(acme.alice, typed) == [TEXTS[name] for name in expected.split()]


def test_words_have_the_forms_of_the_workspaces_language(acme, vera, bodies):
    """And when the language changes, everything is indexed again."""
    text = "Zwei Bestellungen und die Rückerstattungen der Häuser"
    vera.writes(text)
    assert bodies(acme.alice, "bestellung ") == []
    Workspace.objects.filter(pk=acme.workspace.pk).update(language="de")
    for typed in ("bestellung ", "BESTELLUNGEN ", "rückerstattung ", "ruckerstattung ", "haus "):
        assert bodies(acme.alice, typed) == [text], typed


@pytest.mark.parametrize(("newest", "more"), [(1, 1), (1, 5), (3, 3), (3, 2000), (2000, 2000)])
def test_pages_have_no_gaps_or_duplicates(
    acme, vera, new_visitor, bodies, find, newest, more, monkeypatch
):
    """However many messages are compared one by one before the index is used."""
    monkeypatch.setattr(messages, "NEWEST", newest)
    monkeypatch.setattr(messages, "MORE", more)
    monkeypatch.setattr(messages, "PAGE_SIZE", 3)
    monkeypatch.setattr("search.views.PAGE_SIZE", 3)
    other = new_visitor(acme.inbox)
    written = [
        (other if number % 3 == 0 else vera).writes(f"{number} {'kettle' if number % 2 else 'pan'}")
        for number in range(16)
    ]
    found, before = [], ""
    for _page in range(4):
        response = find(acme.bob, "kettle", before=before)
        results = response.context["results"]
        found += [message.body for message in results.messages]
        if not (before := results.next_before or ""):
            break
    assert found == [each.body for each in reversed(written) if "kettle" in each.body]


def test_contacts_are_found_by_any_part(acme, new_visitor, find):
    people = {
        "Zoë Müller": "zoe@shop.example",
        "Jan van der Berg": "",
        "": "info@bergwerk.example",
        "O'Neil \\ 100%": "",
    }
    for name, email in people.items():
        contact = new_visitor(acme.inbox).writes().conversation.contact
        Contact.objects.filter(pk=contact.pk).update(name=name, email=email)
    nameless = new_visitor(acme.inbox).writes().conversation.contact

    def found(typed):
        results = find(acme.bob, typed).context["results"]
        return [contact.name or contact.email for contact in results.contacts]

    assert found("ull") == found("MULL") == found("ulle oë") == ["Zoë Müller"]
    assert found("berg") == ["info@bergwerk.example", "Jan van der Berg"]
    assert found("op.exa") == ["Zoë Müller"]
    assert found("van be") == ["Jan van der Berg"]
    assert found("o'n") == found("\\ 10") == found("00%") == ["O'Neil \\ 100%"]
    assert found("_ull") == found("b%g") == found("zq") == []
    assert found(nameless.display_name)[-1:] == [""]
    Contact.objects.filter(pk=nameless.pk).update(phone="+49 (170) 123-4567", company="Ito & Co")
    assert found("170 1234567") == found("170 123-4") == found("to & c") == [""]


def test_a_conversation_is_found_by_its_number(acme, conversation, find):
    for typed in (f"{conversation.number}", f"#{conversation.number}"):
        assert find(acme.bob, typed).context["results"].conversations == [conversation]
    assert find(acme.bob, "999").context["results"].conversations == []


def test_a_conversation_found_by_number_and_contact_is_listed_once(acme, conversation, find):
    Conversation.objects.update(number=42)
    Contact.objects.update(name="Room 42")
    results = find(acme.bob, "42").context["results"]
    assert results.contacts == [conversation.contact]
    assert results.conversations == [conversation]


def test_one_letter_is_too_short_to_search_for(
    acme, conversation, find, django_assert_max_num_queries
):
    page = find(acme.bob, "k")
    assert page.context["text"].is_too_short
    assert "Type two letters or more" in page.text
    assert not SearchText.parse("k or ke").is_too_short
