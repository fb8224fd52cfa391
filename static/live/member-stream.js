import { post } from "../lib/requests.js";
import { LiveStream } from "./stream.js";

/** Return the member's live updates. All pages of this member and workspace share one stream. */
export function memberStream({ ticketUrl, ...options }) {
  return new LiveStream({
    ...options,
    group: () => `${ticketUrl} ${document.body.dataset.me}`,
    async requestTicket({ signal }, numbers) {
      const fields = numbers.filter(Boolean).map((number) => ["conversation", number]);
      return (await post(ticketUrl, fields, { signal })).json();
    },
  });
}
