r"""Variables in canned replies: {{contact.name}}, or {{contact.name|there}} with a default.

They are filled when a canned reply is inserted. One without a value stays in the text, and a reply
with it isn't sent. A backslash before it, \{{contact.name}}, means the characters themselves.
"""

import re

from messagehub.lib.markdown import escape_markdown

VARIABLE = re.compile(
    r"(?P<literal>\\?)\{\{\s*(?P<name>[^{}|]*?)\s*(?:\|\s*(?P<default>[^{}]*?)\s*)?\}\}"
)
VALUES = {
    "contact.name": lambda conversation, agent: conversation.contact.name,
    "contact.first_name": lambda conversation, agent: first_word(conversation.contact.name),
    "contact.email": lambda conversation, agent: conversation.contact.email,
    "agent.name": lambda conversation, agent: agent.name,
    "agent.first_name": lambda conversation, agent: first_word(agent.name),
    "inbox.name": lambda conversation, agent: conversation.inbox.name,
    "workspace.name": lambda conversation, agent: conversation.workspace.name,
    "conversation.number": lambda conversation, agent: str(conversation.number),
}


def first_word(name):
    return name.partition(" ")[0]


def in_braces(name):
    return f"{{{{{name}}}}}"


def fill_variables(text, *, conversation, agent):
    """Fill the variables that have a value or a default. Values are never read as Markdown."""

    def fill(match):
        if match["literal"] or match["name"] not in VALUES:
            return match[0]
        if value := VALUES[match["name"]](conversation, agent):
            before = text[: match.start()].rpartition("\n")[2]
            return escape_variables(escape_markdown(value, begins_line=not before.strip()))
        return match["default"] or match[0]

    return VARIABLE.sub(fill, text)


def escape_variables(text):
    return VARIABLE.sub(lambda match: match[0] if match["literal"] else f"\\{match[0]}", text)


def find_unknown(text) -> list[str]:
    return [name for name in find_names(text) if name not in VALUES]


def find_unfilled(text) -> list[str]:
    return [name for name in find_names(text) if name in VALUES]


def find_names(text):
    """Return the names of the variables, each once."""
    found = (match["name"] for match in VARIABLE.finditer(text) if not match["literal"])
    return list(dict.fromkeys(found))


def show_literals(text):
    """Remove the backslashes that kept braces from being variables."""
    return VARIABLE.sub(lambda match: match[0].removeprefix("\\"), text)
