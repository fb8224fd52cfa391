// <photo-crop data-unreadable>: shows the chosen picture in a square, to be moved and zoomed, and
// sends only that square. So a photo of any size can be used, and the rest of it never leaves the
// browser. Without this script the server uses the middle.
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.05; // of the square's side, for a key

customElements.define(
  "photo-crop",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.closest("form");
      this.file = this.form.querySelector("[type=file]");
      this.canvas = this.querySelector("canvas");
      this.zoom = this.querySelector("[type=range]");
      this.file.onchange = () => this.load();
      this.form.onsubmit = (event) => this.send(event);
      this.zoom.oninput = () => this.draw();
      this.canvas.onpointerdown = ({ pointerId }) => this.canvas.setPointerCapture(pointerId);
      this.canvas.onpointermove = (event) => this.drag(event);
      this.canvas.onkeydown = (event) => this.move(event);
    }

    async load() {
      const [file] = this.file.files;
      this.picture = this.square = undefined;
      this.hidden = true;
      this.file.setCustomValidity("");
      if (!file) return;
      const picture = await createImageBitmap(file).catch(() => undefined);
      if (file !== this.file.files[0]) return; // a different one was chosen meanwhile
      if (!picture) {
        this.file.setCustomValidity(this.dataset.unreadable);
        this.file.reportValidity();
        return;
      }
      this.picture = picture;
      this.x = this.y = 0.5; // the centre, as a part of the picture's width and height
      this.zoom.value = 1;
      this.hidden = false;
      this.draw();
      this.canvas.focus();
    }

    /** The side of the square, in pixels of the picture. */
    get side() {
      return Math.min(this.picture.width, this.picture.height) / this.zoom.value;
    }

    draw() {
      const { picture, side, canvas } = this;
      const { width, height } = picture;
      this.x = clamp(this.x, side / width);
      this.y = clamp(this.y, side / height);
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      const corner = [this.x * width - side / 2, this.y * height - side / 2];
      context.drawImage(picture, ...corner, side, side, 0, 0, canvas.width, canvas.height);
    }

    drag({ movementX, movementY, buttons }) {
      if (!buttons) return;
      const shown = this.canvas.clientWidth;
      this.moveBy(-movementX / shown, -movementY / shown);
    }

    move(event) {
      const direction = KEYS[event.key];
      if (!direction) return;
      event.preventDefault();
      this.moveBy(STEP * direction[0], STEP * direction[1]);
    }

    /** Move the square over the picture by parts of its side. */
    moveBy(x, y) {
      this.x += (x * this.side) / this.picture.width;
      this.y += (y * this.side) / this.picture.height;
      this.draw();
    }

    async send(event) {
      if (!this.picture || this.square) return;
      event.preventDefault();
      const blob = await new Promise((resolve) => this.canvas.toBlob(resolve, "image/jpeg", 0.92));
      this.square = new File([blob], "photo.jpg", { type: "image/jpeg" });
      const files = new DataTransfer();
      files.items.add(this.square);
      this.file.files = files.files;
      this.form.requestSubmit(event.submitter);
    }
  },
);

/** Keep a square that takes this part of the picture's length within it. */
const clamp = (centre, part) => Math.min(1 - part / 2, Math.max(part / 2, centre));
