// Requests outside of htmx carry the same token (see the body's hx-headers).
const headers = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"));
export const token = () => headers()["X-CSRFToken"];

export async function ask(url, options = {}) {
  const response = await fetch(url, { ...options, headers: { ...headers(), ...options.headers } });
  const isSignIn = response.redirected && new URL(response.url).pathname === document.body.dataset.signIn;
  if (response.ok && !isSignIn) return response;
  const status = isSignIn ? 401 : response.status;
  if (status === 401) document.dispatchEvent(new Event("session-ended"));
  throw Object.assign(new Error(`${url} answered ${response.status}`), { status });
}

export const post = (url, fields, options) => ask(url, { ...options, method: "POST", body: new URLSearchParams(fields) });
