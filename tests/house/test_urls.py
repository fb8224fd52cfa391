"""URLs are those of Django's reverse(), with {% url %} too."""

from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from messagehub.lib.urls import make_url


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("home", []),
        ("conversations", ["acme"]),
        ("conversation", ["acme", 1]),
        ("conversation", ["acme", 2_000_000_000]),
        ("conversation", ["acme", "17"]),
        ("entry-text", ["acme", 3, 14]),
        ("contact", ["acme", uuid4()]),
        ("contact", ["{acme}", uuid4()]),
    ],
)
def test_a_url_is_the_one_that_django_makes(name, args):
    url = "none"
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            make_url(name, *args)
    else:
        assert make_url(name, *args) == make_url(name, *args) == url
    context = {"name": name, "args": args}
    values = " ".join(f"args.{position}" for position in range(len(args)))
    template = Template(f"{{% url name {values} as url %}}{{{{ url|default:'none' }}}}")
    assert template.render(Context(context)) == url


def test_arguments_that_a_url_does_not_take_are_refused():
    for name, args in (("nothing", []), ("conversation", ["acme"]), ("conversation", ["a", "x"])):
        with pytest.raises(NoReverseMatch):
            make_url(name, *args)
        with pytest.raises(NoReverseMatch):
            values = " ".join(f"'{arg}'" for arg in args)
            Template(f"{{% url '{name}' {values} %}}").render(Context())
