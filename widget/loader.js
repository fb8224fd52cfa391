// Shows the chat button on a website. Until the chat is opened it loads, stores and sends nothing.
// Styles are adopted and nodes are made by hand, so that a CSP and Trusted Types allow them.
// Between "@if" and "@end" is what only some inboxes need (widget/loader_text.py), and launcher.js
// uses what is between "@part" and "@end".
(() => {
  const { key, site, labels, css } = CONFIG;
  const { MessageHub: known } = window;
  // Sites that replace their pages by script run this again.
  if (known?.key === key) return known("attach");
  if (known?.key) return console.warn(`MessageHub: ${key} is ignored, the page has ${known.key}.`);
  const prefix = `messagehub_${key}`;

  // The origin is "null" in a file, a WebView or a sandboxed frame.
  const { origin } = window;

  let host, card, button, badge, note, choices, frame, token, isReady, timer;
  let isOpen = false;
  let removals = 0;
  let isHidden = false;
  let person = {};
  // @if closed
  // Someone who has opened the chat before may be in a conversation.
  try {
    isHidden = !document.cookie.includes(prefix);
  } catch {}
  // @end closed
  // @if pages
  let { pages } = CONFIG; // a regular expression
  // @end pages
  const listeners = {};

  // @part elements
  function make(tag, attributes, ...children) {
    const namespace = /svg|path/.test(tag) ? "2000/svg" : "1999/xhtml";
    const node = document.createElementNS(`http://www.w3.org/${namespace}`, tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  }

  const makeIcon = (d) => make("svg", { viewBox: "0 0 24 24" }, make("path", { d })); // Lucide, ISC licence

  const makeButton = (label, onclick) => Object.assign(make("button", {}, label), { onclick });
  // @end elements

  // @part attach_when_idle
  // Frameworks that take over the whole document compare its nodes until the page has loaded.
  function attachWhenIdle() {
    const idle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 200));
    const onLoad = () => idle(attach, { timeout: 2000 });
    if (document.readyState === "complete") return onLoad();
    addEventListener("load", onLoad);
    setTimeout(() => document.readyState === "complete" || onLoad(), 5000);
  }
  // @end attach_when_idle

  // The host is beside the body, because pages replace, hide and transform their body.
  function attach() {
    if (host?.isConnected) return;
    if (!document.body) return reattach();
    if (!host) build();
    document.documentElement.append(host);
    watcher.disconnect();
    for (const node of [document, document.documentElement])
      watcher.observe(node, { childList: true, attributes: true });
    addEventListener("message", onMessage); // document.open() has removed them
    addEventListener("storage", onStorage);
    // It is loaded before it is opened only where this tab's visitor is in a conversation.
    try {
      if (frame || sessionStorage[`${prefix}.live`]) loadFrame();
    } catch {}
    timer = setTimeout(() => (removals = 0), 20_000);
  }

  const watcher = new MutationObserver(() => {
    if (!host.isConnected) reattach();
    // @if page_theme
    else if (isReady) postToFrame("theme");
    // @end page_theme
  });

  // @part reattach
  // Wait longer each time, and give up in the end: a page that keeps removing it has a reason.
  function reattach() {
    clearTimeout(timer);
    if (removals < 8) timer = setTimeout(attach, 50 * 2 ** removals++);
  }
  // @end reattach

  function build() {
    host = make("div", {
      "data-messagehub": "",
      lang: CONFIG.lang,
      dir: getComputedStyle(document.body).direction,
    });
    note = make("p", { role: "status", dir: "auto" });
    choices = make("div", {}, makeButton(labels.retry, loadFrame), makeButton(labels.hide, close));
    card = make("div", { class: "card" }, make("div", { class: "note" }, note, choices));
    button = make(
      "button",
      { class: "round" },
      makeIcon("M7.9 20A9 9 0 1 0 4 16.1L2 22Z"),
      makeIcon("m6 9 6 6 6-6"),
      labels.launcher ?? "",
      (badge = make("b")),
    );
    button.onclick = toggle;
    host.onkeydown = (event) => void (event.key === "Escape" && close());
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(card, button);
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
    if (isReady) showFrame();
    else loadFrame();
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
    updateHidden();
  }

  function updateHidden() {
    let isShown = !isHidden;
    // @if pages
    isShown &&= isOpen || location.href.match(pages);
    // @end pages
    host?.toggleAttribute("data-hidden", !isShown);
  }

  // An error in a listener of the page must not stop the chat.
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
    showNote("\u2026");
    const { lang } = document.documentElement;
    const src = `${site}/widget/${key}/frame/?lang=${encodeURIComponent(lang)}#${encodeURIComponent(origin)}`;
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
      host.lang = data.lang;
      Object.assign(labels, data.labels);
      if (isOpen) showUnread(0);
      card.classList.add("ready");
      sendStored();
      if (isOpen) showFrame();
    }
    // Rarely needed functions are in static/widget/website.js.
    if (data.script)
      import(data.script).then((script) => script[type](data, postToFrame)).catch(() => {});
    if (type === "token-refused") sendStored();
    if (type === "store") store(data);
    if (type === "close") close();
    if (type === "forget") forget();
    if (type === "unverified") emit(type);
    if (type === "unread" && !isOpen) {
      showUnread(data.count, data.label);
      emit("unread", data.count);
    }
  }

  function postToFrame(type, data) {
    const message = { messagehub: type, page: location.href, ...data };
    // @if greetings
    message.greeting = known?.q?.greeting; // which the visitor has seen
    // @end greetings
    // @if page_theme
    message.theme = getComputedStyle(note).color.match(/\(2/) ? "dark" : "light"; // CanvasText
    // @end page_theme
    frame.contentWindow.postMessage(message, site);
  }

  const readCookie = (end) => `; ${document.cookie}`.split(`; ${prefix}${end}=`)[1]?.split(";")[0];

  function writeCookie(text) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    const rest = `=${text}; path=/; samesite=lax; max-age=${text ? 31536000 : 0}${secure}`;
    document.cookie = prefix + rest;
    // @if cookie_domain
    if (`.${location.hostname}`.endsWith(`.${CONFIG.domain}`))
      document.cookie = `${prefix}_all${rest}; domain=${CONFIG.domain}`;
    // @end cookie_domain
  }

  // Send what the frame had us store. A page without cookies, such as a file, may have storage.
  function sendStored() {
    const unsent = {};
    let stored;
    try {
      stored = readCookie("");
      // @if cookie_domain
      stored = readCookie("_all") ?? stored;
      // @end cookie_domain
      const all = { ...localStorage, ...sessionStorage };
      for (const item in all)
        if (item.startsWith(`${prefix}.`)) unsent[item.slice(prefix.length + 1)] = all[item];
    } catch {}
    postToFrame("token", { token: stored ?? unsent.token ?? token, unsent, person });
  }

  // The page stores it, because the frame's own storage may be blocked as a third party's.
  function store({ item, text }) {
    try {
      if (item === "token") {
        writeCookie((token = text));
        if (document.cookie.includes(text)) return;
      }
      const storage = /draft|live/.test(item) ? sessionStorage : localStorage;
      storage[text ? "setItem" : "removeItem"](`${prefix}.${item}`, text);
    } catch {}
  }

  // Kept until the chat is opened.
  function identify(values) {
    person = { ...person, ...JSON.parse(JSON.stringify(values)) };
    if (isReady) postToFrame("person", { person });
  }

  // Forget who the visitor was. Other tabs of the website do the same, but don't pass it on.
  function forget(isPassedOn) {
    token = "";
    try {
      writeCookie("");
      for (const storage of [localStorage, sessionStorage])
        for (const item in storage) if (item.startsWith(`${prefix}.`)) storage.removeItem(item);
      if (!isPassedOn) localStorage.setItem(`${prefix}-out`, Date.now());
    } catch {}
  }

  function logout(isPassedOn) {
    close();
    person = {};
    forget(isPassedOn);
    if (isReady) postToFrame("logout");
  }

  const onStorage = ({ key: item }) => item === `${prefix}-out` && logout(true);

  const commands = {
    open,
    close,
    toggle,
    hide,
    show() {
      // @if pages
      pages = "";
      // @end pages
      hide(false);
    },
    attach: attachWhenIdle,
    on,
    identify,
    set: identify,
    logout: () => logout(),
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
  // @if pages
  setInterval(updateHidden, 300); // single-page applications change their route
  // @end pages
})();
