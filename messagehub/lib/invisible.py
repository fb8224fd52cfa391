"""Remove invisible characters from text, except where they change how the text looks.

Threat: direction controls and fillers disguise text, make two names look the same, and carry
hidden text. People paste most of them unknowingly, with a phone number or from a web page, so they
are removed instead of refused: no one can delete a character that they don't see.

A character is kept where it changes how the text around it looks (KEPT_IN_CONTEXT), and direction
marks are kept in a text with right-to-left letters. Embeddings and overrides are never kept.
"""

import re
import unicodedata

LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters, soft hyphen, embeddings, overrides and isolates, byte order mark, invisible
# operators, annotations, language tags, lone surrogates, and noncharacters.
ALWAYS_REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Blank letters of Hangul, which take up room like a space.
FILLER = re.compile("[\u115f\u1160\u3164\uffa0]")
DIRECTION_MARK = re.compile("[\u061c\u200e\u200f]")
RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u060b\u060d-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

EMOJI = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff]"
)
# Characters that have variants: digits and signs that are also emoji, symbols, ideographs.
VARIED = (
    "[#*0-9\u00a9\u00ae\u2030-\u205e\u2070-\u2bff\u3001-\u9fff\uf900-\ufaff\U0001f000-\U0003ffff]"
)
SELECTOR = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
# Scripts whose letters change shape when they are joined or separated: Arabic, Syriac, the scripts
# of India and South-East Asia, Mongolian, Adlam.
JOINING = (
    "[\u0600-\u061b\u061d-\u0dff\u0f00-\u109f\u1780-\u180a\u1810-\u18af\u1900-\u1cff\ua800-\uaadf\uabc0-\uabff\ufb50-\ufdcf"
    "\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00010d3f\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
# Scripts without spaces (Thai, Lao, Myanmar, Khmer), where people type the possible line breaks.
SPACELESS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f]"
MONGOLIAN = "[\u1800-\u180a\u1820-\u18aa]"
# Each group matches the character to keep, the first of several in a row.
KEPT_IN_CONTEXT = re.compile(
    # the tags that turn a flag into a region's flag
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
    # joiners
    f"|(?:(?<={EMOJI})|(?<={EMOJI}\ufe0f)|(?<=\U000e007f))(\u200d)\u200d*(?={EMOJI})"
    f"|(?:(?<={JOINING})([\u200c\u200d])[\u200c\u200d]*|([\u200c\u200d])(?={JOINING}))"
    # variation selectors
    f"|(?<={VARIED})({SELECTOR}){SELECTOR}*|(?<={MONGOLIAN})([\u180b-\u180f])[\u180b-\u180f]*"
    # zero-width spaces
    f"|(?<={SPACELESS})(\u200b)\u200b*(?={SPACELESS})"
    f"|[\u180b-\u180f\u200b-\u200d\U000e0020-\U000e007f]|{SELECTOR}"
)
INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"}
BRAILLE_BLANK = "\u2800"
# Marks on one letter, as in Unicode's stream-safe text format. Sorting marks takes time that grows
# with the square of their number.
MAX_MARKS = 30
# Unicode doesn't class these as marks, but decomposes them into marks.
DECOMPOSED_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"


def clean_text(text: str) -> str:
    """Remove invisible characters. Return an empty text if nothing visible remains."""
    text = FILLER.sub(" ", LINE_END.sub("\n", ALWAYS_REMOVED.sub("", text)))
    if not text.isascii():
        if not RIGHT_TO_LEFT.search(text):
            text = DIRECTION_MARK.sub("", text)
        text = remove_without_effect(unicodedata.normalize("NFC", limit_marks(text)))
    return text if is_visible(text) else ""


def limit_marks(text: str) -> str:
    """Remove the marks of a letter beyond the first MAX_MARKS."""
    kept, marks = [], 0
    for character in text:
        if unicodedata.combining(character) or character in DECOMPOSED_MARKS:
            marks += 1
            if marks > MAX_MARKS:
                continue
        elif character.isspace() or unicodedata.category(character) not in INVISIBLE_CATEGORIES:
            marks = 0  # a character that is removed later doesn't separate the marks around it
        kept.append(character)
    return "".join(kept)


def remove_without_effect(text: str) -> str:
    """Remove the characters that KEPT_IN_CONTEXT matches and doesn't keep."""
    # Marks may change order once a character between them is gone, and then a joiner may be next
    # to a different letter. One round is enough for texts that people type.
    for _round in range(4):
        before, text = text, unicodedata.normalize("NFC", KEPT_IN_CONTEXT.sub(keep_first, text))
        if text == before:
            break
    return text


def clean_line(text: str) -> str:
    """Clean a name or title, which has one line and no direction marks."""
    if text.isascii() and text.isprintable():  # most are, and then there is nothing to remove
        return " ".join(text.split())
    text = DIRECTION_MARK.sub("", text.replace(BRAILLE_BLANK, " "))
    return " ".join(clean_text(text).split())


def keep_first(match: re.Match) -> str:
    return match[match.lastindex] if match.lastindex else ""


def is_visible(text: str) -> bool:
    return any(
        unicodedata.category(character) not in INVISIBLE_CATEGORIES and character != BRAILLE_BLANK
        for character in text
    )
