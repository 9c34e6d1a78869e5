// Draws every chart frame of a page from the specification beside it. The interpreter walks parsed expressions,
// so that the content security policy needs no unsafe-eval.
import { expressionInterpreter } from "vega-interpreter";
import embed from "vega-embed";

const dark = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
}

async function draw(frame) {
  const { spec, config } = JSON.parse(document.getElementById(frame.dataset.chart).textContent);
  await embed(frame, spec, {
    mode: "vega-lite",
    config: config[theme()],
    renderer: "svg",
    actions: false,
    defaultStyle: false,
    tooltip: { theme: "custom", disableDefaultStyle: true },
    ast: true,
    expr: expressionInterpreter,
  });
  frame.removeAttribute("aria-busy");
}

function drawAll() {
  for (const frame of document.querySelectorAll("[data-chart]")) draw(frame);
}

drawAll();
dark.addEventListener("change", drawAll);
document.addEventListener("htmx:afterSettle", (event) => event.target.querySelectorAll("[data-chart]").forEach(draw));
