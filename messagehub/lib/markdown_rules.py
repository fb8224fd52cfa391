"""The dialect of Markdown that agents write, chosen so that ordinary text stays as it was typed.

Most people who write replies don't know Markdown. So only bold, italic, links, lists, quotes and
code mean anything, and of those only what is hardly ever typed innocently:

- "_" and a single "*" inside a word, and "__", don't format: 5*3*2, file_name, __init__.
- Line ends and indentation stay. A line after a list or quote doesn't belong to it.
- Numbers of a list stay as typed, and "1." or "-" alone isn't a list.
- A backslash stays, except before a character that would format: C:\\tmp\\*.txt, but \\*text\\*.
- ">" begins a quote only before a space or another one.
- Headings, tables, images, rules and HTML are text.

A link whose target isn't a web page or an email address is text, and so is one whose text names
another website than its target.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import blockquote as library_quote
from markdown_it.rules_block import fence as library_fence
from markdown_it.rules_block import list_block as library_list
from markdown_it.rules_inline import link as library_link
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from messagehub.lib.links import WORD, find_links

RULES = ["blockquote", "list", "fence", "emphasis", "backticks", "escape", "link", "newline"]
MAX_LEVEL = 8  # of nested lists and quotes; an item counts as two
# More than lists, quotes and links can reach: the library drops the text beyond.
OPTIONS = {"maxNesting": 100}

MAX_URL = 300  # characters in which "_" and "*" don't format; longer ones are still linked

LIST_ITEM = re.compile(r"(?![-* \t]+$)(?:[-*]|\d{1,3}[.)])[ \t]+\S")
FENCE = re.compile(r"```+[ \t]*[\w.+#-]{0,20}[ \t]*$")
QUOTE = re.compile(r">(?:[ \t>]|$)")
URL_TARGET = re.compile(r"(?:https?://|mailto:)(?P<host>[^\s/?#]+)", re.IGNORECASE)
SCHEME = re.compile(r"(?<![a-z0-9])https?$", re.IGNORECASE)
FORMATS_ANYWHERE = set("*_`[]")
FORMATS_AT_LINE_START = set(">-.)")
# A drive, or a backslash before a letter, shortly before another backslash.
WINDOWS_PATH = re.compile(r"(?:(?<!\w)[A-Za-z]:|\\[^\W_]\S{0,99})$")
LINE_START = re.compile(r"(?:^|\n)[ \t]*\d{0,3}$")


def build_parser(renderer) -> MarkdownIt:
    parser = MarkdownIt("zero", OPTIONS, renderer_cls=renderer).enable(RULES)
    parser.validateLink = lambda url: URL_TARGET.match(url) is not None
    block, inline, core = parser.block.ruler, parser.inline.ruler, parser.core.ruler
    block.at("blockquote", parse_quote, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("fence", parse_fence, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("list", parse_list, {"alt": ["paragraph", "blockquote"]})
    block.at("paragraph", parse_paragraph)
    block.push("end_of_quote", end_quote, {"alt": ["blockquote"]})
    block.enable("end_of_quote")
    inline.at("escape", parse_escape)
    inline.at("emphasis", parse_emphasis)
    inline.at("newline", parse_line_end)
    inline.at("link", parse_link)
    inline.before("newline", "url", keep_url)
    core.push("bare_text", mark_bare_text)
    return parser


def parse_quote(state, line, end, silent):
    return begins(QUOTE, state, line) and library_quote(state, line, end, silent)


def parse_fence(state, line, end, silent):
    return begins(FENCE, state, line) and library_fence(state, line, end, silent)


def parse_list(state, line, end, silent):
    return begins(LIST_ITEM, state, line) and library_list(state, line, end, silent)


def begins(pattern, state, line):
    start = state.bMarks[line] + state.tShift[line]
    is_match = pattern.match(state.src[start : state.eMarks[line]])
    return state.level <= MAX_LEVEL and is_match is not None


def parse_paragraph(state, line, end, silent):
    """Keep the indentation, and never continue an item of a list on an unindented line."""
    last = line + 1
    ends = state.md.block.ruler.getRules("paragraph")
    outer, state.parentType = state.parentType, "paragraph"
    while (
        last < state.lineMax
        and not state.isEmpty(last)
        and state.sCount[last] >= state.blkIndent
        and not any(ends_here(state, last, state.lineMax, True) for ends_here in ends)
    ):
        last += 1
    state.parentType, state.line = outer, last
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(line, last, state.blkIndent, False).rstrip()
    inline.children = []
    state.push("paragraph_close", "p", -1)
    return True


def end_quote(state, line, end, silent):
    """End a quote with its last ">", not with the paragraph. Never a block of its own."""
    return silent


def parse_line_end(state, silent):
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def parse_escape(state, silent):
    position = state.pos
    if state.src[position] != "\\" or position + 1 >= state.posMax:
        return False
    before, following = state.src[max(0, position - 100) : position], state.src[position + 1]
    if following in FORMATS_AT_LINE_START:
        formats = LINE_START.search(before)
    else:
        formats = following in FORMATS_ANYWHERE and not WINDOWS_PATH.search(before)
    if not formats:
        return False
    if not silent:
        state.push("text_special", "", 0).content = following
    state.pos += 2
    return True


def parse_emphasis(state, silent):
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    # Chinese and Japanese have no spaces around a word, so "**" may be inside one.
    run = state.scanDelims(state.pos, state.src.startswith("**", state.pos))
    is_text = marker == "_" and run.length > 1
    for _each in range(run.length):
        state.push("text", "", 0).content = marker
        if not is_text:
            state.delimiters.append(
                Delimiter(
                    marker=ord(marker),
                    length=run.length,
                    token=len(state.tokens) - 1,
                    end=-1,
                    open=run.can_open,
                    close=run.can_close,
                )
            )
    state.pos += run.length
    return True


def keep_url(state, silent):
    """Take a URL as text, so that its "_" and "*" don't format. It is linked afterwards."""
    position = state.pos
    if not state.src.startswith("://", position):
        return False
    scheme = SCHEME.search(state.src[max(0, position - 6) : position])
    if scheme is None:
        return False
    start = position - len(scheme[0])
    word = WORD.match(state.src, start, min(start + MAX_URL, state.posMax))
    found = find_links(word[0]) if word else []
    if not found or found[0].index:
        return False
    end = start + len(found[0].raw.rstrip("*_"))
    if not silent:
        state.pending += state.src[position:end]
    state.pos = end
    return True


