"""Measure the import and the export of contacts, and their list, in a workspace of its own.

    .venv/bin/python -m bench.contacts [--rows 100000] [--save]

Calls what the worker's tasks call, in one process, on durable PostgreSQL. The file has nine
columns, with an owner, labels and attributes.
"""

import argparse
import csv
import io
import os
import resource
import time

from bench import history_words as words
from bench import report
from bench.browser import Browser, Measured, measure
from bench.figures import add_output_options, publish
from bench.people import connect_django, settle
from bench.stack import services

HEADER = ["Name", "Email", "Phone", "Company", "Owner", "Labels", "Plan", "Since", "Seats"]
SEARCHES = {
    "a part of a name": "contacts/?search=anders",
    "a part of an email address": "contacts/?search=99%40firm",
    "a part of a phone number": "contacts/?search=1234",
    "a rare part of a phone number": "contacts/?search=70+001+7",
    "a part of a company": "contacts/?search=any+7",
    "no one": "contacts/?search=zzzzzz",
    "two words, while typing": "search/?q=anna+comp",
}
PAGES = {
    "the list": "contacts/",
    **SEARCHES,
    "a label": "contacts/?label={label}",
    "an owner": "contacts/?owner={owner}",
}


def main() -> None:
    arguments = parse()
    neighbours = os.getloadavg()[0]
    with services() as settings:
        connect_django(settings)
        settle()
        member = make_member()
        steps = measure_steps(member, arguments.rows)
        pages = measure_pages(member, arguments.times)
    lines = report.title(f"{arguments.rows:,} contacts", neighbours) + table(steps, pages)
    figures = {
        "contact_import": steps["check of new contacts"] + steps["import of new contacts"],
        "contact_export": steps["export"],
        "contact_search_p95": max(pages[what].p95 for what in SEARCHES),
    }
    publish("\n".join(lines), figures, arguments)


def make_member():
    from accounts.models import User
    from inbox.models import ContactAttribute
    from teams.actions.workspace import create_workspace

    founder = User.objects.create_user("admin@contacts.example", None, name="Ada Admin")
    member = create_workspace("Contacts", by=founder, slug="contacts")
    for name, kind in (("Plan", "choice"), ("Since", "date"), ("Seats", "number")):
        choices = ["Free", "Pro", "Team"] if kind == "choice" else []
        ContactAttribute.objects.create(
            workspace=member.workspace, name=name, kind=kind, choices=choices
        )
    return member


def make_file(rows: int, owner: str, company: str = "Firm") -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(HEADER)
    first, last = words.FIRST_NAMES, words.LAST_NAMES
    for number in range(rows):
        writer.writerow(
            [
                f"{first[number % len(first)]} {last[number // 7 % len(last)]}",
                f"person{number}@firm{number % 997}.example",
                f"+49 170 {number:07d}",
                f"{company} {number % 997}, Sons & Co",
                owner if number % 3 else "",
                ["VIP", "VIP,Beta", "Trial", ""][number % 4],
                ["Free", "Pro", "Team"][number % 3],
                f"20{10 + number % 15}-0{1 + number % 9}-15",
                number % 250,
            ]
        )
    return lines.getvalue().encode()


def measure_steps(member, rows: int) -> dict[str, float]:
    """Return the seconds of each step."""
    from inbox.actions import contact_import as imports
    from inbox.actions import contact_job as jobs
    from inbox.contact_export import unpack
    from inbox.contact_list import ContactFilters
    from inbox.models import ContactJob

    steps = {}

    def take(name, function, *args, **kwargs):
        began = time.perf_counter()
        result = function(*args, **kwargs)
        steps[name] = time.perf_counter() - began
        print(f"{name}: {steps[name]:.1f} s", flush=True)
        return result

    def run(name, content, expected):
        upload = imports.upload_contacts
        row = take(f"upload {name}", upload, content, file_name="a.csv", by=member)
        imports.check_contacts(row, columns=row.columns, known="update")
        take(f"check {name}", imports.continue_import, row.pk)
        assert imports.import_contacts(row)
        take(f"import {name}", imports.continue_import, row.pk)
        row.refresh_from_db()
        assert (row.state, row.counts[expected]) == ("done", rows), (row.counts, row.errors)

    owner = member.user.email
    run("of new contacts", make_file(rows, owner), "created")
    job = take(
        "start of the export",
        jobs.start_contact_job,
        "export",
        filters=ContactFilters.from_text(""),
        by=member,
    )
    take("export", jobs.continue_contact_job, job.pk)
    content = b"".join(unpack(ContactJob.objects.get(pk=job.pk).content))
    run("of that export", content, "unchanged")
    run("with a new company each", make_file(rows, owner, "Company"), "updated")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"most memory: {memory // 1024} MiB; exported: {len(content) / 2**20:.1f} MiB")
    return steps


def measure_pages(member, times: int) -> dict[str, Measured]:
    from django.db import connection

    from inbox.models import Label

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    browser = Browser(member)
    known = {"label": Label.objects.get(name="Beta").pk, "owner": member.pk}
    return {what: measure(browser, path.format(**known), times) for what, path in PAGES.items()}


def table(steps, pages) -> list[str]:
    lines = ["| step | seconds |", "| --- | ---: |"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in steps.items()]
    lines += [
        "",
        "| page | p50 | p95 | queries | processor | of which PostgreSQL |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {what} | {each.p50:.1f} | {each.p95:.1f} | {each.queries} | {each.processor:.1f} "
        f"| {each.postgres:.1f} |"
        for what, each in pages.items()
    ]
    return [*lines, "", "Times of pages in ms.", ""]


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20, help="requests of each page")
    add_output_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rows, arguments.times = 2_000, 3
    return arguments


if __name__ == "__main__":
    main()
