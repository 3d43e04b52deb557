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
    dialog.classList.toggle("plot", card.classList.contains("plot"));
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

  for (const card of cards) {
    const { src } = find("img", card);
    const ending = src.slice(11, src.indexOf(";"));
    find(".command", card).append(make("a", { class: "quiet", href: src, download: `${card.id.replaceAll("/", "_")}.${ending}` }, "Save picture"));
  }
  const json = new Blob([JSON.stringify(data.results, null, 1)], { type: "application/json" });
  find(".save").href = URL.createObjectURL(json);

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
