// On the page without the chat window: pass the test of strangers when their first message is sent.
const { script, challenge } = JSON.parse(document.getElementById("captcha").textContent);
const form = document.getElementById("composer");
form.querySelector(".captcha").hidden = true; // it says that this needs a script

form.addEventListener("submit", async (event) => {
  const { submitter } = event;
  if (form.elements.captcha.value || submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (submitter) submitter.disabled = true;
  try {
    const { solve } = await import(script);
    form.elements.captcha.value = JSON.stringify(await solve(challenge));
  } catch {
    form.elements.captcha.value = "null"; // the server says what is wrong
  }
  if (submitter) submitter.disabled = false;
  form.requestSubmit(submitter);
});
