import "./auto-grow.js";
import "./hot-key.js";
import "./local-time.js";
import "./load-on-use.js";
import "./presence-beat.js";
import "./presence-dots.js";
import "./session-end.js";
import "./toast.js";
