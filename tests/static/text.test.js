import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseTextColour, parseColour } from "../../static/lib/colour.js";
import { scoreName } from "../../static/lib/fuzzy.js";
import { isSendKey, newClientId } from "../../static/lib/message-input.js";
import { matchesQuery } from "../../static/lib/text-match.js";
import { cleanText } from "../../static/widget/composer.js";

test("a search ignores case and accents", () => {
  assert.ok(matchesQuery("Jürgen Müller", "muller"));
  assert.ok(matchesQuery("İstanbul", "istanbul"));
  assert.ok(matchesQuery("ISTANBUL", "i̇stanbul"));
  assert.ok(matchesQuery("Straße", "STRASSE"));
});

test("a search needs every word, in any order", () => {
  assert.ok(matchesQuery("Bea Okafor, Support", "supp bea"));
  assert.ok(!matchesQuery("Bea Okafor, Support", "bea sales"));
  assert.ok(matchesQuery("Bea", "  "));
});

const best = (typed, ...names) =>
  names.toSorted((a, b) => scoreName(b, typed) - scoreName(a, typed))[0];

test("a command is found by beginnings, parts and letters of its words", () => {
  assert.equal(best("re", "Write a reply", "Resolve", "Prepare"), "Resolve");
  assert.equal(best("prio hi", "Priority: Low", "Priority: High"), "Priority: High");
  assert.equal(
    best("bea", "Assign to Béa", "Bearer of news from afar", "Tab each"),
    "Bearer of news from afar",
  );
  assert.ok(scoreName("Assign to me", "atm") > 0);
  assert.ok(scoreName("Canned replies", "cnd") > 0);
  assert.equal(scoreName("Canned replies", "cz"), 0);
  assert.equal(scoreName("Assign to Bea", "assign bob"), 0);
});

test("a colour may be typed with three digits and without #", () => {
  assert.equal(parseColour(" #FFAA00 "), "#ffaa00");
  assert.equal(parseColour("fa0"), "#ffaa00");
  for (const text of ["", "red", "#ffaa0", "#ffaa000", "fffg00"])
    assert.equal(parseColour(text), undefined);
});

test("text on a colour is white where that is readable", () => {
  assert.equal(chooseTextColour("#767676"), "#fff"); // 4.54, WCAG asks for 4.5
  assert.equal(chooseTextColour("#777777"), "#000"); // 4.48
  assert.equal(chooseTextColour("#000000"), "#fff");
});

const MOUSE = ["(pointer: fine)", "(any-pointer: fine)", "(hover: hover)"];
const FINGER = ["(pointer: coarse)", "(any-pointer: coarse)"];

function press(event, device = MOUSE) {
  globalThis.matchMedia = (query) => ({ matches: device.includes(query) });
  return isSendKey({ key: "Enter", ...event });
}

test("Enter sends, but not with Shift, on a touch screen or while a character is composed", () => {
  assert.ok(press({}));
  assert.ok(!press({ shiftKey: true }));
  assert.ok(!press({}, FINGER));
  assert.ok(!press({ isComposing: true }));
  assert.ok(!press({ keyCode: 229 }));
  assert.ok(!press({ key: "a" }));
});

test("Enter sends where there is no mouse, or a touch screen beside it", () => {
  assert.ok(press({}, []));
  assert.ok(press({}, [...MOUSE, "(any-pointer: coarse)"]));
});

test("Ctrl or Cmd with Enter always sends", () => {
  assert.ok(press({ ctrlKey: true }, FINGER));
  assert.ok(press({ metaKey: true, shiftKey: true }));
});

test("client ids are random UUIDs", () => {
  const ids = new Set(Array.from({ length: 100 }, newClientId));
  assert.equal(ids.size, 100);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a message keeps its lines and loses what shows nothing", () => {
  assert.equal(cleanText("\n \n  Hello\n\n  world  \n\n"), "  Hello\n\n  world");
  assert.equal(cleanText("a\u0000b\u202ec"), "abc");
  assert.equal(cleanText("a\tb"), "a\tb");
});

test("a message of nothing but spaces and invisible characters is empty", () => {
  for (const text of ["", " \n\t ", "\u200b", "\u00ad\u2800", "\u0301"])
    assert.equal(cleanText(text), "");
});
