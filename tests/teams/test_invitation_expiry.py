from datetime import timedelta

import pytest
from django.utils import timezone

from teams.models import Invitation


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=1), "Pending, 7 days left"),
        (timedelta(hours=6), "Pending, 7 days left"),
        (timedelta(days=1), "Pending, 6 days left"),
        (timedelta(days=6), "Pending, 1 day left"),
        (timedelta(days=6, hours=20), "Pending, expires today"),
        (timedelta(days=7, seconds=1), "Expired"),
    ],
)
def test_page_shows_days_left(acme, sign_in, age, text):
    role = acme.workspace.roles.get(key="agent")
    invitation = Invitation.objects.create(
        workspace=acme.workspace, email="noor@acme.example", name="Noor", role=role
    )
    invitation.expires_at = timezone.now() + timedelta(days=7) - age
    invitation.save()
    assert text in sign_in(acme.alice).get("/w/acme/team/members/").text
