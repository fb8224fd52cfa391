import { post } from "../lib/requests.js";
import { LiveStream } from "./stream.js";

/**
 * Return the member's live updates. All pages of this member and workspace share one stream.
 * The bell is on every page, so its events go to the document: "notifications" and "stream-ready".
 */
export function memberStream({ ticketUrl, onEvent, catchUp, ...options }) {
  return new LiveStream({
    ...options,
    onEvent(name, data) {
      if (name === "notifications") send(name, data);
      else onEvent(name, data);
    },
    catchUp() {
      send("stream-ready");
      return catchUp();
    },
    group: () => `${ticketUrl} ${document.body.dataset.me}`,
    async requestTicket({ signal }, numbers) {
      const fields = numbers.filter(Boolean).map((number) => ["conversation", number]);
      return (await post(ticketUrl, fields, { signal })).json();
    },
  });
}

const send = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
