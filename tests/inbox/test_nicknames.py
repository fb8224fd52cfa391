"""Contacts without a name have a nickname."""

from uuid import UUID

import pytest

from inbox.actions.contact import edit_contact
from inbox.models import Contact
from inbox.nicknames import ANIMALS, COLOURS, COUNT, nickname, nickname_at, nickname_hue
from messagehub.lib.ids import new_id
from teams.models import Role
from tests.conftest import Vera


def test_there_are_two_thousand_distinct_nicknames():
    assert COUNT == 2000
    assert len({nickname_at(number) for number in range(COUNT)}) == COUNT
    assert {hue for _colour, hue in COLOURS} == set(range(12))


def test_the_words_are_short():
    for word in [*(colour for colour, _hue in COLOURS), *ANIMALS]:
        assert word.isalpha()
        assert word.isascii()
        assert word == word.capitalize()
        assert len(word) <= 12


def test_a_contact_keeps_nickname_and_colour():
    contact = UUID(
        "0193ab12-0000-7000-8000-0000000007d1"
    )  # the number after the last one wraps around
    assert nickname(contact) == "Red Antelope"
    assert nickname_hue(contact) == 0
    assert nickname(UUID(str(contact))) == nickname(contact)


def test_thirty_visitors_look_different():
    names = {nickname(new_id()) for _visitor in range(30)}
    assert len(names) > 24  # of 2,000 names, so two equal ones are rare


def test_the_row_shows_the_nickname_until_there_is_a_name(acme, vera, sign_in):
    contact = vera.writes().conversation.contact
    name = nickname(contact.pk)
    page = sign_in(acme.alice).get("/w/acme/conversations/?view=all").text
    assert name in page
    edit_contact(contact, name="Vera Ito", by=acme.alice)
    page = sign_in(acme.alice).get("/w/acme/conversations/?view=all").text
    assert "Vera Ito" in page
    assert f'data-hue="{nickname_hue(contact.pk)}"' in page  # the contact keeps the colour
    assert f"<b>{name}</b>" not in page


@pytest.mark.parametrize("part", ["whole", "animal", "capitals"])
def test_search_finds_a_nickname(acme, vera, sign_in, part):
    contact = vera.writes().conversation.contact
    name = nickname(contact.pk)
    query = {"whole": name, "animal": name.split()[1], "capitals": name.upper()}[part]
    for _other in range(3):
        Vera(acme.inbox).writes()
    expected = {
        contact.pk
        for contact in Contact.objects.all()
        if query.lower()
        in (
            nickname(contact.pk).lower(),
            nickname(contact.pk).split()[1].lower(),
        )
    }
    assert {contact.pk for contact in Contact.objects.matching(query)} == expected
    assert contact.pk in expected
    edit_contact(contact, name="Vera Ito", by=acme.alice)
    assert contact not in Contact.objects.matching(query)


URL = "/w/acme/contacts/{}/name/"


def rename(client, contact, name, **headers):
    return client.post(URL.format(contact.pk), {"name": name}, headers=headers)


def test_renaming_in_place_returns_the_name(acme, vera, sign_in):
    contact = vera.writes().conversation.contact
    Contact.objects.filter(pk=contact.pk).update(email="vera@example.com")
    response = rename(sign_in(acme.bob), contact, " Vera  Ito ", **{"HX-Request": "true"})
    assert "Vera Ito</span>" in response.text
    contact.refresh_from_db()
    assert (contact.name, contact.email) == ("Vera Ito", "vera@example.com")
    rename(sign_in(acme.bob), contact, "")
    contact.refresh_from_db()
    assert contact.display_name == "vera@example.com"


def test_an_invalid_name_is_refused_with_an_error(acme, vera, sign_in):
    contact = vera.writes().conversation.contact
    response = rename(sign_in(acme.bob), contact, "x" * 81, **{"HX-Request": "true"})
    assert response.status_code == 400
    assert "80 characters" in response.text


def test_renaming_needs_permission_to_edit_contacts(acme, vera, sign_in):
    message = vera.writes()
    acme.bob.role = Role.objects.create(
        workspace=acme.workspace, name="Answers", permissions=["answer"]
    )
    acme.bob.save()
    client = sign_in(acme.bob)
    assert rename(client, message.conversation.contact, "Vera").status_code == 403
    number = message.conversation.number
    assert "Rename" not in client.get(f"/w/acme/conversations/{number}/?view=all").text
