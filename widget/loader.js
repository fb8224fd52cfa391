// Shows the chat button on a website. Until the chat is opened it loads, stores and sends nothing.
// Styles are adopted and nodes are made by hand, so that a CSP and Trusted Types allow them.
(() => {
  const { key, labels, side, accent, ink } = CONFIG;
  const { MessageHub: known } = window;
  // Sites that replace their pages by script run this again.
  if (known?.key === key) return known("attach");
  if (known?.key) return console.warn(`MessageHub: ${key} is ignored, the page has ${known.key}.`);
  const paint = accent && { "--accent": accent, "--accent-ink": ink || "#fff" };
  const prefix = `messagehub_${key}`;
  const site = new URL(CONFIG.site).origin;
  const css = `
:host{all:initial!important;position:fixed!important;z-index:2147483647!important;color-scheme:light dark!important;--surface:#fff;--accent:oklch(52% .19 262);--accent-ink:#fff}
@media (prefers-color-scheme:dark){:host{--surface:oklch(20% .013 262);--accent:oklch(68% .15 262);--accent-ink:#111}}
@media print{:host{display:none!important}}
*{box-sizing:border-box;margin:0;border:0;padding:0;transition:opacity .15s,translate .15s,scale .15s,rotate .15s}
:host([data-hidden]){display:none!important}
:host([data-side=start]){--inline:20px auto}
.round,.card{position:fixed;bottom:20px;inset-inline:var(--inline,auto 20px)}
button{background:var(--accent);color:var(--accent-ink);cursor:pointer;font:600 14px system-ui;padding:10px 14px;border-radius:10px;margin:16px 4px 0}
.round{margin:0;padding:0;width:56px;height:56px;border-radius:50%;display:grid;place-items:center;box-shadow:0 8px 24px #0003}
.round:hover{scale:1.05}
svg{grid-area:1/1;width:26px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.open svg:first-child,.round:not(.open) svg+svg{opacity:0;rotate:-45deg}
b{position:absolute;top:-2px;inset-inline-end:-2px;min-width:20px;padding:0 5px;border-radius:10px;background:#c8283a;color:#fff;font:700 11px/20px system-ui;text-align:center}
b:empty{display:none}
.card{bottom:88px;width:372px;height:600px;max-height:calc(100vh - 108px);border-radius:18px;background:var(--surface);overflow:hidden;box-shadow:0 0 0 1px #8883,0 18px 50px #0003}
.card:not(.open){opacity:0;visibility:hidden;translate:0 12px;transition:opacity .15s,translate .15s,visibility .15s}
iframe{position:relative;display:block;width:100%;height:100%}
.card:not(.ready) iframe{visibility:hidden}
.note{position:absolute;inset:30% 32px auto;font:14px/1.5 system-ui;text-align:center;color:CanvasText}
.ready .note,[hidden]{display:none}
@media (max-width:480px),(max-height:480px){.card.card{inset:var(--top,0) 0 auto;width:auto;height:var(--height,100dvh);max-height:none;border-radius:0;padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}.ready.open~.round{visibility:hidden}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}`;

  // The origin is "null" in a file, a WebView or a sandboxed frame.
  const { origin } = window;

  let host, card, button, badge, note, choices, frame, token, isReady, timer;
  let isOpen = false;
  let removals = 0;
  let isHidden = false;
  const listeners = {};

  function make(tag, attributes, ...children) {
    const namespace = /svg|path/.test(tag) ? "2000/svg" : "1999/xhtml";
    const node = document.createElementNS(`http://www.w3.org/${namespace}`, tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  }

  const makeIcon = (d) => make("svg", { viewBox: "0 0 24 24" }, make("path", { d })); // Lucide, ISC licence

  const makeButton = (label, onclick) => Object.assign(make("button", {}, label), { onclick });

  // Frameworks that take over the whole document compare its nodes until the page has loaded.
  function attachWhenIdle() {
    const idle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 200));
    const onLoad = () => idle(attach, { timeout: 2000 });
    if (document.readyState === "complete") return onLoad();
    addEventListener("load", onLoad);
    setTimeout(() => document.readyState === "complete" || onLoad(), 5000);
  }

  // The host is beside the body, because pages replace, hide and transform their body.
  function attach() {
    if (host?.isConnected) return;
    if (!document.body) return reattach();
    if (!host) build();
    document.documentElement.append(host);
    watcher.disconnect();
    for (const node of [document, document.documentElement])
      watcher.observe(node, { childList: true });
    addEventListener("message", onMessage); // document.open() has removed it
    if (frame) loadFrame();
    timer = setTimeout(() => (removals = 0), 20_000);
  }

  const watcher = new MutationObserver(() => host.isConnected || reattach());

  // Wait longer each time, and give up in the end: a page that keeps removing it has a reason.
  function reattach() {
    clearTimeout(timer);
    if (removals < 8) timer = setTimeout(attach, 50 * 2 ** removals++);
  }

  function build() {
    host = make("div", { "data-side": side, dir: getComputedStyle(document.body).direction });
    note = make("p", { role: "status" });
    choices = make("div", {}, makeButton(labels.retry, loadFrame), makeButton(labels.hide, close));
    card = make("div", { class: "card" }, make("div", { class: "note" }, note, choices));
    button = make(
      "button",
      { class: "round" },
      makeIcon("M7.9 20A9 9 0 1 0 4 16.1L2 22Z"),
      makeIcon("m6 9 6 6 6-6"),
      (badge = make("b")),
    );
    button.onclick = toggle;
    host.onkeydown = (event) => void (event.key === "Escape" && close());
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(card, button);
    for (const name in paint) host.style.setProperty(name, paint[name]);
    hide(isHidden);
    update();
    for (const change of ["resize", "scroll"]) visualViewport.addEventListener(change, fit);
  }

  function open() {
    if (isOpen) return;
    removals = 0;
    attach();
    if (!host) return;
    isOpen = true;
    hide(false);
    update();
    if (!frame) loadFrame();
    if (isReady) showFrame();
    emit("open");
  }

  function showFrame() {
    frame.focus();
    postToFrame("shown");
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    update();
    button.focus();
    emit("close");
    if (isReady) return postToFrame("hidden");
    frame.remove();
    frame = undefined;
  }

  const toggle = () => (isOpen ? close() : open());

  function hide(hidden = true) {
    if ((isHidden = hidden)) close();
    host?.toggleAttribute("data-hidden", isHidden);
  }

  // What a listener of the page does wrong must not stop the chat.
  function emit(name, detail) {
    for (const listener of listeners[name] ?? []) setTimeout(listener, 0, detail);
  }

  function update() {
    for (const { classList } of [card, button]) classList.toggle("open", isOpen);
    card.inert = !isOpen;
    showUnread(0);
    fit();
  }

  function showUnread(count, label) {
    badge.textContent = count > 9 ? "9+" : count || "";
    button.ariaLabel = (isOpen ? labels.close : labels.open) + (count ? `. ${label}` : "");
    button.ariaExpanded = isOpen;
  }

  // On a phone the card takes the room that the keyboard leaves.
  function fit() {
    const { offsetTop, height, scale } = visualViewport;
    if (!isOpen || scale > 1.01) return;
    host.style.setProperty("--top", `${offsetTop}px`);
    host.style.setProperty("--height", `${height}px`);
  }

  // The frame stays hidden until it has sent a message, which a browser's error page never does.
  function loadFrame() {
    frame?.remove();
    isReady = false;
    card.classList.remove("ready");
    showNote("…");
    const src = `${site}/widget/${key}/frame/#${encodeURIComponent(origin)}`;
    const current = (frame = make("iframe", { title: labels.title, src }));
    const fail = () =>
      current === frame &&
      !isReady &&
      showNote(labels[origin === "null" ? "noOrigin" : "unreachable"], true);
    current.onload = () => setTimeout(fail, 2000);
    setTimeout(fail, 8000);
    card.append(current);
  }

  function showNote(text, isError) {
    note.textContent = text;
    choices.hidden = !isError;
  }

  function onMessage({ origin: from, source, data }) {
    if (from !== site || !frame || source !== frame.contentWindow) return;
    const type = data?.messagehub;
    if (type === "ready") {
      isReady = true;
      card.classList.add("ready");
      sendToken();
      if (isOpen) showFrame();
    }
    if (type === "token-refused") sendToken(token);
    if (type === "store") store(data);
    if (type === "close") close();
    if (type === "unread" && !isOpen) {
      showUnread(data.count, data.label);
      emit("unread", data.count);
    }
  }

  function postToFrame(type, data) {
    frame.contentWindow.postMessage({ messagehub: type, page: location.href, ...data }, site);
  }

  // Another tab may have replaced a refused token already. A page without cookies, like a file,
  // may have storage.
  function sendToken(refused) {
    const unsent = {};
    let stored;
    try {
      stored = document.cookie.match(`(?:^|; )${prefix}=([\\w-]{43})(?:;|$)`)?.[1];
      const all = { ...localStorage, ...sessionStorage };
      for (const item in all)
        if (item.startsWith(`${prefix}.`)) unsent[item.slice(prefix.length + 1)] = all[item];
    } catch {}
    token = stored ?? unsent.token ?? token;
    delete unsent.token;
    if (!token || token === refused) {
      token = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replace("=", "");
    }
    try {
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `${prefix}=${token}; path=/; max-age=31536000; samesite=lax${secure}`;
      if (!document.cookie.includes(token)) localStorage.setItem(`${prefix}.token`, token);
    } catch {}
    postToFrame("token", { token, paint, unsent });
  }

  // Stores what is not sent yet, because the frame's own storage may be blocked as a third party's.
  function store({ item, text }) {
    try {
      const storage = item === "draft" ? sessionStorage : localStorage;
      storage[text ? "setItem" : "removeItem"](`${prefix}.${item}`, text);
    } catch {}
  }

  const commands = {
    open,
    close,
    toggle,
    hide,
    show: () => hide(false),
    attach: attachWhenIdle,
    on,
  };

  function on(name, listener) {
    (listeners[name] ??= []).push(listener);
  }

  // The only global: MessageHub("open"). Calls made before this script ran are in its q.
  function run(command, ...values) {
    if (Object.hasOwn(commands, command)) commands[command](...values);
    else console.warn(`MessageHub: no command "${command}"`);
  }
  window.MessageHub = Object.assign(run, { key });
  attachWhenIdle();
  for (const call of known?.q ?? []) run(...call);
})();
