// Connect the frame with the page that embeds it and with our server.
const { dataset } = document.body;
const origin = decodeURIComponent(location.hash.slice(1));
const TIMEOUT = 15_000; // milliseconds
const TOKEN = /^[\w-]{43}$/;
let refusedToken;
let identification; // a promise, while the server is told who the visitor is

/**
 * What the embedding page has sent. unsent: by key, what an earlier page could not send. startsNew:
 * the next message starts another conversation. greeting: the one that the visitor has seen there.
 */
export const page = {
  isOpen: false,
  href: "",
  token: "",
  unsent: {},
  startsNew: false,
  greeting: undefined,
};
/** Of the embedding page: "token", "shown", "hidden", "seen" and "ring". */
export const messages = new EventTarget();

// A page without an origin (a file, a WebView) can't be named as a target. Its messages still have
// to come from our parent with the origin "null", and an inbox with a list of sites is never shown
// there.
const target = origin === "null" ? "*" : origin;

// Both sides name the other's exact origin, so that no one else gets the token.
export function postToPage(type, data) {
  parent.postMessage({ messagehub: type, ...data }, target);
}

/** Post to the page what its script does (website.js), which is loaded with the first call. */
export function callWebsiteScript(type, data) {
  postToPage(type, { ...data, script: new URL(dataset.script, location).href });
}

onmessage = ({ origin: from, source, data }) => {
  const type = data?.messagehub;
  if (from !== origin || source !== parent || !type) return;
  if (type === "shown" || type === "hidden") page.isOpen = type === "shown";
  page.href = data.page.slice(0, 2000);
  if (data.theme) document.documentElement.dataset.theme = data.theme;
  if (type === "logout") return leave();
  page.greeting = data.greeting;
  if (type === "token") takeToken(data);
  if (data.person && Object.keys(data.person).length) takePerson(data.person);
  messages.dispatchEvent(new Event(type));
};

// Another tab may have replaced a refused token already.
function takeToken({ token, unsent }) {
  delete unsent.token;
  page.unsent = unsent;
  setToken(TOKEN.test(token) && token !== refusedToken ? token : newToken());
}

/** Tell the server who the visitor is: one after the other, because each may renew the token. */
function takePerson(person) {
  const previous = identification;
  identification = (async () => {
    await previous?.catch(() => {});
    const { identify } = await import("./identity.js");
    await identify(person, { messages, newToken, postToPage, request, setToken });
  })();
}

/** Use this token from now on. A cookie is stored again each time, which makes it last. */
export function setToken(token) {
  page.token = token;
  postToPage("store", { item: "token", text: token });
}

export function newToken() {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
}

/** Wait for the token, and until the server knows who the visitor is. */
export async function waitForToken() {
  let awaited;
  do {
    await waitForAnyToken();
    await (awaited = identification)?.catch(() => {});
  } while (!page.token || awaited !== identification);
}

async function waitForAnyToken() {
  while (!page.token)
    await new Promise((resolve) => messages.addEventListener("token", resolve, { once: true }));
}

/** Forget everything: the server revokes the token, and the page starts over. */
function leave() {
  const headers = { Authorization: `Visitor ${page.token}` };
  const options = { method: "POST", headers, credentials: "omit", keepalive: true };
  fetch(`/widget/${dataset.key}/logout/`, options).catch(() => {});
  postToPage("store", { item: "draft" }); // after what was just typed
  location.reload();
}

function requireIdentity() {
  if ("unverified" in dataset) return;
  dataset.unverified = "";
  postToPage("unverified");
}

/**
 * Return the server's JSON, or throw an error with status (0: no response), serverMessage and wait
 * in milliseconds.
 */
export async function request(path, body, stop = new AbortController()) {
  await (path === "identify/" ? waitForAnyToken() : waitForToken());
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
  const { error: serverMessage, reason, captcha } = content ?? {};
  if (reason === "identity_required") requireIdentity();
  if (ok && content) {
    if (path !== "identify/") delete dataset.unverified;
    return content;
  }
  const wait = (content?.retry_after ?? headers?.get("Retry-After")) * 1000 || 0;
  throw Object.assign(new Error(path), {
    status: ok ? 0 : status,
    serverMessage,
    reason,
    captcha,
    wait,
  });
}

export function showConnection(isConnected) {
  dataset.connection = isConnected ? "" : navigator.onLine ? "connecting" : "offline";
}
addEventListener("offline", () => showConnection(false));
