import "../elements/auto-grow.js";
import "../elements/hot-key.js";
import "../elements/local-time.js";
import "../elements/load-on-use.js";
import "./presence-heartbeat.js";
import "../lib/presence.js";
import "./session-end.js";
import "../lib/toast.js";
