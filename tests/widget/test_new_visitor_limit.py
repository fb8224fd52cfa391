"""The limit of new visitors per IP address holds for simultaneous requests."""

from inbox.models import Contact
from tests.conftest import COMMITS, in_parallel


@COMMITS
def test_simultaneous_new_visitors_are_counted_one_by_one(acme, new_visitor, settings):
    settings.VISITORS_PER_ADDRESS = 3
    visitors = [new_visitor(acme.inbox) for _ in range(12)]
    answers = in_parallel(12, lambda number: visitors[number].posts("spam").status_code)
    assert sorted(answers) == [201] * 3 + [429] * 9
    assert Contact.objects.count() == 3
