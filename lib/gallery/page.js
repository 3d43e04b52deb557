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

// --- light and dark --------------------------------------------------------------------------------------------------

function themes() {
  const root = document.documentElement;
  const button = find(".theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => button.setAttribute("aria-pressed", isDark());
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

// --- pages and letters -----------------------------------------------------------------------------------------------

function reader() {
  const sheets = all(".sheet");
  if (!sheets.length) return;
  const panel = find(".letter");
  const select = find("#reader");
  const unsureBelow = 0.6;
  let page = 0; // index of the page shown
  let at = 0; // index of the letter pointed at
  let letters = [];

  // As lib/gallery/letters.py writes them.
  const named = ([left, top, width, height, line, word, letter, probability, alternatives, truth]) => ({
    left, top, width, height, line, word, letter, probability, alternatives, truth,
    wrong: truth !== null,
    state: truth !== null ? "wrong" : probability < unsureBelow ? "unsure" : "",
  });
  const readings = () => data.pages[page].readings;
  const spoken = (one) =>
    `${one.letter}, ${percent(one.probability)}` +
    (one.wrong ? (one.truth ? `, wrong, it is ${one.truth}` : ", wrong, there is no letter") : "");

  function showPage() {
    sheets.forEach((sheet, k) => (sheet.hidden = k !== page));
    for (const button of all("[data-page]")) button.setAttribute("aria-pressed", Number(button.dataset.page) === page);
    for (const option of select.options) option.disabled = !(option.value in readings());
    if (select.selectedOptions[0]?.disabled ?? true) select.value = Object.keys(readings())[0] ?? "";
    at = 0;
    showReading();
  }

  function showReading() {
    const reading = readings()[select.value] ?? { letters: [], right: null };
    letters = reading.letters.map(named);
    at = Math.min(at, Math.max(0, letters.length - 1));
    const boxes = letters.map((one, k) => {
      const place = `left:${one.left}%;top:${one.top}%;width:${one.width}%;height:${one.height}%`;
      return make("button", { type: "button", style: place, class: one.state, tabindex: -1, "aria-label": spoken(one), "data-k": k });
    });
    find(".boxes", sheets[page]).replaceChildren(...boxes);
    showText();
    const [right, of] = reading.right ?? [];
    find(".score").textContent = reading.right
      ? `${right} of ${of} letters right. Wavy: wrong; dotted: below ${percent(unsureBelow)}.`
      : letters.length
        ? `${letters.length} letters. Dotted: below ${percent(unsureBelow)}.`
        : "No letters were found on this page.";
    pointAt(at);
  }

  function showText() {
    const lines = [];
    letters.forEach((one, k) => {
      const before = letters[k - 1];
      if (!before || before.line !== one.line) lines.push(make("p"));
      else if (before.word !== one.word) lines.at(-1).append(" ");
      lines.at(-1).append(make("span", { class: one.state, "data-k": k }, one.letter));
    });
    find(".text").replaceChildren(...lines);
  }

  function pointAt(k) {
    at = k;
    const one = letters[k];
    for (const box of find(".boxes", sheets[page]).children) box.tabIndex = Number(box.dataset.k) === k ? 0 : -1;
    for (const span of all(".text span")) span.classList.toggle("now", Number(span.dataset.k) === k);
    panel.hidden = !one;
    if (!one) return;
    find(".char", panel).textContent = one.letter;
    const sure = find(".sure", panel);
    sure.replaceChildren(percent(one.probability));
    if (one.wrong) sure.append(make("br"), make("b", {}, one.truth ? `it is ${one.truth}` : "no letter here"));
    const bars = one.alternatives.slice(0, 5).map(([letter, probability]) =>
      make("li", {}, make("span", {}, letter), make("i", { style: `--p:${100 * probability}%` }), make("span", {}, percent(probability))),
    );
    find(".alternatives", panel).replaceChildren(...bars);
    find(".opinions tbody", panel).replaceChildren(
      ...data.readers.filter(({ key }) => readings()[key]?.letters[k]).map(({ key, name }) => {
        const other = named(readings()[key].letters[k]);
        return make("tr", { class: key === select.value ? "now" : "" }, make("th", { scope: "row" }, name),
          make("td", {}, `${other.letter} ${other.wrong ? "✗" : ""} ${percent(other.probability)}`));
      }),
    );
    enlarge(one);
  }

  function enlarge(one) {
    const photo = find("img", sheets[page]);
    if (!photo.complete) return photo.addEventListener("load", () => enlarge(one), { once: true });
    const canvas = find("canvas", panel);
    const [width, height] = [photo.naturalWidth / 100, photo.naturalHeight / 100];
    const side = 1.3 * Math.max(one.width * width, one.height * height);
    const x = (one.left + one.width / 2) * width - side / 2;
    const y = (one.top + one.height / 2) * height - side / 2;
    const paint = canvas.getContext("2d");
    paint.fillStyle = "#fff";
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(photo, x, y, side, side, 0, 0, canvas.width, canvas.height);
  }

  /** The letter nearest to where the pointer is, unless all are far: fingers are larger than boxes. */
  function nearest(event) {
    const area = sheets[page].getBoundingClientRect();
    const [x, y] = [event.clientX - area.left, event.clientY - area.top];
    const away = letters.map((one) => {
      const [left, top] = [(one.left * area.width) / 100, (one.top * area.height) / 100];
      const [width, height] = [(one.width * area.width) / 100, (one.height * area.height) / 100];
      return Math.hypot(Math.max(left - x, 0, x - left - width), Math.max(top - y, 0, y - top - height));
    });
    const least = Math.min(...away);
    return least < 24 ? away.indexOf(least) : -1;
  }

  /** Where an arrow key leads: along the text, or to the nearest letter of the line above or below. */
  function step(key) {
    const last = letters.length - 1;
    const sideways = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[key];
    if (sideways !== undefined) return Math.min(last, Math.max(0, sideways));
    const lines = [...new Set(letters.map((one) => one.line))];
    const to = lines[lines.indexOf(letters[at].line) + { ArrowUp: -1, ArrowDown: 1 }[key]];
    const middle = (one) => one.left + one.width / 2;
    const candidates = letters.flatMap((one, k) => (one.line === to ? [k] : []));
    const distance = (k) => Math.abs(middle(letters[k]) - middle(letters[at]));
    return candidates.reduce((best, k) => (distance(k) < distance(best) ? k : best), candidates[0] ?? at);
  }

  for (const sheet of sheets) {
    const point = (event) => {
      const k = nearest(event);
      if (k >= 0 && k !== at) pointAt(k);
    };
    sheet.addEventListener("pointermove", point);
    sheet.addEventListener("pointerdown", point);
    sheet.addEventListener("focusin", (event) => event.target.dataset.k && pointAt(Number(event.target.dataset.k)));
    sheet.addEventListener("keydown", (event) => {
      if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key) || !letters.length) return;
      event.preventDefault();
      find(".boxes", sheet).children[step(event.key)].focus();
    });
  }
  find(".text").addEventListener("pointerover", (event) => event.target.dataset.k && pointAt(Number(event.target.dataset.k)));
  for (const button of all("[data-page]"))
    button.addEventListener("click", () => {
      page = Number(button.dataset.page);
      showPage();
    });
  select.addEventListener("change", showReading);
  showPage();
}

