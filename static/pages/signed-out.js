// Loaded by pages that a browser gets only without a session, such as the sign-in page.
// Its other tabs are notified and go blank (session-end.js).
localStorage.setItem("messagehub-signed-out-at", Date.now());
