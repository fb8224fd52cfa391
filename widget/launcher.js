// The launcher of an inbox that greets visitors or shows only on some pages. The rest, loader.js,
// is loaded when the chat is opened, and takes over: it gets the calls that were made until then.
// "@use" stands for a part of loader.js (widget/loader_text.py).
(() => {
  const { key, site, labels, css } = CONFIG;
  const { MessageHub: known } = window;
  // Sites that replace their pages by script run this again.
  if (known?.key === key) return known("attach");
  if (known?.key) return console.warn(`MessageHub: ${key} is ignored, the page has ${known.key}.`);
  const prefix = `messagehub_${key}`;
  const calls = known?.q ?? [];

  let host, root, bubble, timer, url, enteredAt, isLoading;
  let { pages } = CONFIG; // a regular expression
  let removals = 0;
  let attempts = 0; // browsers remember a failed import
  let isHidden = false;
  let seen = {}; // greetings
  try {
    seen = localStorage;
    // @if closed
    // Someone who has opened the chat before may be in a conversation.
    isHidden = !document.cookie.includes(prefix);
    // @end closed
  } catch {}

  // @use elements
  // @use attach_when_idle

  // The host is beside the body, because pages replace, hide and transform their body.
  function attach() {
    if (host?.isConnected || isLoading) return;
    if (!document.body) return reattach();
    if (!host) build();
    document.documentElement.append(host);
    watcher.disconnect();
    for (const node of [document, document.documentElement])
      watcher.observe(node, { childList: true });
    timer = setTimeout(() => (removals = 0), 20_000);
    // This tab's visitor is in a conversation, and is notified of replies.
    try {
      if (sessionStorage[`${prefix}.live`]) load();
    } catch {}
  }

  const watcher = new MutationObserver(() => host.isConnected || reattach());

  // @use reattach

  function build() {
    host = make("div", {
      "data-messagehub": "",
      lang: CONFIG.lang,
      dir: getComputedStyle(document.body).direction,
    });
    const button = make(
      "button",
      { class: "round", "aria-label": labels.open, "aria-expanded": false },
      makeIcon("M7.9 20A9 9 0 1 0 4 16.1L2 22Z"),
      labels.launcher ?? "",
    );
    button.onclick = open;
    root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.append(button);
    update();
  }

  // Also called every moment, because single-page applications change their route.
  function update() {
    if (!host) return;
    const isShown = !isHidden && location.href.match(pages);
    host.toggleAttribute("data-hidden", !isShown);
    if (isShown && !bubble?.isConnected) greet();
  }

  // Greet each visitor once with each greeting, and not those who have opened the chat before.
  function greet() {
    if (url !== location.href) {
      url = location.href;
      enteredAt = Date.now();
    }
    const due = CONFIG.greetings.find(
      ({ id, rule, after, depth }) =>
        !seen[prefix] &&
        !seen[prefix + id] &&
        url.match(rule) &&
        Date.now() - enteredAt >= after &&
        (scrollY + innerHeight) * 100 >= depth * document.documentElement.scrollHeight,
    );
    if (!due) return;
    try {
      seen[prefix + due.id] = 1;
      if (document.cookie.includes(prefix)) return;
    } catch {
      seen = { [prefix + due.id]: 1 }; // there is no room left, or no storage
    }
    calls.greeting = due.id;
    const say = make(
      "button",
      {},
      make("i", { "aria-hidden": true }, due.face),
      make("strong", { dir: "auto" }, due.name),
      make("p", { dir: "auto" }, due.text),
    );
    say.onclick = open;
    showBubble(say);
  }

  function showBubble(content) {
    const dismiss = makeButton("×", () => {
      bubble.remove();
      seen[prefix] = 1; // a visitor who dismisses one wants no others
    });
    dismiss.ariaLabel = labels.dismiss;
    bubble?.remove();
    bubble = make("div", { class: "bubble", role: "status" }, content, dismiss);
    root.append(bubble);
  }

  function open() {
    calls.push(["open"]);
    load();
  }

  // The script runs as a module, because that needs no permission beyond the one for this one.
  function load() {
    if (isLoading) return;
    isLoading = true;
    window.MessageHub = Object.assign((...call) => calls.push(call), { q: calls });
    import(`${site}/widget/${key}/chat.js?${attempts++}`).then(leave, fail);
  }

  function leave() {
    watcher.disconnect();
    clearInterval(clock);
    host?.remove();
  }

  function fail() {
    isLoading = false;
    window.MessageHub = run;
    attach();
    if (calls.at(-1)[0] !== "open") return;
    calls.pop();
    if (host) showBubble(make("p", { dir: "auto" }, labels.unreachable));
  }

  // The only global: MessageHub("open"). What it doesn't do itself waits for the rest.
  function run(command, ...values) {
    if (command === "attach") return attachWhenIdle();
    if (command === "open" || command === "toggle") return open();
    if (command === "close") return;
    calls.push([command, ...values]);
    if (command === "logout") return load(); // which forgets what is stored
    if (command === "hide") isHidden = true;
    if (command === "show") {
      isHidden = false;
      pages = "";
    }
    update();
  }
  run.key = key;
  window.MessageHub = run;
  attachWhenIdle();
  for (const call of calls.splice(0)) run(...call);
  const clock = setInterval(update, 300);
})();
