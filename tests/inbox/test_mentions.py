"""A note mentions whom it names and who may see the conversation; no one else."""

from uuid import uuid4

import pytest
from django.utils.html import escape

from accounts.models import User
from inbox.actions.assignment import assign_conversation
from inbox.actions.follower import set_following
from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read
from inbox.mentions import CannotMention, highlight_mentions
from inbox.models import Conversation, Follower, Mention
from inbox.templatetags.entry_markup import entry_html
from teams.actions.membership import add_member
from teams.actions.role import save_role
from teams.models import Membership, Team
from tests.conftest import COMMITS, in_parallel


@pytest.fixture
def conversation(acme, vera):
    return vera.writes().conversation


@pytest.fixture
def rename():
    def rename(membership, name):
        User.objects.filter(pk=membership.user_id).update(name=name)

    return rename


@pytest.fixture
def sales(acme):
    team = Team.objects.create(workspace=acme.workspace, name="Sales")
    for member in (acme.bob, acme.bea):
        team.team_members.create(workspace=acme.workspace, membership=member)
    return team


def note(conversation, body, *, by, **fields):
    return post_note(conversation, body=body, client_id=uuid4(), by=by, **fields)


def mentioned(conversation):
    rows = Mention.objects.filter(conversation=conversation).order_by("membership__user__email")
    return list(rows.values_list("membership__user__name", "seq"))


def names(message):
    return [each["name"] for each in message.mentions]


def restrict(membership, by):
    """Let them see only their own and unassigned conversations."""
    role = save_role(membership.workspace, name="Narrow", permissions=["answer"], by=by)
    Membership.objects.filter(pk=membership.pk).update(role=role)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Bea Nowák, can you?", ["Bea Nowák"]),
        ("ask @bea nowák's team", ["Bea Nowák"]),
        ("(@Bob) and @Bea Nowák and @Bob", ["Bob", "Bea Nowák"]),
        ("@Bea", []),
        ("@Bobby, mail x@Bob or @Bob@example.com", []),
        ("Bea Nowák, Bob", []),
        ("no one", []),
    ],
)
def test_the_text_decides_who_is_mentioned(acme, conversation, rename, text, found):
    rename(acme.bea, "Bea Nowák")
    message = note(conversation, text, by=acme.alice)
    assert sorted(names(message)) == sorted(found)
    assert len(mentioned(conversation)) == len(found)


def test_the_longest_name_counts_and_the_choice_tells_equal_names_apart(acme, conversation, rename):
    rename(acme.bea, "Bob Li")
    longer = note(conversation, "@Bob Li?", by=acme.alice)
    assert (names(longer), mentioned(conversation)) == (["Bob Li"], [("Bob Li", longer.seq)])
    rename(acme.bea, "Bob")
    chosen = note(conversation, "@Bob?", by=acme.alice, mentioned={acme.bea.pk})
    assert [each["members"] for each in chosen.mentions] == [[str(acme.bea.pk)]]
    assert mentioned(conversation) == [("Bob", chosen.seq)]
    assert len(note(conversation, "@Bob?", by=acme.alice).mentions) == 2


def test_a_name_that_was_chosen_and_removed_from_the_text_is_not_mentioned(acme, conversation):
    message = note(conversation, "@Bob?", by=acme.alice, mentioned={acme.bea.pk, uuid4()})
    assert names(message) == ["Bob"]


def test_a_team_stands_for_its_members_who_may_see_the_conversation(acme, conversation, sales):
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    restrict(acme.bea, by=acme.alice)
    message = note(conversation, "@sales please", by=acme.alice)
    assert message.mentions == [{"name": "Sales", "members": [str(acme.bob.pk)]}]
    assert mentioned(conversation) == [("Bob", message.seq)]
    assert f'<b class="mention" data-members="{acme.bob.pk}">@sales</b> please' in entry_html(
        message
    )


