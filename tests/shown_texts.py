"""What people see of a page whose marked texts are in brackets, as ⟦number|text⟧."""

import re
from html.parser import HTMLParser

MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
SHOWN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt"}


class Reader(HTMLParser):
    """Collects what a person sees, or a screen reader says, of a page."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.is_hidden = [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.is_hidden = tag in ("style", "script")
        self.texts += [
            value
            for name, value in attributes
            # Texts that scripts show are in attributes for data.
            if value and (name in SHOWN_ATTRIBUTES or (name.startswith("data-") and " " in value))
        ]

    def handle_endtag(self, tag):
        self.is_hidden = False

    def handle_data(self, data):
        if not self.is_hidden:
            self.texts.append(data)


def unmarked_words(html, own_words=()):
    """Return the words of a page that are neither marked nor anyone's own."""
    text = html if "<" not in html else " ".join(Reader(html).texts)
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    words = re.findall(r"[^\W\d_][\w@’'-]*", text)
    return [word for word in words if len(word) > 1 and word not in own_words]  # not initials
