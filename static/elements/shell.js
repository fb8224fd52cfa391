import "./auto-grow.js";
import "./goes-at.js";
import "./hot-key.js";
import "./local-time.js";
import "./on-off.js";
import "./presence-beat.js";
import "./presence-dots.js";
import "./toast.js";
