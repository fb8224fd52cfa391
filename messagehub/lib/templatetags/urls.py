"""Replaces Django's {% url %} in all templates."""

from django import template
from django.template import defaulttags
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from messagehub.lib.urls import make_url

register = template.Library()


class UrlNode(defaulttags.URLNode):
    def render(self, context):
        name = self.view_name.resolve(context)
        args = [arg.resolve(context) for arg in self.args]
        url = ""
        try:
            url = make_url(name, *args)
        except NoReverseMatch:
            if self.asvar is None:
                raise
        if self.asvar:
            context[self.asvar] = url
            return ""
        return conditional_escape(url) if context.autoescape else url


@register.tag
def url(parser, token):
    node = defaulttags.url(parser, token)
    is_namespaced = ":" in token.contents  # which may depend on the page's own namespace
    if node.kwargs or is_namespaced:
        return node
    return UrlNode(node.view_name, node.args, node.kwargs, node.asvar)
