"""Join scripts and style sheets: each is sent together with everything that it imports.

A module becomes a function that runs once per page, even if two of the page's files contain it:

    $modules["lib/counts.js"] ??= (() => { ...; return { findCounts, showCount }; })();

An import() stays what it is, and loads a joined file too. The files are read by patterns instead of
a parser, which works for the form that the formatter gives them; JoinError refuses anything else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath, relpath

from messagehub.lib.source_map import Line, build_source_map

IMPORT = re.compile(r'(?m)^import (?:(\{[^}]*\}|\* as \w+) from )?"(\.[^"]+)";')
DYNAMIC_IMPORT = re.compile(r'\bimport\("(\.[^"]+)"\)')
EXPORT = re.compile(r"(?m)^export (?=(?:(?:async )?function\*?|class|const) (\w+))")
LIBRARY_EXPORT = re.compile(r"^var (\w+)=")
STYLE_IMPORT = re.compile(r'(?m)^@import "([^"]+)";')
# An import or export that the patterns above have left over.
UNREADABLE = re.compile(r"(?m)^(import\b(?!\()|export\b|@import\b)")
# A comment on lines of its own, or at the end of a line and without quotes.
BLOCK_COMMENT = re.compile(r"(?ms)^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*$")
END_COMMENT = re.compile(r"""(?<=[;,{}]) // [^"'`]*$""")


class JoinError(Exception):
    """A file can't be joined; the message names it."""


@dataclass
class Joined:
    text: str
    source_map: str


def join_file(name: str, read: Callable[[str], str], is_own: Callable[[str], bool]) -> Joined:
    """Return the file with all that it imports.

    read returns a file's text or raises FileNotFoundError. is_own tells our modules from libraries,
    which are classic scripts: their top-level variable counts as their export.
    """
    joining = Joining(name, read, is_own)
    if name.endswith(".css"):
        joining.add_style(name)
        ending = "/*# sourceMappingURL={} */\n"
    else:
        joining.lines.append(Line("globalThis.$modules ??= {};"))
        joining.add_script(name)
        if exports := joining.exports[name]:
            joining.lines.append(Line(f"export const {bind(exports)} = {module(name)};"))
        ending = "//# sourceMappingURL={}\n"
    text = "".join(f"{line.text}\n" for line in joining.lines)
    source_map = build_source_map(name, joining.lines, joining.sources)
    return Joined(text + ending.format(f"{basename(name)}.map"), source_map)


@dataclass
class Joining:
    """The lines of the files that were joined so far, each after those that it imports."""

    name: str
    read: Callable[[str], str]
    is_own: Callable[[str], bool]
    lines: list[Line] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)  # texts by name
    exports: dict[str, list[str]] = field(default_factory=dict)  # by the name of a finished script
    importing: list[str] = field(default_factory=list)

    def add_script(self, name: str) -> None:
        if name in self.exports:
            return
        text = self.open(name)
        if self.is_own(name):
            text = IMPORT.sub(lambda match: self.add_import(name, match), text)
            text = DYNAMIC_IMPORT.sub(lambda match: self.move_import(name, match), text)
            exports = EXPORT.findall(text)
            lines = strip_source(EXPORT.sub("", text), name)
            refuse_unreadable(lines)
        else:
            exports = LIBRARY_EXPORT.findall(text)
            lines = [Line(line, name, number) for number, line in enumerate(text.splitlines())]
        self.lines.append(Line(f"{module(name)} ??= (() => {{"))
        self.lines += lines
        self.lines.append(Line(f"return {bind(exports)};"))
        self.lines.append(Line("})();"))
        self.close(name, exports)

    def add_import(self, name: str, match: re.Match) -> str:
        """Add the imported script, and return what replaces the import."""
        imported = resolve(name, match[2])
        self.add_script(imported)
        newlines = "\n" * match[0].count("\n")
        if not match[1]:
            return newlines
        if match[1].startswith("*"):
            return f"const {match[1].removeprefix('* as ')} = {module(imported)};{newlines}"
        bindings = [each.strip() for each in match[1].strip("{}").split(",") if each.strip()]
        for binding in bindings:
            if binding.split()[0] not in self.exports[imported]:
                raise JoinError(f"{name}: {imported} doesn't export {binding.split()[0]}")
        names = [binding.replace(" as ", ": ") for binding in bindings]
        return f"const {bind(names)} = {module(imported)};{newlines}"

    def move_import(self, name: str, match: re.Match) -> str:
        """Return an import() that means the same file from the folder of the joined one."""
        imported = resolve(name, match[1])
        try:
            self.read(imported)
        except FileNotFoundError:
            raise JoinError(f"{name}: {imported} doesn't exist") from None
        path = relpath(imported, dirname(self.name) or ".")
        return f'import("{path if path.startswith(".") else "./" + path}")'

    def add_style(self, name: str) -> None:
        if name in self.exports:
            return
        text = STYLE_IMPORT.sub(lambda match: self.add_style_import(name, match), self.open(name))
        lines = strip_source(text, name)
        refuse_unreadable(lines)
        self.lines += lines
        self.close(name, [])

    def add_style_import(self, name: str, match: re.Match) -> str:
        self.add_style(resolve(name, match[1]))
        return ""

    def open(self, name: str) -> str:
        if name in self.importing:
            raise JoinError(f"{' imports '.join([*self.importing, name])}: a circle")
        try:
            text = self.read(name)
        except FileNotFoundError:
            raise JoinError(f"{' imports '.join([*self.importing, name])}: no such file") from None
        self.importing.append(name)
        self.sources[name] = text
        return text

    def close(self, name: str, exports: list[str]) -> None:
        self.importing.pop()
        self.exports[name] = exports


def strip_source(text: str, name: str) -> list[Line]:
    """Return the lines without what only readers need: indentation, comments and empty lines."""
    text = BLOCK_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    lines = []
    for number, line in enumerate(text.split("\n")):
        line = line.lstrip(" \t")
        if name.endswith(".js"):
            line = END_COMMENT.sub("", line)
        if line and not line.startswith("//"):
            lines.append(Line(line, name, number))
    return lines


def refuse_unreadable(lines: list[Line]) -> None:
    for line in lines:
        if UNREADABLE.match(line.text):
            raise JoinError(f"{line.source}, line {line.number + 1}: can't read {line.text!r}")


def resolve(name: str, path: str) -> str:
    return normpath(join(dirname(name), path))


def module(name: str) -> str:
    return f'$modules["{name}"]'


def bind(names: list[str]) -> str:
    return f"{{ {', '.join(names)} }}" if names else "{}"
