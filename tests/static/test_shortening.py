"""The loader is shortened without changing what it does (messagehub.lib.shortening)."""

import subprocess

import pytest

from messagehub.lib.shortening import shorten
from tests.static.test_scripts import NODE

SCRIPT = """
// A comment
(() => {
  const { key, label: shown = "none", other } = SETTINGS;
  const listeners = { key, open() {}, other };
  let first, second, third;
  let isOpen = false;
  const text = `${key} is ${isOpen ? "open" : "closed"} // not a comment`;

  function describe(name, { detail, kind = "plain" }, ...rest) {
    const found = [name, detail, kind, ...rest];
    return { name, detail, kind, count: rest.length, found };
  }

  const double = (value) => 2 * value;
  first = double(4);
  for (const name in listeners) second = name;
  try {
    third = describe(text, { detail: shown, other }, first);
  } catch {}
  console.log(JSON.stringify({ first, second, third, key, isOpen, known: window?.key }));
  console.log("a  string  with  spaces", "kind".match(/k  ?i/), typeof describe, listeners.other);
})();
"""
SETTINGS = """const window = { key: "w" };
const SETTINGS = { key: "k1", label: "Shown", other: "o" };
"""


def run(script):
    done = subprocess.run(
        [NODE, "-"], input=SETTINGS + script, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not NODE.exists(), reason="Playwright has no Node.js for this machine")
def test_a_shortened_script_does_the_same():
    short = shorten(SCRIPT, "script.js")
    assert run(short) == run(SCRIPT)
    assert len(short) < 0.7 * len(SCRIPT)


def test_own_names_are_shortened_and_others_stay():
    short = shorten("const useful = document.title;\nlog(useful, { useful });\n", "script.js")
    assert short == "const a=document.title;log(a,{useful:a});"


def test_a_name_that_may_be_a_property_stays():
    short = shorten("const width = 3;\nset({ width: 4 }, width);\n", "script.js")
    assert short == "const width=3;set({width:4},width);"
