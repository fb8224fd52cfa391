// Show a picture of the timeline large, and the others with the arrow keys. Escape closes it.
const template = document.getElementById("lightbox");
let dialog;
let pictures;
let current;

/** Show this picture. The arrow keys lead to the others of the conversation. */
export function showLightbox(picture) {
  if (!dialog) build();
  pictures = [...document.querySelectorAll(".timeline .picture")];
  // A live update may have replaced the one that was clicked.
  show(pictures.findIndex(({ href }) => href === picture.href));
  dialog.showModal();
}

function build() {
  dialog = template.content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.querySelector(".previous").addEventListener("click", () => show(current - 1));
  dialog.querySelector(".next").addEventListener("click", () => show(current + 1));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") show(current - 1);
    if (key === "ArrowRight") show(current + 1);
  });
}

function show(index) {
  if (!pictures[index]) return;
  current = index;
  const { href, dataset } = pictures[index];
  const image = dialog.querySelector("img");
  // The preview shows at once, and stays until the whole picture has loaded.
  image.src = pictures[index].querySelector("img").src;
  image.alt = dialog.querySelector("b").textContent = dataset.name;
  const whole = Object.assign(new Image(), { src: href });
  whole.decode().then(
    () => current === index && (image.src = href),
    () => {},
  );
  dialog.querySelector("a").href = `${href}?download`;
  dialog.querySelector(".count").textContent =
    pictures.length > 1 ? `${index + 1} / ${pictures.length}` : "";
  dialog.querySelector(".previous").disabled = index === 0;
  dialog.querySelector(".next").disabled = index === pictures.length - 1;
}
