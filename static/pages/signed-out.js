// Loaded by pages that this browser only gets without a session, such as the sign-in page: its
// other tabs go blank.
localStorage.setItem("messagehub-signed-out-at", Date.now());
