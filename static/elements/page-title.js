// «(2) Jonas Okafor · Acme»: how many in the shown list wait for an answer, and what is open.
const workspace = document.title.split(" · ").at(-1);

export function showTitle() {
  const conversation = document.getElementById("conversation-title")?.textContent.trim();
  const listing = document.getElementById("listing")?.dataset.title.trim();
  const waiting = document.querySelectorAll('#conversation-list > .row[data-waiting][data-status="open"]').length;
  const title = `${waiting ? `(${waiting}) ` : ""}${conversation || listing} · ${workspace}`;
  if (document.title !== title) document.title = title;
}
