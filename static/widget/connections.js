// Connect the frame with the page that embeds it and with our server.
const { dataset } = document.body;
const origin = decodeURIComponent(location.hash.slice(1));
const TIMEOUT = 15_000; // milliseconds
const TOKEN = /^[\w-]{43}$/;
let refusedToken;

/**
 * What the embedding page has sent. unsent: by key, what an earlier page could not send. startsNew:
 * the next message starts another conversation.
 */
export const page = { isOpen: false, href: "", token: "", unsent: {}, startsNew: false };
export const messages = new EventTarget(); // of the embedding page: "token", "shown", "hidden"

// A page without an origin (a file, a WebView) can't be named as a target. Its messages still have
// to come from our parent with the origin "null", and an inbox with a list of sites is never shown
// there.
const target = origin === "null" ? "*" : origin;

// Both sides name the other's exact origin, so that no one else gets the token.
export function postToPage(type, data) {
  parent.postMessage({ messagehub: type, ...data }, target);
}

onmessage = ({ origin: from, source, data }) => {
  const type = data?.messagehub;
  if (from !== origin || source !== parent || !type) return;
  if (type === "shown" || type === "hidden") page.isOpen = type === "shown";
  page.href = data.page.slice(0, 2000);
  if (data.theme) document.documentElement.dataset.theme = data.theme;
  if (type === "token") takeToken(data);
  messages.dispatchEvent(new Event(type));
};

// Another tab may have replaced a refused token already.
function takeToken({ token, unsent }) {
  delete unsent.token;
  page.unsent = unsent;
  page.token = TOKEN.test(token) && token !== refusedToken ? token : newToken();
}

function newToken() {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  const token = btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
  postToPage("store", { item: "token", text: token });
  return token;
}

export async function waitForToken() {
  while (!page.token)
    await new Promise((resolve) => messages.addEventListener("token", resolve, { once: true }));
}

/**
 * Return the server's JSON, or throw an error with status (0: no response), serverMessage and wait
 * in milliseconds.
 */
export async function request(path, body, stop = new AbortController()) {
  await waitForToken();
  const { token } = page;
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  let response = { status: 0 };
  let content;
  try {
    response = await fetch(`/widget/${dataset.key}/${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        Authorization: `Visitor ${token}`,
        "Content-Type": "application/json",
        "Accept-Language": document.documentElement.lang,
      },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: stop.signal,
    });
    content = response.status === 204 || (await response.json());
  } catch {} // no response, or none of ours
  clearTimeout(timer);
  const { status, ok, headers } = response;
  showConnection(status && status < 500);
  if (status === 401 && page.token === token) {
    refusedToken = token;
    page.token = "";
    postToPage("token-refused");
  }
  if (ok && content) return content;
  const wait = (content?.retry_after ?? headers?.get("Retry-After")) * 1000 || 0;
  throw Object.assign(new Error(path), {
    status: ok ? 0 : status,
    serverMessage: content?.error,
    wait,
  });
}

export function showConnection(isConnected) {
  dataset.connection = isConnected ? "" : navigator.onLine ? "connecting" : "offline";
}
addEventListener("offline", () => showConnection(false));
