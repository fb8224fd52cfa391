import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createEventParser } from "../../static/live/connection.js";
import { renewLease } from "../../static/live/unshared.js";

function parse(...chunks) {
  const events = [];
  const parser = createEventParser((...event) => events.push(event));
  for (const chunk of chunks) parser(chunk);
  return events;
}

const bytes = (text) => new TextEncoder().encode(text);
const ROW = 'event: row\ndata: {"name":\ndata: "Zoë"}\n\n';

test("an event has a name and JSON of one or more lines", () => {
  assert.deepEqual(parse(bytes(ROW)), [["row", { name: "Zoë" }]]);
  assert.deepEqual(parse(bytes("event: ready\n\n")), [["ready", ""]]);
});

test("a stream may be cut anywhere, within a character and a line break too", () => {
  const all = bytes(ROW.replaceAll("\n", "\r\n") + ROW);
  const expected = [
    ["row", { name: "Zoë" }],
    ["row", { name: "Zoë" }],
  ];
  for (let cut = 0; cut <= all.length; cut++) {
    assert.deepEqual(parse(all.slice(0, cut), all.slice(cut)), expected, `cut at ${cut}`);
  }
});

test("heartbeats and data without a name are no events", () => {
  assert.deepEqual(parse(bytes(": heartbeat\n\ndata: 1\n\n")), []);
});

test("a fifth tab gets no stream until a lease is released or runs out", () => {
  let leases = {};
  for (const tab of ["a", "b", "c", "d"]) leases = renewLease(leases, tab, 0);
  assert.equal(renewLease(leases, "e", 1), undefined);
  assert.deepEqual(Object.keys(renewLease(leases, "a", 1)), ["b", "c", "d", "a"]);
  assert.ok(renewLease(renewLease(leases, "b", 1, true), "e", 1));
  assert.deepEqual(Object.keys(renewLease(leases, "e", 30_000)), ["e"]);
});

// Each import of the module is a tab: what they share are locks and channels, as in a browser.
let tabs = 0;
const openTab = () => import(`../../static/live/tabs.js?tab=${tabs++}`);

let streams;
const stops = [];

beforeEach(() => {
  streams = [];
  globalThis.fetch = async (_, { headers, signal }) => {
    const body = new ReadableStream({
      start(controller) {
        streams.push({
          ticket: headers.Authorization,
          send: (text) => controller.enqueue(bytes(text)),
        });
        controller.enqueue(bytes("event: ready\n\n"));
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body);
  };
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

/** Listen in a tab. Returns the events that it gets, and how to stop. */
function listen(tab, group, want, requestTicket) {
  const stop = new AbortController();
  stops.push(stop);
  const events = [];
  const ended = tab
    .listen(group, {
      want,
      stop,
      signal: stop.signal,
      onPart: (part) => events.push(...part),
      requestTicket: requestTicket ?? (async (_, wants) => ({ ticket: wants.join("+") })),
    })
    .catch((error) => error);
  return { events, ended, stop };
}

async function until(isTrue) {
  for (let tries = 0; !isTrue(); tries++) {
    assert.ok(tries < 300, "waited for three seconds");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const isReady = ({ events }) => events.some(([name]) => name === "ready");

test("two tabs share one stream", async () => {
  const [first, second] = [await openTab(), await openTab()].map((tab) =>
    listen(tab, "shared", ""),
  );
  await until(() => isReady(first) && isReady(second));
  streams.at(-1).send(ROW);
  await until(() => [first, second].every(({ events }) => events.some(([name]) => name === "row")));
  assert.equal(streams.length, 1);
});

test("a tab with another conversation gets a ticket for both", async () => {
  const first = listen(await openTab(), "two", "1");
  await until(() => isReady(first));
  const second = listen(await openTab(), "two", "2");
  await until(() => isReady(second));
  assert.deepEqual(
    streams.map(({ ticket }) => ticket),
    ["Bearer 1", "Bearer 1+2"],
  );
});

const refuseSecond = async (_, wants) => ({
  ticket: "t",
  refused: wants.filter((want) => want === "2"),
});

test("a conversation without access ends only its own tab", async () => {
  const first = listen(await openTab(), "refused", "1", refuseSecond);
  await until(() => isReady(first));
  const second = listen(await openTab(), "refused", "2", refuseSecond);
  assert.equal((await second.ended).status, 404);
  streams.at(-1).send(ROW);
  await until(() => first.events.some(([name]) => name === "row"));
});

test("another tab relays when the first one has gone", async () => {
  const [firstTab, secondTab] = [await openTab(), await openTab()];
  const first = listen(firstTab, "left", "");
  await until(() => isReady(first));
  const second = listen(secondTab, "left", "");
  await until(() => isReady(second));
  first.stop.abort();
  await second.ended; // it has to listen again, because events may have been lost
  const again = listen(secondTab, "left", "");
  await until(() => isReady(again));
  assert.equal(streams.length, 2);
});
