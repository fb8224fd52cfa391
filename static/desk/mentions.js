// What finds members and teams is loaded with the first @ in a note.
let suggest;

document.addEventListener("input", async ({ target }) => {
  if (!target.dataset.mentionable || !target.value.includes("@")) return;
  suggest ??= (await import("./mention-list.js")).suggest;
  suggest(target);
});
