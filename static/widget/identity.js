// Tell the server who the visitor is, as the website says. Loaded when it calls identify.

const ATTEMPTS = 4;
let person;
let connection; // of connections.js, which loads this: files can't import each other

/**
 * said: the values that the page claims, and the token that its server has signed, if any.
 * connectedBy: the functions messages, newToken, postToPage, request and setToken.
 */
export async function identify(said, connectedBy) {
  person = said;
  connection = connectedBy;
  const { token, jwt = token, ...values } = said;
  const sent = { values, token: jwt, next_token: connection.newToken() };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return apply(await connection.request("identify/", sent), sent);
    } catch (error) {
      if (error.status && error.status < 500) return refuse(error);
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}

function apply({ renewed, known, ignored }, { next_token }) {
  if (renewed) connection.setToken(next_token);
  // A visitor has no contact before the first message, so identify again after it.
  const again = () => identify(person, connection);
  if (!known) connection.messages.addEventListener("contact", again, { once: true });
  for (const [name, why] of Object.entries(ignored))
    console.warn(`MessageHub: "${name}" was ignored. ${why}`);
}

function refuse({ reason, serverMessage }) {
  if (reason === "other_person") {
    connection.postToPage("forget");
    location.reload();
    return new Promise(() => {}); // request nothing as the former person
  }
  if (reason !== "invalid_token") return;
  console.error(`MessageHub: ${serverMessage}`);
  connection.postToPage("unverified"); // it may have expired, and the website may have a new one
}
