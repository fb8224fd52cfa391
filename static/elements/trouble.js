// The line of a form that says why it was not sent, and the button that tries again.
export class Trouble {
  constructor(line) {
    this.line = line;
    [, this.said, this.again] = line.children;
  }

  /** reason: failed, offline or conflict; words: the server's own, which are better. */
  show(reason, words) {
    this.said.textContent = words || this.said.dataset[reason];
    this.again.textContent = reason === "conflict" ? this.again.dataset.anyway : this.again.dataset.again;
    this.line.hidden = false;
  }

  clear() {
    this.line.hidden = true;
  }
}
