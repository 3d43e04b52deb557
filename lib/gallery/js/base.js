"use strict";
// The page works without this script, except for what moves: pointing at letters, reading off curves, finding figures.

const data = JSON.parse(document.getElementById("data").textContent);
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const percent = (value) => `${(100 * value).toFixed(1)} %`;

/** An element with attributes and children. */
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "text"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Bars of letters and their probabilities. */
const bars = (ranked) => ranked.map(([letter, probability]) =>
  make("li", {}, make("span", {}, letter), make("i", { style: `--p:${100 * probability}%` }), make("span", {}, percent(probability))));

// --- the address says what is shown: #pages/01_list/numpy_mlp/12 --------------------------------------------------------

let written = 0;
/** Put what a section shows into the address, once it has been shown for a moment: browsers limit how often. */
function remember(section, ...parts) {
  clearTimeout(written);
  written = setTimeout(() => history.replaceState(null, "", `#${[section, ...parts].map(encodeURIComponent).join("/")}`), 250);
}

/** Show what the address says of a section, now and when it is changed. */
function recall(section, show) {
  const read = () => {
    const [name, ...parts] = location.hash.slice(1).split("/");
    if (name !== section || !parts.length) return;
    try {
      show(...parts.map(decodeURIComponent));
    } catch {
      return; // an address that nobody wrote here
    }
    document.getElementById(section).scrollIntoView();
  };
  addEventListener("hashchange", read);
  read();
}

// --- light and dark --------------------------------------------------------------------------------------------------

function themes() {
  const root = document.documentElement;
  const button = find(".theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    button.setAttribute("aria-pressed", isDark());
    root.toggleAttribute("data-dark", isDark());
  };
  try {
    root.dataset.theme = localStorage.getItem("theme") ?? "";
  } catch {} // a browser may keep nothing for files
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    // Chosen again what the system asks for: follow the system from now on.
    root.dataset.theme = (theme === "dark") === system.matches ? "" : theme;
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {}
    show();
  });
  system.addEventListener("change", show);
  show();
}

// --- what is in sight -------------------------------------------------------------------------------------------------

/** Says where a table is wider than its box, and whether it goes on at the right. */
function hints() {
  for (const box of all(".scroll:has(table)")) {
    const update = () => {
      box.previousElementSibling.hidden = box.scrollWidth <= box.clientWidth + 1;
      box.classList.toggle("cut", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
    };
    box.addEventListener("scroll", update, { passive: true });
    const watch = new ResizeObserver(update);
    for (const one of [box, find("table", box)]) watch.observe(one);
  }
}

/** Marks the section in sight in the bar. */
function sections() {
  const links = all(".bar nav a");
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = links.find((one) => one.hash === `#${target.id}`);
        if (isIntersecting) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-40% 0px -55% 0px" },
  );
  for (const link of links) watch.observe(find(link.hash));
}
