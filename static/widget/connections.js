// What is outside the frame: the page around it, and our server.
const { dataset } = document.body;
const origin = decodeURIComponent(location.hash.slice(1));
const PATIENCE = 15_000; // milliseconds

export const page = { isShown: false, href: "", token: "", kept: {} };
export const news = new EventTarget(); // "token", "shown", "hidden"

// A page without an origin (a file, a WebView) cannot be named. Its messages still have to come from
// our parent with the origin "null", and an inbox with a list of sites is never shown there.
const target = origin === "null" ? "*" : origin;

// Both sides name the other's exact origin: nobody else gets the token.
export function tell(what, more) {
  parent.postMessage({ messagehub: what, ...more }, target);
}

onmessage = ({ origin: from, source, data }) => {
  const what = data?.messagehub;
  if (from !== origin || source !== parent || !what) return;
  if (what !== "token") page.isShown = what === "shown";
  page.href = data.page.slice(0, 2000);
  if (what === "token") Object.assign(page, { token: data.token, kept: data.kept });
  for (const name in data.paint) document.documentElement.style.setProperty(name, data.paint[name]);
  news.dispatchEvent(new Event(what));
};

export async function hasToken() {
  while (!page.token) await new Promise((resolve) => news.addEventListener("token", resolve, { once: true }));
}

// Gives the answer or throws {status, words, wait}; status 0: there was no answer.
export async function ask(path, body, stop = new AbortController()) {
  await hasToken();
  const { token } = page;
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  let response = { status: 0 }, answer;
  try {
    response = await fetch(`/widget/${dataset.key}/${path}`, {
      method: body ? "POST" : "GET",
      headers: { Authorization: `Visitor ${token}`, "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: stop.signal,
    });
    answer = response.status === 204 || (await response.json());
  } catch {}
  clearTimeout(timer);
  const { status, ok, headers } = response;
  reach(status && status < 500);
  if (status === 401 && page.token === token) {
    page.token = "";
    tell("token?");
  }
  if (ok && answer) return answer;
  const wait = (answer?.retry_after ?? headers?.get("Retry-After")) * 1000 || 0;
  throw { status: ok ? 0 : status, words: answer?.error, wait };
}

export function reach(isReached) {
  dataset.trouble = isReached ? "" : navigator.onLine ? "connecting" : "offline";
}
addEventListener("offline", () => reach(false));
