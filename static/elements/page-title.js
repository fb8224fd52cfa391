// «(2) Jonas Okafor · Acme»: how many in the shown list wait for an answer, and what is open.
const workspace = document.title.split(" · ").at(-1);

export function showTitle() {
  const [conversation, listing] = ["conversation", "listing"].map((id) => document.getElementById(id)?.dataset.title);
  const waiting = document.querySelectorAll('#conversation-list > .row[data-waiting][data-status="open"]').length;
  const title = `${waiting ? `(${waiting}) ` : ""}${conversation || listing} · ${workspace}`;
  if (document.title !== title) document.title = title;
}
