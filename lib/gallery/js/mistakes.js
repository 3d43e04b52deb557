// --- the confusion matrix: which images stand behind a cell -------------------------------------------------------------

function mistakes() {
  const { classes, cells, size, across } = data.confusion;
  const matrix = find(".matrix");
  const [sheet, canvas] = [find(".sheet-of-images"), find(".behind canvas")];
  const most = Math.max(1, ...cells.filter(([truth, read]) => truth !== read).map(([, , count]) => count));
  const side = 100 / (classes.length + 1); // percent; the first row and column hold the names
  const place = (row, column) => `top:${side * row}%;left:${side * column}%;width:${side}%;height:${side}%`;
  const images = (count) => `${count} image${count === 1 ? "" : "s"}`;
  const words = ([truth, read, count]) =>
    truth === read ? `${classes[truth]}, read right: ${images(count)}` : `${classes[truth]} read as ${classes[read]}: ${images(count)}`;

  matrix.append(
    ...classes.flatMap((name, k) => [
      make("span", { style: place(k + 1, 0), "aria-hidden": "true" }, name),
      make("span", { style: place(0, k + 1), "aria-hidden": "true" }, name),
    ]),
    ...cells.map((cell, k) => {
      const [truth, read, count] = cell;
      const strength = truth === read ? "" : `;--p:${Math.round(25 + (75 * count) / most)}%`;
      return make("button", { type: "button", "aria-label": words(cell), tabindex: -1, "data-k": k, class: truth === read ? "right" : "", style: place(truth + 1, read + 1) + strength });
    }),
  );
  const buttons = all("button", matrix);

  function choose(k) {
    buttons.forEach((button, other) => (button.tabIndex = other === k ? 0 : -1));
    const [, , count, first, shown] = cells[k];
    find(".behind p").textContent = words(cells[k]) + (shown < count ? `, ${shown} of them here` : "");
    const columns = Math.min(shown, 6);
    [canvas.width, canvas.height] = [columns * size, Math.ceil(shown / columns) * size];
    canvas.style.width = `${(100 * columns) / 6}%`;
    canvas.setAttribute("aria-label", words(cells[k]));
    const paint = canvas.getContext("2d");
    for (let n = 0; n < shown; n++) {
      const from = first + n;
      paint.drawImage(sheet, (from % across) * size, Math.floor(from / across) * size, size, size, (n % columns) * size, Math.floor(n / columns) * size, size, size);
    }
  }

  /** The cell next to another in the direction of a key. */
  function step(k, key) {
    const [truth, read] = cells[k];
    const along = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
    const away = ([row, column]) => [(row - truth) * along[0] + (column - read) * along[1], Math.abs(along[0] ? column - read : row - truth)];
    const ahead = cells.map((cell, other) => [other, ...away(cell)]).filter(([, forth]) => forth > 0);
    ahead.sort((a, b) => 3 * a[2] + a[1] - 3 * b[2] - b[1]);
    return ahead.length ? ahead[0][0] : k;
  }

  const at = (event) => event.target.dataset.k !== undefined && choose(Number(event.target.dataset.k));
  for (const kind of ["pointerover", "focusin", "click"]) matrix.addEventListener(kind, at);
  matrix.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    buttons[step(Number(event.target.dataset.k), event.key)].focus();
  });
  const wrong = cells.filter(([truth, read]) => truth !== read);
  const worst = wrong.length ? wrong.reduce((best, cell) => (cell[2] > best[2] ? cell : best)) : cells[0];
  sheet.decode().then(() => choose(cells.indexOf(worst)));
}
