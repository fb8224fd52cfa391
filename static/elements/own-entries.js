// An entry that goes to every screen cannot know whose it is: these rules do.
const mine = `.entry:is([data-kind="reply"], [data-kind="note"])[data-author="${document.body.dataset.me}"]`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  ${mine} { grid-template-columns: minmax(0, max-content); }
  ${mine} .avatar { display: none; }
  ${mine}[data-kind="reply"] .bubble { background: var(--accent-soft); border-color: transparent; }
`);
document.adoptedStyleSheets.push(sheet);
