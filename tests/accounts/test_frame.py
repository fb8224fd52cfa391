"""Account pages are shown inside the workspace, and offer only actions that work."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from teams.actions.membership import add_member
from teams.models import Membership

PAGES = ["/accounts/email/", "/accounts/password/change/", "/accounts/reauthenticate/"]


@pytest.fixture
def bob(acme):
    user = acme.bob.user
    user.set_password("correct horse battery")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return acme.bob


@pytest.mark.parametrize("page", PAGES)
def test_a_member_stays_in_the_workspace_frame(bob, sign_in, page):
    text = sign_in(bob).get(page).text
    assert 'class="rail"' in text
    assert 'href="/w/acme/conversations/"' in text
    assert 'id="me-menu"' in text


def test_setting_a_first_password_stays_in_the_workspace_frame(bob, sign_in):
    bob.user.set_unusable_password()
    bob.user.save()
    page = sign_in(bob).get("/accounts/password/set/")
    assert page.status_code == 200
    assert 'class="rail"' in page.text


@pytest.mark.parametrize("page", PAGES)
def test_without_a_workspace_the_page_is_a_card(bob, sign_in, page):
    Membership.objects.filter(pk=bob.pk).update(removed_at=timezone.now())
    text = sign_in(bob).get(page).text
    assert 'class="card wide"' in text
    assert "/w/acme/" not in text


def test_the_frame_is_the_last_workspaces(bob, globex, sign_in):
    add_member(globex.workspace, user=bob.user)
    client = sign_in(bob)
    answer = client.get("/w/globex/my/account/", follow=True)
    assert answer.redirect_chain == [("/accounts/email/", 302)]
    assert 'href="/w/globex/conversations/"' in answer.text
    assert 'href="/w/globex/conversations/"' in client.get("/accounts/password/change/").text
    assert 'href="/w/acme/conversations/"' in client.get("/w/acme/my/account/", follow=True).text


def test_a_former_workspace_is_no_frame(bob, globex, sign_in):
    elsewhere = add_member(globex.workspace, user=bob.user)
    client = sign_in(bob)
    client.get("/w/globex/my/account/")
    Membership.objects.filter(pk=elsewhere.pk).update(suspended_at=timezone.now())
    text = client.get("/accounts/email/").text
    assert "/w/globex/" not in text
    assert 'href="/w/acme/conversations/"' in text


@pytest.mark.parametrize("browser", ["de", "en"])
def test_answers_have_the_language_of_the_frame(bob, sign_in, browser):
    bob.workspace.language = "fr"
    bob.workspace.save()
    client, url = sign_in(bob), "/accounts/password/change/"
    headers = {"Accept-Language": browser}
    refused = {"oldpassword": "correct horse battery", "password1": "123", "password2": "123"}
    page = client.post(url, refused, headers=headers).text
    assert "Ce mot de passe est trop court" in page
    accepted = refused | dict.fromkeys(("password1", "password2"), "staple of horses")
    page = client.post(url, accepted, headers=headers, follow=True).text
    assert "Mot de passe modifié" in page


def test_strangers_see_no_frame(acme, client):
    assert client.get("/accounts/email/").status_code == 302
    assert 'class="rail"' not in client.get("/accounts/login/").text


def offers(page, email):
    """Return the actions that the page offers for this address."""
    [choice] = [each for each in page.split("<input") if f'value="{email}"' in each]
    return set(choice.partition('data-can="')[2].partition('"')[0].split())


def test_each_address_offers_only_actions_that_work(bob, sign_in):
    for email, verified in (("b@acme.example", True), ("c@acme.example", False)):
        EmailAddress.objects.create(user=bob.user, email=email, verified=verified, primary=False)
    page = sign_in(bob).get("/accounts/email/").text
    assert offers(page, bob.user.email) == set()
    assert offers(page, "b@acme.example") == {"primary", "remove"}
    assert offers(page, "c@acme.example") == {"send", "remove"}
