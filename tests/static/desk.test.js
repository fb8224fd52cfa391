import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { isAbove, isInView } from "../../static/desk/conversation-list.js";
import { Draft } from "../../static/desk/draft.js";
import { findEmoji } from "../../static/desk/emoji-picker.js";
import { formatText } from "../../static/desk/formatting.js";
import { findOptions } from "../../static/desk/mention-list.js";
import { findLastWithoutGap, isNewReceipt } from "../../static/desk/merge-entries.js";
import { keepKnown, stateOfReply } from "../../static/desk/reply-marks.js";
import { isSameGroup } from "../../static/desk/timeline-view.js";
import { countChanges } from "../../static/desk/view-counts.js";

const BOB = "2";
const BEA = "3";
const open = { status: "open", assignee: "", inbox: "7" };

test("a view shows the conversations of its status, assignee and inbox", () => {
  const view = { view: "all", status: "open", inbox: "" };
  assert.ok(isInView(open, view, BOB));
  assert.ok(!isInView({ ...open, status: "resolved" }, view, BOB));
  assert.ok(isInView(open, { ...view, inbox: "7" }, BOB));
  assert.ok(!isInView(open, { ...view, inbox: "8" }, BOB));
});

test("an agent's own view and the unassigned view share nothing", () => {
  const own = { ...open, assignee: BOB };
  const other = { ...open, assignee: BEA };
  const mine = { view: "mine", status: "open" };
  const unassigned = { view: "unassigned", status: "open" };
  assert.deepEqual(
    [own, other, open].map((each) => isInView(each, mine, BOB)),
    [true, false, false],
  );
  assert.deepEqual(
    [own, other, open].map((each) => isInView(each, unassigned, BOB)),
    [false, false, true],
  );
});

test("filters show what the row says, and none is a value too", () => {
  const view = { view: "all", status: "open" };
  const owned = { ...open, owner: BEA, assignee: BOB };
  assert.ok(isInView(owned, { ...view, owner: BEA, assignee: BOB }, BEA));
  assert.ok(!isInView(owned, { ...view, owner: BOB }, BEA));
  assert.ok(!isInView(owned, { ...view, assignee: BEA }, BEA));
  assert.ok(!isInView(owned, { ...view, owner: "none" }, BEA));
  assert.ok(isInView({ ...owned, owner: "" }, { ...view, owner: "none" }, BEA));
});

test("labels, team and priority filter, too", () => {
  const view = { view: "all", status: "open" };
  const sorted = { ...open, labels: "l1 l2", team: "t1", priority: "4" };
  const plain = { ...open, labels: "", team: "", priority: "0" };
  for (const filter of [{ label: "l2" }, { team: "t1" }, { priority: "4" }]) {
    assert.ok(isInView(sorted, { ...view, ...filter }, BOB));
    assert.ok(!isInView(plain, { ...view, ...filter }, BOB));
  }
  for (const filter of [{ label: "none" }, { team: "none" }, { priority: "none" }]) {
    assert.ok(!isInView(sorted, { ...view, ...filter }, BOB));
    assert.ok(isInView(plain, { ...view, ...filter }, BOB));
  }
  assert.ok(!isInView(sorted, { ...view, label: "l" }, BOB));
});

test("each order has its own first row", () => {
  const rows = [
    { at: "2026-03-01T12:00:01+00:00", number: "9" },
    { at: "2026-03-01T12:00:00+00:00", number: "10", waiting: "2026-03-01T11:00:00.000001+00:00" },
    { at: "2026-03-01T12:00:00+00:00", number: "8", waiting: "2026-03-01T11:00:00+00:00" },
    { at: "2026-03-01T11:00:00+00:00", number: "7" },
  ].map((dataset) => ({ dataset }));
  const sorted = (order) =>
    rows.toSorted((a, b) => (isAbove(a, b, order) ? -1 : 1)).map((each) => each.dataset.number);
  assert.deepEqual(sorted("latest"), ["9", "10", "8", "7"]);
  assert.deepEqual(sorted("waiting"), ["8", "10", "7", "9"]);
  assert.deepEqual(sorted("newest"), ["10", "9", "8", "7"]);
  assert.deepEqual(sorted("oldest"), ["7", "8", "9", "10"]);
});

const row = (at, number) => ({ dataset: { at, number } });

