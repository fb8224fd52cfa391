// Requests without htmx. They carry the CSRF token that htmx finds in the body's hx-headers.
const headers = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"));
export const csrfToken = () => headers()["X-CSRFToken"];

/** Return the response, or throw an error with it and its status: 401 at the sign-in page, too. */
export async function request(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { ...headers(), ...options.headers } });
  const isSignIn =
    response.redirected && new URL(response.url).pathname === document.body.dataset.signIn;
  if (response.ok && !isSignIn) return response;
  const status = isSignIn ? 401 : response.status;
  if (status === 401) document.dispatchEvent(new Event("session-ended"));
  throw Object.assign(new Error(`${url} answered ${response.status}`), {
    status,
    response,
  });
}

export const requestText = async (url, options) => (await request(url, options)).text();

/** Return { url, version, text }, or null if the board's version is still the known one. */
export async function requestChange(url, known) {
  const version = known.url === url && known.version;
  const extra = version ? { "Known-Board-Version": version } : {};
  const response = await request(url, { headers: extra });
  if (response.status === 204) return null;
  return { url, version: response.headers.get("Board-Version"), text: await response.text() };
}

export const post = (url, fields, options) =>
  request(url, { ...options, method: "POST", body: new URLSearchParams(fields) });
