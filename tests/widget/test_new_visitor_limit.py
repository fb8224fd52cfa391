"""The limit of new visitors per IP address holds for simultaneous requests."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from inbox.actions.rate_limits import limit_new_visitors
from inbox.models import Contact
from tests.conftest import COMMITS, in_parallel
from tests.processes import PATIENCE


@COMMITS
def test_simultaneous_new_visitors_are_counted_one_by_one(acme, new_visitor, settings):
    settings.VISITORS_PER_ADDRESS = 3
    visitors = [new_visitor(acme.inbox) for _ in range(12)]
    answers = in_parallel(12, lambda number: visitors[number].posts("spam").status_code)
    assert sorted(answers) == [201] * 3 + [429] * 9
    assert Contact.objects.count() == 3


@COMMITS
def test_without_a_limit_no_visitor_waits_for_another_of_their_address(acme, settings):
    settings.VISITORS_PER_ADDRESS = 0

    def limit():
        with transaction.atomic():
            limit_new_visitors(acme.inbox, "192.0.2.7")
        connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        limit_new_visitors(acme.inbox, "192.0.2.7")
        pool.submit(limit).result(PATIENCE)  # before this transaction ends
