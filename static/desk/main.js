// The desk: views, the list of conversations, the open conversation and its details.
import "../shell/main.js";
import "../elements/expiring-notice.js";
import "../elements/lazy-options.js";
import "../elements/tab-set.js";
import "../elements/waiting-time.js";
import "./attach-files.js";
import "./composer-tools.js";
import "./earlier-entries.js";
import "./list-selection.js";
import "./list-shortcuts.js";
import "./live-desk.js";
import "./mentions.js";
import "./message-form.js";
import "./own-parts.js";
import "./own-entries.js";
import "./read-marker.js";
import "./timeline-view.js";
import "./together-line.js";
import "./waiting-reason.js";

// Only long lists of inboxes and members have a filter.
if (document.querySelector("filter-list")) import("../elements/filter-list.js");
