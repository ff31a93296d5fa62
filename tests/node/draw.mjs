// Draws diagrams: a line of JSON in, {"mermaid": text} or {"dot": text}; a line of JSON out,
// {"svg": text} or {"error": text}. Mermaid wants a browser, of which it gets as much as it needs.
import { createInterface } from "node:readline";

import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("", { pretendToBeVisual: true });
for (const name of ["window", "document", "Element", "SVGElement", "HTMLElement", "Node",
  "DOMParser", "XMLSerializer", "MutationObserver", "CSSStyleSheet", "getComputedStyle"]) {
  globalThis[name] = name === "window" ? window : window[name];
}
// Nothing is laid out in jsdom: every text has the width of its characters.
const width = (element) => 8 * (element.textContent ?? "").length;
window.SVGElement.prototype.getBBox = function () {
  return { x: 0, y: 0, width: width(this) + 8, height: 20 };
};
window.SVGElement.prototype.getComputedTextLength = function () {
  return width(this);
};

const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", logLevel: "fatal" });
const graphviz = await Graphviz.load();

const draw = async ({ mermaid: flowchart, dot, only }) => {
  if (dot !== undefined) return graphviz.layout(dot, "svg", "dot");
  await mermaid.parse(flowchart);
  return only === "parse" ? "" : (await mermaid.render("drawn", flowchart)).svg;
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { svg: await draw(JSON.parse(line)) };
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
