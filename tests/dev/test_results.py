"""The last lines of `make test`: which tests are slow, and where the time goes."""

from dev.results import timings

RESULTS = """<testsuites><testsuite>
<testcase classname="tests.inbox.test_desk.TestList" name="test_rows" time="0.50"/>
<testcase classname="tests.inbox.test_desk" name="test_keys" time="1.25"/>
<testcase classname="tests.browser.test_live" name="test_cut" time="7.00"/>
</testsuite></testsuites>"""


def test_the_slowest_come_first_and_folders_are_summed_up(tmp_path):
    (tmp_path / "one.xml").write_text(RESULTS)
    lines = timings([tmp_path / "one.xml", tmp_path / "never-written.xml"]).splitlines()
    assert lines[1] == "The slowest 10 of 3 tests (seconds)"
    assert [line.split() for line in lines[2:5]] == [
        ["7.0", "tests.browser.test_live::test_cut"],
        ["1.2", "tests.inbox.test_desk::test_keys"],
        ["0.5", "tests.inbox.test_desk.TestList::test_rows"],
    ]
    assert [line.split() for line in lines[-2:]] == [
        ["7.0", "1", "tests/browser"],
        ["1.8", "2", "tests/inbox"],
    ]
