// The page's language in the reader's own variety (British dates for a British reader of English).
const page = document.documentElement.lang || "en";
export const locale = navigator.languages.find((each) => each.split("-")[0] === page.split("-")[0]) ?? page;
