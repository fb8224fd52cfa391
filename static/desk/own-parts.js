// Entries and followers are rendered once for all members. What concerns this one is styled here.
const { me } = document.body.dataset;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .mention[data-members~="${me}"] { background: var(--accent); color: var(--accent-ink); }
  .following:has([data-follower="${me}"]) .follow { display: none; }
  .following:not(:has([data-follower="${me}"])) .unfollow { display: none; }
`);
document.adoptedStyleSheets.push(sheet);
