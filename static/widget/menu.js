// The chat's menu: end the conversation, start another one, read earlier ones, and have this one
// emailed. Loaded when it is opened.
import { focusComposer } from "./composer.js";
import { request } from "./connections.js";

const opener = document.getElementById("menu");
const after = document.getElementById("after");
const holder = document.createElement("div");
let chat; // what frame.js lends: showState, showFailure, startNew, parseHtml, showTime and the locale
let newStateHtml;
let menu;
let form;
let dialog;
let shown; // the earlier conversation that is being read
let latestLoad; // of what the dialog shows
let wasOpen = false; // when the button was pressed, which has closed it

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  #menu-list {
    position: fixed;
    inset: auto;
    top: 52px;
    inset-inline-end: 12px;
    padding: 6px;
    border: 1px solid var(--line);
    border-radius: 12px;
    color: inherit;
    background: var(--surface);
    box-shadow: 0 8px 28px #0003;
  }
  #menu-list button,
  #earlier .row {
    display: block;
    width: 100%;
    min-height: 44px;
    padding: 8px 12px;
    color: inherit;
    text-align: start;
  }
  #menu-list button:hover,
  #earlier .row:hover {
    background: var(--soft);
  }
  #earlier {
    width: 100%;
    max-width: none;
    height: 100%;
    max-height: none;
    padding: 0;
    border: 0;
    color: inherit;
    background: var(--surface);
  }
  #earlier[open] {
    display: flex;
    flex-direction: column;
  }
  #earlier ol {
    padding: 0;
    list-style: none;
  }
  #earlier .row time {
    display: block;
    color: var(--ink-2);
    font-size: 0.75rem;
  }
  #earlier .row span {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  #earlier .more,
  .earlier-messages {
    font-weight: 600;
    text-align: center !important;
    text-decoration: underline;
  }
  .earlier-messages {
    display: block;
    min-height: 44px;
    margin: 0 auto;
    padding: 0 12px;
  }
  #earlier [role="alert"] {
    color: var(--bad);
  }
`);
document.adoptedStyleSheets.push(sheet);

export async function openMenu(lent) {
  if (wasOpen) return (wasOpen = false);
  chat = lent;
  opener.disabled = true;
  const answer = await request("menu/").finally(() => (opener.disabled = false));
  newStateHtml = answer.new_state_html;
  holder.innerHTML = answer.html;
  document.body.append(holder);
  [menu, form, dialog] = holder.children;
  form.remove();
  menu.showPopover();
  menu.querySelector("button")?.focus();
}

opener.onpointerdown = () => {
  wasOpen = menu?.isConnected && menu.matches(":popover-open");
};

holder.onclick = ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.do) actions[button.dataset.do](button);
  else if (button?.dataset.conversation) showConversation(button.dataset.conversation);
  else if (button?.matches(".more")) showList(button);
};
// Escape closes what is open here, and not the chat.
holder.onkeydown = (event) => {
  if (event.key === "Escape") event.stopPropagation();
};

const actions = {
  async end({ dataset }) {
    menu.hidePopover();
    try {
      const { state_html } = await request("ending/", {});
      chat.showState(state_html);
      focusComposer();
    } catch (error) {
      chat.showFailure(error, dataset.failed);
      opener.focus();
    }
  },
  startNew() {
    menu.hidePopover();
    chat.startNew(newStateHtml);
  },
  async askTranscript() {
    menu.hidePopover();
    try {
      await import("./cards.js");
    } catch (error) {
      return chat.showFailure(error, opener.dataset.failed);
    }
    document.getElementById(form.id)?.remove();
    after.append(form);
    form.scrollIntoView({ block: "nearest" });
    form.querySelector("input, button").focus();
  },
  showEarlier() {
    menu.hidePopover();
    dialog.showModal();
    showList();
  },
  goBack() {
    if (!shown) return dialog.close();
    showList();
  },
  showMore() {
    showConversation(shown);
  },
};

/** Load into the dialog, and say so if it fails. Returns nothing if something else was asked for. */
async function load(path) {
  const current = (latestLoad = {});
  const [pane, alert] = [dialog.querySelector(".talk"), dialog.querySelector("[role=alert]")];
  pane.ariaBusy = "true";
  alert.textContent = "";
  try {
    const answer = await request(path);
    return current === latestLoad ? answer : undefined;
  } catch {
    if (current === latestLoad) alert.textContent = alert.dataset.failed;
  } finally {
    if (current === latestLoad) pane.ariaBusy = "false";
  }
}

/** Show the list of earlier conversations, or the next of them in place of a button. */
async function showList(more) {
  const list = dialog.querySelector("ol");
  const last = more && [...list.querySelectorAll("[data-conversation]")].at(-1);
  const from = last ? `?before=${last.dataset.conversation}` : "";
  const answer = await load(`conversations/${from}`);
  if (!answer) return;
  const rows = chat.parseHtml(answer.html);
  for (const row of rows) showDate(row.querySelector("time"));
  const previous = shown;
  shown = undefined;
  dialog.querySelector(".earlier-messages").hidden = true;
  if (more) more.parentNode.replaceWith(...rows);
  else list.replaceChildren(...rows);
  const row = previous && list.querySelector(`[data-conversation="${previous}"]`);
  (row ?? rows[0]?.querySelector("button"))?.focus();
}

/** Show the last messages of a conversation, or the ones before those that are shown. */
async function showConversation(id) {
  const list = dialog.querySelector("ol");
  const more = dialog.querySelector(".earlier-messages");
  const from = shown === id ? `?before=${list.firstElementChild.dataset.seq}` : "";
  const answer = await load(`conversations/${id}/${from}`);
  if (!answer) return;
  const entries = chat.parseHtml(answer.html);
  for (const entry of entries) {
    entry.removeAttribute("id"); // it is another one in the chat
    chat.showTime(entry);
    showDate(entry.querySelector("time"));
    if (entry.querySelector(".file"))
      import("./files.js").then(
        (files) => files.showFiles(entry),
        () => {},
      );
  }
  if (shown === id) list.prepend(...entries);
  else list.replaceChildren(...entries);
  shown = id;
  more.hidden = !answer.has_more;
  dialog.querySelector(".talk").focus();
}

function showDate(time) {
  if (!time) return;
  const options = { dateStyle: "medium", timeStyle: "short" };
  time.textContent = new Date(time.dateTime).toLocaleString(chat.locale, options);
}
