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