def parse_link(state, silent):
    position = state.pos
    is_image = state.src[max(0, position - 1) : position] == "!"
    # Looking for the target first saves the work of a label that has none.
    if is_image or state.src[position] != "[" or state.src.find("](", position) < 0:
        return False
    return library_link(state, silent)


def mark_bare_text(state):
    """Mark the texts in which URLs are linked, and show unwanted links as they were typed."""
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(read_links(block.children))


def read_links(tokens):
    label, opening = [], None
    for token in tokens:
        if token.type == "link_open":
            opening, label = token, []
        elif token.type == "link_close":
            yield from read_link(opening, label, token)
            opening = None
        elif opening:
            label.append(token)
        else:
            yield as_bare(token)


def read_link(opening, label, closing):
    href = opening.attrs["href"]
    text = "".join(each.content for each in label)
    closing.meta = {"href": href, "label": text}
    if text.strip() and href and not is_misleading(text, href):
        yield from [opening, *label, closing]
    else:
        before, after = Token("text", "", 0, content="["), Token("text", "", 0, content="](")
        target, end = Token("text", "", 0, content=href), Token("text", "", 0, content=")")
        yield from map(as_bare, [before, *label, after, target, end])


def as_bare(token):
    if token.type == "text":
        token.type = "bare_text"
    return token


def is_misleading(text, href):
    """Return whether the text of a link names another website or address than its target."""
    host = host_of(href)
    return any(host_of(link.url) != host for word in text.split() for link in find_links(word))


def host_of(url):
    return URL_TARGET.match(url)["host"].lower()
