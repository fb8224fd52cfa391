// The latest navigation within the page counts: a response to an earlier one for the same part of
// the page is ignored. Otherwise the first response would replace that part of the page, and the
// latest one would find it gone.
const underway = new Set(); // htmx's contexts of requests

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (!isNavigation(ctx)) return;
  const earlier = [...underway].filter((each) => !each.isOvertaken && isReplaced(each, ctx));
  if (earlier.some((each) => isSameLink(each, ctx))) return event.preventDefault(); // a double click
  for (const each of earlier) each.isOvertaken = true;
  underway.add(ctx);
});
document.addEventListener("htmx:before:response", (event) => {
  const { isOvertaken, response } = event.detail.ctx;
  if (!isOvertaken) return;
  event.preventDefault();
  response.raw.body?.cancel();
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => underway.delete(ctx));

const isPage = (target) => target.matches("[hx-history-elt]");

/** Return whether it shows something else in a part of the page; an element may reload itself. */
const isNavigation = ({ request, sourceElement, target }) =>
  request.method === "GET" && target?.id && (sourceElement !== target || isPage(target));

const isReplaced = (earlier, { target }) =>
  target.contains(earlier.target) || isPage(earlier.target);

const isSameLink = ({ sourceElement, target }, ctx) =>
  sourceElement.matches("a") && sourceElement === ctx.sourceElement && target === ctx.target;
