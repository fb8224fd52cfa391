// With scripts, the page shows the chat window itself, as large as the page (templates/widget/page.html).
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .round { display: none !important }
  @media (min-width: 481px) and (min-height: 481px) {
    .card.card {
      inset: 0 max(0px, 50vw - 360px) !important;
      width: auto !important;
      height: auto !important;
      max-height: none !important;
      border-radius: 0 !important;
    }
  }
`);

window.MessageHub ??= (...call) => (window.MessageHub.q ??= []).push(call);
window.MessageHub("on", "open", () => {
  const { shadowRoot } = document.querySelector("[data-messagehub]");
  shadowRoot.adoptedStyleSheets.push(sheet);
  document.body.hidden = true;
});
// Closing it shows the page of forms.
window.MessageHub("on", "close", () => {
  const query = new URLSearchParams(location.search);
  query.set("plain", "1");
  location.search = query;
});
window.MessageHub("open");
