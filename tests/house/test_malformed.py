"""No malformed request causes a 500: it is refused with our headers and one log line."""

import encodings
import pkgutil
from urllib.parse import quote

import pytest
from django.urls import reverse

from tests.house.raw import ask, log_lines

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
VISITOR = ("Authorization", "Visitor " + "a" * 43)
LOGIN = "/accounts/login/"
PROTECTIVE_HEADERS = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
}
CODECS = {module.name for module in pkgutil.iter_modules(encodings.__path__)}
CODECS |= {"hex", "zip", "rot13", "base64", "uu", "bz2", "quopri", "", '"', "'hex'", "no-such", "²"}
UTF8 = {"utf_8", "ascii", "latin_1", "aliases"}  # accepted under their common names
PAGES = [LOGIN, "/accounts/signup/", "/accounts/logout/", "/accounts/password/reset/", "/"]
BROKEN_NEXT = [
    "http://[",
    "//[::1",
    "http://℀.com",
    "//\udcff",
    "\x00",
    "javascript:1",
    "http://[fe80::1%25]x",
    "/\\evil.example",
    "/" + "a" * 5000,
]


@pytest.fixture
def fault(db):
    """Return a function that describes how the response to a request is wrong, or None."""
    with log_lines() as lines:

        def fault(*request, least=400):
            status, headers = ask(*request)
            said = lines()
            if not least <= status < 500:
                return f"answers {status}: {said[-1:]}"
            if missing := PROTECTIVE_HEADERS - headers.keys():
                return f"lacks {missing}"
            return f"{len(said)} lines: {said}" if len(said) > 1 else None

        yield fault


def faults(fault, requests, **options):
    found = {name: fault(*request, **options) for name, request in requests}
    assert len(found) > 1
    return {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "shape", ["text/plain; charset={}", "x/y; charset*={}''a%ff", "multipart/x; boundary*={}''a"]
)
def test_only_utf_8_is_read(fault, method, shape):
    requests = [
        (name, (method, f"{LOGIN}?a=%ff", [("Content-Type", shape.format(name))], b"login=%ff"))
        for name in CODECS - UTF8
        if name.isascii() or "*" not in shape
    ]
    assert faults(fault, requests) == {}


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "iso-8859-1", "us-ascii"])
def test_charsets_of_email_programs_and_browsers_are_accepted(db, charset):
    content_type = ("Content-Type", f"application/x-www-form-urlencoded; charset={charset}")
    status, _headers = ask("POST", "/unsubscribe/nonsense/", [content_type], b"a=b")
    assert status == 404  # from the view, because the link is unknown


@pytest.mark.parametrize(
    "content_type",
    [
        "a/b; charset*" + "9" * 5000 + "=a; charset*1*=%ff",
        "a/b; charset*0*=utf-8''%ff; charset*1=x",
        "a/b; charset*²=a",
        "a/b" + ";c=d" * 1500,
        ';;;=;"\\',
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xff",
        "multipart/form-data; boundary=" + "x" * 300,
    ],
)
def test_an_unreadable_content_type(fault, content_type):
    # The longest one is a valid content type of a form without fields.
    assert fault("POST", LOGIN, [("Content-Type", content_type)], b"--x\r\n\r\n") is None


@pytest.mark.parametrize("name", ["messagehub_session", "messagehub_csrf", "messages", "other"])
@pytest.mark.parametrize("path", ["/", LOGIN, "/accounts/signup/", "/healthz"])
def test_nul_in_a_cookie(fault, name, path):
    cookies = ("Cookie", rf'{name}="\000aaaaaaaaaaaa"')
    assert fault("GET", path, [cookies]) is None


@pytest.mark.parametrize("value", [r'"\377\355\240\200"', "\xff\xed\xa0\x80aaaaaaa", "a" * 5000])
def test_an_impossible_session_key(fault, value):
    cookies = ("Cookie", f"messagehub_session={value}")
    assert fault("GET", LOGIN, [cookies], least=200) is None


def test_many_cookies(fault):
    cookies = ("Cookie", "; ".join(f"c{number}=x" for number in range(3000)))
    assert fault("GET", LOGIN, [cookies], least=200) is None


@pytest.mark.parametrize("path", PAGES)
def test_nul_in_the_url(fault, path):
    assert fault("GET", f"{path}?next=%00", least=200) is None
    assert fault("POST", f"{path}?next=%00", [FORM], b"next=%00&login=%00", least=200) is None
    assert fault("GET", f"{path}%00", least=200) is None


