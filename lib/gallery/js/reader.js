// --- pages and letters -----------------------------------------------------------------------------------------------

function reader() {
  const sheets = all(".sheet");
  if (!sheets.length) return;
  const panel = find(".letter");
  const select = find("#reader");
  const unsureBelow = Number(panel.dataset.unsure); // probability
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
    find(".alternatives", panel).replaceChildren(...bars(one.alternatives.slice(0, 5)));
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

  const keep = () => remember("pages", data.pages[page].name, select.value, at + 1);
  const goTo = (k) => {
    pointAt(k);
    keep();
  };

  for (const sheet of sheets) {
    const point = (event) => {
      const k = nearest(event);
      if (k >= 0 && k !== at) goTo(k);
    };
    sheet.addEventListener("pointermove", point);
    sheet.addEventListener("pointerdown", point);
    sheet.addEventListener("focusin", (event) => event.target.dataset.k && goTo(Number(event.target.dataset.k)));
    sheet.addEventListener("keydown", (event) => {
      if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key) || !letters.length) return;
      event.preventDefault();
      find(".boxes", sheet).children[step(event.key)].focus();
    });
  }
  find(".text").addEventListener("pointerover", (event) => event.target.dataset.k && goTo(Number(event.target.dataset.k)));
  for (const button of all("[data-page]"))
    button.addEventListener("click", () => {
      page = Number(button.dataset.page);
      showPage();
      keep();
    });
  select.addEventListener("change", () => {
    showReading();
    keep();
  });
  showPage();
  recall("pages", (name, key, number) => {
    page = Math.max(0, data.pages.findIndex((one) => one.name === name));
    if ([...select.options].some((option) => option.value === key)) select.value = key;
    showPage();
    if (letters[number - 1]) pointAt(number - 1);
  });
}
