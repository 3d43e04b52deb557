// --- what changes from epoch to epoch: a slider chooses a frame of a sheet -----------------------------------------------

function frames() {
  for (const changing of all(".changing")) {
    const { epochs, width, height } = data.frames[changing.dataset.frames];
    const [sheet, canvas, slider, output] = ["img", "canvas", "input", "output"].map((name) => find(name, changing));
    [canvas.width, canvas.height] = [width, height];
    slider.max = epochs.length - 1;
    const show = () => {
      const at = Number(slider.value);
      canvas.getContext("2d").drawImage(sheet, 0, at * height, width, height, 0, 0, width, height);
      output.textContent = epochs[at] ? `epoch ${epochs[at]}` : "before training";
      slider.setAttribute("aria-valuetext", output.textContent);
    };
    slider.value = slider.max;
    slider.addEventListener("input", show);
    sheet.decode().then(show);
  }
}
