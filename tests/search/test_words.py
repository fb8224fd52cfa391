"""What a search finds: words and their forms, prefixes, quotes, accents, languages."""

from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.utils import timezone

from inbox.models import Contact, Conversation, Message
from messagehub.lib.ids import first_id_at
from search import messages
from search.models import SearchEntry
from search.query import SearchText
from teams.actions.role import save_role
from teams.models import Membership, Workspace

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


@pytest.fixture
def history(acme, new_visitor, monkeypatch):
    """Store messages of random words from half a year. Bea doesn't see every third conversation."""
    monkeypatch.setattr(messages, "PAGE_SIZE", 3)
    role = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    visitors = [new_visitor(acme.inbox) for _each in range(12)]
    random = Random(7)
    for number in range(60):
        text = " ".join(random.choices(["kettle", "kelp", "pan", "the", "blue"], k=3))
        message = visitors[number % 12].writes(f"{text} {number}")
        at = timezone.now() - timedelta(days=180 - 3 * number)
        Message.objects.filter(pk=message.pk).update(id=first_id_at(at), created_at=at)
    hidden = Conversation.objects.order_by("number").values_list("pk", flat=True)[::3]
    Conversation.objects.filter(pk__in=hidden).update(assignee=acme.bob)
    call_command("rebuild_search", workspace="acme", verbosity=0)


@pytest.mark.parametrize(
    ("newest", "more", "common", "frequent", "rare"),
    [
        (2000, 2000, 0.1, 0.02, 0.001),
        (3, 5, 0.1, 0.02, 0.001),  # more messages one by one
        (3, 5, 1, 0.02, 0.001),  # this month's by the index
        (3, 5, 1, 1, 0.001),  # three months' by the index
        (3, 5, 1, 1, 1),  # all by the index
        (1, 1, 0.5, 0.5, 0),
    ],
)
def test_pages_have_all_matches_once(
    acme, history, newest, more, common, frequent, rare, monkeypatch
):
    """All pages together have each match once, in whichever way it is found."""
    settings = {"NEWEST": newest, "MORE": more, "COMMON": common, "FREQUENT": frequent}
    for name, value in {**settings, "RARE": rare}.items():
        monkeypatch.setattr(messages, name, value)
    bea = Membership.objects.with_related().get(pk=acme.bea.pk)
    queries = ("kettle ", "ke", "blue ke", '"the pan"', "kettle -the", "blue -ke", "ket or 17")
    for member in (acme.alice, acme.bob, bea):
        visible = Conversation.objects.visible_to(member)
        for typed in queries:
            compiled = SearchText.parse(typed).compile("en")
            page, before = messages.find_page(member, compiled)
            found = [message.pk for message in page]
            while before:
                page, before = messages.find_page(member, compiled, before)
                found += [message.pk for message in page]
            entries = SearchEntry.objects.filter(conversation__in=visible)
            expected = entries.filter(messages.is_match(compiled.search)).order_by("-id")
            assert found == list(expected.values_list("id", flat=True)), (member, typed)
            assert found, typed


def test_a_page_says_how_far_back_it_searched(acme, history, find, monkeypatch):
    for name, value in {"NEWEST": 3, "MORE": 5, "COMMON": 0.1}.items():
        monkeypatch.setattr(messages, name, value)
    assert 'hx-trigger="click, intersect once"' in find(acme.bob, "kettle").text
    page = find(acme.bob, "kettle -ke")
    results = page.context["results"]
    assert not results.messages
    assert 'hx-trigger="click"' in page.text  # it could go on for years by itself
    assert f"before={results.next_before}" in page.text
    assert "Nothing found" not in page.text
    assert "Searched back to" in page.text


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