def test_members_who_may_not_see_it_cannot_be_chosen(acme, globex, conversation, sales, sign_in):
    client, url = sign_in(acme.alice), f"/w/acme/conversations/{conversation.number}/notes/"

    def post(**fields):
        response = client.post(
            url, {"client_id": uuid4(), **fields}, headers={"HX-Request": "true"}
        )
        return response.status_code, response.text

    acme.inbox.members.all().delete()
    bob = {"body": "@Bob look", "mentioned": [str(acme.bob.pk)]}
    status, text = post(**bob)
    assert (status, escape("Bob can't see this conversation.") in text) == (400, True)
    status, text = post(body="@Sales look", mentioned=[str(sales.pk)])
    assert (status, "No one in Sales can see this conversation." in text) == (400, True)
    assert not conversation.messages.filter(kind="note").exists()
    # Typed by hand it is a text like any other, and so is a stranger's name.
    assert post(body="@Bob look")[0] == 201
    assert post(body="@Charlie", mentioned=[str(globex.charlie.pk), "\x00", "x"])[0] == 201
    assert mentioned(conversation) == []
    with pytest.raises(CannotMention):
        note(conversation, "@Bob", by=acme.alice, mentioned=[acme.bob.pk])


def test_suspended_and_removed_members_are_not_mentionable(acme, conversation, sign_in):
    Membership.objects.filter(pk=acme.bob.pk).update(suspended_at="2026-01-01T00:00Z")
    Membership.objects.filter(pk=acme.bea.pk).update(removed_at="2026-01-01T00:00Z")
    message = note(conversation, "@Bob @Bea", by=acme.alice, mentioned={acme.bob.pk, acme.bea.pk})
    assert names(message) == []
    listed = sign_in(acme.alice).get(f"/w/acme/conversations/{conversation.number}/mentionable/")
    assert "Bob" not in listed.text


def test_the_list_offers_everyone_else_who_may_see_it(acme, globex, conversation, sales, sign_in):
    url = f"/w/acme/conversations/{conversation.number}/mentionable/"
    page = sign_in(acme.bob).get(url).text
    assert [name in page for name in ("Alice", "Bea", "Sales", "Charlie")] == [True] * 3 + [False]
    assert f'data-id="{acme.bob.pk}"' not in page
    assert "Team, 2 members" in page
    assert sign_in(globex.charlie).get(url).status_code == 404


def test_the_audience_is_everyone_whom_the_access_rule_admits(acme, globex, vera, new_visitor):
    add_member(
        acme.workspace, user=User.objects.create_user("noor@acme.example", None, name="Noor")
    )
    restrict(acme.bea, by=acme.alice)
    conversation, other = (
        vera.writes().conversation,
        new_visitor(globex.inbox).writes().conversation,
    )
    for assignee in (None, acme.bob, acme.bea):
        Conversation.objects.filter(pk=conversation.pk).update(assignee=assignee)
        for each in Conversation.objects.filter(pk__in=[conversation.pk, other.pk]):
            allowed = {
                member.pk
                for member in Membership.objects.active().with_related()
                if Conversation.objects.visible_to(member).filter(pk=each.pk).exists()
            }
            assert set(each.audience.values_list("pk", flat=True)) == allowed != set()


def test_an_author_is_not_notified_of_their_own_note(acme, conversation, sales):
    message = note(conversation, "@Bob, that's us: @Sales", by=acme.bob)
    assert mentioned(conversation) == [("Bea", message.seq)]


def test_a_mention_is_marked_in_text_but_not_inside_of_markup(acme):
    marked = highlight_mentions(
        '<a href="https://x.example/@Al">@Al</a> &amp; @al &lt;@Al&#x27;s&gt; @Alice',
        [{"name": "Al", "members": ["1", "2"]}],
    )
    assert marked.count('<b class="mention" data-members="1 2">') == 3
    assert 'href="https://x.example/@Al"' in marked
    assert marked.endswith(" @Alice")


def test_names_with_markup_are_escaped(acme, conversation, rename):
    rename(acme.bea, "Bea <b>&")
    html = entry_html(note(conversation, "@Bea <b>& hi", by=acme.alice))
    assert f'<b class="mention" data-members="{acme.bea.pk}">@Bea &lt;b&gt;&amp;</b> hi' in html


