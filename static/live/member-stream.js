import { LiveStream } from "./stream.js";
import { post } from "../lib/requests.js";

/** The live updates of the signed-in member: one stream for all their pages of this workspace. */
export function memberStream({ ticketUrl, ...options }) {
  return new LiveStream({
    ...options,
    group: () => `${ticketUrl} ${document.body.dataset.me}`,
    async ticket({ signal }, numbers) {
      const fields = numbers.filter(Boolean).map((number) => ["conversation", number]);
      return (await post(ticketUrl, fields, { signal })).json();
    },
  });
}
