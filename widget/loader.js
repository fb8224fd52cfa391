// Draws the launcher; fetches, stores and sends nothing before the chat is opened.
// Adopted styles and nodes made by hand: a page's CSP and Trusted Types do not break it.
(() => {
  /*CONFIG*/
  if (window.MessageHub?.open) return;

  const { key, labels, side, accent, ink } = CONFIG;
  const paint = accent && { "--accent": accent, "--accent-ink": ink || "#fff" };
  const name = `messagehub_${key}`;
  const site = new URL(CONFIG.site).origin;
  const css = `
:host{all:initial!important;position:fixed!important;z-index:2147483647!important;color-scheme:light dark!important;--surface:#fff;--accent:oklch(52% .19 262);--accent-ink:#fff}
@media (prefers-color-scheme:dark){:host{--surface:oklch(20% .013 262);--accent:oklch(68% .15 262);--accent-ink:#111}}
@media print{:host{display:none!important}}
*{box-sizing:border-box;margin:0;border:0;padding:0;transition:opacity .15s,translate .15s,scale .15s,rotate .15s}
:host([data-side=start]){--inline:20px auto}
button,.card{position:fixed;bottom:20px;inset-inline:var(--inline,auto 20px)}
button{width:56px;height:56px;border-radius:50%;background:var(--accent);color:var(--accent-ink);cursor:pointer;display:grid;place-items:center;box-shadow:0 8px 24px #0003}
button:hover{scale:1.05}
svg{grid-area:1/1;width:26px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.open svg:first-child,button:not(.open) svg+svg{opacity:0;rotate:-45deg}
b{position:absolute;top:-2px;inset-inline-end:-2px;min-width:20px;padding:0 5px;border-radius:10px;background:#c8283a;color:#fff;font:700 11px/20px system-ui,sans-serif;text-align:center}
b:empty{display:none}
.card{bottom:88px;width:372px;height:600px;max-height:calc(100vh - 108px);border-radius:18px;background:var(--surface);overflow:hidden;box-shadow:0 0 0 1px #8883,0 18px 50px #0003}
.card:not(.open){opacity:0;visibility:hidden;translate:0 12px;transition:opacity .15s,translate .15s,visibility .15s}
iframe{position:relative;display:block;width:100%;height:100%}
p{position:absolute;inset:40% 32px auto;font:14px/1.5 system-ui,sans-serif;text-align:center;color:GrayText}
@media (max-width:480px),(max-height:480px){.card.card{inset:var(--top,0) 0 auto;width:auto;height:var(--height,100dvh);max-height:none;border-radius:0;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}.ready.open~button{visibility:hidden}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}`;

  let host, card, button, badge, note, frame, token, isReady, isOpen = false;

  function make(tag, attributes, ...children) {
    const isSvg = tag === "svg" || tag === "path";
    const node = document.createElementNS(`http://www.w3.org/${isSvg ? "2000/svg" : "1999/xhtml"}`, tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  }

  const icon = (d) => make("svg", { viewBox: "0 0 24 24" }, make("path", { d })); // Lucide, ISC licence

  function start() {
    host = make("div", { "data-side": side, dir: getComputedStyle(document.body).direction });
    card = make("div", { class: "card" }, (note = make("p", { role: "status" })));
    button = make("button", {}, icon("M7.9 20A9 9 0 1 0 4 16.1L2 22Z"), icon("m6 9 6 6 6-6"), (badge = make("b")));
    button.onclick = () => (isOpen ? close() : open());
    host.onkeydown = ({ key }) => void (key === "Escape" && close());
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(card, button);
    for (const name in paint) host.style.setProperty(name, paint[name]);
    show();
    // Pages replace, hide and transform their bodies.
    document.documentElement.append(host);
    addEventListener("message", hear);
    for (const change of ["resize", "scroll"]) visualViewport.addEventListener(change, fit);
  }

  function open() {
    if (isOpen || !host) return;
    isOpen = true;
    show();
    if (!frame) load();
    frame.focus();
    if (isReady) tell("shown");
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    show();
    button.focus();
    if (isReady) return tell("hidden");
    frame.remove();
    frame = note.textContent = "";
  }

  function show() {
    for (const part of [card, button]) part.classList.toggle("open", isOpen);
    card.inert = !isOpen;
    count(0);
    fit();
  }

  function count(news, words) {
    badge.textContent = news > 9 ? "9+" : news || "";
    button.ariaLabel = (isOpen ? labels.close : labels.open) + (news ? `. ${words}` : "");
    button.ariaExpanded = isOpen;
  }

  // On a phone the card follows what the keyboard leaves.
  function fit() {
    const { offsetTop, height, scale } = visualViewport;
    if (!isOpen || scale > 1.01) return;
    host.style.setProperty("--top", `${offsetTop}px`);
    host.style.setProperty("--height", `${height}px`);
  }

  function load() {
    const src = `${site}/widget/${key}/frame/#${encodeURIComponent(location.origin)}`;
    const mine = (frame = make("iframe", { title: labels.title ?? labels.open, src }));
    card.append(frame);
    note.textContent = "…";
    setTimeout(() => mine === frame && !isReady && (note.textContent = labels.trouble), 8000);
  }

  function hear({ origin, source, data }) {
    if (origin !== site || !frame || source !== frame.contentWindow) return;
    const what = data?.messagehub;
    if (what === "ready") {
      isReady = true;
      note.textContent = "";
      card.classList.add("ready");
      introduce();
      if (isOpen) tell("shown");
    }
    if (what === "token?") introduce(token);
    if (what === "keep") keep(data);
    if (what === "close") close();
    if (what === "unread" && !isOpen) count(data.count, data.label);
  }

  function tell(what, more) {
    frame.contentWindow.postMessage({ messagehub: what, page: location.href, ...more }, site);
  }

  // Another tab may have replaced a refused token already.
  function introduce(refused) {
    const kept = {};
    try {
      token = document.cookie.match(`(?:^|; )${name}=([\\w-]{43})(?:;|$)`)?.[1] ?? token;
      const all = { ...localStorage, ...sessionStorage };
      for (const item in all) if (item.startsWith(name)) kept[item.slice(name.length + 1)] = all[item];
    } catch {}
    if (!token || token === refused) {
      const bytes = crypto.getRandomValues(new Uint8Array(32));
      token = btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] ?? "");
    }
    try {
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `${name}=${token}; path=/; max-age=31536000; samesite=lax${secure}`;
    } catch {}
    tell("token", { token, paint, kept });
  }

  // What is not sent yet: the frame's own storage may be blocked as a third party's.
  function keep({ item, text }) {
    try {
      const storage = item === "draft" ? sessionStorage : localStorage;
      if (text) storage.setItem(`${name}.${item}`, text);
      else storage.removeItem(`${name}.${item}`);
    } catch {}
  }

  window.MessageHub = Object.freeze({ open, close });
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