// --- curves ----------------------------------------------------------------------------------------------------------

const SHAPES = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M-4.5-4.5h9v9h-9z", "M0-6l5.5 10h-11z", "M0-6.5l5.5 6.5l-5.5 6.5l-5.5-6.5z",
  "M0 6l5.5-10h-11z", "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z"];

function curves() {
  const slider = find(".epoch input");
  if (!slider) return;
  const charts = [
    { measure: "accuracy", title: "Accuracy", say: percent, tick: (value) => `${+(100 * value).toFixed(1)} %` },
    { measure: "loss", title: "Loss", say: (value) => value.toPrecision(3), tick: (value) => `${+value.toPrecision(3)}` },
  ];
  const splits = [["valid", "held-out"], ["train", "training"]];
  const margin = { left: 50, right: 14, top: 10, bottom: 30 };
  const shown = () => all(".runs input:checked").map((box) => ({ ...data.curves[box.value], look: box.value % SHAPES.length }));

  for (const chart of charts) {
    chart.svg = make("svg", { role: "img" });
    chart.card = make("div", { class: "chart" }, make("h3", {}, chart.title), chart.svg);
    find(".charts").append(chart.card);
    const point = (event) => {
      const area = chart.svg.getBoundingClientRect();
      const part = (event.clientX - area.left - margin.left) / (area.width - margin.left - margin.right);
      slider.value = Math.round(1 + part * (slider.max - 1));
      readOff();
    };
    chart.svg.addEventListener("pointermove", point);
    chart.svg.addEventListener("pointerdown", point);
  }

  /** Round values that divide a range in about `count` parts. */
  function ticks(low, high, count) {
    const raw = (high - low) / count || 1;
    const power = 10 ** Math.floor(Math.log10(raw));
    const size = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= raw) ?? 10);
    const first = Math.ceil(low / size - 1e-9);
    return Array.from({ length: Math.floor(high / size + 1e-9) - first + 1 }, (_, k) => (first + k) * size);
  }

  function draw() {
    const runs = shown();
    const epochs = Math.max(1, ...runs.map((run) => Math.max(...Object.values(run.history).map((values) => values.length))));
    const atEnd = slider.value === slider.max;
    slider.max = epochs;
    if (atEnd) slider.value = epochs;
    for (const chart of charts) {
      const series = runs.flatMap((run) =>
        splits.map(([split]) => ({ look: run.look, split, values: run.history[`${split}_${chart.measure}`] })).filter(({ values }) => values),
      );
      chart.card.hidden = !series.length;
      if (!series.length) continue;
      const { width, height } = chart.svg.getBoundingClientRect();
      chart.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      chart.svg.setAttribute("aria-label", `${chart.title} over epochs of ${runs.map((run) => run.name).join(", ")}; the table below has the values`);
      const values = series.flatMap((one) => one.values).filter(Number.isFinite);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const [bottom, top] = [chart.measure === "loss" ? 0 : Math.max(0, low - 0.05 * (high - low)), high + 0.05 * (high - low || high || 1)];
      chart.x = (epoch) => margin.left + ((epoch - 1) / Math.max(1, epochs - 1)) * (width - margin.left - margin.right);
      chart.y = (value) => height - margin.bottom - ((value - bottom) / (top - bottom)) * (height - margin.top - margin.bottom);
      const axes = make("g", {});
      for (const value of ticks(bottom, top, 5)) {
        const y = chart.y(value);
        axes.append(make("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y, y2: y }));
        axes.append(make("text", { x: margin.left - 8, y: y + 4, "text-anchor": "end" }, chart.tick(value)));
      }
      for (const epoch of ticks(1, epochs, Math.max(2, width / 90)).filter(Number.isInteger))
        axes.append(make("text", { x: chart.x(epoch), y: height - 10, "text-anchor": "middle" }, String(epoch)));
      const lines = series.map(({ look, split, values }) =>
        make("path", { class: `line ${split}`, style: `stroke:var(--run-${look})`, d: "M" + values.map((value, k) => `${chart.x(k + 1).toFixed(1)} ${chart.y(value).toFixed(1)}`).join("L") }),
      );
      chart.marks = make("g", {});
      chart.svg.replaceChildren(axes, ...lines, chart.marks);
    }
    readOff();
  }

  function readOff() {
    const epoch = Number(slider.value);
    const runs = shown();
    find(".epoch output").textContent = `${epoch} of ${slider.max}`;
    for (const chart of charts.filter(({ card }) => !card.hidden)) {
      const x = chart.x(epoch);
      const marks = [make("line", { class: "cross", x1: x, x2: x, y1: margin.top, y2: chart.svg.viewBox.baseVal.height - margin.bottom })];
      for (const run of runs)
        for (const [split] of splits) {
          const value = run.history[`${split}_${chart.measure}`]?.[epoch - 1];
          if (value !== undefined)
            marks.push(make("path", { class: "mark", d: SHAPES[run.look], transform: `translate(${x} ${chart.y(value)})`, style: `fill:var(--run-${run.look})` }));
        }
      chart.marks.replaceChildren(...marks);
    }
    const columns = charts.filter(({ card }) => !card.hidden).flatMap((chart) => splits.map(([split, name]) => ({ chart, key: `${split}_${chart.measure}`, name: `${chart.title}, ${name}` })));
    const value = (run, { chart, key }) => (run.history[key]?.[epoch - 1] === undefined ? "" : chart.say(run.history[key][epoch - 1]));
    find(".readout thead").replaceChildren(make("tr", {}, ...["Run", ...columns.map(({ name }) => name)].map((name) => make("th", { scope: "col" }, name))));
    find(".readout tbody").replaceChildren(
      ...runs.map((run) => make("tr", {}, make("th", { scope: "row" },
        make("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" }, make("path", { d: SHAPES[run.look], style: `fill:var(--run-${run.look})` })), run.name),
        ...columns.map((column) => make("td", {}, value(run, column))))),
    );
    slider.setAttribute("aria-valuetext", [`epoch ${epoch}`, ...runs.flatMap((run) => [run.name, ...columns.filter((column) => value(run, column)).map((column) => `${column.name} ${value(run, column)}`)])].join(", "));
  }

  slider.addEventListener("input", readOff);
  for (const box of all(".runs input")) box.addEventListener("change", draw);
  new ResizeObserver(draw).observe(find(".charts"));
}

