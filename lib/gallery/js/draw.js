// --- a letter drawn here, or a photograph, read by the network that the page has with it --------------------------------

function draw() {
  const network = unpackNetwork(data.network);
  const pad = find("#pad");
  const paint = pad.getContext("2d", { willReadFrequently: true });
  const panel = find(".verdict");
  const say = (text) => (find(".said").textContent = text);
  let last = null; // where the pen is

  /** Ink of the pad: its dark, cut to where there is any. */
  function drawn() {
    const { data: pixels, width, height } = paint.getImageData(0, 0, pad.width, pad.height);
    const ink = image(height, width, Float64Array.from({ length: width * height }, (_, k) => Math.fround(1 - pixels[4 * k] / 255)));
    const box = bounds(ink, 0);
    return box && cut(ink, ...box);
  }

  /** What the network sees of a letter, and what it takes it for. */
  function show(seen) {
    const canvas = find("canvas", panel);
    const probs = seen ? [...classify(network, seen)] : [];
    const shown = new ImageData(network.style.size, network.style.size);
    for (let k = 0; k < shown.width * shown.height; k++) shown.data.set([...Array(3).fill(255 * (seen ? seen.data[k] : 1)), 255], 4 * k);
    [canvas.width, canvas.height] = [shown.width, shown.height];
    canvas.getContext("2d").putImageData(shown, 0, 0);
    const ranked = probs.map((probability, k) => [network.names[k], probability]).sort((a, b) => b[1] - a[1]);
    find(".char", panel).textContent = ranked.length ? ranked[0][0] : "–";
    find(".sure", panel).textContent = ranked.length ? percent(ranked[0][1]) : "";
    find(".alternatives", panel).replaceChildren(...bars(ranked.slice(0, 5)));
    return ranked[0];
  }

  function clear() {
    paint.fillStyle = "#fff";
    paint.fillRect(0, 0, pad.width, pad.height);
    [paint.lineWidth, paint.lineCap, paint.lineJoin, paint.strokeStyle] = [16, "round", "round", "#000"];
    show(null);
    say("");
  }

  /** Where a pointer is on a canvas, in the canvas's own pixels. */
  const place = (event, canvas) => {
    const area = canvas.getBoundingClientRect();
    return [((event.clientX - area.left) * canvas.width) / area.width, ((event.clientY - area.top) * canvas.height) / area.height];
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    last = place(event, pad);
    move(event); // a dot, if it is lifted at once
  });
  let asked = 0;
  function move(event) {
    if (!last) return;
    paint.beginPath();
    paint.moveTo(...last);
    paint.lineTo(...(last = place(event, pad)));
    paint.stroke();
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => {
      const ink = drawn();
      show(ink && drawLetter(ink, network.style));
    });
  }
  pad.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => (last = null));
  find(".clear").addEventListener("click", clear);

  // A photograph: its letters are framed, and pointing at one shows it as the pad does.
  const view = find(".photo");
  let letters = [];
  find("#photo").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    target.value = ""; // the same file may be chosen again
    if (!file) return;
    say("Reading …");
    try {
      const photo = await createImageBitmap(file);
      const shrink = Math.min(1, Math.sqrt(16e6 / (photo.width * photo.height)));
      [view.width, view.height] = [Math.round(photo.width * shrink), Math.round(photo.height * shrink)];
      view.getContext("2d", { willReadFrequently: true }).drawImage(photo, 0, 0, view.width, view.height);
    } catch {
      return say(`${file.name} is no picture that this browser can open: a JPEG or PNG is.`);
    }
    await new Promise((done) => setTimeout(done, 20)); // the words above are seen before the work begins
    read();
  });

  function read() {
    const paint = view.getContext("2d");
    letters = findLetters(paint.getImageData(0, 0, view.width, view.height)).map((one) => ({ ...one, seen: drawLetter(one.density, network.style) }));
    view.hidden = false;
    [paint.lineWidth, paint.strokeStyle] = [Math.max(2, view.width / 500), "#2f55d4"];
    let text = "";
    letters.forEach((one, k) => {
      const [y1, x1, y2, x2] = one.box;
      paint.strokeRect(x1, y1, x2 - x1, y2 - y1);
      const probs = classify(network, one.seen);
      text += (k && one.line !== letters[k - 1].line ? "\n" : one.space ? " " : "") + network.names[probs.indexOf(Math.max(...probs))];
    });
    say(text || "No letters were found: write them in dark ink on plain, light paper.");
    if (letters.length) show(letters[0].seen);
    view.setAttribute("aria-label", `The photograph, ${letters.length} letters framed`);
  }
  const point = (event) => {
    const [x, y] = place(event, view);
    const one = letters.find(({ box: [y1, x1, y2, x2] }) => x >= x1 && x < x2 && y >= y1 && y < y2);
    if (one) show(one.seen);
  };
  for (const kind of ["pointermove", "pointerdown"]) view.addEventListener(kind, point);

  clear();
}
