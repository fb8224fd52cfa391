"""Render the parts of a template that never change once per language.

Half of what a page takes in the server is its templates, and most of their tags are labels and
icons. The loader joins such tags and the text between them.
"""

from functools import lru_cache, wraps

from django.template.base import Node, NodeList, TextNode, TokenType, Variable
from django.template.defaulttags import LoadNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import get_language


def constant(tag):
    """Mark the function of a simple tag that depends only on its arguments and the language."""
    tag.is_constant = True
    return tag


kept_by_functions = []  # the caches of per_language()


def per_language(function):
    """Keep what a function returns, which depends only on its arguments and the language."""

    @lru_cache(2000, typed=True)  # a text that is markup isn't escaped
    def in_language(_language, *args):
        return function(*args)

    kept_by_functions.append(in_language)

    @wraps(function)
    def cached(*args):
        return in_language(get_language(), *args)

    return cached


class FoldingLoader(base.Loader):
    def get_template(self, template_name, skip=None):
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, FoldingLoader):
    """Keep the folded templates. A reset forgets all markup that is kept."""

    def reset(self):
        super().reset()
        for cached_function in kept_by_functions:
            cached_function.cache_clear()


class ConstantNode(Node):
    child_nodelists = ()

    def __init__(self, nodes):
        self.nodes, self.rendered = NodeList(nodes), {}

    def render(self, context):
        language = get_language()
        if language not in self.rendered:
            self.rendered[language] = self.nodes.render(context)
        return self.rendered[language]


def fold(nodes: NodeList) -> None:
    """Replace each run of constant nodes, also of nested ones."""
    folded, run = [], []
    for node in nodes:
        if is_constant(node):
            run.append(node)
            continue
        folded += join(run)
        run = []
        for nested in nested_lists(node):
            fold(nested)
        folded.append(node)
    nodes[:] = folded + join(run)


def join(run: list[Node]) -> list[Node]:
    return run if all(isinstance(node, TextNode) for node in run) else [ConstantNode(run)]


def nested_lists(node: Node):
    for value in vars(node).values():
        if isinstance(value, NodeList):
            yield value
        elif isinstance(value, list):  # the branches of an {% if %}, with their conditions
            for branch in value:
                if isinstance(branch, tuple):
                    yield from (part for part in branch if isinstance(part, NodeList))


def is_constant(node: Node) -> bool:
    if isinstance(node, (TextNode, LoadNode)):
        return True
    if isinstance(node, SimpleNode):
        values = [*node.args, *node.kwargs.values()]
        is_marked = getattr(node.func, "is_constant", False) and not node.target_var
        return is_marked and all(map(is_literal, values))
    if isinstance(node, TranslateNode):
        return not node.asvar and is_literal(node.filter_expression) and has_literal_context(node)
    if isinstance(node, BlockTranslateNode):
        is_plain = all(token.token_type is TokenType.TEXT for token in node.singular)
        varies = node.extra_context or node.countervar or node.asvar
        return is_plain and not varies and has_literal_context(node)
    return False


def has_literal_context(node) -> bool:
    return node.message_context is None or is_literal(node.message_context)


def is_literal(expression) -> bool:
    if expression.filters:
        return False
    return not isinstance(expression.var, Variable) or expression.var.lookups is None
