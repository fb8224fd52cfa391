// Tell the server who the visitor is, as the website says. Loaded when it says something.
import { messages, newToken, postToPage, request, setToken } from "./connections.js";

const ATTEMPTS = 4;
let person;

/** person: the values that the page claims, and the token that its server has signed, if any. */
export async function identify(said) {
  person = said;
  const { token, jwt = token, ...values } = said;
  const sent = { values, token: jwt, next_token: newToken() };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return apply(await request("identify/", sent), sent);
    } catch (error) {
      if (error.status && error.status < 500) return refuse(error);
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}

function apply({ renewed, known, ignored }, { next_token }) {
  if (renewed) setToken(next_token);
  // A visitor has no contact before the first message, so it is said again after it.
  if (!known) messages.addEventListener("contact", () => identify(person), { once: true });
  for (const [name, why] of Object.entries(ignored))
    console.warn(`MessageHub: "${name}" was ignored. ${why}`);
}

function refuse({ reason, serverMessage }) {
  if (reason === "other_person") {
    postToPage("forget");
    location.reload();
    return new Promise(() => {}); // nothing is asked for as the former person
  }
  if (reason !== "invalid_token") return;
  console.error(`MessageHub: ${serverMessage}`);
  postToPage("unverified"); // perhaps it has expired, and the website has a new one
}