@COMMITS
def test_a_retry_and_a_race_leave_one_mention_of_the_latest_note(acme, vera):
    conversation, client_id = vera.writes().conversation, uuid4()

    def write(number):
        mine = Conversation.objects.get(pk=conversation.pk)
        same = client_id if number < 2 else uuid4()
        return post_note(mine, body="@Bob @Bea", client_id=same, by=acme.alice).seq

    seqs = in_parallel(4, write)
    assert len(set(seqs)) == 3
    assert mentioned(conversation) == [("Bea", max(seqs)), ("Bob", max(seqs))]
    assert Follower.objects.count() == 2


def test_those_who_reply_or_are_mentioned_follow(acme, conversation, live_events, sign_in):
    post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bob)
    with live_events.committed():
        note(conversation, "@Bea?", by=acme.alice)
    names = conversation.followers.values_list("membership__user__name", flat=True)
    assert sorted(names) == ["Bea", "Bob"]
    [(_event, data)] = [
        each for each in live_events.on(conversation.live_channel) if each[0] == "replace"
    ]
    assert data["id"] == f"followers-{conversation.number}"
    assert str(acme.bea.pk) in data["html"]


def test_a_member_who_has_unfollowed_is_not_made_to_follow_again(acme, conversation, sign_in):
    url = f"/w/acme/conversations/{conversation.number}/"
    bob = sign_in(acme.bob)
    assert bob.post(f"{url}follow/").status_code == 302
    shown = bob.post(f"{url}unfollow/", headers={"HX-Request": "true"})
    assert "No one follows this conversation." in shown.text
    post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bob)
    note(conversation, "@Bob?", by=acme.alice)
    assert not conversation.followers.following().exists()
    set_following(conversation, membership=acme.bob, is_following=True)
    assert 'data-follower="' in bob.get(url).text


def test_followers_who_may_not_see_it_any_more_are_not_shown(acme, conversation, sign_in):
    set_following(conversation, membership=acme.bea, is_following=True)
    acme.inbox.members.filter(membership=acme.bea).delete()
    page = sign_in(acme.alice).get(f"/w/acme/conversations/{conversation.number}/")
    assert 'data-follower="' not in page.text


def test_the_mentions_are_listed_newest_first_within_what_one_may_see(
    acme, globex, new_visitor, sign_in, monkeypatch
):
    monkeypatch.setattr("inbox.conversation_list.PAGE_SIZE", 2)
    monkeypatch.setattr("inbox.views.desk.PAGE_SIZE", 2)
    conversations = [new_visitor(acme.inbox).writes().conversation for _each in range(5)]
    for conversation in [*conversations[:4], conversations[0]]:
        note(conversation, "@Bea", by=acme.alice)
    note(conversations[4], "@Bob", by=acme.alice)
    mark_read(conversations[2], membership=acme.bea, seq=100)
    client, path, seen = sign_in(acme.bea), "/w/acme/conversations/rows/?view=mentions", []
    while path:
        page = client.get(path)
        seen += [(row.number, row.has_unread_mention) for row in page.context["rows"]]
        before = page.context["next_before"].replace("+", "%2B")
        path = before and f"/w/acme/conversations/rows/?view=mentions&before={before}"
    assert seen == [(1, True), (4, True), (3, False), (2, True)]
    assert "data-mentioned" not in client.get("/w/acme/conversations/rows/?view=all").text
    empty = sign_in(acme.alice).get("/w/acme/conversations/?view=mentions")
    assert "No mentions" in empty.text
    assert 'id="row-' not in empty.text
    acme.inbox.members.filter(membership=acme.bea).delete()
    assert client.get("/w/acme/conversations/rows/?view=mentions").context["rows"] == []


def test_a_visitor_gets_neither_mentions_nor_followers(acme, vera, live_events):
    conversation = vera.writes("Hello").conversation
    with live_events.committed():
        note(conversation, "@Bob, a secret", by=acme.alice)
    sent = [str(data) for _name, data in live_events.on(conversation.contact_channel)]
    seen = vera.call("messages/").content.decode() + "".join(sent)
    assert "Hello" in seen
    for secret in ("secret", "mention", "@Bob", "follow"):
        assert secret not in seen
