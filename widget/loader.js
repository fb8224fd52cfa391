// Draws the launcher; fetches, stores and sends nothing before the chat is opened.
// Adopted styles and nodes made by hand: a page's CSP and Trusted Types do not break it.
(() => {
  /*CONFIG*/
  // The line runs again on sites that swap their pages by script.
  if (window.MessageHub?.open) return void window.MessageHub.attach?.();

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
.round,.card{position:fixed;bottom:20px;inset-inline:var(--inline,auto 20px)}
button{background:var(--accent);color:var(--accent-ink);cursor:pointer;font:600 14px system-ui,sans-serif;padding:10px 14px;border-radius:10px;margin:16px 4px 0}
.round{margin:0;padding:0;width:56px;height:56px;border-radius:50%;display:grid;place-items:center;box-shadow:0 8px 24px #0003}
.round:hover{scale:1.05}
svg{grid-area:1/1;width:26px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.open svg:first-child,.round:not(.open) svg+svg{opacity:0;rotate:-45deg}
b{position:absolute;top:-2px;inset-inline-end:-2px;min-width:20px;padding:0 5px;border-radius:10px;background:#c8283a;color:#fff;font:700 11px/20px system-ui,sans-serif;text-align:center}
b:empty{display:none}
.card{bottom:88px;width:372px;height:600px;max-height:calc(100vh - 108px);border-radius:18px;background:var(--surface);overflow:hidden;box-shadow:0 0 0 1px #8883,0 18px 50px #0003}
.card:not(.open){opacity:0;visibility:hidden;translate:0 12px;transition:opacity .15s,translate .15s,visibility .15s}
iframe{position:relative;display:block;width:100%;height:100%}
.card:not(.ready) iframe{visibility:hidden}
.note{position:absolute;inset:30% 32px auto;font:14px/1.5 system-ui,sans-serif;text-align:center;color:CanvasText}
.ready .note,[hidden]{display:none}
@media (max-width:480px),(max-height:480px){.card.card{inset:var(--top,0) 0 auto;width:auto;height:var(--height,100dvh);max-height:none;border-radius:0;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}.ready.open~.round{visibility:hidden}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}`;

  const { origin } = window; // "null": a file, a WebView, a sandboxed frame

  let host, card, button, badge, words, ways, frame, token, isReady, isOpen = false;
  let losses = 0, settled;

  function make(tag, attributes, ...children) {
    const isSvg = tag === "svg" || tag === "path";
    const node = document.createElementNS(`http://www.w3.org/${isSvg ? "2000/svg" : "1999/xhtml"}`, tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  }

  const icon = (d) => make("svg", { viewBox: "0 0 24 24" }, make("path", { d })); // Lucide, ISC licence

  // Frameworks that take over the whole document count its nodes until they are done.
  function wait() {
    const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 200));
    const soon = () => idle(attach, { timeout: 2000 });
    if (document.readyState === "complete") return soon();
    addEventListener("load", soon);
    setTimeout(() => document.readyState === "complete" || soon(), 5000);
  }

  // Beside the body, which pages replace, hide and transform.
  function attach() {
    if (host?.isConnected) return;
    if (!document.body) return comeBack();
    if (!host) build();
    document.documentElement.append(host);
    watcher.disconnect();
    for (const node of [document, document.documentElement]) watcher.observe(node, { childList: true });
    addEventListener("message", hear); // once more: document.open() removes it
    if (frame) load();
    settled = setTimeout(() => (losses = 0), 20_000);
  }

  const watcher = new MutationObserver(() => host.isConnected || comeBack());

  // Later each time, and in the end no more: what takes it out again and again has its reason.
  function comeBack() {
    clearTimeout(settled);
    if (losses < 8) settled = setTimeout(attach, 50 * 2 ** losses++);
  }

  function build() {
    host = make("div", { "data-side": side, dir: getComputedStyle(document.body).direction });
    words = make("p", { role: "status" });
    ways = make("div", {}, way(labels.retry, load), way(labels.hide, close));
    card = make("div", { class: "card" }, make("div", { class: "note" }, words, ways));
    button = make("button", { class: "round" }, icon("M7.9 20A9 9 0 1 0 4 16.1L2 22Z"), icon("m6 9 6 6 6-6"), (badge = make("b")));
    button.onclick = () => (isOpen ? close() : open());
    host.onkeydown = ({ key }) => void (key === "Escape" && close());
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(card, button);
    for (const name in paint) host.style.setProperty(name, paint[name]);
    show();
    for (const change of ["resize", "scroll"]) visualViewport.addEventListener(change, fit);
  }

  function way(label, onclick) {
    return Object.assign(make("button", {}, label), { onclick });
  }

  function open() {
    if (isOpen) return;
    losses = 0;
    attach();
    if (!host) return;
    isOpen = true;
    show();
    if (!frame) load();
    if (isReady) enter();
  }

  function enter() {
    frame.focus();
    tell("shown");
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    show();
    button.focus();
    if (isReady) return tell("hidden");
    frame.remove();
    frame = "";
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

  // The frame is not seen before it has spoken: a browser's error page never does.
  function load() {
    if (frame) frame.remove();
    isReady = false;
    card.classList.remove("ready");
    say("…");
    const src = `${site}/widget/${key}/frame/#${encodeURIComponent(origin)}`;
    const mine = (frame = make("iframe", { title: labels.title ?? labels.open, src }));
    const fail = () => mine === frame && !isReady && say(origin === "null" ? labels.noOrigin : labels.unreachable, true);
    mine.onload = () => setTimeout(fail, 2000);
    setTimeout(fail, 8000);
    card.append(mine);
  }

  function say(what, isTrouble) {
    words.textContent = what;
    ways.hidden = !isTrouble;
  }

  function hear({ origin: from, source, data }) {
    if (from !== site || !frame || source !== frame.contentWindow) return;
    const what = data?.messagehub;
    if (what === "ready") {
      isReady = true;
      card.classList.add("ready");
      introduce();
      if (isOpen) enter();
    }
    if (what === "token?") introduce(token);
    if (what === "keep") keep(data);
    if (what === "close") close();
    if (what === "unread" && !isOpen) count(data.count, data.label);
  }

  function tell(what, more) {
    frame.contentWindow.postMessage({ messagehub: what, page: location.href, ...more }, site);
  }

  // Another tab may have replaced a refused token already. A page without cookies, as a file is,
  // may have storage.
  function introduce(refused) {
    const kept = {};
    let stored;
    try {
      stored = document.cookie.match(`(?:^|; )${name}=([\\w-]{43})(?:;|$)`)?.[1];
      const all = { ...localStorage, ...sessionStorage };
      for (const item in all) if (item.startsWith(`${name}.`)) kept[item.slice(name.length + 1)] = all[item];
    } catch {}
    token = stored ?? kept.token ?? token;
    delete kept.token;
    if (!token || token === refused) {
      const bytes = crypto.getRandomValues(new Uint8Array(32));
      token = btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] ?? "");
    }
    try {
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `${name}=${token}; path=/; max-age=31536000; samesite=lax${secure}`;
      if (!document.cookie.includes(token)) localStorage.setItem(`${name}.token`, token);
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

  window.MessageHub = Object.freeze({ open, close, attach: wait });
  wait();
})();
