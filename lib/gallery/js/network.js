// --- the network of Q3 -------------------------------------------------------------------------------------------------

/** Its layers from the page's data: float32 numbers in base64, as lib/gallery/network.py packs them. */
function unpackNetwork({ layers, names, style }) {
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  return { names, style, layers: layers.map(({ W, b }) => ({ W: floats(W), b: floats(b) })) };
}

/** x W + b of one image. */
function affine(x, { W, b }) {
  const sums = Float64Array.from(b);
  for (let i = 0; i < x.length; i++) for (let j = 0; j < sums.length; j++) sums[j] += x[i] * W[i * sums.length + j];
  return sums;
}

/** Probability of each class for a drawn letter. */
function classify({ layers }, { data: pixels }) {
  const hidden = affine(pixels, layers[0]).map((x) => 1 / (1 + Math.exp(-x)));
  const logits = affine(hidden, layers[1]);
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}
