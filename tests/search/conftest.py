import pytest

from inbox.models import Conversation
from search.indexing import index_new_messages


@pytest.fixture
def find(sign_in):
    """Index what is new, search as this member, and return the response."""

    def found(membership, text, **query):
        index_new_messages()
        slug = membership.workspace.slug
        return sign_in(membership).get(f"/w/{slug}/search/", {"q": text, **query})

    return found


@pytest.fixture
def bodies(find):
    """Return the texts of the messages that a member finds, the newest first."""

    def found(membership, text, **query):
        response = find(membership, text, **query)
        assert response.status_code == 200
        return [message.body for message in response.context["results"].messages]

    return found


@pytest.fixture
def conversation(vera):
    return vera.writes("The parcel with the blue kettle never arrived.").conversation


@pytest.fixture
def assigned(conversation):
    def to(membership):
        Conversation.objects.filter(pk=conversation.pk).update(assignee=membership)

    return to
