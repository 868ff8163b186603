// Draws the diagrams in the colours of the page, and again when those change.
const preference = matchMedia("(prefers-color-scheme: dark)");
const diagrams = Array.from(document.querySelectorAll("pre.mermaid"), (element) => ({
  element,
  text: element.textContent,
}));

const SMALLEST = 0.55;

async function draw() {
  const theme = document.body.dataset.theme;
  const dark = theme === "dark" || (theme !== "light" && preference.matches);
  mermaid.initialize({
    startOnLoad: false,
    theme: dark ? "dark" : "neutral",
    flowchart: { nodeSpacing: 25, rankSpacing: 35, padding: 8 },
  });
  for (const { element, text } of diagrams) {
    element.removeAttribute("data-processed");
    element.textContent = text;
  }
  await mermaid.run({ nodes: diagrams.map(({ element }) => element) });
  for (const picture of document.querySelectorAll("pre.mermaid svg")) {
    picture.style.minWidth = `${SMALLEST * parseFloat(picture.style.maxWidth)}px`;
  }
}

new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-theme"] });
preference.addEventListener("change", draw);
draw();
