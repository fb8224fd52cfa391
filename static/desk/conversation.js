// Keep the open conversation up to date: its timeline, its state and who is assigned.
import { parseHtml } from "../lib/html.js";
import { requestText } from "../lib/requests.js";
import { lastSeq, mergeEntry, mergeReceipt, revisionOf } from "./merge-entries.js";
import { replacePart, showSorting } from "./sorting.js";

export const findConversation = () => document.getElementById("conversation");
const findTimeline = () => findConversation()?.querySelector('ol[id^="timeline-"]');

export function append({ into, html }) {
  const list = document.getElementById(into);
  if (list) for (const entry of parseHtml(html)) mergeEntry(list, entry);
}

export function replace({ id, html }) {
  const [element] = parseHtml(html);
  if (element.matches(".receipt")) return mergeReceipt(element);
  if (element.matches("[data-part]")) return replacePart(element);
  document.getElementById(id)?.replaceWith(element);
  htmx.process(element);
}

export const remove = ({ id }) => document.getElementById(id)?.remove();

/** Show a changed status, assignee or response timer in the header. */
export function applyState({
  number,
  status,
  assignee,
  until,
  response_interval: responseInterval,
}) {
  const conversation = findConversation();
  if (conversation?.dataset.number !== String(number)) return;
  Object.assign(conversation.dataset, { status, assignee, until, responseInterval });
  conversation.querySelector("response-due").dataset.interval = responseInterval;
  if (until) conversation.querySelector("local-time.until").show(until);
  showAssignee(conversation, assignee);
}

function applyFreshState(fresh) {
  offerAssignee(fresh);
  const { responseInterval, ...state } = fresh.dataset;
  applyState({ ...state, response_interval: responseInterval });
  showSorting(fresh);
}

function showAssignee(conversation, assignee) {
  const select = conversation.querySelector("#assignee");
  const [dot, sentence] = conversation.querySelector("#assignee-presence").children;
  const option = findOption(select, assignee);
  // The options may not be loaded, or the member joined after they were.
  if (!option) return loadAssignee(select);
  select.value = assignee;
  dot.dataset.member = sentence.dataset.member = assignee;
  dot.dataset.presence = option.closest("[data-presence]")?.dataset.presence ?? "";
  sentence.textContent = option.dataset.sentence ?? "";
}

const findOption = (select, wanted) => [...select.options].find(({ value }) => value === wanted);

async function loadAssignee(select) {
  const fresh = await reload().catch(() => {});
  if (!select.isConnected) return;
  if (!fresh) select.selectedIndex = -1; // rather than show who no longer is
  else offerAssignee(fresh);
  const conversation = findConversation();
  const { assignee } = conversation.dataset;
  if (fresh?.dataset.assignee === assignee) showAssignee(conversation, assignee);
}

/** Add the assignee of a conversation that was just loaded to the options, if they are missing. */
function offerAssignee(fresh) {
  const select = findConversation().querySelector("#assignee");
  const [option] = fresh.querySelector("#assignee").selectedOptions;
  if (!findOption(select, option.value)) select.append(option);
}

const latestSeq = (element) =>
  Math.max(0, ...[...element.querySelectorAll(".entry")].map(({ dataset }) => dataset.seq));

// The response to assigning, resolving or reopening. Nothing is swapped, so a draft stays.
function applyResponse(html) {
  const [fresh] = parseHtml(html);
  const list = findTimeline();
  if (!fresh || fresh.dataset.number !== findConversation()?.dataset.number) return;
  const last = lastSeq(list);
  const isOvertaken = latestSeq(list) > latestSeq(fresh);
  for (const entry of fresh.querySelectorAll(".entry"))
    if (Number(entry.dataset.seq) > last) mergeEntry(list, entry);
  // Live updates have brought what it says, and then something newer.
  if (!isOvertaken) applyFreshState(fresh);
}

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const isChange = ctx.sourceElement.matches('[hx-post][hx-target="#conversation"]');
  if (isChange && ctx.response.status < 400) applyResponse(ctx.text);
});

/** Load the entries after the last one before a gap, and those that were revised since. */
export async function catchUp() {
  const list = findTimeline();
  if (!list) return;
  const { dataset } = findConversation();
  const after = lastSeq(list);
  const url = `${dataset.entriesUrl}?after=${after}&revision=${dataset.revision}`;
  const missed = parseHtml(await requestText(url));
  for (const entry of missed) mergeEntry(list, entry);
  // Only catching up moves it: a live update may have left a gap before it.
  const revised = missed.filter((entry) => entry.dataset.seq <= after).map(revisionOf);
  dataset.revision = Math.max(dataset.revision, ...revised);
  if (!missed.some((entry) => entry.dataset.kind === "activity")) return;
  const fresh = await reload();
  if (fresh) applyFreshState(fresh);
}

/** Load the open conversation again. Returns nothing if another one was opened meanwhile. */
async function reload() {
  const { number } = findConversation().dataset;
  const headers = {
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "HX-Target": "div#conversation",
  };
  const [fresh] = parseHtml(await requestText(location.pathname, { headers }));
  return fresh?.dataset.number === number && number === findConversation()?.dataset.number
    ? fresh
    : undefined;
}
