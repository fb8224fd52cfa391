"""No text for people is forgotten: in templates, in Python and in scripts."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from messagehub.lib.catalogs import DESK_APPS, DESK_TEMPLATES

NAMES = {"MessageHub", "WordPress", "Shopify", "Node.js", "Python", "PHP", "Ruby", "CSV"}
TRANSLATED = re.compile(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?{%\s*endcomment\s*%}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SHOWN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt", "label"}
WORD = re.compile(r"[^\W\d_][\w’'.-]*\w")
APPS = [settings.BASE_DIR / app for app in DESK_APPS]


def templates():
    folders = [settings.BASE_DIR / "templates" / name for name in DESK_TEMPLATES]
    files = [file for folder in folders for file in folder.rglob("*.*")]
    files += (settings.BASE_DIR / "templates").glob("*.html")
    return sorted(files)


def name_of(file):
    return str(file.relative_to(settings.BASE_DIR))


class ShownTexts(HTMLParser):
    """Collects what people see or hear, except for code."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.inside = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in ("style", "script", "code", "kbd", "pre"):
            self.inside.append(tag)
        self.texts += [value for name, value in attributes if value and name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.texts.append(data)


def unmarked_words(source, *, is_html):
    for pattern in (COMMENT, TRANSLATED, TAG):
        source = pattern.sub(" ", source)
    text = " ".join(ShownTexts(source).texts) if is_html else source
    return [word for word in WORD.findall(text) if word not in NAMES]


def test_an_unmarked_word_of_a_template_is_found():
    html = '<p title="Old" data-x="a b">{{ name }} has {# not #}<code>x = 1</code> <b>MessageHub'
    assert unmarked_words(html, is_html=True) == ["Old", "has"]
    assert unmarked_words("{% translate 'a' %} bcd {% url 'x' %}", is_html=False) == ["bcd"]


def test_templates_have_no_unmarked_texts():
    found = {
        name_of(file): words
        for file in templates()
        # A class of <body> is a block of its own.
        if (words := unmarked_words(file.read_text(), is_html=file.suffix == ".html")) != []
        and set(words) != {"wide"}
    }
    assert len(templates()) > 200
    assert found == {}


# Where Python names what people read.
SHOWN_ARGUMENTS = {"label", "help_text", "empty_label", "message", "messages", "error_messages"}
SHOWN_ARGUMENTS |= {"title", "heading", "notice", "verbose_name"}
SHOWING_CALLS = {"ValidationError", "add_error", "success", "error", "info", "warning"}
# What only the developers of a website meet, in their console or their server's log.
FOR_DEVELOPERS = {"inbox/forms/identification.py", "inbox/identity_tokens.py"}
FOR_DEVELOPERS |= {"widget/views/identity.py"}
TEXT = re.compile(r"[^\W\d_]{2,}[ ,]+[^\W\d_]{2,}|^[A-Z][a-z]+[.!?…]?$")


class UnmarkedTexts(ast.NodeVisitor):
    def __init__(self, source):
        self.found = []
        self.visit(ast.parse(source))

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in SHOWING_CALLS and owner != "logger":
            self.add_texts(node.args)
        shown = [each.value for each in node.keywords if each.arg in SHOWN_ARGUMENTS]
        self.add_texts(shown)
        self.generic_visit(node)

    def visit_ClassDef(self, node):
        """Look at the labels of choices: NAME = "value", "Label"."""
        tuples = [
            each.value
            for each in node.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Tuple)
        ]
        if any("Choices" in ast.unparse(base) for base in node.bases):
            self.add_texts(each.elts[-1] for each in tuples)
        self.generic_visit(node)

    def add_texts(self, nodes):
        for node in nodes:
            values = node.values if isinstance(node, ast.Dict) else [node]
            self.found += [
                each.value
                for each in values
                if isinstance(each, ast.Constant)
                and isinstance(each.value, str)
                and TEXT.search(each.value)
            ]


def test_an_unmarked_text_in_python_is_found():
    source = """
class Kind(models.TextChoices):
    A = "a", "Old"
    B = "b", _("New")
def f(form):
    logger.error("not shown at all")
    form.add_error("name", "Too long")
    field = CharField(label="Name", error_messages={"required": "Say it"}, help_text=_("a b"))
"""
    assert UnmarkedTexts(source).found == ["Old", "Too long", "Name", "Say it"]


def python_files():
    files = [file for app in APPS for file in app.rglob("*.py")]
    # Commands and the settings speak to operators, in English.
    apart = ("migrations", "commands", "settings.py", "env.py")
    return sorted(file for file in files if not set(apart) & set(file.parts))


def test_python_has_no_unmarked_texts():
    found = {name_of(file): UnmarkedTexts(file.read_text()).found for file in python_files()}
    unmarked = {name: texts for name, texts in found.items() if texts}
    assert unmarked.keys() <= FOR_DEVELOPERS


TRANSLATORS = {"gettext", "ngettext", "pgettext", "npgettext"}


def evaluated_at_import(source):
    """Return the lines that translate a text once for all, in the language of the import."""
    tree = ast.parse(source)
    eager = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            eager |= {each.asname or each.name for each in node.names if each.name in TRANSLATORS}
    lines, nodes = [], list(tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            nodes += [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
            continue
        if isinstance(node, ast.Lambda) or node is None:
            continue
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in eager:
            lines.append(node.lineno)
        nodes += ast.iter_child_nodes(node)
    return sorted(lines)


def test_a_text_that_is_translated_at_import_is_found():
    source = """
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
A = [_("a"), gettext_lazy("b"), lambda: _("c")]
class B:
    label = _("d")
    def f(self, text=_("e")):
        return _("f")
"""
    assert evaluated_at_import(source) == [4, 6, 7]


@pytest.mark.parametrize("app", APPS, ids=lambda path: path.name)
def test_no_text_is_translated_at_import(app):
    found = {name_of(file): evaluated_at_import(file.read_text()) for file in app.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


COMMENTS = re.compile(r"/\*.*?\*/|(?:^|\s)//[^\n]*", re.DOTALL)
STRINGS = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
SENTENCE = re.compile(r"^[A-Z“][\w’']* [\w’' ]+|\w [\w’']+ \w+[.!?…]$")
# Errors that no one sees but a developer in the console.
NOT_SHOWN = {"This browser has enough streams", "The stream answered "}


def texts_of_script(source):
    """Return strings that look like sentences. Scripts show texts from attributes instead."""
    strings = [a or b for a, b in STRINGS.findall(COMMENTS.sub("", source))]
    strings = [re.sub(r"\$\{[^}]*\}", "", text) for text in strings]
    return [text for text in strings if SENTENCE.search(text) and text not in NOT_SHOWN]


def test_a_sentence_in_a_script_is_found():
    source = """// "Not a text here."
    show("Something went wrong", `${name} is typing now…`, "message-form textarea", "Visitor x");
    """
    assert texts_of_script(source) == ["Something went wrong", " is typing now…", "Visitor x"]


def test_scripts_show_no_texts_of_their_own():
    files = [
        file
        for file in Path(settings.BASE_DIR / "static").rglob("*.js")
        if not {"vendor", "demo", "localmail"} & set(file.parts)
    ]
    files.append(settings.BASE_DIR / "widget/loader.js")
    found = {name_of(file): texts_of_script(file.read_text()) for file in files}
    assert len(files) > 80
    assert {name: texts for name, texts in found.items() if texts} == {}