// --- figures ---------------------------------------------------------------------------------------------------------

function figures() {
  const search = find("#find");
  const cards = all("figure");
  const narrow = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) {
      const text = `${card.id} ${find("h4", card).textContent} ${find("figcaption p", card).textContent}`.toLowerCase();
      card.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of all(".group")) group.hidden = all("figure", group).every((card) => card.hidden);
    const left = cards.filter((card) => !card.hidden).length;
    find(".count").textContent = left === cards.length ? `${left} figures` : `${left} of ${cards.length} figures`;
  };
  search.addEventListener("input", narrow);
  narrow();

  const dialog = find("dialog");
  const show = (card) => {
    dialog.dataset.at = card.id;
    const [from, to] = [find("img", card), find("img", dialog)];
    [to.src, to.alt] = [from.src, from.alt];
    // Drawn at 160 dots an inch: shown at the size of print on a screen, or larger where there is room.
    to.width = Math.max(Math.min(from.naturalWidth, innerWidth * 0.96), from.naturalWidth * 0.6);
    find("p", dialog).textContent = from.alt;
  };
  for (const card of cards)
    find(".enlarge", card).addEventListener("click", () => {
      show(card);
      dialog.showModal();
    });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const visible = cards.filter((card) => !card.hidden);
    show(visible[(visible.findIndex((card) => card.id === dialog.dataset.at) + by + visible.length) % visible.length]);
    event.preventDefault();
  });

  for (const button of all(".copy"))
    button.addEventListener("click", async () => {
      const code = button.previousElementSibling;
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
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

themes();
reader();
curves();
figures();
sections();
