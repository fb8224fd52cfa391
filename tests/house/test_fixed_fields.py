"""Forms with fixed fields validate as others do."""

from uuid import uuid4

from inbox.forms import MessageForm
from widget.forms import VisitorMessageForm


def test_forms_share_fields_but_no_data():
    first = VisitorMessageForm({"body": "One", "client_id": str(uuid4())})
    second = VisitorMessageForm({"body": " ", "client_id": "x"})
    assert (first.is_valid(), second.is_valid()) == (True, False)
    assert first.cleaned_data["body"] == "One"
    assert set(second.errors) == {"body", "client_id"}
    assert first.errors == {}
    assert first.fields["body"] is second.fields["body"]


def test_other_forms_have_copies_of_their_own():
    assert MessageForm().fields["body"] is not MessageForm.base_fields["body"]
