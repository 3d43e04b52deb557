// --- runs: what builds recorded beside the page, which is the same whoever builds it and when ----------------------------

function runs() {
  if (typeof recorded === "undefined") return; // the page lies somewhere else than where it was built
  const builder = recorded.runs.find(({ documents }) => documents.includes("index.html"));
  if (builder) {
    const [run, when, commit] = builder.row;
    find(".built").textContent = ` on ${when}${commit && ` from commit ${commit.replace("*", ", with edits")}`} (run ${run})`;
  }
  const [log, changes] = [find(".log tbody"), find(".changes")];
  const row = (cells, tag = "td", attributes = {}) => make("tr", {}, ...cells.map((cell) => make(tag, attributes, cell)));
  const show = ({ row: [run], before, settings, numbers }) => {
    find("#runs h3").textContent = before ? `Run ${run} beside run ${before}` : `Run ${run} is the first`;
    const words = settings.map(([key, old, now]) => make("code", {}, `${key}: ${old} → ${now}`));
    const none = before && !numbers.length ? ["No number that both have has changed."] : [];
    find("#runs .settings").replaceChildren(...words.flatMap((word) => [word, " "]), ...none);
    find("thead", changes).replaceChildren(...(numbers.length ? [row(recorded.head, "th", { scope: "col" })] : []));
    find("tbody", changes).replaceChildren(...numbers.map((cells) => row(cells)));
    for (const button of all("button", log)) button.setAttribute("aria-pressed", button.textContent === run);
  };
  for (const one of recorded.runs) {
    const [run, ...cells] = one.row;
    const button = make("button", { type: "button", class: "quiet" }, run);
    button.addEventListener("click", () => show(one));
    log.append(row([button, ...cells]));
  }
  for (const element of all("#runs, .bar [href='#runs']")) element.hidden = false;
  show(recorded.runs.find(({ numbers }) => numbers.length) ?? recorded.runs[0]);
}
