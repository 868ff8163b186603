// Draws the diagrams in the colours of the page, and again when those change.
// A diagram is as wide as its column at most, so that all of it is seen; a click shows it at its own size.
const preference = matchMedia("(prefers-color-scheme: dark)");
const diagrams = Array.from(document.querySelectorAll("pre.mermaid"), (element) => ({
  element,
  text: element.textContent,
}));

async function draw() {
  const theme = document.body.dataset.theme;
  const dark = theme === "dark" || (theme !== "light" && preference.matches);
  mermaid.initialize({
    startOnLoad: false,
    theme: dark ? "dark" : "neutral",
    flowchart: { nodeSpacing: 25, rankSpacing: 35, padding: 8, useMaxWidth: true },
  });
  for (const { element, text } of diagrams) {
    element.removeAttribute("data-processed");
    element.textContent = text;
  }
  await mermaid.run({ nodes: diagrams.map(({ element }) => element) });
}

function enlarge(picture) {
  const dialog = document.createElement("dialog");
  dialog.className = "diagram";
  const copy = picture.cloneNode(true);
  copy.style.width = picture.style.maxWidth;
  copy.style.maxWidth = "none";
  dialog.append(copy);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

for (const { element } of diagrams) {
  element.tabIndex = 0;
  element.title = "Show it at its own size";
  element.addEventListener("click", () => enlarge(element.querySelector("svg")));
  element.addEventListener("keydown", (event) => event.key === "Enter" && enlarge(element.querySelector("svg")));
}
new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-theme"] });
preference.addEventListener("change", draw);
draw();
