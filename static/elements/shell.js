import "./auto-grow.js";
import "./copy-button.js";
import "./hot-key.js";
import "./local-time.js";
import "./presence-beat.js";
import "./presence-dots.js";
import "./toast.js";