test("rows are in the server's order: by time, then by number", () => {
  const rows = [
    row("2026-03-01T12:00:01+00:00", "3"),
    row("2026-03-01T12:00:00.000002+00:00", "2"),
    row("2026-03-01T12:00:00.000001+00:00", "4"),
    row("2026-03-01T12:00:00+00:00", "10"),
    row("2026-03-01T12:00:00+00:00", "9"),
  ];
  for (const [i, each] of rows.entries())
    assert.deepEqual(
      rows.map((other) => isAbove(each, other)),
      rows.map((_other, k) => k > i),
    );
});

const changes = (previous, current) => Object.fromEntries(countChanges(previous, current, BOB));

test("a new conversation is counted in each of its views", () => {
  assert.deepEqual(changes(null, open), { mine: 0, unassigned: 1, all: 1, 7: 1 });
});

test("an assignment moves a conversation between views", () => {
  assert.deepEqual(changes(open, { ...open, assignee: BOB }), {
    mine: 1,
    unassigned: -1,
    all: 0,
    7: 0,
  });
});

test("only open conversations are counted", () => {
  const own = { ...open, assignee: BOB };
  assert.deepEqual(changes(own, { ...own, status: "resolved" }), {
    mine: -1,
    unassigned: 0,
    all: -1,
    7: -1,
  });
  assert.deepEqual(changes({ ...own, status: "snoozed" }, own), {
    mine: 1,
    unassigned: 0,
    all: 1,
    7: 1,
  });
});

test("catching up starts at the last entry before a gap", () => {
  assert.equal(findLastWithoutGap([]), 0);
  assert.equal(findLastWithoutGap([4, 5, 6]), 6);
  assert.equal(findLastWithoutGap([4, 5, 8, 9]), 5);
});

test("a receipt of an older reply is ignored", () => {
  assert.ok(isNewReceipt({ replySeq: "9" }, { replySeq: "8" }));
  assert.ok(!isNewReceipt({ replySeq: "9" }, { replySeq: "10" }));
});

test("each reply is marked by how far the contact got", () => {
  const receipt = { seenSeq: "4", emailedSeq: "7" };
  assert.deepEqual(
    [3, 4, 5, 7, 8].map((seq) => stateOfReply(seq, receipt)),
    ["seen", "seen", "emailed", "emailed", "sent"],
  );
  assert.equal(stateOfReply(1, { seenSeq: "0", emailedSeq: "" }), "sent");
});

test("a new receipt forgets no one who has seen a reply, but an email that came back", () => {
  const receipt = { seenSeq: "2", emailedSeq: "" };
  keepKnown(receipt, { seenSeq: "5", emailedSeq: "9" });
  assert.equal(stateOfReply(5, receipt), "seen");
  assert.equal(stateOfReply(9, receipt), "emailed");
  const returned = { seenSeq: "5", emailedSeq: "0" };
  keepKnown(returned, receipt);
  assert.equal(stateOfReply(9, returned), "sent");
});

test("a reply that was seen stays seen", () => {
  assert.ok(isNewReceipt({ replySeq: "9", state: "seen" }, { replySeq: "9", state: "emailed" }));
  assert.ok(!isNewReceipt({ replySeq: "9", state: "emailed" }, { replySeq: "9", state: "seen" }));
});

const entry = (minute, author = BOB, kind = "reply") => ({
  dataset: { at: new Date(minute * 60_000).toISOString(), author, kind },
});

test("entries of one author within five minutes are one group", () => {
  assert.ok(isSameGroup(entry(0), entry(4)));
  assert.ok(!isSameGroup(entry(0), entry(5)));
  assert.ok(!isSameGroup(entry(0), entry(1, BEA)));
  assert.ok(!isSameGroup(entry(0), entry(1, BOB, "note")));
  assert.ok(!isSameGroup(entry(0, BOB, "activity"), entry(1, BOB, "activity")));
});

beforeEach(() => {
  const stored = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
    removeItem: (key) => stored.delete(key),
  };
  document.body.dataset.me = BOB;
});

test("a draft survives with its id", () => {
  const draft = new Draft("acme/1/reply");
  draft.save("Hello");
  const restored = new Draft("acme/1/reply");
  assert.deepEqual([restored.body, restored.clientId], ["Hello", draft.clientId]);
});

