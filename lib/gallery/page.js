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
  const named = ([left, top, width, height, line, word, letter, probability, alternatives, alone, truth]) => ({
    left, top, width, height, line, word, letter, probability, alternatives, alone, truth,
    wrong: truth !== null,
    // What is not even among the alternatives is unlikely.
    state: truth !== null ? "wrong" : (probability ?? 0) < unsureBelow ? "unsure" : "",
  });
  const readings = () => data.pages[page].readings;
  /** What is said of an answer: its probability by the image, that the context chose it, what it should have been. */
  const said = ({ probability, alone, wrong, truth }) => ({
    sure: probability === null ? "" : percent(probability),
    chosen: alone === null ? "" : (probability === null ? "" : "by its image alone; ") + `context overruled ${alone}`,
    mistake: !wrong ? "" : truth ? `it is ${truth}` : "no letter here",
  });
  const spoken = (one) => [one.letter, ...Object.values(said(one)), one.wrong && "wrong"].filter(Boolean).join(", ");

  function showPage() {
    sheets.forEach((sheet, k) => (sheet.hidden = k !== page));
    for (const button of all("[data-page]")) button.setAttribute("aria-pressed", Number(button.dataset.page) === page);
    at = 0;
    showReading();
  }

  function showReading() {
    const reading = readings()[select.value];
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
      ? `${right} of ${of} letters right. Wavy: wrong; dotted: probability below ${percent(unsureBelow)}.`
      : letters.length
        ? `${letters.length} letters. Dotted: probability below ${percent(unsureBelow)}.`
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
    const { sure, chosen, mistake } = said(one);
    find(".sure", panel).replaceChildren(sure, ...(chosen ? [make("small", {}, chosen)] : []), ...(mistake ? [make("b", {}, mistake)] : []));
    const bars = one.alternatives.slice(0, 5).map(([letter, probability]) =>
      make("li", {}, make("span", {}, letter), make("i", { style: `--p:${100 * probability}%` }), make("span", {}, percent(probability))),
    );
    find(".alternatives", panel).replaceChildren(...bars);
    find(".opinions tbody", panel).replaceChildren(
      ...data.readers.map(({ key, name }) => {
        const cells = [key, `${key}.in_context`].map((reader) => {
          const other = named(readings()[reader].letters[k]);
          const sure = reader === key ? percent(other.probability) : "";
          return make("td", reader === select.value ? { class: "now" } : {}, `${other.letter} ${other.wrong ? "✗" : ""} ${sure}`);
        });
        return make("tr", {}, make("th", { scope: "row" }, name), ...cells);
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

// As many as have no common factor: runs look alike in both colour and shape only after the 72nd.
const COLOURS = 8;
const SHAPES = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M-4.5-4.5h9v9h-9z", "M0-6l5.5 10h-11z", "M0-6.5l5.5 6.5l-5.5 6.5l-5.5-6.5z",
  "M0 6l5.5-10h-11z", "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z", "M6 0l-10 5.5v-11z", "M-6 0l10 5.5v-11z", "M-6-2.5h12v5h-12z"];

function curves() {
  const slider = find(".epoch input");
  const charts = [
    { measure: "accuracy", title: "Accuracy", say: percent, tick: (value) => `${+(100 * value).toFixed(1)} %` },
    { measure: "loss", title: "Loss", say: (value) => value.toFixed(3), tick: (value) => `${+value.toPrecision(3)}` },
  ];
  const splits = [["valid", "held-out"], ["train", "training"]];
  const margin = { left: 50, right: 14, top: 10, bottom: 44 };
  const styled = data.curves.map((run, k) => ({
    ...run,
    epochs: Math.max(...Object.values(run.history).map((values) => values.length)),
    colour: `--run:var(--run-${k % COLOURS})`,
    shape: SHAPES[k % SHAPES.length],
  }));
  const shown = () => all(".runs input:checked").map((box) => styled[box.value]);

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
    for (const part of [find(".charts"), find(".epoch"), find(".readout").parentElement]) part.hidden = !runs.length;
    find("#curves .none").hidden = runs.length > 0;
    const epochs = Math.max(1, ...runs.map((run) => run.epochs));
    const atEnd = slider.value === slider.max;
    slider.max = epochs;
    if (atEnd) slider.value = epochs;
    for (const chart of charts) {
      const series = runs.flatMap((run) =>
        splits.map(([split]) => ({ ...run, split, values: run.history[`${split}_${chart.measure}`] })).filter(({ values }) => values),
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
        axes.append(make("text", { x: chart.x(epoch), y: height - 24, "text-anchor": "middle" }, String(epoch)));
      axes.append(make("text", { x: (margin.left + width - margin.right) / 2, y: height - 5, "text-anchor": "middle" }, "epoch"));
      const lines = series.map(({ colour, shape, split, values }) => {
        const places = values.map((value, k) => `${chart.x(k + 1).toFixed(1)} ${chart.y(value).toFixed(1)}`);
        const every = Math.ceil(values.length / 6);
        const marks = places.filter((place, k) => k % every === every >> 1);
        return make("g", { style: colour }, make("path", { class: `line ${split}`, d: "M" + places.join("L") }),
          ...marks.map((place) => make("path", { class: "mark", d: shape, transform: `translate(${place}) scale(0.75)` })));
      });
      chart.marks = make("g", {});
      chart.svg.replaceChildren(axes, ...lines, chart.marks);
    }
    readOff();
  }

  function readOff() {
    const epoch = Number(slider.value);
    const runs = shown();
    // A run that has ended stays at its last value.
    const at = (run, key) => run.history[key]?.[Math.min(epoch, run.epochs) - 1];
    find(".epoch output").textContent = `${epoch} of ${slider.max}`;
    for (const chart of charts.filter(({ card }) => !card.hidden)) {
      const x = chart.x(epoch);
      const marks = [make("line", { class: "cross", x1: x, x2: x, y1: margin.top, y2: chart.svg.viewBox.baseVal.height - margin.bottom })];
      for (const run of runs)
        for (const [split] of splits) {
          const value = at(run, `${split}_${chart.measure}`);
          if (value !== undefined)
            marks.push(make("path", { class: "mark", d: run.shape, transform: `translate(${chart.x(Math.min(epoch, run.epochs))} ${chart.y(value)})`, style: run.colour }));
        }
      chart.marks.replaceChildren(...marks);
    }
    const columns = charts.filter(({ card }) => !card.hidden).flatMap((chart) => splits.map(([split, name]) => ({ chart, key: `${split}_${chart.measure}`, name: `${chart.title}, ${name}` })));
    const value = (run, { chart, key }) => (at(run, key) === undefined ? "" : chart.say(at(run, key)));
    const ended = (run) => (run.epochs < epoch ? `ended at ${run.epochs}` : "");
    find(".readout thead").replaceChildren(make("tr", {}, ...["Run", ...columns.map(({ name }) => name)].map((name) => make("th", { scope: "col" }, name))));
    find(".readout tbody").replaceChildren(
      ...runs.map((run) => make("tr", {}, make("th", { scope: "row" },
        make("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" }, make("path", { class: "mark", d: run.shape, style: run.colour })), run.name,
        ...(ended(run) ? [make("small", {}, ended(run))] : [])),
        ...columns.map((column) => make("td", {}, value(run, column))))),
    );
    slider.setAttribute("aria-valuetext", [`epoch ${epoch}`, ...runs.flatMap((run) => [run.name, ...[ended(run)].filter(Boolean), ...columns.filter((column) => value(run, column)).map((column) => `${column.name} ${value(run, column)}`)])].join(", "));
  }

  slider.addEventListener("input", readOff);
  for (const box of all(".runs input")) box.addEventListener("change", draw);
  new ResizeObserver(draw).observe(find(".charts"));
}

// --- figures ---------------------------------------------------------------------------------------------------------

function figures() {
  const search = find("#find");
  const cards = all("figure");
  // What a figure is found by: its id, the part it belongs to, title, caption, and what it was made by and with.
  const texts = new Map(cards.map((card) => {
    const parts = [find("h3", card.closest(".group")), ...all("h4, figcaption > p, dt:not(:first-child), dd", card)];
    return [card, [card.id, ...parts.map((part) => part.textContent)].join(" ").toLowerCase()];
  }));
  const narrow = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) card.hidden = !words.every((word) => texts.get(card).includes(word));
    for (const group of all(".group")) group.hidden = all("figure", group).every((card) => card.hidden);
    const left = cards.filter((card) => !card.hidden).length;
    find("#figures .none").hidden = left > 0;
    find(".count").textContent = left === cards.length ? `${left} figures` : `${left} of ${cards.length} figures`;
  };
  search.addEventListener("input", narrow);
  narrow();

  const dialog = find("dialog");
  const show = (card) => {
    dialog.dataset.at = card.id;
    const [from, to] = [find("img", card), find("img", dialog)];
    [to.src, to.alt] = [from.src, from.alt];
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

themes();
reader();
curves();
figures();
hints();
sections();
