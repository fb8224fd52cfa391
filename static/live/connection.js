// One stream: Server-Sent Events over fetch, as EventSource sends no header.

/** Resolves when the server has ended it. onPart: something came, with its events [[name, data], …]. */
export async function readStream(ticket, { signal, onPart }) {
  const headers = { Authorization: `Bearer ${ticket}` };
  const response = await fetch("/live/", { headers, cache: "no-store", signal });
  if (!response.ok) throw new Error(`The stream answered ${response.status}`);
  let events = [];
  const parse = eventParser((...event) => events.push(event));
  const reader = response.body.getReader();
  for (let part; !(part = await reader.read()).done; events = []) {
    parse(part.value);
    onPart(events);
  }
}

// Gives a function that takes bytes; chunks may cut a character or a line end in two.
export function eventParser(onEvent) {
  const decoder = new TextDecoder();
  let rest = "", name = "", data = "";
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
