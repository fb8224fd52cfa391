// The form before a visitor's first message, loaded where an inbox asks for something. What they
// enter is kept on the page until the message is sent, checked by the server, and sent with it.
const ITEM = "draft.form"; // like the draft, it is gone with the tab

const read = (field) => (field.type === "checkbox" ? field.checked : field.value);

function showError(field, text) {
  const error = document.getElementById(`${field.id}_error`);
  error.textContent = text;
  field.ariaInvalid = Boolean(text);
  field.setAttribute("aria-describedby", error.id);
}

/** Return a function that shows the form's markup, or nothing. tools: of the other modules. */
export function startPrechat(box, { page, request, postToPage, askBefore }) {
  let typed = {};
  try {
    typed = JSON.parse(page.unsent[ITEM]);
  } catch {} // nothing is kept

  const findFields = () => [...box.querySelectorAll("input, select")];

  function showForm(html) {
    if (box.source === html) return;
    box.source = html;
    box.innerHTML = html;
    for (const field of findFields())
      if (field.name in typed)
        field[field.type === "checkbox" ? "checked" : "value"] = typed[field.name];
    askBefore(html ? takeAnswers : () => ({}));
    if (!html) keep({});
  }

  function keep(values) {
    typed = values;
    postToPage("store", { item: ITEM, text: Object.keys(typed).length && JSON.stringify(typed) });
  }

  box.addEventListener("input", ({ target }) => {
    keep({ ...typed, [target.name]: read(target) });
    showError(target, "");
  });

  // Enter moves to the next field, and from the last one to the message.
  box.addEventListener("keydown", (event) => {
    const fields = findFields();
    const index = fields.indexOf(event.target);
    if (event.key !== "Enter" || event.isComposing || index < 0) return;
    event.preventDefault();
    (fields[index + 1] ?? document.querySelector("textarea")).focus();
  });

  /**
   * Return what was entered, or nothing after showing what is wrong with it. Without a connection
   * the message waits, and the server checks it when it comes.
   */
  async function takeAnswers() {
    const fields = findFields();
    const answers = Object.fromEntries(fields.map((field) => [field.name, read(field)]));
    const { errors } = await request("prechat/", answers).catch(() => ({ errors: {} }));
    for (const field of fields) showError(field, errors[field.name] ?? "");
    const wrong = fields.find(({ name }) => errors[name]);
    wrong?.focus();
    return wrong ? undefined : answers;
  }

  return showForm;
}
