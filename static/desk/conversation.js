import { ask } from "../lib/requests.js";
import { lastSeq, parse, placeEntry, placeReceipt } from "./merge-entries.js";

// The conversation in the middle: what belongs to it is found by its number.
export const open = () => document.getElementById("conversation");
const timeline = () => open()?.querySelector('ol[id^="timeline-"]');

export function append({ into, html }) {
  const list = document.getElementById(into);
  if (list) for (const element of parse(html)) placeEntry(list, element);
}

export function replace({ id, html }) {
  const [element] = parse(html);
  if (element.matches(".receipt")) return placeReceipt(element);
  document.getElementById(id)?.replaceWith(element);
  htmx.process(element);
}

export const remove = ({ id }) => document.getElementById(id)?.remove();

/** Somebody assigned, snoozed, resolved or reopened it: the header and the select say so. */
export function applyState({ number, status, assignee, until, answer }) {
  const conversation = open();
  if (conversation?.dataset.number !== String(number)) return;
  Object.assign(conversation.dataset, { status, assignee, until, answer });
  conversation.querySelector("response-due").dataset.interval = answer;
  if (until) conversation.querySelector("local-time.until").show(until);
  showAssignee(conversation, assignee);
}

function showAssignee(conversation, assignee) {
  const select = conversation.querySelector("#assignee");
  const [dot, sentence] = conversation.querySelector("#assignee-presence").children;
  select.value = assignee;
  // Who can have it is another circle than when this page came: somebody was added meanwhile.
  if (!select.selectedOptions.length) learnPeople(select);
  const chosen = select.selectedOptions[0];
  dot.dataset.member = sentence.dataset.member = assignee;
  dot.dataset.presence = chosen?.parentElement.dataset.presence ?? "";
  sentence.textContent = chosen?.dataset.sentence ?? "";
}

/** The answer to assigning, resolving or reopening. Nothing is swapped: what is being written stays. */
function applyAnswer(html) {
  const [fresh] = parse(html);
  const list = timeline();
  if (!fresh || fresh.dataset.number !== open()?.dataset.number) return;
  const last = lastSeq(list);
  for (const entry of fresh.querySelectorAll(".entry")) if (Number(entry.dataset.seq) > last) placeEntry(list, entry);
  applyState(fresh.dataset);
}

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const isChange = ctx.sourceElement.matches('[hx-post][hx-target="#conversation"]');
  if (isChange && ctx.response.status < 400) applyAnswer(ctx.text);
});

/** Everything after the last entry that is here without a gap. */
export async function catchUp() {
  const list = timeline();
  if (!list) return;
  const { entriesUrl } = open().dataset;
  const html = await (await ask(`${entriesUrl}?after=${lastSeq(list)}`)).text();
  const missed = parse(html);
  for (const entry of missed) placeEntry(list, entry);
  if (missed.some((entry) => entry.dataset.kind === "activity")) await refreshState();
}

async function refreshState() {
  const fresh = await openAgain();
  if (fresh) applyState(fresh.dataset);
}

async function learnPeople(select) {
  const fresh = await openAgain().catch(() => {});
  if (!fresh || !select.isConnected) return;
  select.replaceChildren(...fresh.querySelector("#assignee").children);
  if (select.selectedOptions[0]?.value === open().dataset.assignee) showAssignee(open(), open().dataset.assignee);
}

/** The conversation that is open, as the server has it now; nothing, if another one is open by then. */
async function openAgain() {
  const { number } = open().dataset;
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#conversation" };
  const [fresh] = parse(await (await ask(location.pathname, { headers })).text());
  return fresh?.dataset.number === number && number === open()?.dataset.number ? fresh : undefined;
}
