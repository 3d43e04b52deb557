"""SqueezeNet: the right weights and no others, features, the folded batch norm, the pretext loss."""

from io import BytesIO

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch.nn import functional

from lib.models import squeezenet
from lib.models.pictures import as_input


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(0)
    return {f"features.{name}": value for name, value in squeezenet.empty_squeezenet().state_dict().items()}


def pictures(n=2, size=64):
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8)


def test_features_alone_and_the_whole_network_give_the_same_frozen_part(state):
    whole = state | {"classifier.1.weight": torch.zeros(1000, 512, 1, 1), "classifier.1.bias": torch.zeros(1000)}
    networks = [squeezenet.squeezenet(weights) for weights in (state, whole)]
    a, b = (squeezenet.frozen_features(network, as_input(pictures())) for network in networks)
    assert np.array_equal(a, b) and a.shape == (2, 1024) and a.dtype == np.float32
    assert not any(parameter.requires_grad for parameter in squeezenet.squeezenet(state).parameters())


def test_features_are_the_means_and_the_maxima_of_the_maps_each_of_length_one(state):
    network = squeezenet.squeezenet(state)
    maps = network(as_input(pictures())).flatten(2)
    expected = [functional.normalize(pool, dim=1) for pool in (maps.mean(dim=2), maps.max(dim=2).values)]
    found = squeezenet.frozen_features(network, as_input(pictures()))
    np.testing.assert_allclose(found, torch.cat(expected, dim=1), atol=1e-5)
    assert np.abs(found[:, :512] - found[:, 512:]).max() > 0.01


def test_weights_come_from_safetensors_and_from_pth(state):
    buffer = BytesIO()
    torch.save(state, buffer)
    for packed in (buffer.getvalue(), save(state)):
        read = squeezenet.read_state(packed)
        assert read.keys() == state.keys() and all(torch.equal(read[name], state[name]) for name in state)


@pytest.mark.parametrize("packed", [b"", b"<html>not found</html>", b"PK\x03\x04 cut off"])
def test_bytes_that_are_no_weights_are_refused(packed):
    with pytest.raises(ValueError, match="not a complete file of weights"):
        squeezenet.read_state(packed)


def test_nothing_in_a_file_of_weights_is_executed():
    buffer = BytesIO()
    torch.save(torch.nn.Linear(2, 2), buffer)  # a pickled module
    with pytest.raises(ValueError, match="not a complete file of weights"):
        squeezenet.read_state(buffer.getvalue())


def test_weights_of_another_network_are_refused(state):
    first = next(iter(state))
    with pytest.raises(ValueError, match="not of squeezenet1_1: features.0.bias is missing"):
        squeezenet.squeezenet({"conv1.weight": torch.zeros(1)})
    with pytest.raises(ValueError, match=r"not of squeezenet1_1: features.99.weight is unknown \(0 missing, 1 unknown"):
        squeezenet.squeezenet(state | {"features.99.weight": torch.zeros(1)})
    with pytest.raises(ValueError, match=r"features.0.weight is \(96, 3, 7, 7\) instead of \(64, 3, 3, 3\)"):
        squeezenet.squeezenet(state | {first: torch.zeros(96, 3, 7, 7)})
    with pytest.raises(ValueError, match="not finite"):
        squeezenet.squeezenet(state | {first: torch.full_like(state[first], torch.nan)})


def test_folding_batch_norm_changes_nothing_that_is_computed():
    torch.manual_seed(0)
    features = squeezenet.with_batch_norm(squeezenet.empty_squeezenet())
    norms = [module for module in features.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert len(norms) == 25  # one for the first convolution, three in each of the eight fire modules
    for norm in norms:
        norm.running_mean.normal_(0, 0.1)
        norm.running_var.uniform_(0.5, 1.5)
        torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
        torch.nn.init.normal_(norm.bias, 0, 0.1)
    images = as_input(pictures())
    with torch.no_grad():
        expected = features.eval()(images)
        found = squeezenet.squeezenet(squeezenet.folded(features))(images)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4 * expected.abs().max().item())


def test_pretext_loss_is_the_sum_over_its_questions():
    model = squeezenet.Pretext((3, 2))
    loss = model.loss(torch.zeros(4, 5), torch.tensor([[0, 1]] * 4))
    assert loss.item() == pytest.approx(np.log(3) + np.log(2))


def test_pretext_accuracy_is_of_each_question():
    logits = torch.tensor([[9.0, 0, 0, 0, 9], [0, 9, 0, 0, 9]])  # 0 and 1 to the first question, 1 and 1 to the second
    model = squeezenet.Pretext((3, 2))
    assert model(torch.zeros(2, 3, 32, 32)).shape == (2, 5)
    assert model.accuracies(logits, torch.tensor([[0, 1], [2, 1]])) == [0.5, 1.0]


def test_random_weights_are_those_of_their_seed_and_frozen():
    first, again, other = (squeezenet.random_squeezenet(seed) for seed in (0, 0, 1))
    features = [squeezenet.frozen_features(network, as_input(pictures())) for network in (first, again, other)]
    assert np.array_equal(features[0], features[1]) and not np.array_equal(features[0], features[2])
    assert not any(parameter.requires_grad for parameter in first.parameters())
