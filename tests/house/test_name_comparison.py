"""Names that look the same are equal, whatever keyboard typed them."""

import unicodedata

import pytest
from django.db.models import F, Value

from inbox.models import Contact
from messagehub.lib.name_comparison import folded_name, name_key, search_key
from teams.models import Role
from tests.conftest import Vera

ZOE, ZOE_ON_A_MAC = "Zo\u00eb", "Zoe\u0308"
FULL_WIDTH = "\uff3a\uff4f\u00eb"
# (as typed, as stored)
SAME = [
    (ZOE, ZOE_ON_A_MAC),
    (ZOE, "ZOË"),
    (ZOE, FULL_WIDTH),
    ("Support", "\uff33\uff35\uff30\uff30\uff2f\uff32\uff34"),
    ("straße", "STRAẞE"),
    ("ﬁnance", "Finance"),
    ("カ", "ｶ"),
]
OTHER = [(ZOE, "Zoe"), ("Ole", "Olé"), ("Support", "Support 2")]


def typed(text):
    return {"name": text}


def names(model, acme):
    found = model.objects.filter(workspace=acme.workspace).order_by("pk")
    return list(found.values_list("name", flat=True))


@pytest.mark.parametrize("kind", ["teams", "roles"])
class TestUniqueNames:
    @pytest.mark.parametrize(("one", "other"), SAME)
    def test_a_name_that_looks_the_same_is_refused(self, acme, sign_in, kind, one, other):
        client = sign_in(acme.alice)
        assert client.post(f"/w/acme/team/{kind}/new/", typed(one)).status_code == 302
        answer = client.post(f"/w/acme/team/{kind}/new/", typed(other))
        assert answer.status_code == 400
        assert "This name is already in use." in answer.content.decode()

    @pytest.mark.parametrize(("one", "other"), OTHER)
    def test_names_that_look_different_are_accepted(self, acme, sign_in, kind, one, other):
        for name in (one, other):
            answer = sign_in(acme.alice).post(f"/w/acme/team/{kind}/new/", typed(name))
            assert answer.status_code == 302


@pytest.mark.parametrize("name", ["\uff21gent", "AGENT", "administra\u00adtor"])
def test_a_role_cannot_have_a_built_in_roles_name(acme, sign_in, name):
    answer = sign_in(acme.alice).post("/w/acme/team/roles/new/", typed(name))
    assert answer.status_code == 400
    assert "This name is already in use." in answer.content.decode()


@pytest.mark.parametrize("stored", [ZOE, "ZOË", FULL_WIDTH, "Zoe"])
@pytest.mark.parametrize("search", [ZOE, ZOE_ON_A_MAC, "zo", "ZOE", FULL_WIDTH, "\u200bzoë "])
def test_a_contact_is_found_in_every_spelling_of_the_name(acme, sign_in, stored, search):
    contact = Vera(acme.inbox).writes().conversation.contact
    client = sign_in(acme.alice)
    client.post(f"/w/acme/contacts/{contact.pk}/details/", {"name": stored, "email": ""})
    found = client.get("/w/acme/contacts/", {"search": search}).context["contacts"]
    assert [each.pk for each in found] == [contact.pk]


@pytest.mark.parametrize(
    ("stored", "search"),
    [
        ("İstanbul", "istanbul"),
        ("istanbul", "İSTAN"),
        ("Işık", "ısık"),
        ("Müller", "mu"),
        ("Πέτρος", "ΠΕΤΡΟΣ"),
        ("が", "が"),
    ],
)
def test_the_search_ignores_accents_and_case(acme, stored, search):
    contact = Contact.objects.create(workspace=acme.workspace, name=stored)
    for form in ("NFC", "NFD"):
        found = Contact.objects.matching(unicodedata.normalize(form, search))
        assert list(found) == [contact]


def test_an_email_address_is_found_in_full_width(acme):
    contact = Contact.objects.create(workspace=acme.workspace, email="vera@example.com")
    assert list(Contact.objects.matching("Ｖｅｒａ＠")) == [contact]


def test_the_search_has_no_wildcards(acme):
    Contact.objects.create(workspace=acme.workspace, name="Vera")
    for search in ("%", "_era", "Ve%", "V\\", "'"):
        assert not Contact.objects.matching(search).exists()


def test_both_sides_of_a_comparison_are_folded(acme):
    for one, other in SAME:
        row = Role.objects.annotate(
            one=folded_name(Value(one)), other=folded_name(Value(other)), own=search_key(F("name"))
        ).first()
        assert row.one == row.other
    assert name_key("\uff21GENT") == "agent"
