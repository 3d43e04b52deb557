// --- the graph: a box for each step, its lines to what it reads and what reads it ----------------------------------------

function tasks() {
  const boxes = data.tasks.map((task, k) => ({ ...task, readBy: data.tasks.flatMap(({ reads }, other) => (reads.includes(k) ? [other] : [])) }));
  const [board, lines, panel] = [find(".board"), find(".board svg"), find(".task")];
  const stages = [...new Set(boxes.map(({ stage }) => stage))];
  const columns = 1 + Math.max(...boxes.map(({ depth }) => depth));
  board.style.setProperty("--columns", columns);
  const label = ({ id, count }) => (count > 1 ? `${id} × ${count}` : id);
  const made = boxes.map((box, k) => make("button", { type: "button", "data-k": k, tabindex: -1, title: box.doc }, ...label(box).split(/(?<=[/_.])/).flatMap((part) => [part, make("wbr")])));
  for (const stage of stages) {
    board.append(make("h3", {}, stage));
    for (let depth = 0; depth < columns; depth++)
      board.append(make("div", {}, ...made.filter((_, k) => boxes[k].stage === stage && boxes[k].depth === depth)));
  }
  let at = 0;

  function drawLines() {
    const area = board.getBoundingClientRect();
    const [width, height] = [board.scrollWidth, board.scrollHeight];
    lines.setAttribute("viewBox", `0 0 ${width} ${height}`);
    [lines.style.width, lines.style.height] = [`${width}px`, `${height}px`];
    const middle = (k, right) => {
      const box = made[k].getBoundingClientRect();
      return [(right ? box.right : box.left) - area.left, (box.top + box.bottom) / 2 - area.top];
    };
    const line = (from, to, kind) => {
      const [[x1, y1], [x2, y2]] = [middle(from, true), middle(to, false)];
      const bend = Math.max(20, (x2 - x1) / 2);
      return make("path", { class: kind, d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
    };
    lines.replaceChildren(...boxes[at].reads.map((from) => line(from, at, "source")), ...boxes[at].readBy.map((to) => line(at, to, "user")));
  }

  function choose(k) {
    at = k;
    const { doc, function: name, code, settings, reads, readBy, given, makes } = boxes[k];
    made.forEach((button, other) => {
      button.tabIndex = other === k ? 0 : -1;
      button.className = other === k ? "now" : reads.includes(other) ? "source" : readBy.includes(other) ? "user" : "";
      button.setAttribute("aria-pressed", other === k);
    });
    drawLines();
    find("h3", panel).textContent = label(boxes[k]);
    find("p", panel).textContent = doc;
    const link = (other) => make("button", { type: "button", class: "quiet", "data-to": other }, label(boxes[other]));
    const row = (title, values) => (values.length ? [make("dt", {}, title), make("dd", {}, ...values)] : []);
    const output = ([id, title]) => {
      const figure = document.getElementById(id);
      const shown = figure ? make("a", { href: `#${id}` }, id) : make("code", {}, id);
      return make("div", {}, shown, title && title !== doc ? ` ${title}` : "");
    };
    find("dl", panel).replaceChildren(
      ...row("Makes", makes.map(output)),
      ...row("Reads", [...reads.map(link), ...given.map((path) => make("code", {}, path))]),
      ...row("Read by", readBy.map(link)),
      ...row("Settings", settings.map(([setting, value]) => make("span", { class: "setting" }, `${setting} `, make("b", {}, value)))),
      ...row("Function", [make("code", {}, name)]),
    );
    find("pre code", panel).textContent = code;
  }

  /** The nearest box in the direction of a key. */
  function step(key) {
    const along = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const centre = (k) => {
      const box = made[k].getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    };
    const [x, y] = centre(at);
    const ahead = boxes.map((_, k) => {
      const [dx, dy] = [centre(k)[0] - x, centre(k)[1] - y];
      return [k, dx * along[0] + dy * along[1], Math.abs(dx * along[1] + dy * along[0])];
    }).filter(([, forth]) => forth > 2);
    ahead.sort((a, b) => a[1] + 3 * a[2] - b[1] - 3 * b[2]);
    return ahead.length ? ahead[0][0] : at;
  }

  board.addEventListener("click", (event) => {
    const { k } = event.target.dataset;
    if (k === undefined) return;
    choose(Number(k));
    remember("graph", boxes[at].id);
  });
  board.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    choose(step(event.key));
    made[at].focus();
  });
  panel.addEventListener("click", (event) => {
    if (event.target.dataset.to === undefined) return;
    choose(Number(event.target.dataset.to));
    centre();
    remember("graph", boxes[at].id);
  });
  /** Brings the chosen box to the middle of the part of the graph in sight. */
  function centre() {
    const [box, frame] = [made[at].getBoundingClientRect(), board.parentElement.getBoundingClientRect()];
    board.parentElement.scrollBy(box.left + box.width / 2 - frame.left - frame.width / 2, box.top + box.height / 2 - frame.top - frame.height / 2);
  }
  const start = Math.max(0, boxes.findIndex(({ id }) => id === "Q3.1.1/weights"));
  const show = (id) => {
    const found = boxes.findIndex((box) => box.id === id);
    choose(found < 0 ? start : found);
    centre();
  };
  show();
  recall("graph", show);
  new ResizeObserver(drawLines).observe(board);
}
