"""What robots and floods meet: limits, the hidden field, and the test of strangers."""

from hashlib import sha256
from itertools import count
from uuid import uuid4

import pytest
from django.test import Client

from inbox.actions.inbox import update_inbox
from inbox.captcha import Captcha, ProofOfWork
from inbox.models import Contact, Conversation, Message
from tests.conftest import COMMITS, Vera, in_parallel
from tests.widget.test_identity import Website


def solve(challenge):
    seed, bits = challenge["seed"], challenge["bits"]
    hashes = ((number, sha256(f"{seed}:{number}".encode()).digest()) for number in count())
    number = next(number for number, each in hashes if int.from_bytes(each[:4]) >> 32 - bits == 0)
    return {"seed": seed, "number": number}


class TestInboxLimit:
    def test_a_flood_from_many_addresses_ends_and_known_visitors_write_on(
        self, acme, vera, settings
    ):
        settings.VISITORS_PER_INBOX, settings.BEHIND_PROXY = 4, 1
        clients = [Client(headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(6)]
        codes = [vera.posts(client=clients[0]).status_code]
        codes += [Vera(acme.inbox).posts(client=each).status_code for each in clients[1:]]
        assert codes == [201] * 4 + [429] * 2
        assert vera.posts().status_code == 201
        signed_in = Vera(acme.inbox)
        Website(acme.inbox, acme.alice).signs_in(signed_in)
        assert signed_in.posts().status_code == 201

    def test_a_refused_stranger_uses_up_nothing_of_the_inbox(self, acme, settings):
        settings.VISITORS_PER_ADDRESS, settings.VISITORS_PER_INBOX, settings.BEHIND_PROXY = 1, 2, 1
        noisy = Client(headers={"X-Forwarded-For": "192.0.2.7"})
        codes = [Vera(acme.inbox).posts(client=noisy).status_code for _ in range(5)]
        assert codes == [201] + [429] * 4
        other = Client(headers={"X-Forwarded-For": "192.0.2.8"})
        assert Vera(acme.inbox).posts(client=other).status_code == 201


class TestHiddenField:
    def test_a_robot_that_fills_it_in_is_refused(self, acme, vera, online):
        answer = vera.posts("Buy now", website="https://spam.example")
        assert answer.status_code == 400
        assert "automated" in answer.json()["error"]
        assert not Contact.objects.exists()
        online(acme.bob)
        vera.posts("Hello", website="")
        assert vera.posts("Buy now", website="x").status_code == 400  # also the plain way
        data = {"email": "v@x.example", "website": "x"}
        assert vera.call("email/", data).status_code == 400
        assert Contact.objects.get().email == ""
        assert Message.objects.filter(kind="contact").count() == 1

    def test_people_do_not_see_or_reach_it(self, acme, client):
        html = client.get(f"/widget/{acme.inbox.key}/frame/").text
        [field] = [part for part in html.split("<input") if 'name="website"' in part]
        assert 'tabindex="-1"' in field
        assert 'aria-hidden="true"' in field


@pytest.fixture
def tested(settings):
    settings.CAPTCHA = "proof-of-work"


@pytest.mark.usefixtures("tested")
class TestCaptcha:
    def challenge(self, visitor, **fields):
        answer = visitor.posts(**fields)
        assert (answer.status_code, answer.json()["reason"]) == (403, "captcha")
        assert not Conversation.objects.exists()
        return answer.json()["captcha"]

    def test_a_stranger_passes_it_once(self, vera):
        asked = self.challenge(vera)
        assert asked["script"].endswith("proof-of-work.js")
        assert vera.posts(captcha=solve(asked["challenge"])).status_code == 201
        assert vera.posts().status_code == 201  # known now

    def test_an_answer_is_good_for_one_stranger(self, acme, vera):
        answer = solve(self.challenge(vera)["challenge"])
        assert vera.posts(captcha=answer).status_code == 201
        assert Vera(acme.inbox).posts(captcha=answer).status_code == 403

    def test_wrong_answers_are_refused(self, vera):
        right = solve(self.challenge(vera)["challenge"])
        for wrong in (
            None,
            "x",
            [right],
            {},
            right | {"number": right["number"] + 0.5},
            right | {"number": True},
            right | {"number": -1},
            right | {"number": 10**400},
            right | {"seed": "x" * 43},
            right | {"seed": right["seed"] + "x"},
            right | {"seed": "\ud800"},
            right | {"seed": {"a": 1}},
        ):
            assert vera.posts(captcha=wrong).status_code == 403
        assert vera.posts(captcha=right).status_code == 201

    def test_an_old_challenge_is_refused(self, vera, monkeypatch):
        answer = solve(self.challenge(vera)["challenge"])
        monkeypatch.setattr(ProofOfWork, "MAX_AGE", 0)
        assert vera.posts(captcha=answer).status_code == 403

    def test_verified_visitors_are_not_tested(self, acme, vera):
        Website(acme.inbox, acme.alice).signs_in(vera)
        assert vera.posts().status_code == 201

    def test_a_custom_class_can_be_named(self, vera, settings):
        settings.CAPTCHA = f"{__name__}.Password"
        assert self.challenge(vera, captcha="guess")["challenge"] == {"question": "Say friend"}
        assert vera.posts(captcha="mellon").status_code == 201


class Password(Captcha):
    script = "widget/proof-of-work.js"

    def make_challenge(self):
        return {"question": "Say friend"}

    def accepts(self, answer):
        return answer == "mellon"


@COMMITS
def test_simultaneous_strangers_share_no_answer(acme, vera, settings):
    settings.CAPTCHA = "proof-of-work"
    answer = solve(vera.posts().json()["captcha"]["challenge"])
    strangers = [Vera(acme.inbox) for _ in range(6)]
    codes = in_parallel(6, lambda number: strangers[number].posts(captcha=answer).status_code)
    assert sorted(codes) == [201] + [403] * 5


class TestPages:
    PAGE = "https://shop.example/shoes"

    def pages(self):
        return set(Conversation.objects.values_list("page_url", flat=True))

    @pytest.mark.parametrize("header", [{"Sec-GPC": "1"}, {"DNT": "1"}], ids=str)
    def test_a_browser_that_objects_is_heard(self, acme, vera, online, header):
        online(acme.bob)
        for _ in range(2):  # the first message, and a plain one
            vera.posts(page=self.PAGE, client=Client(headers=header))
        assert self.pages() == {""}
        vera.posts(page=self.PAGE, client=Client(headers={"DNT": "0"}))
        assert self.pages() == {self.PAGE}

    def test_an_inbox_can_record_none(self, acme, vera):
        update_inbox(acme.inbox, records_pages=False, by=acme.alice)
        vera.posts(page=self.PAGE, client_id=uuid4())
        assert self.pages() == {""}


@pytest.mark.parametrize("depth", [50, 500])
def test_what_is_nested_deeply_is_refused(vera, depth):
    """Python reads it, but fails to write it as a text a few calls deeper."""
    nested = "x"
    for _ in range(depth):
        nested = [nested]
    for name in ("body", "website", "prechat", "captcha"):
        data = {"body": "Hello", "client_id": str(uuid4()), name: nested}
        assert vera.call("messages/", data).status_code == 400
    assert not Message.objects.exists()
