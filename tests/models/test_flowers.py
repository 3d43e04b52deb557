"""Fine-tuning: the right weights and no others, views, the folded batch norm, the head, pictures that do not decode."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save

from lib.models import flowers
from lib.models.fit import Batches, evaluate, fit


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(0)
    return {f"features.{name}": value for name, value in flowers.empty_squeezenet().state_dict().items()}


def pictures(n=2, size=64):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def test_features_alone_and_the_whole_network_give_the_same_frozen_part(state):
    whole = state | {"classifier.1.weight": torch.zeros(1000, 512, 1, 1), "classifier.1.bias": torch.zeros(1000)}
    a, b = (flowers.frozen_features(flowers.squeezenet(each), pictures()) for each in (state, whole))
    assert np.array_equal(a, b) and a.shape == (2, 1024) and a.dtype == np.float32
    assert not any(parameter.requires_grad for parameter in flowers.squeezenet(state).parameters())


def test_weights_come_from_safetensors_and_from_pth(state):
    buffer = BytesIO()
    torch.save(state, buffer)
    for packed in (buffer.getvalue(), save(state)):
        assert flowers.read_state(packed).keys() == state.keys()


@pytest.mark.parametrize("packed", [b"", b"<html>not found</html>", b"PK\x03\x04 cut off"])
def test_bytes_that_are_no_weights_are_refused(packed):
    with pytest.raises(ValueError, match="no whole file of weights"):
        flowers.read_state(packed)


def test_nothing_in_a_file_of_weights_is_executed():
    buffer = BytesIO()
    torch.save(torch.nn.Linear(2, 2), buffer)  # a pickled module
    with pytest.raises(ValueError, match="no whole file of weights"):
        flowers.read_state(buffer.getvalue())


def test_weights_of_another_network_are_refused(state):
    first = next(iter(state))
    with pytest.raises(ValueError, match="not of squeezenet1_1: features.0.bias is missing"):
        flowers.squeezenet({"conv1.weight": torch.zeros(1)})
    with pytest.raises(ValueError, match=r"not of squeezenet1_1: features.99.weight is unknown \(0 missing, 1 unknown"):
        flowers.squeezenet(state | {"features.99.weight": torch.zeros(1)})
    with pytest.raises(ValueError, match=r"features.0.weight is \(96, 3, 7, 7\) instead of \(64, 3, 3, 3\)"):
        flowers.squeezenet(state | {first: torch.zeros(96, 3, 7, 7)})
    with pytest.raises(ValueError, match="not finite"):
        flowers.squeezenet(state | {first: torch.full_like(state[first], torch.nan)})


def test_each_half_of_the_features_has_length_one(state):
    features = flowers.frozen_features(flowers.squeezenet(state), pictures())
    assert np.linalg.norm(features.reshape(2, 2, 512), axis=2) == pytest.approx(np.ones((2, 2)), abs=1e-5)


def test_a_picture_that_does_not_decode_is_named(tmp_path):
    buffer = BytesIO()
    Image.fromarray(pictures(1)[0]).save(buffer, "JPEG")
    for name, content in (("cut.jpg", buffer.getvalue()[:300]), ("text.jpg", b"hello"), ("empty.jpg", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name} does not decode"):
            flowers.open_picture(tmp_path / name)


def test_the_centre_leaves_out_the_sides_and_a_mirror_swaps_them():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, :28], wide[:, 72:] = (255, 0, 0), (0, 0, 255)
    picture = Image.fromarray(wide)
    assert flowers.take_view(picture, "centre", 20).max() == 0
    whole, mirrored = (flowers.take_view(picture, "whole", 20, mirror) for mirror in (False, True))
    assert whole[0, 0].tolist() == [255, 0, 0] and mirrored[0, 0].tolist() == [0, 0, 255]
    with pytest.raises(ValueError, match="no view 'left', only centre and whole"):
        flowers.take_view(picture, "left", 20)


def test_folding_batch_norm_changes_nothing_that_is_computed():
    torch.manual_seed(0)
    features = flowers.with_batch_norm(flowers.empty_squeezenet())
    for module in features.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.1)
    images = flowers.as_input(pictures())
    with torch.no_grad():
        expected = features.eval()(images)
        found = flowers.squeezenet(flowers.folded(features))(images)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4 * expected.abs().max().item())


def test_pretext_loss_is_the_sum_over_its_questions():
    model = flowers.Pretext((3, 2))
    loss = model.loss(torch.zeros(4, 5), torch.tensor([[0, 1]] * 4))
    assert loss.item() == pytest.approx(np.log(3) + np.log(2))


def test_a_new_head_learns_what_the_features_tell():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    features = (np.eye(8)[labels][:, None] + 0.3 * rng.standard_normal((60, 4, 8))).astype(np.float32)
    model = flowers.Head(3, 8)
    model.centre_on(torch.from_numpy(features))
    history = fit(
        model, Batches(features, labels, 16, rng, flowers.any_view), torch.optim.Adam(model.parameters(), 0.1), 10
    )
    assert history["batch_loss"][-1] < 0.2 < history["batch_loss"][0]
    assert evaluate(model, features, labels)[0] > 0.95


def test_logits_of_all_views_are_averaged():
    model = flowers.Head(3, 8)
    torch.nn.init.normal_(model.layer.weight)
    features = torch.randn(5, 4, 8)
    torch.testing.assert_close(model(features), torch.stack([model(features[:, i]) for i in range(4)]).mean(dim=0))


def test_jostling_depends_on_the_generator_alone_and_keeps_shape_and_range():
    images = torch.from_numpy(pictures()).permute(0, 3, 1, 2).float() / 255
    a, b, c = (flowers.jostle(images, np.random.default_rng(seed), 48) for seed in (0, 0, 1))
    assert a.shape == (2, 3, 48, 48) and a.isfinite().all() and torch.equal(a, b) and not torch.equal(a, c)


def test_a_mirrored_network_reads_a_picture_and_its_mirror_image_alike():
    model = flowers.Mirrored(flowers.FlowerCnn(3)).eval()
    images = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(model(images), model(images.flip(-1)))
