"""The networks of Q7.1 and their weights: what they compute, files of other networks, the way from lib.nn."""

import numpy as np
import pytest
import torch

from lib.models import networks
from lib.nn import network as numpy_network


def small(classes=5, size=16):
    torch.manual_seed(0)
    return networks.Cnn(size, classes, channels=(2, 3, 4), hidden=6)


@pytest.mark.parametrize("size", [28, 32])
def test_cnn_gives_one_logit_per_class(size):
    assert networks.Cnn(size, 7, channels=(2, 3, 4), hidden=6)(torch.ones(3, 1, size, size)).shape == (3, 7)


def test_mlp_computes_what_the_numpy_network_computes():
    rng = np.random.default_rng(0)
    in_numpy = numpy_network.initialise((64, 8, 5), ("sigmoid", "linear"), rng, np.float64)
    in_torch = networks.from_numpy(networks.Mlp(64, 8, 5).double(), [layer[:2] for layer in in_numpy.layers])
    mean = rng.random(64)
    in_torch.mean.copy_(torch.from_numpy(mean))
    x = rng.random((6, 64))
    expected = numpy_network.predict(in_numpy, x - mean)
    np.testing.assert_allclose(in_torch(torch.from_numpy(x)).detach().numpy(), expected, atol=1e-12)


def test_mlp_refuses_layers_of_another_shape():
    with pytest.raises(ValueError, match=r"W is \(3, 8\).*takes \(64, 8\)"):
        networks.from_numpy(networks.Mlp(64, 8, 5), [(np.zeros((3, 8)), np.zeros(8)), (np.zeros((8, 5)), np.zeros(5))])


def test_weights_come_back_as_they_were():
    model, other = small(), networks.Cnn(16, 5, channels=(2, 3, 4), hidden=6)
    x = torch.rand(4, 1, 16, 16)
    model(x)  # in training mode, so that the batch-norm statistics are no longer those of a new network
    networks.unpack_weights(other, networks.pack_weights(model))
    torch.testing.assert_close(other(x), model.eval()(x), rtol=0, atol=0)


def test_equal_networks_pack_to_equal_bytes():
    assert networks.pack_weights(small()) == networks.pack_weights(small())


def test_weights_for_other_classes_are_refused_and_change_nothing():
    model = small()
    before = networks.pack_weights(model)
    with pytest.raises(ValueError, match=r"classifier.6.weight is torch.float32 \(9, 6\) in the file, but .* \(5, 6\)"):
        networks.unpack_weights(model, networks.pack_weights(small(classes=9)))
    assert networks.pack_weights(model) == before


def test_weights_of_another_network_are_refused():
    with pytest.raises(ValueError, match="hidden.bias.* are missing: the file is not of this Mlp"):
        networks.unpack_weights(networks.Mlp(), networks.pack_weights(small()))


def test_a_truncated_file_is_refused():
    with pytest.raises(ValueError, match="not a complete safetensors file"):
        networks.unpack_weights(small(), networks.pack_weights(small())[:100])


def test_a_network_is_restored_from_its_description_and_weights():
    model = small()
    description = {
        "kind": "Cnn",
        "size": 16,
        "classes": 5,
        "channels": [2, 3, 4],
        "hidden": 6,
        "dropout": 0.2,
        "names": "ABCDE",
    }
    restored = networks.restore(description, networks.pack_weights(model))
    assert not restored.training
    x = torch.rand(4, 1, 16, 16)
    torch.testing.assert_close(restored(x), model.eval()(x), rtol=0, atol=0)


def test_descriptions_of_no_network_are_refused():
    with pytest.raises(ValueError, match="kind is 'Rnn', but must be Mlp or Cnn"):
        networks.build({"kind": "Rnn"})
    with pytest.raises(ValueError, match="the description of this Mlp lacks hidden, classes"):
        networks.build({"kind": "Mlp", "inputs": 9})


def test_convolutions_see_paper_as_zero_like_their_border():
    model, seen = small(), []
    model.features.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    model(torch.ones(2, 1, 16, 16))
    assert (seen[0] == 0).all()


def test_dropout_is_before_both_linear_layers_and_acts_in_training_alone():
    model, x = networks.Cnn(16, 5, channels=(2, 3, 4), hidden=6, dropout=0.9), torch.rand(8, 1, 16, 16)
    kinds = [
        type(layer).__name__ for layer in model.classifier if isinstance(layer, torch.nn.Dropout | torch.nn.Linear)
    ]
    assert kinds == ["Dropout", "Linear", "Dropout", "Linear"]
    assert [layer.p for layer in model.classifier if isinstance(layer, torch.nn.Dropout)] == [0.9, 0.9]
    assert not torch.equal(model(x), model(x))
    model.eval()
    assert torch.equal(model(x), model(x))