test("a draft is gone when its text is", () => {
  const draft = new Draft("acme/1/reply");
  draft.save("Hello");
  draft.save("");
  assert.equal(new Draft("acme/1/reply").body, "");
});

test("another member doesn't find the draft", () => {
  new Draft("acme/1/reply").save("Hello");
  document.body.dataset.me = BEA;
  assert.equal(new Draft("acme/1/reply").body, "");
});

test("a mention is found by any words of a name, and ends with a space after the whole name", () => {
  const options = ["Alexander Bo", "Béa Nowak", "Bo Li"].map((name) => ({ dataset: { name } }));
  const find = (typed) => findOptions(options, typed).map(({ dataset }) => dataset.name);
  assert.deepEqual(find(""), ["Alexander Bo", "Béa Nowak", "Bo Li"]);
  assert.deepEqual(find("bo"), ["Bo Li", "Alexander Bo"]);
  assert.deepEqual(find("bea no"), ["Béa Nowak"]);
  assert.deepEqual(find("Béa Nowak"), ["Béa Nowak"]);
  assert.deepEqual(find("Béa Nowak "), []);
  assert.deepEqual(find("bo li "), []);
});

// "[" and "]" are the ends of the selection.
function formatted(kind, marked) {
  const start = marked.indexOf("[");
  const end = marked.indexOf("]") - 1;
  const value = marked.replace("[", "").replace("]", "");
  const change = formatText(kind, value, start, end);
  const { text, select = [text.length, text.length] } = change;
  const shown = `${text.slice(0, select[0])}<${text.slice(...select)}>${text.slice(select[1])}`;
  return value.slice(0, change.start) + shown + value.slice(change.end);
}

test("words are marked and unmarked without the spaces around them", () => {
  const table = [
    ["bold", "a[ b c ]d", "a **<b c>** d"],
    ["bold", "a **[b]** c", "a <b> c"],
    ["bold", "a [**b**] c", "a <b> c"],
    ["bold", "a []", "a **<>**"],
    ["bold", "a **[]**", "a <>"],
    ["italic", "[a]", "_<a>_"],
    ["code", "[a]", "`<a>`"],
  ];
  for (const [kind, before, after] of table) assert.equal(formatted(kind, before), after);
});

test("several lines are marked one by one, behind the markers of a list", () => {
  const marked = "<- **a b**\n\n2. **c** >";
  assert.equal(formatted("bold", "[- a b\n\n2. **c** ]"), marked);
  assert.equal(formatted("bold", "[- **a**\n2. **c**]"), "<- a\n2. c>");
});

test("a list takes whole lines", () => {
  assert.equal(formatted("list", "x\na[b\n\n- c]d\ne"), "x\n<- ab\n\n- cd>\ne");
  assert.equal(formatted("list", "x\n- a[b\n- c]d\ne"), "x\n<ab\ncd>\ne");
  assert.equal(formatted("list", "a\n[]"), "a\n- <>");
  assert.equal(formatted("list", "a[]b"), "- ab<>");
});

test("code of several lines becomes a block, and a link asks for what is missing", () => {
  assert.equal(formatted("code", "a [b\nc] d"), "a \n```\n<b\nc>\n```\n d");
  assert.equal(formatted("link", "see [our shop ]"), "see [our shop](<https://>) ");
  assert.equal(formatted("link", "[https://a.example/x]"), "[<>](https://a.example/x)");
});

test("an emoji is found by any of its words, best first", () => {
  const all = ["😀 grinning face happy", "🎉 party popper", "🐼 panda face", "🥳 birthday party"];
  assert.deepEqual(findEmoji(all, "par"), ["🎉 party popper", "🥳 birthday party"]);
  assert.deepEqual(findEmoji(all, "FACE an"), ["🐼 panda face"]);
  assert.deepEqual(findEmoji(all, "nothing"), []);
});

test("the view of mentions keeps the rows that the server put there, in the order of mentions", () => {
  const view = { view: "mentions", status: "open" };
  assert.ok(!isInView(open, view, BOB));
  assert.ok(isInView({ ...open, mentioned: "2026-01-01" }, view, BOB));
  const rows = [
    { at: "2026-01-03", mentioned: "2026-01-01", number: "1" },
    { at: "2026-01-02", mentioned: "2026-01-02", number: "2" },
  ].map((dataset) => ({ dataset }));
  assert.ok(isAbove(rows[1], rows[0]));
});
