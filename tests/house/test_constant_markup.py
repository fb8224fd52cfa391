"""Folded templates render what they would without folding."""

from functools import partial

import pytest
from django.template import Context, Template
from django.template.autoreload import reset_loaders
from django.template.loader import get_template
from django.utils.translation import get_language, override

from messagehub.lib.constant_markup import ConstantNode, fold, per_language

PLAIN = "{% load i18n ui %}<b>{% translate 'Open' %}</b>{% icon 'x' %}"
SOURCES = [
    PLAIN,
    PLAIN + "{{ name }}" + PLAIN,
    PLAIN + "{% if name %}" + PLAIN + "{% else %}{% icon 'check' 'big' %}{% endif %}" + PLAIN,
    "{% load i18n %}{% for each in name %}{{ each }}{% translate 'Open' %}{% endfor %}",
    "{% load i18n %}{% translate 'Open' context 'verb' %}{% translate 'Open' noop %}",
    "{% load i18n %}{% translate 'Open' as open %}{{ open }}{% translate name %}",
    "{% load i18n %}{% translate 'Open'|upper %}{% blocktranslate %}Open{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate %}Remove {{ name }}{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate asvar it %}Open{% endblocktranslate %}<i>{{ it }}</i>",
    "{% load i18n %}{% blocktranslate count n=n %}one{% plural %}many{% endblocktranslate %}",
    "{% load ui %}{% icon name %}{% icon 'x' as cross %}{{ cross }}{% icon 'x' modifier=name %}",
    '{% load i18n %}{% translate "Can\'t" %}{% autoescape off %}{% translate "Can\'t" %}'
    "{% endautoescape %}",
    "{% load i18n %}{% language 'fr' %}{% translate 'Open' %}{% endlanguage %}",
    "{% load i18n %}{% partialdef part %}{{ n }}{% translate 'Open' %}{% endpartialdef %}"
    "{% partial part %}{% partial part %}",
]


@pytest.mark.parametrize("source", SOURCES)
def test_folded_template_renders_the_same_in_each_language(source):
    plain, folded = Template(source), Template(source)
    fold(folded.nodelist)
    for language in ("en", "de", "en", None):
        with override(language):
            for name in ("Vera", "x"):
                values = {"name": name, "n": len(name)}
                for is_escaped in (True, False):
                    context = partial(Context, values, autoescape=is_escaped)
                    assert folded.render(context()) == plain.render(context())


def test_constant_parts_are_rendered_once():
    template = Template(PLAIN + "{{ name }}" + PLAIN)
    fold(template.nodelist)
    assert len(template.nodelist) == 3
    first, _name, last = template.nodelist
    assert template.render(Context({"name": "Vera"})).count("<svg") == 2
    first.nodes.clear()
    assert template.render(Context({"name": "Bob"})).count("<svg") == 2
    assert isinstance(last, ConstantNode)


def test_the_engine_folds_templates_and_their_partials():
    for name in ("inbox/_conversation.html", "inbox/desk.html", "inbox/_composer.html#form"):
        template = get_template(name).template
        assert template.nodelist.get_nodes_by_type(ConstantNode), name


def test_what_a_function_returns_is_kept_for_each_language_until_a_reset():
    calls = []

    @per_language
    def shown(name):
        calls.append((get_language(), name))
        return name

    for language in ("en", "de", "en"):
        with override(language):
            assert shown("Vera") == "Vera"
    assert calls == [("en", "Vera"), ("de", "Vera")]
    reset_loaders()
    with override("en"):
        shown("Vera")
    assert calls[2:] == [("en", "Vera")]
