// One stream to the server: how many a browser may hold, and how one is read.

// A browser opens six HTTP/1.1 connections to a host, over all its tabs. Two stay free for
// requests; with more streams the next tab would hang without an error.
export const MAX_STREAMS = 4;
const SLOT = "messagehub-stream";

/** Plain http has no locks, and where storage is denied they are refused. */
export const canLock = (async () =>
  navigator.locks.request(`${SLOT} probe`, { ifAvailable: true }, () => true))().catch(() => false);

/** Take one of the browser's slots for a stream. Returns the function that releases it. */
export async function takeSlot() {
  for (let number = 0; number < MAX_STREAMS; number++) {
    const release = await new Promise((resolve) => {
      const hold = (lock) => (lock ? new Promise((free) => resolve(free)) : resolve());
      navigator.locks.request(`${SLOT} ${number}`, { ifAvailable: true }, hold);
    });
    if (release) return release;
  }
  throw tooManyStreams();
}

export const tooManyStreams = () =>
  Object.assign(new Error("This browser has enough streams"), { isFull: true });

/**
 * Read the stream until the server ends it.
 *
 * Server-Sent Events over fetch, because EventSource can't send the ticket as a header. onPart is
 * called for everything that comes, heartbeats included, with the events in it: [[name, data], …].
 */
export async function readStream(ticket, { signal, onPart }) {
  const headers = { Authorization: `Bearer ${ticket}` };
  const response = await fetch("/live/", { headers, cache: "no-store", signal });
  if (!response.ok) throw new Error(`The stream answered ${response.status}`);
  let events = [];
  const parse = createEventParser((...event) => events.push(event));
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parse(part.value);
    onPart(events);
    events = [];
  }
}

/** Return a function that takes bytes. A chunk may end within a character or a line break. */
export function createEventParser(onEvent) {
  const decoder = new TextDecoder();
  let rest = "";
  let name = "";
  let data = "";
  return (bytes) => {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
      if (field === "event") name = value;
      else if (field === "data") data += `${value}\n`;
      else if (!line) {
        const event = [name, data && JSON.parse(data)];
        name = data = "";
        if (event[0]) onEvent(...event);
      }
    }
  };
}

export const newId = () => crypto.getRandomValues(new Uint32Array(2)).join("-");
