import "./own-entries.js";
import "./waiting-time.js";
import "./timeline-view.js";
import "./tab-set.js";
import "./message-form.js";
import "./list-keys.js";
import "./live-desk.js";
