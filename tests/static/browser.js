// The little of a browser that the scripts need in order to be imported.
const element = () => ({
  dataset: {},
  style: {},
  elements: { body: {} },
  querySelector: element,
  content: { firstElementChild: { querySelector: () => ({ textContent: "" }) } },
});

Object.assign(globalThis, {
  addEventListener() {},
  removeEventListener() {},
  location: { hash: "" },
  onmessage: undefined,
  HTMLElement: class {},
  CSSStyleSheet: class {
    replaceSync() {}
  },
  customElements: { define() {} },
  document: {
    documentElement: { lang: "en" },
    body: element(),
    adoptedStyleSheets: [],
    addEventListener() {},
    getElementById: element,
    querySelector: () => null,
    querySelectorAll: () => [],
  },
});
Object.defineProperty(navigator, "languages", { value: ["de-DE", "en-GB", "en"] });
