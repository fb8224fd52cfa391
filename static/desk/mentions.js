// What finds members and teams is loaded with the first @ in a note.
document.addEventListener("input", ({ target }) => {
  if (target.dataset.mentionable && target.value.includes("@"))
    import("./mention-list.js").then(({ suggest }) => suggest(target));
});
