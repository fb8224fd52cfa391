"""Scripts and style sheets are joined with what they import (messagehub.lib.joining)."""

import json
import re
import subprocess
from graphlib import TopologicalSorter

import pytest
from django.conf import settings

from messagehub.lib.joining import JoinError, join_file
from messagehub.lib.source_map import DIGITS
from tests.static.test_scripts import NODE


def joined(name, **files):
    """Join files that are given as "lib__x" for lib/x.js or "css__x_css" for css/x.css."""
    texts = {}
    for key, text in files.items():
        path = key.replace("__", "/")
        texts[path.removesuffix("_css") + (".css" if path.endswith("_css") else ".js")] = text

    def read(path):
        if path not in texts:
            raise FileNotFoundError(path)
        return texts[path]

    return join_file(name, read, lambda path: not path.startswith("library/"))


def run(text, tmp_path):
    """Return what a joined script logs."""
    if not NODE.exists():
        pytest.skip("Playwright has no Node.js for this machine")
    file = tmp_path / "joined.mjs"
    file.write_text(text)
    done = subprocess.run([NODE, file], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


LIB = 'console.log("lib");\nexport const one = 1;\nexport async function two() {}\n'


def test_modules_run_once_in_the_order_of_their_imports(tmp_path):
    text = joined(
        "a/main.js",
        a__main='import "./b.js";\nimport * as lib from "../lib/x.js";\nconsole.log(0, lib.one);\n',
        a__b='import { one as first } from "../lib/x.js";\nconsole.log("b", first);\n',
        lib__x=LIB,
    ).text
    assert run(text, tmp_path) == ["lib", "b", "1", "0", "1"]


def test_a_module_that_two_files_contain_runs_once(tmp_path):
    files = {"a": 'import "./lib.js";\n', "b": 'import "./lib.js";\n', "lib": LIB}
    text = "".join(joined(f"{name}.js", **files).text for name in ("a", "b"))
    assert run(text, tmp_path) == ["lib"]


def test_a_joined_file_exports_what_its_module_exports(tmp_path):
    (tmp_path / "lib.mjs").write_text(joined("lib.js", lib=LIB).text)
    use = 'import { one, two } from "./lib.mjs";\nconsole.log(one, typeof two);\n'
    assert run(use, tmp_path) == ["lib", "1", "function"]


def test_modules_do_not_see_each_other_s_names(tmp_path):
    text = joined("a.js", a='import "./b.js";\nconst x = 1;\nconsole.log(x);\n', b="const x = 2;\n")
    assert run(text.text, tmp_path) == ["1"]


def test_a_library_s_variable_is_its_export(tmp_path):
    own = 'import { htmx } from "./library/htmx.js";\nconsole.log(htmx);\n'
    text = joined("a.js", a=own, library__htmx='var htmx="it";\n').text
    assert run(text, tmp_path) == ["it"]


def test_import_calls_are_kept_and_lead_to_the_same_file():
    text = joined(
        "desk/main.js",
        desk__main='import "../live/tabs.js";\n',
        live__tabs='export const load = () => import("./alone.js");\n',
        live__alone="",
    ).text
    assert 'import("../live/alone.js")' in text
    text = joined("a.js", a='import("./b.js");\n', b="").text
    assert 'import("./b.js")' in text


def test_style_sheets_take_the_place_of_their_imports_once():
    text = joined(
        "desk/main.css",
        desk__main_css='/* The desk. */\n@import "../css/base.css";\n@import "../css/row.css";\n',
        css__base_css="@layer a, b;\n\n/* Two\n   lines */\np {\n  top: 0; /* kept */\n}\n",
        css__row_css='@import "base.css";\nb {\n}\n',
    ).text
    assert text == (
        "@layer a, b;\np {\ntop: 0; /* kept */\n}\nb {\n}\n/*# sourceMappingURL=main.css.map */\n"
    )


def test_comments_and_indentation_are_left_out_and_code_is_not():
    source = (
        "// One\n/* two */ keep(1);\n  /**\n   * three\n   */\n  go(); // four\n"
        'const url = "a; // b";\nconst text = `; // ${url}`;\n'
    )
    text = joined("a.js", a=source).text
    assert text.splitlines()[2:6] == [
        "/* two */ keep(1);",
        "go();",
        'const url = "a; // b";',
        "const text = `; // ${url}`;",
    ]


def decode(mappings):
    """Yield the line of each mapping: (generated line, source, source line), all from 0."""
    source = line = 0
    for generated, group in enumerate(mappings.split(";")):
        numbers, shift, value = [], 0, 0
        for digit in map(DIGITS.index, group):
            value |= (digit & 31) << shift
            shift += 5
            if not digit & 32:
                numbers.append(-(value >> 1) if value & 1 else value >> 1)
                shift = value = 0
        if numbers:
            source, line = source + numbers[1], line + numbers[2]
            yield generated, source, line


def test_the_source_map_leads_to_the_lines_of_the_sources():
    filler = "// more\n" * 40
    result = joined(
        "desk/main.js",
        desk__main=f'import {{\n  one,\n}} from "../lib/x.js";\n{filler}first(one);\n',
        lib__x=f"{filler}\nexport const one = 1;\nsecond();\n",
    )
    source_map = json.loads(result.source_map)
    assert source_map["sources"] == ["main.js", "../lib/x.js"]
    lines = result.text.splitlines()
    found = {
        lines[generated]: source_map["sourcesContent"][source].splitlines()[line]
        for generated, source, line in decode(source_map["mappings"])
    }
    assert found["first(one);"] == "first(one);"
    assert found["const one = 1;"] == "export const one = 1;"
    assert found["second();"] == "second();"
    assert lines[-1] == "//# sourceMappingURL=main.js.map"


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"a": 'import "./b.js";\n'}, "a.js imports b.js: no such file"),
        ({"a": 'import("./b.js");\n'}, "a.js: b.js doesn't exist"),
        ({"a": 'import { x } from "./b.js";\n', "b": ""}, "a.js: b.js doesn't export x"),
        (
            {"a": 'import "./b.js";\n', "b": 'import "./a.js";\n'},
            "a.js imports b.js imports a.js: a circle",
        ),
        ({"a": "\nexport let x = 1;\n"}, "a.js, line 2: can't read 'export let x = 1;'"),
        ({"a": 'import x from "./b.js";\n'}, "a.js, line 1: can't read 'import x"),
        ({"a": 'export * from "./b.js";\n'}, "a.js, line 1: can't read 'export *"),
    ],
)
def test_a_file_that_can_not_be_joined_is_named(files, error):
    with pytest.raises(JoinError) as raised:
        joined("a.js", **files)
    assert str(raised.value).startswith(error)


def test_an_import_with_a_condition_is_refused_in_a_style_sheet():
    with pytest.raises(JoinError, match="line 1"):
        joined("a.css", a_css='@import "b.css" print;\n', b_css="")


STATIC = settings.BASE_DIR / "static"
IMPORT = re.compile(r"""\b(?:import|from)\s*\(?\s*["'](\.[^"']+\.js)["']""")


def test_no_modules_import_each_other_in_a_circle():
    """Files whose names hold a hash of what they contain can't contain each other's names."""
    imports = {
        script: [(script.parent / name).resolve() for name in IMPORT.findall(script.read_text())]
        for script in STATIC.rglob("*.js")
    }
    assert sum(map(len, imports.values())) > 100
    TopologicalSorter(imports).prepare()  # raises CycleError
