"""Visitors who have not said their name have one that agents can say."""

from uuid import UUID

import pytest

from inbox.actions.contact import edit_contact
from inbox.models import Contact
from inbox.nicknames import ANIMALS, COLOURS, COUNT, nickname_hue, nickname_at, nickname
from messagehub.lib.ids import new_id
from teams.models import Role
from tests.conftest import Vera


def test_there_are_two_thousand_and_all_differ():
    assert COUNT == 2000
    assert len({nickname_at(number) for number in range(COUNT)}) == COUNT
    assert {hue for _colour, hue in COLOURS} == set(range(12))


def test_each_word_can_be_said_and_is_short():
    for word in [*(colour for colour, _hue in COLOURS), *ANIMALS]:
        assert word.isalpha()
        assert word.isascii()
        assert word == word.capitalize()
        assert len(word) <= 12


def test_a_contact_keeps_its_name_and_its_colour():
    contact = UUID(
        "0193ab12-0000-7000-8000-0000000007d1"
    )  # the number after the last: begins again
    assert nickname(contact) == "Red Antelope"
    assert nickname_hue(contact) == 0
    assert nickname(UUID(str(contact))) == nickname(contact)


def test_thirty_visitors_of_a_day_look_different():
    names = {nickname(new_id()) for _visitor in range(30)}
    assert len(names) > 24  # of 2,000: two alike are rare


def test_the_row_says_it_until_they_say_their_own(acme, vera, sign_in):
    contact = vera.writes().conversation.contact
    name = nickname(contact.pk)
    page = sign_in(acme.alice).get("/w/acme/conversations/?view=all").text
    assert name in page
    edit_contact(contact, name="Vera Ito", by=acme.alice)
    page = sign_in(acme.alice).get("/w/acme/conversations/?view=all").text
    assert "Vera Ito" in page
    assert f'data-hue="{nickname_hue(contact.pk)}"' in page  # they are recognised by their colour
    assert f"<b>{name}</b>" not in page


@pytest.mark.parametrize("part", ["whole", "animal", "capitals"])
def test_it_finds_the_contact(acme, vera, sign_in, part):
    contact = vera.writes().conversation.contact
    name = nickname(contact.pk)
    typed = {"whole": name, "animal": name.split()[1], "capitals": name.upper()}[part]
    for _other in range(3):
        Vera(acme.inbox).writes()
    expected = {
        each.pk
        for each in Contact.objects.all()
        if typed.lower() in (nickname(each.pk).lower(), nickname(each.pk).split()[1].lower())
    }
    assert {each.pk for each in Contact.objects.search(typed)} == expected
    assert contact.pk in expected
    edit_contact(contact, name="Vera Ito", by=acme.alice)
    assert contact not in Contact.objects.search(typed)


URL = "/w/acme/contacts/{}/name/"


def rename(client, contact, name, **headers):
    return client.post(URL.format(contact.pk), {"name": name}, headers=headers)


def test_renaming_in_place_answers_the_name(acme, vera, sign_in):
    contact = vera.writes().conversation.contact
    Contact.objects.filter(pk=contact.pk).update(email="vera@example.com")
    answer = rename(sign_in(acme.bob), contact, " Vera  Ito ", **{"HX-Request": "true"})
    assert "Vera Ito</span>" in answer.text
    contact.refresh_from_db()
    assert (contact.name, contact.email) == ("Vera Ito", "vera@example.com")
    rename(sign_in(acme.bob), contact, "")
    contact.refresh_from_db()
    assert contact.display_name == "vera@example.com"


def test_a_name_that_is_none_is_refused_in_words(acme, vera, sign_in):
    contact = vera.writes().conversation.contact
    answer = rename(sign_in(acme.bob), contact, "x" * 81, **{"HX-Request": "true"})
    assert answer.status_code == 400
    assert "80 characters" in answer.text


def test_an_agent_who_may_not_edit_contacts_cannot_rename(acme, vera, sign_in):
    message = vera.writes()
    acme.bob.role = Role.objects.create(
        workspace=acme.workspace, name="Answers", permissions=["answer"]
    )
    acme.bob.save()
    client = sign_in(acme.bob)
    assert rename(client, message.conversation.contact, "Vera").status_code == 403
    number = message.conversation.number
    assert "Rename" not in client.get(f"/w/acme/conversations/{number}/?view=all").text
