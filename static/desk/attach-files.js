// <attach-files>: files for the message that is being written, chosen with the button, dropped on
// the conversation or pasted. What happens with them is loaded when it is needed, and so is the
// lightbox for the pictures in the timeline.
import { showFailure } from "../lib/toast.js";

const FILES = "Files";

/** Return the files that were attached in this tab before, as JSON, or null. */
const stored = (element) =>
  sessionStorage.getItem(`files:${document.body.dataset.me}:${element.dataset.key}`);

customElements.define(
  "attach-files",
  class extends HTMLElement {
    connectedCallback() {
      const picker = this.querySelector("input");
      this.querySelector("button").addEventListener("click", () => picker.click());
      picker.addEventListener("change", () => {
        this.attach([...picker.files]);
        picker.value = "";
      });
      this.closest("form").addEventListener("paste", (event) => this.onPaste(event));
      // Before htmx, which listens to the form itself.
      this.closest("message-form").addEventListener(
        "submit",
        (event) => this.onSubmit(event),
        true,
      );
      if (!stored(this)) return;
      this.closest("tab-set").reveal(this);
      this.attach([]);
    }

    onPaste(event) {
      // Text from an office program comes with a picture of it.
      const { files, types } = event.clipboardData;
      if (!files.length || types.includes("text/plain")) return;
      event.preventDefault();
      this.attach([...files]);
    }

    async attach(files) {
      const form = this.closest("form");
      const { body } = form.elements;
      this.isLoading = true;
      body.required = false; // the files may be the whole message
      const module = await import("./attachments.js").catch(() => showFailure("offline"));
      const { isSubmitted } = this;
      this.isLoading = this.isSubmitted = false;
      if (!module) return (body.required = true);
      module.findAttachments(this).add(files);
      if (isSubmitted && this.isConnected) form.requestSubmit();
    }

    /** A message that is sent while the script is loading would leave its files behind. */
    onSubmit(event) {
      if (!this.isLoading) return;
      event.preventDefault();
      event.stopPropagation();
      this.isSubmitted = true;
    }
  },
);

const findTarget = ({ target, dataTransfer }) =>
  dataTransfer.types.includes(FILES) && target.closest?.("#conversation .talk");

document.addEventListener("dragover", (event) => {
  const talk = findTarget(event);
  if (!talk) return;
  event.preventDefault();
  talk.classList.add("drop-target");
});
document.addEventListener("dragleave", (event) => {
  const talk = findTarget(event);
  if (talk && !talk.contains(event.relatedTarget)) talk.classList.remove("drop-target");
});
document.addEventListener("drop", (event) => {
  const talk = findTarget(event);
  if (!talk) return;
  event.preventDefault();
  talk.classList.remove("drop-target");
  talk
    .querySelector("[role=tabpanel]:not([hidden]) attach-files")
    .attach([...event.dataTransfer.files]);
});

document.addEventListener("click", async (event) => {
  const picture = event.target.closest?.(".files .picture");
  if (!picture || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { showLightbox } = await import("./lightbox.js");
  showLightbox(picture);
});
