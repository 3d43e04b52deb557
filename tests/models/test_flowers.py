"""The networks of Q7.2: the head on frozen features, the network from scratch and its mirrored mean."""

import numpy as np
import torch

from lib.models import flowers


def test_logits_of_all_views_are_averaged():
    model = flowers.Head(3, 8)
    torch.nn.init.normal_(model.layer.weight)
    features = torch.randn(5, 4, 8)
    torch.testing.assert_close(model(features), torch.stack([model(features[:, i]) for i in range(4)]).mean(dim=0))


def test_a_head_centres_its_features_and_divides_them_by_their_spread():
    model = flowers.Head(3, 8)
    features = 5 + 2 * torch.randn(400, 4, 8)
    model.normalise_by(features)
    torch.testing.assert_close(model.mean, torch.full((8,), 5.0), rtol=0, atol=0.3)
    assert abs(model.spread - 2) < 0.1
    torch.nn.init.eye_(model.layer.weight)
    torch.testing.assert_close(model(features[:, 0]), ((features[:, 0] - model.mean) / model.spread)[:, :3])


def test_any_view_is_one_of_each_pictures_own_drawn_anew():
    features = torch.arange(40.0).view(20, 2, 1)
    rng = np.random.default_rng(0)
    first, second = (flowers.any_view(features, rng)[:, 0] for _ in range(2))
    for drawn in (first, second):
        assert torch.equal(drawn // 2, torch.arange(20.0)) and 0 < (drawn % 2).mean() < 1
    assert not torch.equal(first, second)


def test_a_mirrored_network_takes_the_mean_over_a_picture_and_its_mirror_image():
    model = flowers.FlowerCnn(3).eval()
    images = torch.randn(2, 3, 32, 32)
    mirrored = flowers.Mirrored(model)(images)
    torch.testing.assert_close(mirrored, (model(images) + model(images.flip(-1))) / 2)
    assert not torch.allclose(mirrored, model(images))