@pytest.mark.parametrize("path", PAGES)
def test_an_invalid_next_url(fault, path):
    requests = [
        (f"{method} {value[:20]}", (method, address(path, value), [FORM], b"login=a"))
        for method in ("GET", "POST")
        for value in BROKEN_NEXT
    ]
    assert faults(fault, requests, least=200) == {}


def address(path, value):
    return f"{path}?next={quote(value.encode('utf-8', 'surrogateescape'))}"


@pytest.mark.parametrize(
    "path",
    ["/\xff", "/%ff", "/%", "/%zz", "/%c0%80", "//evil.example", "/a b", "/" + "a/" * 3000]
    + [f"/{name}/{odd}/" for name in ("invitations", "unsubscribe") for odd in ("%ff", "%f0:%9f")]
    + [f"/accounts/confirm-email/{odd}/" for odd in ("%ff", "a:b:c", "-")]
    + [f"/accounts/password/reset/key/{odd}/" for odd in ("0-%ff", "zzzzzzzzzzzzzzzzzzzzzzz-a-b")],
)
def test_odd_paths(fault, path):
    assert fault("GET", path, least=200) is None
    assert fault("POST", path, [FORM], b"a=b", least=200) is None


@pytest.mark.parametrize("host", ["evil.example", "localhost:abc", "[::1", "\xff", "", "a" * 300])
@pytest.mark.parametrize("path", ["/", LOGIN, "/healthz"])
def test_odd_hosts(fault, host, path):
    assert fault("GET", path, [("Host", host)]) is None


def test_too_large_requests(fault):
    fields = "&".join(f"a{number}=" for number in range(2500))
    assert fault("GET", f"{LOGIN}?{fields}") is None
    assert fault("POST", LOGIN, [FORM], fields.encode()) is None
    assert fault("POST", LOGIN, [FORM], b"login=" + b"a" * 400_000) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"9" * 10_000,
        b'{"body":1e999}',
        b'{"body":"\\ud800","client_id":"00000000-0000-4000-8000-000000000001"}',
        b'{"body":"a","client_id":{}}',
        b'{"body":["a"],"client_id":"00000000-0000-4000-8000-000000000001"}',
        b'{"email":"\\ud800@x.example"}',
        b'{"email":["a"]}',
        b'{"seq":99999999999999999999}',
        b'{"seq":"\\u0000"}',
        b'{"rating":[5],"comment":{}}',
        b'{"rating":1e999,"comment":"\\ud800"}',
        b"\xff\xfe",
        b'{"body":"' + b"a" * 400_000 + b'"}',
    ],
    ids=range(16),
)
def test_odd_json(fault, acme, body):
    names = ("messages", "email", "rating", "read", "transcript")
    urls = [reverse(f"widget-{name}", args=[acme.inbox.key]) for name in names]
    requests = [(url, ("POST", url, [JSON, VISITOR], body)) for url in urls]
    assert faults(fault, requests) == {}
    # This one only checks answers, and an inbox that asks nothing finds nothing wrong with them.
    prechat = reverse("widget-prechat", args=[acme.inbox.key])
    assert not fault("POST", prechat, [JSON, VISITOR], body, least=200)


@pytest.mark.parametrize(
    "name",
    ["Accept-Language", "If-Modified-Since", "If-None-Match", "Range", "Accept", "Referer"]
    + ["Origin", "User-Agent", "HX-Request", "HX-Current-URL", "HX-Target", "Authorization"]
    + ["X-CSRFToken", "X-Forwarded-For", "Content-Encoding"],
)
def test_odd_headers(fault, acme, name):
    values = ["", "\xff\xfe", "a" * 7000, ",".join(f"x-{n};q=0.{n}" for n in range(900))]
    values += ["http://[::1", "bytes=-" + "9" * 30, "en;q=1e999", '{"a":', "%ed%a0%80", "true"]
    values += ["Thu, 01 Jan 99999999999999999 00:00:00 GMT", "Visitor \xff", "AutoEncoded"]
    urls = [LOGIN, *(reverse(f"widget-{each}", args=[acme.inbox.key]) for each in ("loader",))]
    requests = [
        (f"{url} {value[:20]}", ("GET", url, [(name, value)])) for url in urls for value in values
    ]
    assert faults(fault, requests, least=200) == {}
